"""Either wall alone holds back changes out of a viewer's reach; without both they would show."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg
import pytest

from models.database.connections import connect
from tests.gateway import walls
from tests.gateway.live import APPLICATIONS, happens, served

pytestmark = pytest.mark.anyio

OWN, FOREIGN = "AUSY-PAID-0013", ("NZGR-WITH-0009", "ANDA-LAPS-0012", "DIRE-UNPA-0011")


@pytest.fixture
async def writer(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    yield connection
    await connection.close()


@pytest.mark.parametrize(
    ("down", "is_kept"), [(("first",), True), (("second",), True), (("first", "second"), False)]
)
async def test_changes_of_others_are_kept_away(world: str, writer, down, is_kept: bool) -> None:
    async with AsyncExitStack() as stack:
        if "first" in down:
            stack.enter_context(walls.first_wall_down())
        if "second" in down:
            await stack.enter_async_context(walls.second_wall_down(world))
        live = await stack.enter_async_context(served(world))
        manager = await stack.enter_async_context(live.as_viewer("manager-au"))
        await manager.follows(APPLICATIONS)
        for reference in (*FOREIGN, OWN):
            await happens(writer, reference, "RECEIVED")
        expected = [OWN] if is_kept else [*FOREIGN, OWN]
        assert await manager.references(len(expected)) == expected
        await manager.receives_nothing()
