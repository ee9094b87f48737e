"""Which operation runs next: turns are few, and viewers take them fairly."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from gateway.errors import ErrorCode, RequestError
from gateway.viewer import Lane
from gateway.wire.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Room:
    """How many may run and wait, in all and of one viewer, and for how long one waits."""

    running: int
    waiting: int
    running_of_a_viewer: int
    waiting_of_a_viewer: int
    seconds: float


class Admission:
    """Gives turns to operations: each viewer queues for itself.

    A turn that gets free goes to the viewer who holds fewest; of several, to the one who has
    waited longest since its last turn. A viewer never holds more than its share, nor waits with
    more than its share: whoever sends a dozen leaves room for the others, in the queue too.

    A request whose body is still on its way holds no place, so a slow sender keeps nobody out.
    """

    def __init__(self, metrics: Metrics, room: Room) -> None:
        self._metrics = metrics
        self._room = room
        self.running = 0
        self.waiting = 0
        self._running_of: Counter[Lane] = Counter()
        #: Whoever waits, by viewer; the viewer whose last turn is longest ago comes first.
        self._queues: OrderedDict[Lane, deque[asyncio.Future[None]]] = OrderedDict()
        metrics.watch(self)

    def refuse_if_full(self) -> None:
        """Raise RequestError with OVERLOADED where nobody may wait any more.

        It costs nothing, so it comes before a token is verified or a body read. No viewer can
        bring it about alone: one may wait with a share of the queue.
        """
        if self.waiting >= self._room.waiting and self.running >= self._room.running:
            raise self._refusal("full")

    @asynccontextmanager
    async def turn(self, lane: Lane) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises RequestError with OVERLOADED instead of for long."""
        if self._may_run(lane):  # then nobody who waits may
            self._start(lane)
        else:
            await self._wait(lane)
        try:
            yield
        finally:
            self._end(lane)

    def _may_run(self, lane: Lane) -> bool:
        has_share = self._running_of[lane] < self._room.running_of_a_viewer
        return has_share and self.running < self._room.running

    def _start(self, lane: Lane) -> None:
        self.running += 1
        self._running_of[lane] += 1

    def _end(self, lane: Lane) -> None:
        self.running -= 1
        self._running_of[lane] -= 1
        if not self._running_of[lane]:
            del self._running_of[lane]
        self._start_next()

    async def _wait(self, lane: Lane) -> None:
        """Return with a turn, or without one and without a place in the queue."""
        if self.waiting >= self._room.waiting:
            raise self._refusal("full")
        if len(self._queues.get(lane, ())) >= self._room.waiting_of_a_viewer:
            raise self._refusal("viewer")
        turn = asyncio.get_running_loop().create_future()
        queue = self._queues.setdefault(lane, deque())
        queue.append(turn)
        self.waiting += 1
        try:
            async with asyncio.timeout(self._room.seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._end(lane)  # it came just as its waiter gave up
            elif turn in queue:
                queue.remove(turn)
                self.waiting -= 1
                self._forget_empty(lane)
            if isinstance(error, TimeoutError):
                raise self._refusal("late") from None
            raise

    def _start_next(self) -> None:
        """Give each free turn to whoever is next."""
        while (lane := self._next()) is not None:
            turn = self._queues[lane].popleft()
            self.waiting -= 1
            self._queues.move_to_end(lane)
            self._forget_empty(lane)
            if not turn.done():  # else its waiter has just given up
                self._start(lane)
                turn.set_result(None)

    def _next(self) -> Lane | None:
        able = [lane for lane in self._queues if self._may_run(lane)]
        return min(able, key=self._running_of.__getitem__, default=None)

    def _forget_empty(self, lane: Lane) -> None:
        if not self._queues.get(lane, True):
            del self._queues[lane]

    def _refusal(self, reason: str) -> RequestError:
        self._metrics.note_refusal(reason)
        return RequestError(
            ErrorCode.OVERLOADED,
            "Too much is asked at once. Try again shortly.",
            HTTPStatus.SERVICE_UNAVAILABLE,
        )
