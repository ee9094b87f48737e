"""Following changes: what is new in a viewer's reach behind a place, tick by tick."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, literal, tuple_
from sqlalchemy.exc import SQLAlchemyError

from gateway.access.rows import reach_key, select_reachable
from gateway.access.transactions.change_horizon import ChangeHorizon
from gateway.access.transactions.reading import ReadTransaction
from gateway.errors import ErrorCode, GerbangError
from gateway.mapping.catalogue import Catalogue, DeclaredNoun, hidden_label
from gateway.mapping.context import Context
from gateway.mapping.declare import ChangePosition
from gateway.mapping.positions import Place, Positions
from gateway.viewer import Viewer
from models.database.connections import CONNECTION_ERRORS

#: How many changes are told at once; the rest waits where it is, in the database.
LARGEST_BATCH = 100
#: Where nothing is told for so long, the position alone is.
QUIET_SECONDS = 60.0
RETRY_SECONDS = 1.0
#: How many live reads a process has under way: the pool is for requests first.
_MOST_READS = 3

_TRANSIENT = (ErrorCode.UNAVAILABLE, ErrorCode.OVERLOADED, ErrorCode.TIMEOUT)
BROKEN = (SQLAlchemyError, *CONNECTION_ERRORS)

log = logging.getLogger(__name__)


class ChangeLookups:
    """Looks for changes; those who reach the same and stand at the same place share one look."""

    def __init__(
        self, horizon: ChangeHorizon, session: Callable[[Viewer], ReadTransaction]
    ) -> None:
        self.horizon = horizon
        self.read_slots = asyncio.Semaphore(_MOST_READS)
        self._session = session
        self._lookups: dict[tuple[Any, ...], asyncio.Task[list[Place]]] = {}

    async def find_after(
        self, place: Place, below: int, noun: DeclaredNoun, viewer: Viewer, *, newest_only: bool
    ) -> list[Place]:
        """The places of changes in the viewer's reach, in order."""
        key = (below, place, noun.name, reach_key(noun.name, viewer), newest_only)
        look = self._lookups.get(key)
        if look is None:
            self._lookups = {key: look for key, look in self._lookups.items() if key[0] >= below}
            looking = self._find(place, below, noun, viewer, newest_only)
            look = self._lookups[key] = asyncio.create_task(looking)
            look.add_done_callback(lambda done: self._drop_failed(key, done))
        return await asyncio.shield(look)

    def _drop_failed(self, key: tuple[Any, ...], look: asyncio.Task[list[Place]]) -> None:
        """A look that failed is not shared any further."""
        if look.cancelled() or look.exception():
            self._lookups.pop(key, None)

    async def _find(
        self, place: Place, below: int, noun: DeclaredNoun, viewer: Viewer, newest_only: bool
    ) -> list[Place]:
        columns = _position_columns(noun)
        order = [column.desc() if newest_only else column.asc() for column in columns]
        statement = (
            select_reachable(noun.name, viewer, *columns)
            .where(tuple_(*columns) > tuple_(*place), columns[0] < below)
            .order_by(*order)
            .limit(1 if newest_only else LARGEST_BATCH)
        )
        async with self.read_slots:
            session = self._session(viewer)
            try:
                return [Place(*row) for row in await session.rows(statement)]
            finally:
                await session.close()


@dataclass(frozen=True, slots=True)
class SubscriptionContext:
    """What a subscription begins with; each of its payloads then has a context of its own."""

    viewer: Viewer
    lookups: ChangeLookups
    catalogue: Catalogue
    positions: Positions


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """Changes to tell, or none and the position alone; and the place behind them."""

    places: tuple[Place, ...]
    until: Place


@dataclass(slots=True)
class ChangeFeed:
    """One viewer's way through the changes. What was found is found again until it is `seen`."""

    lookups: ChangeLookups
    viewer: Viewer
    noun: DeclaredNoun
    place: Place
    #: What a change must meet besides the policy.
    conditions: Sequence[ColumnElement[bool]] = ()
    #: Whether only the newest change is of interest.
    newest_only: bool = False
    #: The shortest time between two payloads.
    pace_seconds: float = 0.0
    _sent_at: float | None = None

    def __aiter__(self) -> "ChangeFeed":
        return self

    async def __anext__(self) -> ChangeBatch:
        if self._sent_at is None:
            return ChangeBatch((), self.place)
        await asyncio.sleep(self._sent_at + self.pace_seconds - time.monotonic())
        quiet = asyncio.timeout(QUIET_SECONDS)
        try:
            async with quiet:
                return await self._next_batch()
        except TimeoutError:
            if not quiet.expired():
                raise
            return ChangeBatch((), self.place)

    def acknowledge(self, found: ChangeBatch) -> None:
        self.place = found.until
        self._sent_at = time.monotonic()

    async def records(self, context: Context, found: ChangeBatch) -> list[Any]:
        """The changes that were found, as the viewer reads them now."""
        written_in, id_ = _position_columns(self.noun)
        if not found.places:
            return [self._position_only(context, found.until)]
        ids = [place.id for place in found.places]
        statement = (
            context.select(self.noun)
            .where(id_ == any_(literal(ids, ARRAY(id_.type))), *self.conditions)
            .order_by(written_in, id_)
        )
        return await context.records(self.noun, statement)

    def _position_only(self, context: Context, place: Place) -> Any:
        columns = context.catalogue.columns(self.noun, self.viewer.role)
        values: dict[str, Any] = {str(column.key): None for column in columns}
        for column, value in zip(_position_columns(self.noun), place, strict=True):
            values[hidden_label(column)] = value
        return self.noun.record(tuple(values), tuple(values.values()))

    async def _next_batch(self) -> ChangeBatch:
        while True:
            below = await self.lookups.horizon.beyond(self.place.written_in)
            places = await _retry_until_available(
                lambda below=below: self.lookups.find_after(
                    self.place, below, self.noun, self.viewer, newest_only=self.newest_only
                )
            )
            is_all = self.newest_only or len(places) < LARGEST_BATCH
            until = Place(below, 0) if is_all else places[-1]
            if places:
                return ChangeBatch(tuple(places), until)
            self.place = until


async def _retry_until_available(look: Callable[[], Awaitable[list[Place]]]) -> list[Place]:
    """A database that is away is waited for: the place is kept, so nothing is missed."""
    while True:
        try:
            return await look()
        except (GerbangError, *BROKEN) as error:
            await wait_before_retry(error)


async def wait_before_retry(error: Exception) -> None:
    """Wait a little after a failure that passes by itself; raise any other."""
    if isinstance(error, GerbangError) and error.code not in _TRANSIENT:
        raise error
    log.warning("Changes cannot be read right now: %s", type(error).__name__)
    await asyncio.sleep(RETRY_SECONDS)


def _position_columns(noun: DeclaredNoun) -> tuple[Any, Any]:
    """The columns of a change that say where its place is."""
    (placed,) = (
        field.source for field in noun.fields.values() if isinstance(field.source, ChangePosition)
    )
    return placed.written_in, placed.id
