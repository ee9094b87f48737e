"""Tells auditors, and supervisors who did not meet it, that somebody changed a sealed value."""

import logging
from collections.abc import Mapping
from uuid import UUID

from psycopg import Error

from gateway.access.transactions.begin import TransactionStart
from gateway.access.transactions.one_write import commit_in_one_write
from gateway.errors import FieldError
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool
from models.row_keys import new_key

_RAISING = "SELECT viewer.raise_tampering($1::text, $2::uuid, $3::uuid, $4::boolean)"

log = logging.getLogger(__name__)


async def raise_tampering(
    pool: ConnectionPool, start: TransactionStart, viewer: Viewer, tampered: Mapping[UUID, bool]
) -> None:
    """Raise an alert for each subject, in the name of the viewer who met it; each is given with
    whether it is on the ban list.

    Where that is impossible now, it is logged: the read fails anyway, and raises the alert when it
    is tried again.
    """
    role = viewer.role.value
    raising = [
        Command(_RAISING, [role, new_key(), subject, is_banned])
        for subject, is_banned in tampered.items()
    ]
    try:
        await commit_in_one_write(pool, start, raising)
    except (FieldError, Error, OSError) as error:
        log.error(
            "no alert could be raised that a sealed value was changed: %s", type(error).__name__
        )
