"""Every relative link in a Markdown file leads to a file, and to a heading where it names one."""

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
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def check_links(sources: Sources) -> Iterator[Finding]:
    for page in sorted(_pages(sources.root)):
        text = _without_code(page.read_text(encoding="utf-8"))
        for link in _LINK.finditer(text):
            if why := _fault_of(page, unquote(link[1])):
                line = text.count("\n", 0, link.start()) + 1
                yield Finding(page, line, f"the link {link[1]} leads nowhere: {why}")


def _pages(root: Path) -> Iterator[Path]:
    for folder, inner, files in os.walk(root):
        inner[:] = [name for name in inner if name[0] != "." and name not in _NOT_OURS]
        yield from (Path(folder, name) for name in files if name.endswith(".md"))


def _without_code(text: str) -> str:
    """The text with its lines where they were, and nothing in place of code."""
    return _CODE.sub(lambda code: "\n" * code[0].count("\n"), text)


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
