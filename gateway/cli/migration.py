"""`gerbang migration`: writes the revisions that a change of the models needs."""

import asyncio
import re
import sys
from pathlib import Path

import click

from models.migrations.drafting import DraftError
from models.migrations.writing import (
    WrittenRevisions,
    squash_revisions,
    write_empty_revision,
    write_revisions,
)
from models.postgres import temporary_postgres

_PROJECT = Path(__file__).parent.parent.parent
#: The heading of a release in CHANGELOG.md; a candidate is none.
_RELEASE = re.compile(r"^## \d+\.\d+\.\d+(?!\d|rc)", re.MULTILINE)


@click.group()
def migration() -> None:
    """Write revisions of the database, from a checkout of the code."""


@migration.command()
@click.argument("name")
@click.option("--empty", is_flag=True, help="A revision to fill in, whatever differs.")
def new(name: str, empty: bool) -> None:
    """Write the next revision, from what the models say and the revisions do not do yet.

    NAME is its title, such as "When an application was withdrawn". It is tried on a database of
    its own, up, down and up again; the exit code is 1 if it would hurt a table in use.
    """
    if not name.strip():
        raise click.ClickException("NAME is empty: say in a few words what changes")
    if empty:
        _show(WrittenRevisions([write_empty_revision(name.strip())], []))
        return
    try:
        with temporary_postgres() as server:
            written = asyncio.run(write_revisions(server, name.strip()))
    except DraftError as error:
        raise click.ClickException(str(error)) from None
    _show(written)
    sys.exit(bool(written.hazards or written.undrafted))


@migration.command()
def squash() -> None:
    """Squash all revisions into the first one, until there is a release.

    Databases at a revision that is deleted cannot be migrated any more: start anew with them.
    """
    if _RELEASE.search((_PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")):
        raise click.ClickException("There is a release: its databases stand at these revisions.")
    try:
        with temporary_postgres() as server:
            deleted = asyncio.run(squash_revisions(server))
    except DraftError as error:
        raise click.ClickException(
            f"Nothing was squashed: the revisions do not bring a database to the models.\n{error}"
        ) from None
    for file in deleted:
        click.echo(f"deleted {_relative(file)}")


def _show(written: WrittenRevisions) -> None:
    for file in written.files:
        click.echo(_relative(file))
    for (file, line), sentence in written.hazards:
        click.echo(f"{_relative(file)}:{line}: {sentence}", err=True)
    for sentence in written.undrafted:
        click.echo(sentence, err=True)
    if len(written.files) > 1:
        click.echo(
            "Each is a revision of its own: in one transaction they would hold locks for long."
        )


def _relative(file: Path) -> str:
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)
