"""Gateways are restarted one after the other, and no request fails meanwhile."""

import asyncio
import logging
import signal
from collections.abc import Sequence

import pytest

from tests.gateway.surviving.clients import Balancer, Tally
from tests.gateway.surviving.processes import Process, gateways

pytestmark = pytest.mark.anyio

log = logging.getLogger(__name__)

CLIENTS = 6
GRACE = {"DRAIN_GRACE_SECONDS": "0.5"}


async def _restart_in_turn(
    processes: Sequence[Process], times: int, order: signal.Signals
) -> Tally:
    """Restart them in turn under load; each exit code is 0 unless killed."""
    tally, stop = Tally(), asyncio.Event()
    balancer = Balancer([process.port for process in processes], tally)
    watching = asyncio.create_task(balancer.watch())
    asking = [asyncio.create_task(balancer.keep_asking(stop)) for _ in range(CLIENTS)]
    for number in range(times):
        process = processes[number % len(processes)]
        code = await asyncio.to_thread(process.end, order)
        assert code == (0 if order is signal.SIGTERM else -order)
        process.start()
        await asyncio.to_thread(process.until_ready)
        await asyncio.sleep(0.2)  # the balancer notices
    stop.set()
    await asyncio.gather(*asking)
    watching.cancel()
    log.info("%d restarts: %s", times, tally)
    return tally


@pytest.mark.proof
async def test_ten_restarts_under_load_fail_nobody(world: str) -> None:
    with gateways(2, world, **GRACE) as processes:
        tally = await _restart_in_turn(processes, 10, signal.SIGTERM)
    assert tally.answered > 500
    assert not tally.failed


@pytest.mark.proof
async def test_gateways_that_do_not_drain_are_seen(world: str) -> None:
    """The planted fault: they are killed, and what runs dies with them."""
    with gateways(2, world, **GRACE) as processes:
        tally = await _restart_in_turn(processes, 4, signal.SIGKILL)
    assert tally.failed
