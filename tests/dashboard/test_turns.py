"""How the questions of one process wait for their turns, and for a gateway that is overloaded."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx2
import pytest

from dashboard.gateway import client
from dashboard.gateway.client import QueueTimeoutError, Turns

pytestmark = pytest.mark.anyio

FULL = b'{"errors": [{"extensions": {"code": "OVERLOADED"}}]}'
DONE = httpx2.Response(200, content=b"{}")


def answering(
    *responses: httpx2.Response,
) -> tuple[list[int], Callable[[], Awaitable[httpx2.Response]]]:
    """How often it was asked, and a gateway that gives these responses, the last one for ever."""
    asked: list[int] = []

    async def ask() -> httpx2.Response:
        asked.append(1)
        return responses[min(len(asked), len(responses)) - 1]

    return asked, ask


def refusal(content: bytes = FULL, status: int = 503, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, content=content, headers={"retry-after": "0", **headers})


async def test_a_question_is_repeated_while_the_gateway_is_overloaded() -> None:
    asked, ask = answering(refusal(), refusal(), DONE)
    assert await Turns().answer(ask) is DONE
    assert len(asked) == 3


@pytest.mark.parametrize(
    "response", [refusal(b'{"errors": []}'), refusal(status=500), refusal(status=200)]
)
async def test_whatever_else_is_answered_stands(response: httpx2.Response) -> None:
    asked, ask = answering(response, DONE)
    assert await Turns().answer(ask) is response
    assert len(asked) == 1


@pytest.mark.parametrize(("seconds", "times"), [("3", 1), ("0", 2)])
async def test_nobody_waits_for_longer_than_patience_lasts(
    monkeypatch, seconds: str, times: int
) -> None:
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 2.0)
    asked, ask = answering(refusal(**{"retry-after": seconds}), DONE)
    await Turns().answer(ask)
    assert len(asked) == times


@pytest.mark.parametrize("given", ["", "soon", "1.5", "-1"])
async def test_a_gateway_that_says_no_whole_seconds_is_asked_after_the_usual_ones(
    monkeypatch, given: str
) -> None:
    monkeypatch.setattr(client, "USUAL_WAIT_SECONDS", 0.2)
    asked, ask = answering(refusal(**{"retry-after": given}), DONE)
    began = asyncio.get_running_loop().time()
    assert await Turns().answer(ask) is DONE
    assert asyncio.get_running_loop().time() - began >= 0.2
    assert len(asked) == 2


async def test_who_has_no_turn_in_time_is_told_so_and_the_others_keep_theirs(monkeypatch) -> None:
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 0.2)
    turns, answered = Turns(), asyncio.Event()

    async def ask() -> httpx2.Response:
        await answered.wait()
        return DONE

    async with asyncio.TaskGroup() as tasks:
        first = [tasks.create_task(turns.answer(ask)) for _ in range(client.MOST_AT_ONCE)]
        await asyncio.sleep(0)
        asked, late = answering(DONE)
        with pytest.raises(QueueTimeoutError):
            await turns.answer(late)
        assert asked == []
        answered.set()
    assert [task.result() for task in first] == [DONE] * client.MOST_AT_ONCE
    assert await turns.answer(late) is DONE


async def test_a_question_that_fails_gives_its_turn_back() -> None:
    turns = Turns()

    async def fail() -> httpx2.Response:
        raise httpx2.ConnectError("no line")

    for _ in range(client.MOST_AT_ONCE + 1):
        with pytest.raises(httpx2.ConnectError):
            await turns.answer(fail)


async def test_no_more_questions_are_with_the_gateway_than_leave_room_for_others() -> None:
    """A gateway runs ten operations at once by default, and has other clients."""
    turns, at_once, most = Turns(), 0, 0

    async def ask() -> httpx2.Response:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return DONE

    await asyncio.gather(*(turns.answer(ask) for _ in range(30)))
    assert most == 8
