"""Counts the people whose passport endings a viewer is shown; too many raise an alert.

Nothing is refused for it. PostgreSQL counts people, for all gateways, before the answer leaves: it
holds a lock of the viewer's own meanwhile, so that of many answers at once none goes uncounted.
"""

from collections.abc import Collection
from http import HTTPStatus
from uuid import UUID

from psycopg import Error

from gateway.access.transactions.begin import TransactionStart
from gateway.access.transactions.one_write import commit_in_one_write
from gateway.errors import ErrorCode, FieldError, RequestError
from gateway.logs.requests import current_record
from gateway.policy import COUNTED_ENDINGS
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool
from models.row_keys import new_key

_COUNTING = "SELECT viewer.count_endings($1::text, $2::bigint, $3::uuid[], $4::uuid)"


async def count_endings(
    pool: ConnectionPool,
    start: TransactionStart,
    viewer: Viewer,
    people: Collection[UUID],
    most: int,
) -> None:
    """Count the people of an answer; beyond ``most`` in an hour an alert is raised.

    Raises RequestError with UNAVAILABLE if that fails; the answer must then be withheld.
    """
    if viewer.role not in COUNTED_ENDINGS:
        return
    counting = Command(_COUNTING, [viewer.role.value, most, sorted(people), new_key()])
    try:
        await commit_in_one_write(pool, start, [counting])
    except (FieldError, Error, OSError) as error:
        current_record().has_unlogged_reads = True
        raise RequestError(
            ErrorCode.UNAVAILABLE,
            "The read could not be counted, so it was not answered. Try again.",
            HTTPStatus.SERVICE_UNAVAILABLE,
        ) from error
