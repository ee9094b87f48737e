"""Commands that print what is made from the code (policy, settings), or write it to files
(snapshots).
"""

import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
from graphql import GraphQLSchema, print_schema

from dashboard.pages.documents import screen_documents
from dashboard.web import headers
from gateway.cli.explain import plans_page
from gateway.cli.feed import COLUMNS, KEY, Fault
from gateway.data_protection_page import data_protection_page
from gateway.errors_page import errors_page
from gateway.execution.document_matrix import DocumentMatrix, ExaminedDocument, matrix_table
from gateway.execution.role_schema import role_schema
from gateway.mapping.catalogue import Catalogue
from gateway.policy_page import policy_page
from gateway.row_security import row_security
from gateway.schema.build import build_schema
from gateway.schema_changes import without_descriptions
from gateway.settings import Settings, variable_name
from gateway.settings.commands import commands_that_need
from models.life.diagram import life_page
from models.life.grant_conditions import grants_page
from models.vocabulary import Role

_HEAD = (
    "# The dashboard's documents\n\n"
    "Made by `make snapshots` from the `.graphql` files of [dashboard](../dashboard) and from"
    " [gateway/policy.py](../gateway/policy.py), as `gerbang documents matrix` does for yours:"
    " which roles can run which document, and the most that it costs them, for the year that a"
    " screen shows at first (partner roles: with one country and one centre). Bold is a role for"
    " which a screen sends the document; a dash, one that cannot run it. A changed line of the"
    " policy shows here which screens break for whom, and `make check` refuses it.\n\n"
)


def documents_page() -> str:
    """The page docs/documents.md."""
    matrix = DocumentMatrix()
    named: dict[str, ExaminedDocument] = {}
    senders: dict[str, frozenset[Role]] = {}
    for each in screen_documents():
        name = f"{each.screen}: `{each.name}`"
        named[name] = matrix.examine(each.text, each.variables)
        senders[name] = frozenset(map(Role, each.sent_for(Role)))
    return _HEAD + "\n".join(matrix_table(named, senders)) + "\n"


_GATEWAY = Path(__file__).parent.parent
_FEEDS = _GATEWAY.parent / "docs" / "feeds.md"


def feeds_page() -> str:
    """The page docs/feeds.md, with the tables of what the code says between its marks."""
    tables = {
        "columns": (
            "| column | type | what it is |\n|---|---|---|",
            *(
                f"| `{column.name}` | {column.type_name}"
                f"{'' if column.is_required else ', may be left out'}"
                f" | {_HOW_KEY if column.name == KEY else column.description} |"
                for column in COLUMNS
            ),
        ),
        "faults": ("| code | |\n|---|---|", *(f"| {each.name} | {each} |" for each in Fault)),
    }
    text = _FEEDS.read_text("utf-8")
    for name, lines in tables.items():
        before, mark, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- end -->\n")
        text = "".join((before, mark, "\n".join(lines), "\n\n", end, after))
    return text


_HOW_KEY = (
    "How your system names this application, without saying who it is: 8 to 128 visible characters"
    " of ASCII. Under one key it is handed in once, in whichever feed or batch it comes, and"
    " whoever sends it again within 7 days is answered as before."
)


@click.command()
def policy() -> None:
    """Print who may see what, as Markdown."""
    click.echo(policy_page(), nl=False)


@click.command()
def settings() -> None:
    """Print every environment variable of the gateway, and which commands need it."""
    for item in fields(Settings):
        needed_by = ", ".join(commands_that_need(item.name))
        notes = [f"needed by {needed_by}"] if needed_by else []
        if item.default not in (None, b"", "", ()):
            notes.append(f"default {item.default!s}")
        if item.metadata["is_secret"]:
            notes.append(f"or a file that holds it: {variable_name(item.name)}_FILE")
        suffix = f" ({'; '.join(notes)})" if notes else ""
        click.echo(f"{variable_name(item.name):32} {item.metadata['meaning']}{suffix}")


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file would change.")
def snapshots(check: bool) -> None:
    """Write the files that are generated from the code."""
    if check:
        stale = [path for path, text in generated_files() if _differs(path, text)]
        for path in stale:
            click.echo(f"{path.name} is not what the code says: run `make snapshots`.", err=True)
        sys.exit(bool(stale))
    for path, text in generated_files():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def generated_files() -> Iterator[tuple[Path, str]]:
    yield _GATEWAY / "policy.md", policy_page()
    yield _GATEWAY.parent / "models" / "row_security.sql", row_security(_full_schema()[1])
    yield _GATEWAY.parent / "docs" / "life.md", life_page()
    yield _GATEWAY.parent / "docs" / "grants-by-rule.md", grants_page()
    yield _GATEWAY.parent / "docs" / "documents.md", documents_page()
    yield _GATEWAY.parent / "docs" / "errors.md", errors_page()
    yield _FEEDS, feeds_page()
    yield _GATEWAY.parent / "docs" / "data-protection.md", data_protection_page()
    yield _GATEWAY.parent / "docs" / "plans.md", plans_page()
    yield headers.FILE, headers.file_text(headers.found_in_bundles())
    yield _GATEWAY / "schema" / "schema.graphql", sdl_of(None)
    for role in Role:
        bare = without_descriptions(sdl_of(role))
        yield _GATEWAY / "schema" / "roles" / f"{role.lower()}.graphql", bare


def _differs(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8") != text


def sdl_of(role: Role | None) -> str:
    """The schema as a role sees it; the whole schema without a role."""
    full, catalogue = _full_schema()
    return print_schema(role_schema(full, catalogue, role)) + "\n"


@cache
def _full_schema() -> tuple[GraphQLSchema, Catalogue]:
    full = build_schema()
    return full, Catalogue(full)
