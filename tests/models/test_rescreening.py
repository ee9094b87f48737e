"""Entries of the ban list against everybody on file: once each, and no longer than they last."""

from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from models.jobs.linking import index_everybody, link_cases, screen_bans
from models.jobs.rescreening import MATCHES
from models.key_service import KeyService
from tests.linking import KEYS
from tests.world import application_id

pytestmark = pytest.mark.anyio

VISA = application_id("AUSY-GRAN-0001")
BAN = UUID(int=77)
RUBY = "Ruby Hale"
BORN = date(1980, 1, 1) + timedelta(days=400)  # as `tests.populating` says
_LIVE = "UPDATE visa SET use_by = current_date + 30 WHERE application_id = $1"
_BAN = """
    INSERT INTO ban_entry (id, reference, ground, reason, banned_from, banned_until, proposed_by,
        approved_by, approved_at)
    VALUES ($1, 'TEST-BANN-0001', 'CRIME', 'Why.', wib_day(now()) + $2::int, $3, 'one', 'two',
        now())
"""
_PERSON = """
    INSERT INTO banned_person (ban_id, full_name, birth_date) VALUES ($1, $2, $3)
"""

#: What a supervisor said of an earlier hit, and another agreed to.
_VERDICT = """
    INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at, answered_by,
        confirmed_by, reason)
    VALUES ($1, $2, 'ENTRY_BAN', $3, now(), now(), 'one', 'two', 'Why.')
"""


@pytest.fixture
async def granted(world: str, connection: asyncpg.Connection) -> asyncpg.Connection:
    """Everybody is indexed, and a visa is live."""
    await connection.execute(_LIVE, VISA)
    await index_everybody(KEYS, connection)
    return connection


async def link_and_screen(keys: KeyService, connection: asyncpg.Connection) -> int:
    return await link_cases(keys, connection) + await screen_bans(keys, connection)


async def put_on_the_list(connection: asyncpg.Connection, in_days: int = 0) -> None:
    await connection.execute(_BAN, BAN, in_days, None)
    await connection.execute(_PERSON, BAN, RUBY, BORN)


async def hits(connection: asyncpg.Connection) -> int:
    return await connection.fetchval(
        "SELECT count(*) FROM screening WHERE ban_id = $1 AND application_id = $2"
        " AND voided_at IS NULL", BAN, VISA,
    )  # fmt: skip


async def is_held(connection: asyncpg.Connection) -> bool:
    return await connection.fetchval("SELECT is_visa_held FROM application WHERE id = $1", VISA)


async def test_a_killed_rescreening_begins_anew_and_finds_everybody_once(granted) -> None:
    undone = granted.transaction()
    await undone.start()
    try:
        await put_on_the_list(granted)
        killed = granted.transaction()  # before it commits
        await killed.start()
        await link_and_screen(KEYS, granted)
        await killed.rollback()
        assert (await hits(granted), await is_held(granted)) == (0, False)
        assert await link_and_screen(KEYS, granted) > 0
        assert await hits(granted) == 1
        assert await link_and_screen(KEYS, granted) == 0
        # Linked anew, as after a correction of an address: no second hit.
        await granted.execute("UPDATE application SET is_linked = false WHERE id = $1", VISA)
        await link_and_screen(KEYS, granted)
        assert (await hits(granted), await is_held(granted)) == (1, True)
        # On its last day it holds whom it held, the day after nobody.
        await granted.execute("UPDATE ban_entry SET banned_until = wib_day(now())")
        assert await link_and_screen(KEYS, granted) == 0
        assert (await hits(granted), await is_held(granted)) == (1, True)
        await granted.execute(
            "UPDATE ban_entry SET banned_from = banned_from - 9,"
            " banned_until = wib_day(now()) - 1 WHERE id = $1", BAN,
        )  # fmt: skip
        assert await link_and_screen(KEYS, granted) > 0
        assert (await hits(granted), await is_held(granted)) == (0, False)
    finally:
        await undone.rollback()


@pytest.mark.parametrize(("days_over", "found"), [(0, 1), (1, 0)])
async def test_an_entry_finds_a_visa_to_the_last_day_of_its_stay(granted, days_over, found) -> None:
    undone = granted.transaction()
    await undone.start()
    try:
        await granted.execute(
            "UPDATE visa SET use_by = wib_day(now()) - (stay_days + $2)::int"
            " WHERE application_id = $1", *(VISA, days_over),
        )  # fmt: skip
        await put_on_the_list(granted)
        await link_and_screen(KEYS, granted)
        assert (await hits(granted), await is_held(granted)) == (found, bool(found))
    finally:
        await undone.rollback()


@pytest.mark.parametrize(("known", "found"), [("MATCH", 0), ("NO_MATCH", 1)])
async def test_who_is_known_to_be_banned_is_not_found_again(granted, known, found) -> None:
    undone = granted.transaction()
    await undone.start()
    try:
        await granted.execute(_VERDICT, UUID(int=78), VISA, known)
        await put_on_the_list(granted)
        assert await link_and_screen(KEYS, granted) > 0
        assert await hits(granted) == found
        matched = await granted.fetch("SELECT application_id FROM ban_match WHERE ban_id = $1", BAN)
        assert VISA in {row["application_id"] for row in matched}  # supervisors read of it
    finally:
        await undone.rollback()


async def test_an_entry_of_tomorrow_holds_nobody_today(granted) -> None:
    undone = granted.transaction()
    await undone.start()
    try:
        await put_on_the_list(granted, in_days=1)
        await link_and_screen(KEYS, granted)
        assert await hits(granted) == 0
        await granted.execute("UPDATE ban_entry SET banned_from = banned_from - 1")
        await link_and_screen(KEYS, granted)
        assert await hits(granted) == 1
    finally:
        await undone.rollback()


async def test_whom_an_entry_matches_is_found_by_its_digests(granted) -> None:
    """Along the index, however many are on file: what is read grows with those found."""
    async with granted.transaction():
        await granted.execute("SET LOCAL enable_seqscan = off")
        await granted.execute("SET LOCAL enable_hashjoin = off")
        await granted.execute("SET LOCAL enable_mergejoin = off")
        plan = await granted.fetch(f"EXPLAIN {MATCHES}", [BAN])
    text = "\n".join(row[0] for row in plan)
    assert "ix_person_index_digest_applicant_id" in text
    assert "ix_application_applicant_id_submitted_at_id" in text
