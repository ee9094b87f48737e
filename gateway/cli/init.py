"""The command `gerbang init`, which loads the reference data and registers the dashboard's
documents.
"""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import asyncpg
import click
from graphql import OperationDefinitionNode, parse

from dashboard.pages.documents import screen_documents
from gateway.cli import figure
from gateway.cli.database_errors import explain_database_errors
from gateway.settings import Command, read_settings
from models.database.connections import connected
from models.documents import Registration, register
from models.key_service import create_key_file
from models.reference.data import Files, Line, LoadReport, load, read_files
from models.reference.data.tables import TABLES, Basis

_SOURCES = "models/reference/data/sources.toml"


@click.command()
@click.option(
    "--files",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with files of your own: partners, centres, or others instead of ours.",
)
def init(folder: Path | None) -> None:
    """Load countries, visa types, fees, targets, deadlines, entry rules, and your partners.

    Documents of the dashboard are registered too, and the file of keys is made, where one is named.
    Only what is empty is filled: what is there changes by decree, which takes two administrators.
    """
    settings = read_settings(command=Command.INIT)
    url = settings.required_owner_url
    files = read_files(*([folder] if folder else []))
    with explain_database_errors("GERBANG_OWNER_URL"):
        report, registered = asyncio.run(_load(url, files))
    print_report(report)
    kind, _, path = (settings.key_service or "").partition(":")
    if kind == "file" and create_key_file(Path(path)):
        click.echo(f"keys: made in {path}, for whoever owns that file alone")
    if registered:
        click.echo(f"documents of the dashboard: {registered} registered")


async def _load(url: str, files: Files) -> tuple[LoadReport, int]:
    """What was added, and how many documents of the dashboard were registered."""
    async with connected(url) as connection:
        report = await load(connection, files)
        return report, await register_dashboard(connection, "gerbang init")


def print_report(report: LoadReport) -> None:
    """Print what was added, how much of it is assumed, and what was left unchanged."""
    for table in TABLES:
        if lines := report.added[table.name]:
            count = _count_assumed(lines)
            note = f", of which {count} are assumed" if count else ""
            click.echo(f"{table.file}: {len(lines)} added{note}")
    if any(map(_count_assumed, report.added.values())):
        click.echo(f"Look at what is assumed before you rely on it: {_SOURCES}")
    for sentence in report.left_alone:
        click.echo(sentence, err=True)
    if not any(report.added.values()):
        click.echo("Nothing to add.")


def _count_assumed(lines: Sequence[Line]) -> int:
    return sum(line.basis is Basis.ASSUMED for line in lines)


CLIENT = "dashboard"


async def register_dashboard(connection: asyncpg.Connection, by: str) -> int:
    """Register what the dashboard and the check of its reports ask; return how many were new."""
    texts = [*(each.text for each in screen_documents()), figure.QUESTION, figure.VIEWER]
    documents = [Registration(text, tuple(_operation_names(text))) for text in texts]
    return len(await register(connection, documents, client=CLIENT, by=by))


def _operation_names(text: str) -> Iterator[str]:
    for node in parse(text).definitions:
        if isinstance(node, OperationDefinitionNode) and node.name:
            yield node.name.value
