"""Admission: fair between viewers, first come first served for each, no turn lost by a hang-up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from gateway.errors import RequestError
from gateway.processor_time import ProcessorTime
from gateway.viewer import ANONYMOUS, Lane, Viewer
from gateway.wire import admission as module
from gateway.wire.admission import Admission, AdmissionLimits
from gateway.wire.metrics import Metrics
from models.vocabulary import Role

pytestmark = pytest.mark.anyio

ONE, OTHER, THIRD = (Viewer(name, Role.OFFICER).lane for name in ("one", "other", "third"))


def _admission(running: int = 1, waiting: int = 10, seconds: float = 5, **shares: int) -> Admission:
    room = AdmissionLimits(
        running=running,
        waiting=waiting,
        running_of_a_viewer=shares.get("running_of_a_viewer", running),
        waiting_of_a_viewer=shares.get("waiting_of_a_viewer", waiting),
        seconds=seconds,
    )
    return Admission(Metrics(), room)


def _comer(admission: Admission, served: list[Lane]) -> Callable[[Lane], Awaitable[None]]:
    async def come(lane: Lane) -> None:
        async with admission.turn(lane):
            served.append(lane)
            await asyncio.sleep(0.002)

    return come


async def test_first_come_first_served() -> None:
    admission, served = _admission(), list[int]()

    async def come(number: int) -> None:
        async with admission.turn(ONE):
            served.append(number)
            await asyncio.sleep(0.001)

    await asyncio.gather(*(come(number) for number in range(8)))
    assert served == list(range(8))
    assert (admission.running, admission.waiting) == (0, 0)


async def test_viewers_take_turns() -> None:
    admission, served = _admission(), list[Lane]()
    come = _comer(admission, served)
    await asyncio.gather(*map(come, [ONE] * 5 + [OTHER] * 2 + [THIRD]))
    assert served == [ONE, ONE, OTHER, THIRD, ONE, OTHER, ONE, ONE]


async def test_a_free_turn_goes_to_who_holds_fewest() -> None:
    admission, served = _admission(running=3), list[Lane]()
    ends = [asyncio.Event() for _ in range(3)]

    async def hold(end: asyncio.Event, lane: Lane) -> None:
        async with admission.turn(lane):
            await end.wait()

    holders = [ONE, ONE, OTHER]
    holding = [asyncio.create_task(hold(*one)) for one in zip(ends, holders, strict=True)]
    await asyncio.sleep(0)
    come = _comer(admission, served)
    coming = [asyncio.create_task(come(lane)) for lane in (ONE, OTHER, THIRD)]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    ends[0].set()  # now one and the other hold a turn each, and the third none
    await asyncio.gather(*coming)
    assert served[0] == THIRD
    for end in ends:
        end.set()
    await asyncio.gather(*holding)
    assert (admission.running, admission.waiting) == (0, 0)


async def test_one_viewer_alone_leaves_turns_free() -> None:
    admission, served = _admission(running=4, running_of_a_viewer=2), list[Lane]()
    come = _comer(admission, served)
    coming = [asyncio.create_task(come(ONE)) for _ in range(6)]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert (admission.running, admission.waiting) == (2, 4)
    async with asyncio.timeout(0.001), admission.turn(OTHER):
        assert admission.running == 3
    await asyncio.gather(*coming)


async def test_one_viewer_cannot_fill_the_queue() -> None:
    admission, served = _admission(waiting=6, waiting_of_a_viewer=3), list[Lane]()
    come = _comer(admission, served)
    coming = [asyncio.create_task(come(ONE)) for _ in range(9)]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert admission.waiting == 3
    admission.refuse_if_full()  # the door is still open to the others
    await come(OTHER)
    results = await asyncio.gather(*coming, return_exceptions=True)
    assert sum(isinstance(one, RequestError) for one in results) == 5


async def test_the_door_closes_when_many_viewers_fill_the_queue() -> None:
    admission, served = _admission(waiting=2, waiting_of_a_viewer=1), list[Lane]()
    come = _comer(admission, served)
    coming = [asyncio.create_task(come(lane)) for lane in (ONE, OTHER, THIRD)]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    with pytest.raises(RequestError, match="Try again shortly"):
        admission.refuse_if_full()
    await asyncio.gather(*coming)
    admission.refuse_if_full()


async def test_the_door_stays_open_while_turns_are_free() -> None:
    """A queue is full of those who wait for one viewer's turns: another could begin at once."""
    admission, served = _admission(running=2, waiting=2, running_of_a_viewer=1), list[Lane]()
    come = _comer(admission, served)
    coming = [asyncio.create_task(come(ONE)) for _ in range(3)]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert (admission.running, admission.waiting) == (1, 2)
    admission.refuse_if_full()
    async with admission.turn(OTHER):
        with pytest.raises(RequestError, match="Try again shortly"):
            admission.refuse_if_full()
    await asyncio.gather(*coming)


async def test_a_queue_that_is_full_of_others_takes_nobody_more() -> None:
    admission, served = _admission(waiting=2, running_of_a_viewer=1), list[Lane]()
    come = _comer(admission, served)
    coming = [asyncio.create_task(come(lane)) for lane in (ONE, OTHER, OTHER, THIRD)]  # type: ignore[arg-type]
    results = await asyncio.gather(*coming, return_exceptions=True)
    assert [isinstance(one, RequestError) for one in results] == [False, False, False, True]


async def test_a_request_given_up_in_the_queue_takes_no_turn() -> None:
    admission = _admission(running=2, waiting=100, running_of_a_viewer=1)

    async def come(number: int) -> None:
        async with admission.turn((ONE, OTHER, THIRD)[number % 3]):
            await asyncio.sleep(0.002)

    coming = [asyncio.create_task(come(number)) for number in range(60)]
    for number, task in enumerate(coming):
        await asyncio.sleep(0.0007)
        if number % 4:
            task.cancel()
    await asyncio.gather(*coming, return_exceptions=True)
    assert (admission.running, admission.waiting) == (0, 0)
    async with asyncio.timeout(1), admission.turn(ONE), admission.turn(OTHER):
        assert admission.running == 2


@pytest.mark.parametrize("is_before", [True, False])
async def test_a_request_given_up_as_its_turn_comes_hands_it_on(is_before: bool) -> None:
    admission, served = _admission(), list[Lane]()
    come = _comer(admission, served)
    async with admission.turn(ONE):
        leaving = asyncio.create_task(come(ONE))  # type: ignore[arg-type]
        next_ = asyncio.create_task(come(OTHER))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        if is_before:
            leaving.cancel()
    leaving.cancel()
    await asyncio.gather(leaving, next_, return_exceptions=True)
    assert served == [OTHER]
    assert (admission.running, admission.waiting) == (0, 0)


async def test_a_request_given_up_leaves_the_queue_at_once() -> None:
    admission = _admission()
    async with admission.turn(ONE):
        leaving = asyncio.create_task(_comer(admission, [])(OTHER))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        assert (admission.running, admission.waiting) == (1, 1)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        assert (admission.running, admission.waiting) == (1, 0)
    assert (admission.running, admission.waiting) == (0, 0)


async def test_the_queue_is_no_longer_than_its_limit() -> None:
    admission = _admission(waiting=0)
    async with admission.turn(ONE):
        with pytest.raises(RequestError, match="Try again shortly"):
            async with admission.turn(OTHER):
                pass
    async with admission.turn(ONE):
        pass


async def test_anonymous_people_are_one_viewer() -> None:
    assert ANONYMOUS.lane == Viewer("", Role.ANONYMOUS).lane
    assert Viewer("one", Role.AUDITOR).lane != ONE


# --- Waiting for a share of the processor --------------------------------------------------------


@dataclass
class Timed:
    """An admission on a clock that the test sets, and what it wants to be called later."""

    admission: Admission
    now: float = 1_000.0
    later: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    served: list[Lane] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def come(self, *lanes: Lane) -> None:
        """Operations come, and stay until the test ends."""

        async def stay(lane: Lane) -> None:
            async with self.admission.turn(lane):
                self.served.append(lane)
                await asyncio.Event().wait()

        self.tasks += [asyncio.create_task(stay(lane)) for lane in lanes]
        await _settle()

    async def use(self, lane: Lane, seconds: float) -> None:
        """One operation has used so much of the processor: ten thirds of it are due."""
        used = ProcessorTime()
        used.ended = seconds
        async with self.admission.turn(lane, used):
            pass

    async def call(self) -> None:
        [(_, call)] = self.later
        self.later.clear()
        call()
        await _settle()

    @property
    def delays(self) -> list[float]:
        return [round(seconds, 6) for seconds, _ in self.later]


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def timed(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Timed]:
    found = Timed(_admission(running=3, running_of_a_viewer=1))
    loop = SimpleNamespace(
        create_future=asyncio.get_running_loop().create_future,
        call_later=lambda seconds, call: found.later.append((seconds, call)) or call,
    )
    known = SimpleNamespace(get_running_loop=lambda: loop, timeout=asyncio.timeout)
    monkeypatch.setattr(module, "asyncio", known)
    monkeypatch.setattr(module, "monotonic", lambda: found.now)
    yield found
    for task in found.tasks:
        task.cancel()
    await asyncio.gather(*found.tasks, return_exceptions=True)


@pytest.mark.parametrize(
    ("used", "delay"),
    [(2.49, 0.3), (2.58, 0.6), (3.0, 1.0)],  # after a second nobody else asks
)
async def test_who_waits_for_a_share_is_looked_at_again_within_a_second(
    timed: Timed, used: float, delay: float
) -> None:
    await timed.use(ONE, used)
    await timed.come(OTHER, ONE)
    assert (timed.served, timed.delays) == ([OTHER], [delay])
    await timed.come(ONE)  # it is looked at once, for both of them
    assert timed.delays == [delay]
    await timed.call()  # too early
    assert (timed.served, timed.delays) == ([OTHER], [delay])
    timed.now += delay + 0.001
    await timed.call()
    assert (timed.served, timed.delays) == ([OTHER, ONE], [])


async def test_the_one_who_waits_least_says_when_it_is_looked_at_again(timed: Timed) -> None:
    for lane, used in ((ONE, 2.58), (THIRD, 2.49)):
        await timed.use(lane, used)
    await timed.come(OTHER, ONE)
    assert timed.delays == [0.6]
    await timed.call()
    await timed.come(THIRD)
    assert timed.delays == [0.6]
    await timed.call()
    assert (timed.served, timed.delays) == ([OTHER], [0.3])


async def test_who_waits_for_a_turn_is_not_looked_at_again(timed: Timed) -> None:
    await timed.use(ONE, 1.2)
    await timed.come(OTHER, ONE, ONE)  # whose first one runs: the end of that starts the next
    assert (timed.served, timed.admission.waiting, timed.delays) == ([OTHER, ONE], 1, [])


async def test_while_all_turns_are_taken_nobody_is_looked_at_again(timed: Timed) -> None:
    await timed.use(ONE, 3.0)
    others = [Viewer(name, Role.OFFICER).lane for name in ("second", "third", "fourth")]
    await timed.come(*others, ONE)
    assert (timed.admission.running, timed.admission.waiting, timed.delays) == (3, 1, [])


async def test_nobody_passes_an_own_request_that_waits(timed: Timed) -> None:
    await timed.use(ONE, 2.49)
    await timed.come(OTHER, ONE)
    timed.now += 0.3001
    task = asyncio.create_task(timed.admission.turn(ONE).__aenter__())
    await _settle()
    assert (timed.served, task.done()) == ([OTHER, ONE], False)
    task.cancel()
