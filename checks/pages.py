"""Every page of the dashboard is registered, and has its title and its link in each language."""

import ast
from collections.abc import Iterator

from checks.finding import Finding
from checks.sources import Sources, find_all
from checks.texts import texts_of

#: The module of a page, in a folder of its name.
_PAGE = "page.py"
#: What the browser's tab and the navigation call it.
_TEXTS = ("title", "link")


def check_pages(sources: Sources) -> Iterator[Finding]:
    """Folders of pages that nobody can open, or that are called nothing."""
    pages = sources.find_value("dashboard", "PAGES")
    tree = sources.module_of("dashboard", pages).tree
    imported = {
        f"{one.module}": name.asname or name.name
        for one in find_all(tree, ast.ImportFrom)
        for name in one.names
    }
    listed = {name.id for name in find_all(pages.node, ast.Name)}
    for file in sorted((sources.root / "dashboard/pages").glob(f"*/{_PAGE}")):
        name = file.parent.name
        if imported.get(f"dashboard.pages.{name}.page") not in listed:
            yield Finding(
                pages.file, pages.line, f"PAGES does not list the page {name}: import PAGE of"
                f" dashboard.pages.{name}.page, and put it in the order of the navigation",
            )  # fmt: skip
        for texts_file, texts in texts_of(sources).items():
            if texts.has_section("pages"):
                for key in _TEXTS:
                    if f"pages.{name}.{key}" not in texts:
                        yield Finding(
                            texts_file, texts.line_of_section("pages.today"),
                            f"no text pages.{name}.{key}: add what the page is called",
                        )  # fmt: skip
