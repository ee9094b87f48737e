"""Admission: fair between viewers, first come first served for each, no turn lost by a hang-up."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from gateway.errors import RequestError
from gateway.viewer import ANONYMOUS, Lane, Viewer
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


async def test_a_request_given_up_as_its_turn_comes_hands_it_on() -> None:
    admission, served = _admission(), list[Lane]()
    come = _comer(admission, served)
    async with admission.turn(ONE):
        leaving = asyncio.create_task(come(ONE))  # type: ignore[arg-type]
        next_ = asyncio.create_task(come(OTHER))  # type: ignore[arg-type]
        await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, next_, return_exceptions=True)
    assert served == [OTHER]
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
