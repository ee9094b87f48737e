"""The tests' own server ends with its test, however that ends."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette

from tests.gateway.serving import bound_port, serving

pytestmark = pytest.mark.anyio


async def _is_answered(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


@pytest.mark.parametrize("moment", ["starting", "running", "ending"])
async def test_a_cancelled_test_leaves_no_server_behind(moment: str) -> None:
    reached: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        reached["starting"].set()
        await asyncio.sleep(0.1)
        yield
        reached["ending"].set()
        await asyncio.sleep(0.1)

    with bound_port() as (bound, port):

        async def serve() -> None:
            config = uvicorn.Config(Starlette(lifespan=lifespan), log_level="critical")
            async with serving(config, bound):
                assert await _is_answered(port)
                reached["running"].set()
                if moment != "ending":
                    await asyncio.Event().wait()

        before = asyncio.all_tasks()
        test = asyncio.create_task(serve())
        await reached[moment].wait()
        test.cancel()
        await asyncio.wait([test])
        assert test.cancelled()
        assert asyncio.all_tasks() == before
        assert not await _is_answered(port)
