"""Changes say what changed for whom, are not made by history, and are forgotten in time."""

from datetime import timedelta

import asyncpg
import pytest

from models.jobs import forget_changes
from models.jobs.forget_changes import forget
from models.synthetic.loading import bulk_load
from models.vocabulary import STAGE_OF, EventKind, Status
from models.volumes import fold
from tests.gateway.live import happens
from tests.models.crowd import crowd, join

pytestmark = pytest.mark.anyio

CASE = "AUSY-PAID-0013"


async def test_the_stage_after_an_event_is_that_of_its_status(
    world: str, connection: asyncpg.Connection
) -> None:
    statuses = {status.value for status in Status}
    for kind in EventKind:
        stage = await connection.fetchval("SELECT stage_after($1)", kind)
        assert stage == (STAGE_OF[Status(kind.value)] if kind.value in statuses else None)


async def test_an_event_says_what_it_changes(world: str, connection: asyncpg.Connection) -> None:
    """A status that leaves the stage as it was is one thing, the same after a pause another."""
    life = (
        ("RECEIVED", "STAGE"), ("IN_VERIFICATION", "STATUS"), ("HELD", "HOLD"),
        ("ANSWER_PROPOSED", "HOLD"), ("SCREENED", "HOLD"),
        ("SCREENING", "STATUS"), ("RELEASED", "HOLD"), ("IN_VERIFICATION", "STATUS"),
        ("INFO_REQUESTED", "STAGE"), ("RECEIVED", "STAGE"), ("IN_VERIFICATION", "STAGE"),
        ("REFUSED", "STAGE"), ("GRANTED", "DECISION"), ("TRANSFERRED", "STAGE"),
        ("REVOKED", "DECISION"),
    )  # fmt: skip
    for kind, changed in life:
        event = await happens(connection, CASE, kind)
        change = await connection.fetchrow("SELECT * FROM application_change WHERE id = $1", event)
        assert (change["kind"], change["changed"]) == (kind, changed)


@pytest.mark.parametrize(
    ("reference", "received_at", "changed"),
    [
        (CASE, "NULL", "STAGE"),
        (CASE, "now()", "STATUS"),
        ("DIRE-REVO-0010", "NULL", "STATUS"),
    ],
)
async def test_how_much_of_a_target_has_passed_is_told_to_the_partner_who_must_hand_over(
    rolled_back: asyncpg.Connection, reference: str, received_at: str, changed: str
) -> None:
    await rolled_back.execute(
        "UPDATE application SET status = 'PAID', closed_at = NULL, current_decision_id = NULL,"
        f" received_at = {received_at} WHERE reference = $1",
        reference,
    )
    event = await happens(rolled_back, reference, "TARGET_75")
    told = "SELECT changed FROM application_change WHERE id = $1"
    assert await rolled_back.fetchval(told, event) == changed


async def test_a_fold_says_whose_figures_it_changed(
    world: str, connection: asyncpg.Connection
) -> None:
    await fold(connection)
    await connection.execute("DELETE FROM volume_change")
    await connection.execute(
        "UPDATE application SET fee_idr = fee_idr + 1 WHERE partner_code = 'NUSA'"
    )
    # What an officer did is nobody's news: no partner reads it.
    await connection.execute(
        "INSERT INTO volume_outbox (day, visa_type_code, kind, done_by, measured)"
        " VALUES (wib_day(now()), 'B1', 'officer_given_back', 'officer', 1)"
    )
    await fold(connection)
    await fold(connection)
    rows = await connection.fetch("SELECT partner_code, country_code FROM volume_change")
    assert sorted(tuple(row) for row in rows) == [("NUSA", "AU"), ("NUSA", "NZ"), ("NUSA", "SG")]


async def test_a_fold_says_where_outcomes_alone_changed(
    world: str, connection: asyncpg.Connection
) -> None:
    """As by a correction: in Australia a refusal becomes a grant, in New Zealand a fee changes."""
    await fold(connection)
    await connection.execute("DELETE FROM volume_change")
    await connection.execute(
        "UPDATE application SET status = 'GRANTED' WHERE reference = 'AUME-INCO-0004'"
    )
    await connection.execute(
        "UPDATE application SET fee_idr = fee_idr + 1 WHERE reference = 'NZGR-MIDN-0008'"
    )
    await fold(connection)
    rows = await connection.fetch("SELECT country_code, changed FROM volume_change")
    assert {tuple(row) for row in rows if row["country_code"]} == {
        ("AU", "OUTCOMES"),
        ("NZ", "FIGURES"),
    }


async def test_history_that_is_loaded_is_no_news(
    world: str, connection: asyncpg.Connection
) -> None:
    before = await connection.fetchval("SELECT count(*) FROM application_change")
    tables = ("application", "application_event", "decision", "visa")
    async with connection.transaction(), bulk_load(connection, tables):
        await join(connection, crowd(10, seed=5))
    assert await connection.fetchval("SELECT count(*) FROM application_change") == before


async def test_changes_are_forgotten_after_two_days_however_many(
    world: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forget_changes, "_BATCH", 1)
    await connection.execute("DELETE FROM application_change")
    old, older, young = [await happens(connection, CASE, "RECEIVED") for _ in range(3)]
    aged = "UPDATE application_change SET written_at = now() - $2::interval WHERE id = $1"
    for event, hours in ((old, 49), (older, 50), (young, 47)):
        await connection.execute(aged, event, timedelta(hours=hours))
    await forget(connection)
    kept = await connection.fetch("SELECT id FROM application_change WHERE id >= $1", old)
    assert [row["id"] for row in kept] == [young]
