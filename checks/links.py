"""What a Markdown file links to is there, and so is a file of ours that it names."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from checks.finding import Finding
from checks.sources import Sources

#: What others have written, or a tool.
_NOT_OURS = frozenset({"node_modules", "build"})
_CODE = re.compile(r"^(```+).*?^\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?![a-z]+:)([^)\s]+)[^)]*\)")
#: A path in backticks, such as `gateway/policy.py`, or `wire/http` below the gateway.
_NAMED = re.compile(r"(?<!`)`((?!build/|dist/)[a-z_]+(?:/[\w.-]+)+/?)`(?!`)")
_FENCED = re.compile(r"^ *(```+).*?^ *\1", re.DOTALL | re.MULTILINE)
#: Made from the code; what looks like a path there is the name of a document, or a media type.
_GENERATED = frozenset({"docs/documents.md", "docs/errors.md"})
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def check_links(sources: Sources) -> Iterator[Finding]:
    for page in sorted(_pages(sources.root)):
        whole = page.read_text(encoding="utf-8")
        if page.relative_to(sources.root).as_posix() not in _GENERATED:
            yield from _missing_files(sources.root, page, _FENCED.sub(_empty_lines, whole))
        text = _CODE.sub(_empty_lines, whole)
        for link in _LINK.finditer(text):
            if why := _fault_of(page, unquote(link[1])):
                line = text.count("\n", 0, link.start()) + 1
                yield Finding(page, line, f"the link {link[1]} leads nowhere: {why}")


def _pages(root: Path) -> Iterator[Path]:
    for folder, inner, files in os.walk(root):
        inner[:] = [name for name in inner if name[0] != "." and name not in _NOT_OURS]
        yield from (Path(folder, name) for name in files if name.endswith(".md"))


def _empty_lines(code: re.Match[str]) -> str:
    """Nothing in place of code, but for its lines: those below stay where they were."""
    return "\n" * code[0].count("\n")


def _missing_files(root: Path, page: Path, text: str) -> Iterator[Finding]:
    """Files are named by their path, by that below the gateway, or beside the page."""
    for named in _NAMED.finditer(text):
        at = (root, root / "gateway", page.parent)
        if not any((folder / f"{named[1]}{end}").exists() for folder in at for end in ("", ".py")):
            line = text.count("\n", 0, named.start()) + 1
            yield Finding(page, line, f"there is no file {named[1]}")


def _fault_of(page: Path, link: str) -> str | None:
    """Why a link leads nowhere; None if it leads somewhere."""
    name, _, fragment = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return "there is no such file"
    if fragment and target.suffix == ".md":
        headings = _HEADING.findall(target.read_text(encoding="utf-8"))
        if fragment not in map(_anchor_of, headings):
            return "the file has no such heading"
    return None


def _anchor_of(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
