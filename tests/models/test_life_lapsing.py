"""What waits too long ends by itself: once, in batches, whoever else is at work."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from models.database.connections import connect
from models.jobs.overdue import REMEMBERED_DAYS, end_overdue, forget_keys
from models.vocabulary import Status
from models.volumes import fold, verify
from tests.world import application_id

pytestmark = pytest.mark.anyio

UNPAID = application_id("DIRE-UNPA-0011")
OPEN = application_id("SGPO-OPEN-0006")


@pytest.fixture
async def undone(world: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of which nothing is kept."""
    connection = await connect(world)
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def enter_status(
    connection: asyncpg.Connection, application: object, kind: str, ago: str
) -> None:
    """An application enters a status some time ago, counted by the database's clock; or something
    else happens to it."""
    await connection.execute(
        "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
        " SELECT $1, 1 + max(sequence), $2, now() - $3::text::interval FROM application_event"
        " WHERE application_id = $1",
        application, kind, ago,
    )  # fmt: skip
    if kind in tuple(Status):
        await connection.execute(
            "UPDATE application SET status = $2 WHERE id = $1", application, kind
        )


async def status(connection: asyncpg.Connection, application: object) -> str:
    return await connection.fetchval("SELECT status FROM application WHERE id = $1", application)


@pytest.mark.parametrize(
    ("ago", "becomes"),
    [("13 days 23:59:00", "AWAITING_PAYMENT"), ("14 days", "PAYMENT_EXPIRED")],
)
async def test_what_nobody_pays_ends_after_fourteen_days(undone, ago, becomes) -> None:
    await enter_status(undone, UNPAID, "AWAITING_PAYMENT", ago)
    await end_overdue(undone)
    assert await status(undone, UNPAID) == becomes


@pytest.mark.parametrize(
    ("ago", "becomes"), [("13 days 23:59:00", "INFO_REQUESTED"), ("14 days", "LAPSED")]
)
async def test_a_request_lapses_after_fourteen_days(undone, ago, becomes) -> None:
    await enter_status(undone, OPEN, "INFO_REQUESTED", ago)
    await end_overdue(undone)
    assert await status(undone, OPEN) == becomes


async def test_a_lapsed_case_is_closed_announced_and_off_the_desk(undone) -> None:
    await enter_status(undone, OPEN, "INFO_REQUESTED", "20 days")
    before = await undone.fetchrow("SELECT * FROM application WHERE id = $1", OPEN)
    assert await end_overdue(undone) >= 1
    after = await undone.fetchrow("SELECT * FROM application WHERE id = $1", OPEN)
    now = await undone.fetchval("SELECT now()")
    waited = timedelta(seconds=after["paused_seconds"] - before["paused_seconds"])
    assert (after["status"], after["closed_at"], waited) == ("LAPSED", now, timedelta(days=20))
    event = await undone.fetchrow(
        "SELECT * FROM application_event WHERE application_id = $1 ORDER BY sequence DESC LIMIT 1",
        OPEN,
    )
    assert (event["kind"], event["actor"], event["sequence"]) == ("LAPSED", None, 6)
    desk = "SELECT ended_at FROM assignment WHERE application_id = $1"
    assert await undone.fetchval(desk, OPEN) == now


@pytest.mark.parametrize(
    ("events", "becomes", "paused_days"),
    [
        # What happens meanwhile changes neither when the wait began nor that it went on.
        (("INFO_REQUESTED 20", "HELD 1", "RELEASED 0"), "LAPSED", 20),
        # A wait that was answered is over: the next one begins anew.
        (("INFO_REQUESTED 20", "IN_VERIFICATION 15", "INFO_REQUESTED 3"), "INFO_REQUESTED", None),
        (("INFO_REQUESTED 40", "IN_VERIFICATION 35", "INFO_REQUESTED 15"), "LAPSED", 20),
    ],
)
async def test_a_wait_is_counted_from_the_last_time_that_it_began(
    undone, events: tuple[str, ...], becomes: str, paused_days: int | None
) -> None:
    for each in events:
        kind, days = each.split()
        await enter_status(undone, OPEN, kind, f"{days} days")
    paused = "SELECT paused_seconds / 86400 FROM application WHERE id = $1"
    await end_overdue(undone)
    assert await status(undone, OPEN) == becomes
    if paused_days is not None:
        assert await undone.fetchval(paused, OPEN) == paused_days


async def test_nothing_ends_twice(undone) -> None:
    await end_overdue(undone)
    assert await end_overdue(undone) == 0


async def test_a_deadline_in_force_later_does_not_shorten_an_earlier_wait(undone) -> None:
    await enter_status(undone, UNPAID, "AWAITING_PAYMENT", "3 days")
    await undone.execute("INSERT INTO deadline VALUES ('PAYMENT', current_date, 1)")
    await end_overdue(undone)
    assert await status(undone, UNPAID) == "AWAITING_PAYMENT"


async def test_a_deadline_is_in_force_for_the_waits_that_begin_on_its_first_day(undone) -> None:
    await enter_status(undone, UNPAID, "AWAITING_PAYMENT", "3 days")
    await undone.execute("INSERT INTO deadline VALUES ('PAYMENT', wib_day(now()) - 3, 1)")
    await end_overdue(undone)
    assert await status(undone, UNPAID) == "PAYMENT_EXPIRED"


async def test_keys_are_forgotten_when_they_are_old(undone) -> None:
    for name, days in ((b"old", REMEMBERED_DAYS + 1), (b"new", REMEMBERED_DAYS - 1)):
        await undone.execute(
            "INSERT INTO idempotency VALUES ($1, 'x', '[]', now() - $2 * interval '1 day')",
            name, days,
        )  # fmt: skip
    assert (await forget_keys(undone), await forget_keys(undone)) == (1, 0)
    kept = await undone.fetch("SELECT key_digest FROM idempotency")
    assert [row["key_digest"] for row in kept] == [b"new"]


async def test_several_at_once_end_each_case_once(database: str, world: str) -> None:
    """Last of all: what it ends stays ended. A case that somebody holds is left for later."""
    connections = [await connect(database) for _ in range(4)]
    keeper, *workers = connections
    try:
        held = keeper.transaction()
        await held.start()
        await keeper.execute("SELECT FROM application WHERE id = $1 FOR UPDATE", UNPAID)
        assert await asyncio.gather(*(end_overdue(one, 1) for one in workers)) == [0, 0, 0]
        await held.rollback()
        assert sum(await asyncio.gather(*(end_overdue(one) for one in workers))) == 1
        statement = "SELECT count(*) FROM application_event WHERE kind = 'PAYMENT_EXPIRED'"
        assert await keeper.fetchval(statement) == 1
        while await fold(keeper):
            pass
        assert await verify(keeper) == []
    finally:
        for connection in connections:
            await connection.close()
