"""A gateway goes on over midnight, when the key of its seal becomes another one."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import httpx2
import pytest

from models.database.connections import connect
from models.migrations import migrate
from models.row_security import login_at
from models.row_security.seal_keys import keep_seal_keys
from tests import tokens
from tests.gateway.surviving.clients import ASKED
from tests.gateway.surviving.processes import Process, gateways
from tests.populating import small_world
from tests.walls.moved_clock import Clock, clock, postgres_by, started_by, with_moved_clock

pytestmark = [pytest.mark.anyio, pytest.mark.proof, with_moved_clock]

DAY_SECONDS = 86_400
AROUND_SECONDS = 6


@pytest.mark.parametrize("keeps", [True, False], ids=("kept", "nobody keeps"))
async def test_a_gateway_goes_on_over_midnight(keeps: bool) -> None:
    """Where the next day's key is missing, which is the planted fault, it fails everybody."""
    with clock() as moved, postgres_by(moved) as server:
        url = server.url("gerbang")
        login = login_at(url, tokens.PASSWORD)
        await migrate(url, gateway_url=login, seal_keys=(tokens.SEAL_KEY,))
        await small_world(url)
        await _forget_the_next_day(url)
        async with _keeping(url, keeps):
            with ExitStack() as stack:
                with started_by(moved):
                    (process,) = stack.enter_context(gateways(1, login))
                moved.move(DAY_SECONDS - time.time() % DAY_SECONDS - AROUND_SECONDS)
                answered, failed = await _ask_over_midnight(moved, process)
            kept = await _days_kept(url)
    assert not failed["before"]
    assert answered["before"] > 10
    assert (answered["after"] > 10) is keeps
    assert (failed["after"] > 0) is not keeps
    assert kept == (3 if keeps else 1), "the day that ended, this day and the next"


async def _ask_over_midnight(moved: Clock, process: Process) -> tuple[Counter[str], Counter[str]]:
    """What was answered and what failed, before and after."""
    answered, failed = Counter[str](), Counter[str]()
    now = int(moved.now())
    midnight = now - now % DAY_SECONDS + DAY_SECONDS
    signed = tokens.bearer("OFFICER", iat=now, exp=now + 300)
    async with httpx2.AsyncClient(base_url=process.url, headers=signed, timeout=30) as client:
        while moved.now() < midnight + AROUND_SECONDS:
            answer = await client.post("/graphql", json={"query": ASKED})
            when = "before" if moved.now() < midnight else "after"
            is_good = answer.status_code == 200 and "errors" not in answer.json()
            (answered if is_good else failed)[when] += 1
            await asyncio.sleep(0.02)
    return answered, failed


@asynccontextmanager
async def _keeping(url: str, keeps: bool) -> AsyncIterator[None]:
    stop = asyncio.Event()
    keeper = asyncio.create_task(keep_seal_keys((tokens.SEAL_KEY,), url, stop, 0.5))
    if not keeps:
        keeper.cancel()
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait((keeper,))


async def _forget_the_next_day(url: str) -> None:
    """As if nothing was migrated today: the keeper alone installs it."""
    owner = await connect(url)
    try:
        await owner.execute("DELETE FROM viewer.daily_seal_key WHERE begins_at > clock_timestamp()")
    finally:
        await owner.close()


async def _days_kept(url: str) -> int:
    owner = await connect(url)
    try:
        return await owner.fetchval("SELECT count(*) FROM viewer.daily_seal_key")
    finally:
        await owner.close()
