"""Whoever must act is told at half, three quarters and all of a target: once, to the second."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import asyncpg
import pytest

from gateway.policy import POLICY
from gateway.viewer import Viewer
from models.database.connections import connect
from models.instants import WIB
from models.jobs.notices import write_notices
from models.jobs.overdue import tell_levels
from models.jobs.webhooks import Courier
from models.vocabulary import TARGET_PERCENTS, Role
from models.webhooks.message import message
from tests.acting import act
from tests.webhook_sink import Post, WebhookSink
from tests.world import application_id

pytestmark = pytest.mark.anyio

#: On an officer's desk, handed over; and one that its partner has yet to hand over.
OPEN, WAITS = application_id("SGPO-OPEN-0006"), application_id("AUSY-PAID-0013")
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
_TOLD = "SELECT kind FROM application_event WHERE application_id = $1 AND kind LIKE 'TARGET%'"
_LATER = " ORDER BY sequence"


@pytest.fixture
async def undone(world: str) -> AsyncIterator[asyncpg.Connection]:
    """A transaction, in which the clock stands still: no case runs in it until one is set."""
    connection = await connect(world)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("SET LOCAL session_replication_role = replica")
    await connection.execute(
        "UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE closed_at IS NULL"
        " AND id <> ALL ($1)", [OPEN],
    )  # fmt: skip
    await connection.execute("SET LOCAL session_replication_role = origin")
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def run(
    connection: asyncpg.Connection, paid: timedelta, target: timedelta, **columns: Any
) -> None:
    """A case was paid so long ago, and has a target of so long."""
    case = columns.pop("case", OPEN)
    values = {"paused_seconds": 0, "status": "IN_VERIFICATION", "received_at": None, **columns}
    await connection.execute("SET LOCAL session_replication_role = replica")
    await connection.execute(
        "UPDATE application SET submitted_at = least(submitted_at, now() - $2::interval),"
        " paid_at = now() - $2::interval, target_due_at = now() - $2::interval + $3::interval,"
        " closed_at = NULL, paused_seconds = $4, status = $5,"
        " received_at = CASE WHEN $6 THEN now() END WHERE id = $1",
        *(case, paid, target, values["paused_seconds"], values["status"]),
        values["received_at"] is not None,
    )
    await connection.execute("SET LOCAL session_replication_role = origin")


async def told(connection: asyncpg.Connection, case: object = OPEN) -> list[str]:
    while await tell_levels(connection):
        pass
    return [row["kind"] for row in await connection.fetch(_TOLD + _LATER, case)]


# A second less than a whole number of days, so that the target ends with none (WIB) by chance.
TARGET = 4 * DAY - 4 * SECOND


@pytest.mark.parametrize(("kind", "percent"), TARGET_PERCENTS.items())
async def test_each_level_is_told_at_its_second_and_once(
    undone: asyncpg.Connection, kind: str, percent: int
) -> None:
    at = TARGET * percent / 100
    await run(undone, at - SECOND, TARGET)
    before = await told(undone)
    assert kind not in before
    await run(undone, at, TARGET)
    assert await told(undone) == [*before, kind]
    assert await told(undone) == [*before, kind]
    await run(undone, at + SECOND, TARGET)
    assert await told(undone) == [*before, kind]


async def test_what_was_passed_unseen_is_told_by_its_last_level(undone: asyncpg.Connection) -> None:
    await run(undone, TARGET * 0.8, TARGET)
    assert await told(undone) == ["TARGET_75"]
    await run(undone, TARGET * 2, TARGET)
    assert await told(undone) == ["TARGET_75", "TARGET_100"]
    # A later target, as of a case that was corrected, tells no level again.
    await run(undone, TARGET * 0.6, TARGET)
    assert await told(undone) == ["TARGET_75", "TARGET_100"]


async def test_pauses_do_not_count_and_a_paused_or_closed_case_is_told_nothing(
    undone: asyncpg.Connection,
) -> None:
    half, hour = TARGET / 2, 3600
    await run(undone, half + hour * SECOND - SECOND, TARGET, paused_seconds=hour)
    assert await told(undone) == []
    await run(undone, half + hour * SECOND, TARGET, paused_seconds=hour, status="INFO_REQUESTED")
    assert await told(undone) == []
    await run(undone, half + hour * SECOND, TARGET, paused_seconds=hour)
    assert await told(undone) == ["TARGET_50"]
    for status in ("PAID", "SCREENING"):
        await run(undone, TARGET, TARGET, status=status)
        assert (await told(undone))[-1] == "TARGET_100"
    await undone.execute(
        "UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE id = $1", WAITS
    )
    assert await told(undone, WAITS) == []


#: Paid on a Friday at noon: of four working days the first is the Monday after, and of that week
#: the Wednesday is off. Each instant at which so many percent have passed.
FRIDAY = datetime(2026, 3, 6, 12, tzinfo=WIB)
MONDAY = datetime(2026, 3, 9, tzinfo=WIB)
ENDS = MONDAY + 5 * DAY


@pytest.mark.parametrize(
    ("percent", "passes"),
    [
        (25, MONDAY + DAY),
        (50, MONDAY + 2 * DAY),
        (60, MONDAY + 3 * DAY + 0.4 * DAY),
        (75, MONDAY + 4 * DAY),
        (100, ENDS),
    ],
)
async def test_working_days_are_counted_without_days_off(
    undone: asyncpg.Connection, percent: int, passes: datetime
) -> None:
    await undone.execute("SET LOCAL session_replication_role = replica")
    await undone.execute("DELETE FROM day_off")
    off = "INSERT INTO day_off (day, name_en, name_id, is_off) VALUES ($1, 'N', 'N', $2)"
    await undone.execute(off, (MONDAY + 2 * DAY).date(), True)
    asked = "SELECT target_passes($1, $2, $3)"
    found = await undone.fetchval(asked, FRIDAY, ENDS, percent)
    assert found.astimezone(UTC) == passes.astimezone(UTC)
    # A Saturday that is worked counts; and a target in hours knows no days off.
    await undone.execute(off, (MONDAY - 2 * DAY).date(), False)
    assert await undone.fetchval(asked, FRIDAY, ENDS, 20) == MONDAY - DAY
    hours = await undone.fetchval(asked, FRIDAY, ENDS + SECOND, 50)
    assert hours == FRIDAY + (ENDS + SECOND - FRIDAY) / 2


async def test_the_directorate_is_told_and_the_partner_while_it_must_hand_over(
    undone: asyncpg.Connection,
) -> None:
    post = Post(WebhookSink(), cast(Courier, None), undone)
    endpoint = await post.register("https://nusa.example/told", "AU")
    await undone.execute("UPDATE webhook_endpoint SET approved_at = now() - interval '1 hour'")
    await undone.execute("DELETE FROM webhook_cursor")
    await write_notices(undone)
    changes = "SELECT changed FROM application_change WHERE application_id = $1 AND kind = $2"
    await run(undone, TARGET / 2, TARGET, case=WAITS, status="PAID")
    assert await told(undone, WAITS) == ["TARGET_50"]
    assert await undone.fetchval(changes, WAITS, "TARGET_50") == "STAGE"
    await run(undone, TARGET, TARGET, case=WAITS, status="PAID", received_at=True)
    assert await told(undone, WAITS) == ["TARGET_50", "TARGET_100"]
    assert await undone.fetchval(changes, WAITS, "TARGET_100") == "STATUS"
    await undone.execute("UPDATE application_change SET written_in = written_in - 1")
    await undone.execute("UPDATE webhook_cursor SET written_in = 0, change_id = 0")
    await write_notices(undone)
    [notice] = await undone.fetch(
        "SELECT *, 'R' AS reference FROM webhook_notice WHERE endpoint_id = $1"
        " AND target_percent IS NOT NULL", endpoint.id,
    )  # fmt: skip
    sent = message(dict(notice), [b"x" * 24], datetime.now(UTC))
    said = json.loads(sent.body)
    assert said["type"] == "application.target_passes"
    assert (said["data"]["stage"], said["data"]["targetPercent"]) == ("IN_PROCESS", 50)


async def test_applicants_and_partners_read_no_such_event(undone: asyncpg.Connection) -> None:
    await run(undone, TARGET, TARGET)
    await told(undone)
    read = "SELECT count(*) FROM application_event WHERE kind LIKE 'TARGET%'"
    for role, expected in ((Role.OFFICER, 1), (Role.SUPERVISOR, 1), (Role.AUDITOR, 1)):
        async with undone.transaction():
            await act(undone, Viewer("somebody", role))
            assert await undone.fetchval(read) == expected
            await undone.execute("RESET ROLE")
    readers = POLICY["ApplicationEvent"].rows.keys()
    assert readers == {Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR, Role.APPLICANT}
    assert all(kind.value in str(POLICY["ApplicationEvent"].rows[Role.APPLICANT])
               for kind in TARGET_PERCENTS)  # fmt: skip
