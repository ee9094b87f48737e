"""Commands on the database: `migrate`, `synthesise` and `volumes`."""

import asyncio
import csv
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import asyncpg
import click

from gateway.access.key_service_clients import key_service_for
from gateway.cli.database_errors import DatabaseError, explain_database_errors, run_as_owner
from gateway.settings import Command, read_settings
from models import migrations, publication, synthetic
from models import volumes as rollups
from models.key_service import KeyServiceError, Principal
from models.publication import Publication

_OWNER = "GERBANG_OWNER_URL"


@dataclass(frozen=True)
class WorldOptions:
    """Which synthetic world: the same options give the same world."""

    applications: int
    months: int
    seed: int
    scale: synthetic.Scale
    until: datetime | None


def _start_of_day(_: click.Context, option: click.Parameter, day: datetime | None) -> Any:
    """When a day begins in Jakarta; None for none."""
    if day is None:
        return None
    start = synthetic.start_of_day(day.date())
    if start > datetime.now(UTC):
        raise click.BadParameter("that day has not begun in Jakarta", param=option)
    return start


_WORLD_OPTIONS = (
    click.option("--applications", default=20_000, show_default=True, help="How many."),
    click.option("--months", default=26, show_default=True, help="Over how many months."),
    click.option("--seed", default=1, show_default=True, help="The same seed, the same world."),
    click.option(
        "--scale",
        type=click.Choice([scale.value for scale in synthetic.Scale]),
        default=synthetic.Scale.PARTNER.value,
        show_default=True,
        help="The partners' channels, or the whole country with its direct applications.",
    ),
    click.option(
        "--today",
        "until",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DATE",
        callback=_start_of_day,
        help="The world ends as this day begins in Jakarta.  [default: it ends now]",
    ),
)


def with_world_options(command: Any) -> Any:
    """The options of a synthetic world, which the command takes as one argument ``world``."""

    @wraps(command)
    def with_world(
        *,
        applications: int,
        months: int,
        seed: int,
        scale: str,
        until: datetime | None,
        **more: Any,
    ) -> Any:
        world = WorldOptions(applications, months, seed, synthetic.Scale(scale), until)
        return command(world=world, **more)

    for option in reversed(_WORLD_OPTIONS):
        with_world = option(with_world)
    return with_world


@click.command()
@click.option(
    "--plan", is_flag=True, help="Change nothing; print what would be done, and its locks."
)
def migrate(plan: bool) -> None:
    """Bring the database up to date, with its row rules, and make it trust our seal.

    With --plan the exit code is 0 where nothing is to be done, and 2 where something is.
    """
    settings = read_settings(command=Command.MIGRATE)
    run = migrations.plan if plan else migrations.migrate
    with explain_database_errors(_OWNER):
        try:
            steps = asyncio.run(
                run(
                    settings.required_owner_url,
                    gateway_url=settings.database_url,
                    seal_keys=settings.seal_key,
                )
            )
        except migrations.UnknownRevisionError as error:
            raise DatabaseError(str(error), may_pass=False) from None
    if steps is None:
        return
    for what, lock in steps:
        click.echo(f"{what}\n    locks: {lock}")
    if steps:
        sys.exit(2)
    click.echo("Nothing to do.")


@click.command()
@with_world_options
@click.option("--expected", is_flag=True, help="Load nothing; print expected counts as CSV.")
def synthesise(world: WorldOptions, expected: bool) -> None:
    """Load a synthetic world into an empty database.

    With GERBANG_KEY_SERVICE its people are sealed and linked.
    """
    if expected:
        counts = _expected_counts(world)
        lines = csv.writer(sys.stdout, lineterminator="\n")
        lines.writerow(("iso3", "month", "expected"))
        lines.writerows((line.iso3, line.month, f"{line.expected:.4f}") for line in counts)
        return
    settings = read_settings(command=Command.SYNTHESISE)
    url, address = settings.required_owner_url, settings.linking_address
    try:
        keys = key_service_for(settings, Principal.LOADER, waits=True) if address else None
        with explain_database_errors(_OWNER):
            summary = asyncio.run(synthetic.synthesise(url, **vars(world), keys=keys))
    except (KeyServiceError, synthetic.NotEmptyError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"{summary.applications:,} applications of {summary.applicants:,} people and"
        f" {summary.extensions:,} extensions with {summary.events:,} events, in"
        f" {summary.seconds:.1f} s"
    )


def _expected_counts(world: WorldOptions) -> list[synthetic.ExpectedDemand]:
    size = {"applications": world.applications, "months": world.months}
    try:
        return list(synthetic.expected_demand(**size, until=world.until))
    except ValueError as error:
        raise click.ClickException(str(error)) from None


@click.group()
def volumes() -> None:
    """Check the figures against the raw rows, build them anew, or publish them."""


@volumes.command()
def verify() -> None:
    """Recompute every figure from raw rows and name each difference."""
    differences = run_as_owner(
        read_settings(command=Command.VOLUMES).required_owner_url, rollups.verify
    )
    for difference in differences:
        click.echo(str(difference))
    click.echo(f"{len(differences)} differences")
    sys.exit(bool(differences))


@volumes.command()
def rebuild() -> None:
    """Build every figure anew from raw rows."""
    run_as_owner(read_settings(command=Command.VOLUMES).required_owner_url, rollups.rebuild)


@volumes.command()
def publish() -> None:
    """Publish the figures of the periods that are over, as happens every night."""

    async def publish_now(connection: asyncpg.Connection) -> Publication:
        return await publication.publish(connection, datetime.now(UTC))

    report: Publication = run_as_owner(
        read_settings(command=Command.VOLUMES).required_owner_url, publish_now
    )
    click.echo(
        f"{report.periods} periods and {report.rows:,} rows published, {report.kept} rows kept"
    )
    for reason, figures in sorted(report.figures.items()):
        click.echo(f"  {figures:>9,} {reason}")
