"""The change feed: the changes after a position that a viewer may see, in order."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Select, any_, bindparam, tuple_

from gateway.access.rows import Topic, reach_key, select_reachable_in_role, topics
from gateway.access.transactions.change_horizon import ChangeHorizon
from gateway.access.transactions.prepared import prepare_reading
from gateway.access.transactions.reading import ReadTransaction
from gateway.errors import ErrorCode, GerbangError
from gateway.mapping.arguments import ParsedArguments
from gateway.mapping.catalogue import Columns, DeclaredNoun, hidden_label
from gateway.mapping.context import Context
from gateway.mapping.declare import ChangePosition
from gateway.mapping.filters import Condition, ConditionShape, condition_shapes
from gateway.mapping.listing import condition_values, constant
from gateway.mapping.positions import Place, Positions
from gateway.mapping.services import Services
from gateway.viewer import Viewer
from models.database.connections import CONNECTION_ERRORS
from models.vocabulary import Role

#: Most changes in one batch; the next batch takes the rest.
LARGEST_BATCH = 100
#: After this long without a change, a heartbeat is sent.
QUIET_SECONDS = 60.0
RETRY_SECONDS = 1.0
#: Most concurrent reads for subscriptions in a process: the pool is for requests first.
_MOST_READS = 3

#: Errors that pass by themselves.
_TRANSIENT = (ErrorCode.UNAVAILABLE, ErrorCode.OVERLOADED, ErrorCode.TIMEOUT)
BROKEN = CONNECTION_ERRORS

#: A condition on a change for a role: that what has changed meets conditions, as it is now.
Matches = Callable[[Role, tuple[ConditionShape, ...]], ColumnElement[bool]]

#: Parameters of the statements.
_WRITTEN_IN, _ID, _BELOW, _IDS = "written_in", "id", "below", "ids"

_Read = TypeVar("_Read")

log = logging.getLogger(__name__)


def _select_places(role: Role, noun: DeclaredNoun, newest_only: bool) -> Select[Any]:
    """The statement for the places of changes behind a place, or for the newest one."""
    columns = _position_columns(noun)
    written_in, id_ = columns
    place = tuple_(bindparam(_WRITTEN_IN, None, written_in.type), bindparam(_ID, None, id_.type))
    return (
        select_reachable_in_role(noun.name, role, *columns)
        .where(tuple_(*columns) > place, written_in < bindparam(_BELOW, None, written_in.type))
        .order_by(*(column.desc() if newest_only else column.asc() for column in columns))
        .limit(constant(1 if newest_only else LARGEST_BATCH))
    )


def _select_batch(
    role: Role,
    noun: DeclaredNoun,
    columns: Columns,
    matches: Matches | None,
    conditions: tuple[ConditionShape, ...],
) -> Select[Any]:
    """The statement for the changes of a batch, as a viewer in a role may read them."""
    written_in, id_ = _position_columns(noun)
    batch = id_ == any_(bindparam(_IDS, None, ARRAY(id_.type)))
    changes = select_reachable_in_role(noun.name, role, *columns).where(batch)
    if matches:
        changes = changes.where(matches(role, conditions))
    return changes.order_by(written_in, id_)


class _SharedRead:
    """A read for which followers wait; it goes on though some of them give up."""

    def __init__(self, read: Coroutine[Any, Any, Any]) -> None:
        self.task = asyncio.create_task(read)
        self.is_over = asyncio.Event()
        self.has_failed = False
        self.task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[Any]) -> None:
        self.has_failed = task.cancelled() or task.exception() is not None
        self.is_over.set()


class SharedReads:
    """Reads for followers; those who would read the same of the same changes share it."""

    def __init__(
        self, horizon: ChangeHorizon, session: Callable[[Viewer], ReadTransaction]
    ) -> None:
        self.horizon = horizon
        self.slots = asyncio.Semaphore(_MOST_READS)
        self._session = session
        self._reads: dict[Hashable, _SharedRead] = {}
        #: Up to where the latest of them look; older ones are forgotten.
        self._below = 0

    async def once(
        self, below: int, key: Hashable, read: Callable[[], Coroutine[Any, Any, _Read]]
    ) -> _Read:
        """What is read of changes below a transaction, under a key of everything that it depends
        on: it is read for whoever asks first. The next one tries again where that failed."""
        if below > self._below:
            self._below = below
            self._reads.clear()
        reading = self._reads.get((below, key))
        if reading is None or reading.has_failed:
            reading = self._reads[below, key] = _SharedRead(read())
        await reading.is_over.wait()
        return reading.task.result()

    async def find_after(
        self, place: Place, below: int, noun: DeclaredNoun, viewer: Viewer, *, newest_only: bool
    ) -> list[Place]:
        """The places of the changes after ``place`` that the viewer may see, in order.

        ``below`` is the change horizon: only changes of older transactions are settled.
        """
        key = (place, noun.name, reach_key(noun.name, viewer), newest_only)
        return await self.once(
            below, key, lambda: self._find(place, below, noun, viewer, newest_only)
        )

    async def _find(
        self, place: Place, below: int, noun: DeclaredNoun, viewer: Viewer, newest_only: bool
    ) -> list[Place]:
        values = {_WRITTEN_IN: place.written_in, _ID: place.id, _BELOW: below}
        lookup = prepare_reading(viewer.role, _select_places, noun, newest_only)
        async with self.slots:
            session = self._session(viewer)
            try:
                [rows] = await session.fetch(lookup.bind(viewer, values))
                return [Place(*row) for row in rows]
            finally:
                await session.close()


@dataclass(frozen=True, slots=True)
class SubscriptionContext:
    """The context in which a subscription starts; each payload has an operation context."""

    viewer: Viewer
    reads: SharedReads
    services: Services
    #: Those of its field, by the id of the field's node.
    arguments: Mapping[int, ParsedArguments]
    #: The position of the last payload that a client received before its connection was cut.
    resumed_at: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """The changes of one payload, perhaps none, and the place after them."""

    places: tuple[Place, ...]
    until: Place


@dataclass(frozen=True, slots=True)
class Payload:
    """What is sent at once: a change or a heartbeat, and the position after it."""

    root: Any
    position: str


@dataclass(slots=True)
class ChangeFeed:
    """One viewer's iterator over changes: a batch is repeated until it is acknowledged."""

    reads: SharedReads
    viewer: Viewer
    noun: DeclaredNoun
    place: Place
    positions: Positions
    #: Makes a heartbeat of a position.
    heartbeat: Callable[..., Any]
    #: Conditions that what has changed meets as it is now, and the condition on a change for that.
    conditions: Sequence[Condition] = ()
    matches: Matches | None = None
    #: Whether to read only the newest change and skip those before it.
    newest_only: bool = False
    #: The shortest time between two payloads.
    pace_seconds: float = 0.0
    _sent_at: float | None = None
    #: Where changes are announced that the viewer may see.
    _topics: Collection[Topic] = ()

    def __post_init__(self) -> None:
        self._topics = topics(self.noun.name, self.viewer)

    def __aiter__(self) -> "ChangeFeed":
        return self

    async def __anext__(self) -> ChangeBatch:
        if self._sent_at is None:
            return ChangeBatch((), self.place)
        await asyncio.sleep(self._sent_at + self.pace_seconds - time.monotonic())
        return await self._next_batch(asyncio.get_running_loop().time() + QUIET_SECONDS)

    def acknowledge(self, batch: ChangeBatch) -> None:
        self.place = batch.until
        self._sent_at = time.monotonic()

    async def payloads(self, context: Context, batch: ChangeBatch) -> list[Payload]:
        """The changes of a batch, as the viewer may read them now."""
        if not batch.places:
            position = self.positions.encode(self.noun.name, batch.until)
            return [Payload(self.heartbeat(position=position), position)]
        columns, shapes = context.columns(self.noun), condition_shapes(self.conditions)
        shape = (self.noun, columns, self.matches, shapes)
        changes = prepare_reading(context.viewer.role, _select_batch, *shape)
        ids = [place.id for place in batch.places]
        rows = await context.fetch(
            self.noun, changes, {_IDS: ids, **condition_values(self.conditions)}
        )
        records = [self.noun.record(row.labels, tuple(row)) for row in rows]
        return [Payload(record, self._position_of(record)) for record in records]

    def _position_of(self, record: Any) -> str:
        place = (record.__dict__[hidden_label(part)] for part in _position_columns(self.noun))
        return self.positions.encode(self.noun.name, Place(*place))

    async def _next_batch(self, deadline: float) -> ChangeBatch:
        """The changes behind the place; none, if there are none until then."""
        horizon = self.reads.horizon
        while True:
            settled = await horizon.concerned(self.place.written_in, self._topics, deadline)
            self.place = max(self.place, Place(settled.since, 0))
            if settled.since == settled.below:
                return ChangeBatch((), self.place)
            places = await self._find(settled.below, deadline)
            if places is None:
                return ChangeBatch((), self.place)
            is_all = self.newest_only or len(places) < LARGEST_BATCH
            until = Place(settled.below, 0) if is_all else places[-1]
            if places:
                return ChangeBatch(tuple(places), until)
            self.place = until

    async def _find(self, below: int, deadline: float) -> list[Place] | None:
        """The next changes; None if the database is not available until then. The place stays the
        same meanwhile, so nothing is missed."""
        while True:
            try:
                return await self.reads.find_after(
                    self.place, below, self.noun, self.viewer, newest_only=self.newest_only
                )
            except (GerbangError, *BROKEN) as error:
                if asyncio.get_running_loop().time() >= deadline:
                    return None
                await wait_before_retry(error)


async def wait_before_retry(error: Exception) -> None:
    """Wait after a transient error; raise any other."""
    if isinstance(error, GerbangError) and error.code not in _TRANSIENT:
        raise error
    log.warning("Changes cannot be read right now: %s", type(error).__name__)
    await asyncio.sleep(RETRY_SECONDS)


def _position_columns(noun: DeclaredNoun) -> tuple[Any, Any]:
    """The two columns that make the position of a change."""
    (position,) = (
        field.source for field in noun.fields.values() if isinstance(field.source, ChangePosition)
    )
    return position.written_in, position.id
