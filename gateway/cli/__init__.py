"""The `gerbang` command line."""

import asyncio
import sys

import click

from gateway.cli import (
    data,
    demo,
    doctor,
    documents,
    init,
    keeper,
    migration,
    schema,
    serving,
    trusted_documents,
)
from gateway.cli.database_errors import DatabaseError
from gateway.settings import SettingsError
from models.database.locking import LockedError
from models.database.owner import OwnerError
from models.postgres import PostgresError
from models.reference.data import ReferenceDataError
from models.row_security.apply import WallError


@click.group(context_settings={"max_content_width": 100})
def gerbang() -> None:
    """Gerbang: the front door of the visa system."""


for _command in (
    demo.demo,
    serving.serve,
    keeper.keep,
    serving.dashboard,
    data.migrate,
    migration.migration,
    init.init,
    data.synthesise,
    data.volumes,
    doctor.doctor,
    documents.policy,
    schema.schema,
    documents.settings,
    documents.snapshots,
    trusted_documents.documents,
    serving.token,
):
    gerbang.add_command(_command)


def main() -> None:
    """Run the command. Errors that its user can fix are printed without a traceback."""
    try:
        gerbang.main(prog_name="gerbang", standalone_mode=True)
    except (
        SettingsError,
        DatabaseError,
        PostgresError,
        OwnerError,
        ReferenceDataError,
        LockedError,
        WallError,
    ) as error:
        sys.exit(f"gerbang: {error}")
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
