"""Admission control: how many operations run at once, and a fair queue for the others."""

import asyncio
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass
from http import HTTPStatus

from gateway.errors import ErrorCode, RequestError
from gateway.viewer import Lane
from gateway.wire.metrics import Metrics


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
    so nobody can fill either alone.

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
        metrics.watch(self)

    def refuse_if_full(self) -> None:
        """Raise RequestError with OVERLOADED if the queue is full.

        This check is cheap, so it runs before a token is verified or a body is read.
        """
        if self.waiting >= self._limits.waiting and self.running >= self._limits.running:
            raise self._refusal("full")

    def turn(self, lane: Lane) -> "Turn":
        """A turn to wait for and to hold: ``async with admission.turn(lane):``.

        To enter it raises RequestError with OVERLOADED if the wait is too long or the queue is
        full.
        """
        return Turn(self, lane)

    async def begin(self, lane: Lane) -> None:
        """Begin a turn, perhaps after a wait."""
        if self._may_run(lane):  # then no waiting operation could run either
            self._start(lane)
        else:
            await self._wait(lane)

    def _may_run(self, lane: Lane) -> bool:
        has_share = self._running_by_lane[lane] < self._limits.running_of_a_viewer
        return has_share and self.running < self._limits.running

    def _start(self, lane: Lane) -> None:
        self.running += 1
        self._running_by_lane[lane] += 1

    def end(self, lane: Lane) -> None:
        """End a turn."""
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
        try:
            async with asyncio.timeout(self._limits.seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.end(lane)  # the turn was given just as its waiter gave up
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


class Turn:
    """One turn of one operation."""

    __slots__ = ("_admission", "_lane")

    def __init__(self, admission: Admission, lane: Lane) -> None:
        self._admission = admission
        self._lane = lane

    async def __aenter__(self) -> None:
        await self._admission.begin(self._lane)

    async def __aexit__(self, *_: object) -> None:
        self._admission.end(self._lane)
