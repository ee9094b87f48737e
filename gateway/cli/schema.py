"""`gerbang schema`: the schema as roles see it, what changed in it, and what is released."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.documents import sdl_of
from gateway.schema_changes import (
    CURRENT,
    RELEASED,
    SchemaChange,
    Severity,
    as_released,
    changes_between,
    newly_deprecated,
    short_notices,
    without_repetition,
)
from models.vocabulary import Role

_CHANGELOG = "CHANGELOG.md"
#: So many roles are named as those that do not have a change.
_FEW_ROLES = 3
_PROJECT = Path(__file__).parent.parent.parent


@click.group(invoke_without_command=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), help="As this role.")
@click.pass_context
def schema(context: click.Context, role: str | None) -> None:
    """Print the GraphQL schema, whole or as a role sees it."""
    if context.invoked_subcommand is None:
        click.echo(sdl_of(Role(role) if role else None), nl=False)


@schema.command()
@click.option(
    "--since", "ref", metavar="REF", help="A commit or tag of git.  [default: the last release]"
)
def changes(ref: str | None) -> None:
    """Print what changed in the schema of each role, as Markdown: what breaks clients first, then
    what is newly deprecated; of additions the coordinates alone."""
    text = (_PROJECT / _CHANGELOG).read_text(encoding="utf-8")
    before = _released_schemas() if ref is None else _at(ref)
    if not before:
        raise click.ClickException("There is no release yet: name a commit with --since.")
    before, now = {role: as_released(sdl, text) for role, sdl in before.items()}, _current(text)
    found = list(without_repetition(changes_between(before, now)))
    deprecated = newly_deprecated(before, now)
    for severity in Severity:
        group = [change for change in found if change.severity is severity]
        if severity is Severity.SAFE:
            if deprecated:
                click.echo("### Deprecated\n")
                for coordinate, reason in deprecated.items():
                    click.echo(f"- `{coordinate}`: {reason}")
                click.echo()
            if group:
                named = ", ".join(f"`{each}`" for each in sorted({one.coordinate for one in group}))
                click.echo(f"### {severity.value.capitalize()}\n\n{named}\n")
        elif group:
            click.echo(f"### {severity.value.capitalize()}\n")
            for change in group:
                click.echo(f"- `{change.coordinate}`: {change.description} ({_roles_of(change)})")
            click.echo()
    breaking = sum(change.severity is Severity.BREAKING for change in found)
    click.echo(f"{len(found)} changes, of which {breaking} break clients.")


@schema.command()
def release() -> None:
    """Make the schema of today the one that clients rely on: part of each release.

    First give the release its heading in CHANGELOG.md, below an empty Unreleased. Refused if
    something is newly deprecated whose date is too near.
    """
    text = (_PROJECT / _CHANGELOG).read_text(encoding="utf-8")
    current = _current(text)
    folder = _PROJECT / RELEASED
    if notices := short_notices(_released_schemas(), current, datetime.now(UTC).date()):
        sys.exit("gerbang: " + "\n".join(notices))
    folder.mkdir(exist_ok=True)
    for role, sdl in current.items():
        (folder / f"{role}.graphql").write_text(sdl, encoding="utf-8")
    for file in folder.glob("*.graphql"):
        if file.stem not in current:
            file.unlink()


def _roles_of(change: SchemaChange) -> str:
    others = sorted({role.lower() for role in Role} - {*change.roles})
    if not others:
        return "every role"
    if len(others) <= _FEW_ROLES:
        return f"every role but {', '.join(role.upper() for role in others)}"
    return ", ".join(role.upper() for role in change.roles)


def _current(changelog: str) -> Mapping[str, str]:
    return {role.lower(): as_released(sdl_of(role), changelog) for role in Role}


def _released_schemas() -> Mapping[str, str]:
    files = sorted((_PROJECT / RELEASED).glob("*.graphql"))
    return {file.stem: file.read_text(encoding="utf-8") for file in files}


def _at(ref: str) -> Mapping[str, str]:
    """The committed schemas of a commit, by role."""
    names = _git("ls-tree", "--name-only", ref, f"{CURRENT}/").splitlines()
    return {Path(name).stem: _git("show", f"{ref}:{name}") for name in names}


def _git(*arguments: str) -> str:
    ran = subprocess.run(  # noqa: S603 - git, of this checkout
        ["git", *arguments],  # noqa: S607
        cwd=_PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise click.ClickException(ran.stderr.strip())
    return ran.stdout
