"""Cursor and seal keys are rotated under load, in three steps, and no request fails."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import httpx2
import pytest

from models.database.connections import connect
from models.row_security.seal_keys import trust_only
from tests.gateway.live import APPLICATIONS, SERVER_ENDED, Gateway, credentials, served

pytestmark = pytest.mark.anyio

OLD, NEW = "0a" * 32, "0b" * 32
#: What each process is given, one step after the other.
ROTATION = (f"{OLD},{NEW}", f"{NEW},{OLD}", NEW)
PAGE = """query($after: Cursor) {
    applications(first: 4, after: $after) {
        nodes { reference } pageInfo { hasNextPage endCursor }
    }
}"""
EVERYTHING = 13
#: Rounds of each client between two steps: whatever it held of the last step, it has used.
ROUNDS = 2


@dataclass
class Load:
    """Clients that each begin anew when they are through, and what went wrong meanwhile."""

    replicas: list[Gateway]
    http: httpx2.AsyncClient
    rng: Random = field(default_factory=lambda: Random(1))
    rounds: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    async def run(self, client: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        while not stop.is_set():
            await client()
            self.rounds[client.__name__] += 1
            await asyncio.sleep(0.01)  # processor is left to the replicas that start

    async def page_through(self) -> None:
        """Every application, each page asked of whichever replica."""
        found, after = 0, None
        while True:
            page = await self._ask(after)
            if page is None:
                return
            found += len(page["nodes"])
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        if found != EVERYTHING:
            self.failed[f"{found} applications"] += 1

    async def _ask(self, after: str | None) -> dict | None:
        asked = {"query": PAGE, "variables": {"after": after}}
        while True:
            url = f"http://127.0.0.1:{self.rng.choice(self.replicas).port}/graphql"
            request = self.http.build_request(
                "POST", url, json=asked, headers=credentials("officer")
            )
            try:
                answer = await self.http.send(request, stream=True)
                break
            except (httpx2.NetworkError, httpx2.RemoteProtocolError):
                continue  # it has just ended, before it answered anything
        await answer.aread()
        body = answer.json()
        if answer.status_code != 200 or "errors" in body:
            self.failed[f"{answer.status_code} {body.get('errors', [{}])[0]['message']}"] += 1
            return None
        return body["data"]["applications"]

    async def follow(self) -> None:
        """Resume from the position that another replica sent."""
        position = None
        for _ in range(4):
            try:
                async with self.rng.choice(self.replicas).as_viewer("officer") as viewer:
                    await viewer.subscribe(APPLICATIONS, after=position)
                    message = await viewer.receive(10)
            except SERVER_ENDED:
                continue
            if message["type"] != "next" or "errors" in message["payload"]:
                self.failed[f"follower: {message}"] += 1
                return
            position = message["payload"]["data"]["applicationChanged"]["position"]

    async def everybody_begins_anew(self) -> None:
        """Wait until no client holds a cursor or a position from before."""
        before = self.rounds.copy()
        names = ("page_through", "follow")
        async with asyncio.timeout(60):
            while any(self.rounds[name] < before[name] + ROUNDS for name in names):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@asynccontextmanager
async def loaded(url: str) -> AsyncIterator[tuple[Load, AsyncExitStack, list[AsyncExitStack]]]:
    """Two replicas that know the old key alone, and clients that keep asking them."""
    async with AsyncExitStack() as stack:
        stacks = [await stack.enter_async_context(AsyncExitStack()) for _ in range(2)]
        replicas = [await each.enter_async_context(_replica(url, OLD)) for each in stacks]
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=30))
        load, stop = Load(replicas, http), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for client in (load.page_through, load.page_through, load.follow):
                group.create_task(load.run(client, stop))
            try:
                yield load, stack, stacks
            finally:
                stop.set()


def _replica(url: str, keys: str):
    return served(url, cursor_key=keys, seal_key=keys, drain_grace_seconds="0.3")


async def rotate(url: str, steps: Sequence[str]) -> Load:
    """Give every process the keys of each step, the replicas one after the other."""
    await _migrate(url, OLD)
    async with loaded(url) as (load, stack, stacks):
        await load.everybody_begins_anew()
        for keys in steps:
            await _migrate(url, keys)
            for number in range(len(stacks)):
                fresh = await stack.enter_async_context(AsyncExitStack())
                load.replicas[number] = await fresh.enter_async_context(_replica(url, keys))
                await stacks[number].aclose()
                stacks[number] = fresh
                await load.everybody_begins_anew()
    return load


async def _migrate(url: str, keys: str) -> None:
    """What `gerbang migrate` does with the keys."""
    owner = await connect(url)
    try:
        await trust_only(owner, [bytes.fromhex(key) for key in keys.split(",")])
    finally:
        await owner.close()


async def test_keys_are_rotated_under_load_and_nobody_is_failed(world: str) -> None:
    load = await rotate(world, ROTATION)
    assert not load.failed
    assert min(load.rounds.values()) >= 2 * ROUNDS * len(ROTATION)


@pytest.mark.proof
@pytest.mark.parametrize(
    "steps", [ROTATION[1:], ROTATION[2:], (ROTATION[0], ROTATION[2])], ids=("1", "1 and 2", "2")
)
async def test_a_rotation_that_skips_a_step_is_seen(world: str, steps: Sequence[str]) -> None:
    assert (await rotate(world, steps)).failed
