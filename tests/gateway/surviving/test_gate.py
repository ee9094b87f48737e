"""Turns at the gate: in the order of coming, and never lost with who gives up."""

import asyncio

import pytest

from gateway.errors import RequestError
from gateway.wire.gate import Gate
from gateway.wire.metrics import Metrics

pytestmark = pytest.mark.anyio


def _gate(running: int = 1, waiting: int = 10, seconds: float = 5) -> Gate:
    return Gate(Metrics(), running=running, waiting=waiting, seconds=seconds)


async def test_first_come_first_served() -> None:
    gate, served = _gate(), list[int]()

    async def come(number: int) -> None:
        async with gate.turn():
            served.append(number)
            await asyncio.sleep(0.001)

    await asyncio.gather(*(come(number) for number in range(8)))
    assert served == list(range(8))
    assert (gate.running, gate.waiting) == (0, 0)


async def test_who_gives_up_takes_no_turn_along() -> None:
    gate = _gate(running=2, waiting=100)

    async def come(number: int) -> None:
        async with gate.turn():
            await asyncio.sleep(0.002)

    coming = [asyncio.create_task(come(number)) for number in range(60)]
    for number, task in enumerate(coming):
        await asyncio.sleep(0.0007)
        if number % 3:
            task.cancel()
    await asyncio.gather(*coming, return_exceptions=True)
    assert (gate.running, gate.waiting) == (0, 0)
    async with asyncio.timeout(1), gate.turn(), gate.turn():
        assert gate.running == 2


async def test_no_more_wait_than_may() -> None:
    gate = _gate(waiting=0)
    async with gate.turn():
        with pytest.raises(RequestError, match="Try again shortly"):
            async with gate.turn():
                pass
    async with gate.turn():
        pass
