"""Reference data that is kept in memory is exact: of this snapshot, and as its role reads it."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from gateway.cache import WeightedCache
from gateway.execution import runner
from gateway.execution.plan.reads import ReferenceTable
from tests.gateway.both_ways import plans_off
from tests.gateway.conftest import Traffic, Viewer, without_budget

pytestmark = pytest.mark.anyio

PAGE = (
    "{ applications(first: 5) { nodes { reference country { id code name } visaType { name }"
    " partner { name } centre { city country { code } } applicant { nationality { code } } } } }"
)
TABLES = ("country", "visa_type", "partner", "centre")


def tables_read(traffic: Traffic) -> set[str]:
    return {table for table in TABLES for text in traffic.statements if f"FROM {table} " in text}


@pytest.fixture
async def renamed(connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """A connection; countries have their names again once the test is over."""
    yield connection
    await connection.execute("UPDATE country SET name_en = rtrim(name_en, '*')")


async def names(viewer: Viewer) -> list[str]:
    answer = await viewer(PAGE)
    assert answer.errors == []
    countries = [node["country"] for node in answer.data["applications"]["nodes"]]
    found = [country["name"] for country in countries if country]
    assert found
    return found


async def test_rows_kept_in_memory_are_neither_joined_nor_read_again(who, traffic: Traffic) -> None:
    first = await who["officer"](PAGE)
    traffic.statements.clear()
    again = await who["officer"](PAGE)
    assert without_budget(again.text) == without_budget(first.text)
    assert tables_read(traffic) == set()
    (page,) = traffic.statements
    assert "FROM application " in page
    assert "FROM data_version " in page
    with plans_off():
        assert without_budget((await who["officer"](PAGE)).text) == without_budget(first.text)


async def test_a_change_is_in_the_next_answer(
    who, renamed: asyncpg.Connection, traffic: Traffic
) -> None:
    was = await names(who["officer"])
    await renamed.execute("UPDATE country SET name_en = name_en || '*'")
    traffic.statements.clear()
    assert await names(who["officer"]) == [f"{name}*" for name in was]
    assert tables_read(traffic) == set(TABLES)
    traffic.statements.clear()
    assert await names(who["officer"]) == [f"{name}*" for name in was]
    assert tables_read(traffic) == set()


async def test_a_change_that_is_not_committed_is_in_no_answer(
    who, renamed: asyncpg.Connection
) -> None:
    was = await names(who["officer"])
    transaction = renamed.transaction()
    await transaction.start()
    await renamed.execute("UPDATE country SET name_en = name_en || '*'")
    assert await names(who["officer"]) == was
    await transaction.rollback()
    assert await names(who["officer"]) == was


async def test_each_role_keeps_what_it_read_itself(who, traffic: Traffic) -> None:
    await who["officer"](PAGE)
    traffic.statements.clear()
    await who["supervisor"](PAGE)
    assert tables_read(traffic) == set(TABLES)


async def test_a_role_that_does_not_reach_all_rows_reads_them_each_time(
    who, traffic: Traffic
) -> None:
    page = "{ applications(first: 5) { nodes { country { code } partner { name } } } }"
    for _ in range(2):
        traffic.statements.clear()
        await who["manager-au"](page)
    assert tables_read(traffic) == {"partner"}


async def test_rows_of_another_version_are_never_answered_with(
    who, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another request has kept meanwhile is of another snapshot."""
    right = await names(who["officer"])
    stale = ReferenceTable(bytes(16), {b"AU": (b'{"name":"stale"}', 1)})
    run_plan, looked_up = runner.run_plan, []

    class Stale(WeightedCache[Any, ReferenceTable]):
        def get(self, key: Any) -> ReferenceTable | None:
            looked_up.append(key)
            return stale

    async def run_stale(*arguments: Any) -> Any:
        return await run_plan(*arguments[:-1], Stale(1))

    monkeypatch.setattr(runner, "run_plan", run_stale)
    assert await names(who["officer"]) == right
    assert looked_up


async def test_figures_beside_rows_are_of_the_same_snapshot(who, traffic: Traffic) -> None:
    """A snapshot that has begun is read from, rather than trusted to be that of what is kept."""
    both = PAGE[:-1] + ' volumes(from: "2025-01-01", to: "2025-02-28", groupBy: []) { asOf } }'
    for _ in range(2):
        traffic.statements.clear()
        answer = await who["supervisor"](both)
        assert answer.errors == []
    assert tables_read(traffic) == set(TABLES)
