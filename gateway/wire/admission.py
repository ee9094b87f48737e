"""Admission control: how many operations run at once, and a fair queue for the others."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic

from gateway.errors import ErrorCode, RequestError
from gateway.processor_time import ProcessorTime
from gateway.viewer import ANONYMOUS, Lane
from gateway.wire.metrics import Metrics

#: What one viewer may take of a core, while others ask too.
_SHARE = 0.3
#: The same in steps so long that others have to wait for their end: all who are not signed in
#: together, with documents that nobody has sent before; and somebody who is, with large pages.
_SHARE_OF_LONG_STEPS, _SHARE_OF_KNOWN = 0.015, 0.15
#: How far ahead of its share a viewer may be, in seconds of that share: a page of the dashboard
#: asks several new documents at once. Until then its operations run one by one.
_AHEAD_SECONDS = 8.0
#: Others ask too if one has within so many seconds.
_ATTENTION_SECONDS = 1.0
#: Viewers who are not ahead are dropped only above this number.
_FEW = 1_024


class Shares:
    """Who is ahead of a viewer's share of the processor.

    A viewer's use is stored as the time at which the share has caught up with it.
    """

    def __init__(self) -> None:
        self._caught_up_at: dict[Lane, float] = {}
        #: When each viewer asked last; who asked last comes last.
        self._asked_at: OrderedDict[Lane, float] = OrderedDict()

    def note_request(self, lane: Lane) -> None:
        """Note that a viewer asks."""
        self._asked_at[lane] = now = monotonic()
        self._asked_at.move_to_end(lane)
        if next(iter(self._asked_at.values())) < now - _ATTENTION_SECONDS:
            self._asked_at.popitem(last=False)

    def note_use(self, lane: Lane, used: ProcessorTime) -> None:
        """Note what an operation took."""
        share_of_long = _SHARE_OF_LONG_STEPS if lane == ANONYMOUS.lane else _SHARE_OF_KNOWN
        due = (used.seconds - used.held) / _SHARE + used.held / share_of_long
        now = monotonic()
        self._caught_up_at[lane] = max(self._caught_up_at.get(lane, now), now) + due
        if len(self._caught_up_at) > _FEW:
            self._caught_up_at = {one: at for one, at in self._caught_up_at.items() if at > now}

    def may_run(self, lane: Lane, running: int) -> bool:
        """Whether the viewer may have one more than so many operations run."""
        now = monotonic()
        ahead = self._caught_up_at.get(lane, 0) - now
        if ahead <= 0 or not self._others_ask(lane, now):
            return True
        return ahead <= _AHEAD_SECONDS and not running

    def seconds_to_wait(self, lane: Lane) -> float:
        """How long the viewer must wait until one operation may run."""
        return max(self._caught_up_at.get(lane, 0) - monotonic() - _AHEAD_SECONDS, 0)

    def _others_ask(self, lane: Lane, now: float) -> bool:
        for other, at in reversed(self._asked_at.items()):
            if other != lane:
                return at > now - _ATTENTION_SECONDS
        return False


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """How many operations may run and wait, in total and per viewer, and how long one may wait."""

    running: int
    waiting: int
    running_of_a_viewer: int
    waiting_of_a_viewer: int
    seconds: float


class Admission:
    """Admits operations, with one queue per viewer.

    A free slot goes to the viewer with the fewest running operations; among equals, to the viewer
    whose last turn is longest ago. Each viewer has a maximum share of the slots and of the queue,
    so nobody can fill either alone; nor, while others ask, take more of the processor than a share.

    A request takes a place only after its body has arrived, so slow senders block nobody.
    """

    def __init__(self, metrics: Metrics, limits: AdmissionLimits) -> None:
        self._metrics = metrics
        self._limits = limits
        self.running = 0
        self.waiting = 0
        self._running_by_lane: Counter[Lane] = Counter()
        #: Waiting operations by viewer; the viewer whose last turn is longest ago comes first.
        self._queues: OrderedDict[Lane, deque[asyncio.Future[None]]] = OrderedDict()
        self._shares = Shares()
        self._looking_again: asyncio.TimerHandle | None = None
        metrics.watch(self)

    def refuse_if_full(self) -> None:
        """Raise RequestError with OVERLOADED if the queue is full.

        This check is cheap, so it runs before a token is verified or a body is read.
        """
        if self.waiting >= self._limits.waiting and self.running >= self._limits.running:
            raise self._refusal("full")

    @asynccontextmanager
    async def turn(self, lane: Lane, used: ProcessorTime | None = None) -> AsyncIterator[None]:
        """A turn to wait for and to hold: ``async with admission.turn(lane):``. In the end ``used``
        says what it took of the processor.

        To enter it raises RequestError with OVERLOADED if the wait is too long or the queue is
        full.
        """
        self._shares.note_request(lane)
        if lane not in self._queues and self._may_run(lane):  # then nobody who waits could run
            self._start(lane)
        else:
            await self._wait(lane)
        try:
            yield
        finally:
            self._end(lane, used)

    def _may_run(self, lane: Lane) -> bool:
        running = self._running_by_lane[lane]
        if running >= self._limits.running_of_a_viewer or self.running >= self._limits.running:
            return False
        return self._shares.may_run(lane, running)

    def _start(self, lane: Lane) -> None:
        self.running += 1
        self._running_by_lane[lane] += 1

    def _end(self, lane: Lane, used: ProcessorTime | None = None) -> None:
        """End a turn, which used so much of the processor."""
        if used:
            self._shares.note_use(lane, used)
        self.running -= 1
        self._running_by_lane[lane] -= 1
        if not self._running_by_lane[lane]:
            del self._running_by_lane[lane]
        if self._queues:
            self._start_next()

    async def _wait(self, lane: Lane) -> None:
        """Queue for a turn. If that fails or is cancelled, the place in the queue is given up."""
        if self.waiting >= self._limits.waiting:
            raise self._refusal("full")
        if len(self._queues.get(lane, ())) >= self._limits.waiting_of_a_viewer:
            raise self._refusal("viewer")
        turn = asyncio.get_running_loop().create_future()
        queue = self._queues.setdefault(lane, deque())
        queue.append(turn)
        self.waiting += 1
        self._start_next()
        try:
            async with asyncio.timeout(self._limits.seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._end(lane)  # the turn was given just as its waiter gave up
            elif turn in queue:
                queue.remove(turn)
                self.waiting -= 1
                self._forget_empty(lane)
            if isinstance(error, TimeoutError):
                raise self._refusal("late") from None
            raise

    def _start_next(self) -> None:
        """Give every free slot to the next waiting operation."""
        while (lane := self._next_lane()) is not None:
            turn = self._queues[lane].popleft()
            self.waiting -= 1
            self._queues.move_to_end(lane)
            self._forget_empty(lane)
            if not turn.done():  # otherwise its waiter has just given up
                self._start(lane)
                turn.set_result(None)
        self._look_again()

    def _look_again(self) -> None:
        """Start what waits for its share alone, once that has caught up."""
        if self._looking_again or self.running >= self._limits.running:
            return
        waiting = [lane for lane in self._queues if not self._running_by_lane[lane]]
        if waiting:
            waits = map(self._shares.seconds_to_wait, waiting)
            loop = asyncio.get_running_loop()
            self._looking_again = loop.call_later(min(*waits, _ATTENTION_SECONDS), self._look)

    def _look(self) -> None:
        self._looking_again = None
        self._start_next()

    def _next_lane(self) -> Lane | None:
        lanes = [lane for lane in self._queues if self._may_run(lane)]
        return min(lanes, key=self._running_by_lane.__getitem__, default=None)

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
