"""Writes what is recorded beside a read: counts of passport endings, alerts, and that its viewer is
still here.

Each is a transaction of its own. PostgreSQL counts the people whose passport endings a viewer is
shown, for all gateways, before the answer leaves: it holds a lock of the viewer's own meanwhile, so
that of many answers at once none goes uncounted. Nothing is refused for it; too many raise an
alert. So does a sealed value that somebody changed, for auditors, and for supervisors who did not
meet it.

Nobody tells the gateway that somebody has left. Whoever comes with a token of a role still has it;
whoever does not come is sent no more mail after some weeks.
"""

import logging
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from psycopg import Error

from gateway.access.transactions.begin import (
    TransactionStart,
    TransactionStarts,
    commit_in_one_write,
)
from gateway.cache import WeightedCache
from gateway.errors import ErrorCode, FieldError, RequestError
from gateway.logs import current_record
from gateway.policy import COUNTED_ENDINGS
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool
from models.instants import wib_day
from models.row_keys import new_key

_RAISING = "SELECT viewer.raise_tampering($1::text, $2::uuid, $3::uuid, $4::boolean)"
_COUNTING = "SELECT viewer.count_endings($1::text, $2::bigint, $3::uuid[], $4::uuid)"
#: Viewers whose last day is remembered, so that it is written once a day.
_MOST_VIEWERS = 10_000
_NOTING = "SELECT viewer.note_sign_in($1::text)"

log = logging.getLogger(__name__)


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


class SignIns:
    """When viewers were last here, for their subscriptions alone."""

    def __init__(self, pool: ConnectionPool, starts: TransactionStarts) -> None:
        self._pool = pool
        self._starts = starts
        self._noted: WeightedCache[tuple[object, ...], bool] = WeightedCache(_MOST_VIEWERS)

    async def note(self, viewer: Viewer) -> None:
        """Write it once a day, and whenever the reach is another. A failure costs nobody an
        answer."""
        if viewer.bearer is None:  # an alert is looked at in the name of somebody who is not here
            return
        reach = viewer.partner, viewer.countries, viewer.centres
        key = viewer.subject, viewer.role, *reach, wib_day(datetime.now(UTC))
        if key in self._noted:
            return
        noting = [Command(_NOTING, [viewer.role.value])]
        try:
            await commit_in_one_write(self._pool, self._starts.for_reading(viewer), noting)
        except (FieldError, Error, OSError) as error:
            log.warning("a sign-in is not noted: %s", type(error).__name__)
        else:
            self._noted.put(key, True, 1)
