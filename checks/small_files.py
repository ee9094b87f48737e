"""A file shorter than a screen that one other file alone imports is part of it; and no class name
has a third home.

A table, a noun of the API, a chart and a page are files of their own however short they are.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from checks.finding import Finding
from checks.sources import Module, Sources, find_all

SHORT = 60
#: A row and a noun may share a name, and so may two nouns that never meet.
MOST_HOMES = 2
#: Short files that stay apart, each with its reason.
APART = {
    "gateway/cli/demo_token.py": "a command that imports nothing of the gateway starts at once",
    "gateway/execution/purpose_directive.py": "a directive of the schema, beside its runner",
    "gateway/schema/touched_files.py": "whom a change of reference data touches",
    "gateway/wire/joined_head.py": "its user has as many lines as a file may",
    "models/jobs/publish.py": "a job of the keeper",
    "models/life/diagram.py": "a page for readers, in which no faults are planted",
}
_PAGE, _CHARTS, _REVISIONS = "page.py", "figures", "versions"


def check_small_files(sources: Sources) -> Iterator[Finding]:
    """Files that belong into another, exceptions that are none any more, and crowded names."""
    modules = [each for package in sources.modules.values() for each in package]
    importers = _importers(sources, modules)
    for module in modules:
        length = _length(module)
        name = module.file.relative_to(sources.root).as_posix()
        belongs = length <= SHORT and len(importers[module.file]) == 1 and not _is_noun(module)
        if belongs and name not in APART:
            [user] = importers[module.file]
            yield Finding(
                module.file, 1, f"has {length} lines, and {user.relative_to(sources.root)} alone"
                " imports it: move it there (checks/small_files.py lists the exceptions)",
            )  # fmt: skip
        elif name in APART and not belongs:
            yield Finding(
                module.file, 1, "needs to be no exception: remove it from APART of"
                " checks/small_files.py",
            )  # fmt: skip
    yield from _crowded_names(modules)


def _crowded_names(modules: list[Module]) -> Iterator[Finding]:
    homes: dict[str, list[tuple[Path, int]]] = defaultdict(list)
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef):
                homes[node.name].append((module.file, node.lineno))
    for name, found in homes.items():
        if len(found) > MOST_HOMES:
            file, line = found[-1]
            yield Finding(
                file, line, f"{name} names {len(found)} classes: call this one by another name"
            )


def _importers(sources: Sources, modules: list[Module]) -> dict[Path, set[Path]]:
    """By file, the files of the product that import it; revisions, which come and go, are none."""
    by_name = {_dotted(sources.root, module.file): module.file for module in modules}
    found: dict[Path, set[Path]] = defaultdict(set)
    for module in modules:
        if module.file.parent.name == _REVISIONS:
            continue
        for node in find_all(module.tree, ast.ImportFrom):
            for each in node.names:
                inside = by_name.get(f"{node.module}.{each.name}")
                if imported := inside or by_name.get(node.module or ""):
                    found[imported].add(module.file)
    return found


def _dotted(root: Path, file: Path) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _length(module: Module) -> int:
    return module.file.read_text(encoding="utf-8").count("\n")


def _is_noun(module: Module) -> bool:
    """Whether it is a package, a page, a chart, a table or a noun of the API."""
    classes = [node for node in module.tree.body if isinstance(node, ast.ClassDef)]
    marks = [each for node in classes for each in (*node.bases, *node.decorator_list)]
    return (
        module.file.name in ("__init__.py", _PAGE)
        or module.file.parent.name == _CHARTS
        or any(ast.unparse(each).partition("(")[0] in ("Base", "noun") for each in marks)
    )
