"""Entries of the ban list against everybody on file: once each, and no longer than they last."""

from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from models.jobs.linker import index_everybody
from models.jobs.linking import link_cases, screen_bans
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


#: Of the question that waits, or was answered so.
_ANSWER = """
    INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at, proposed,
        proposed_by, reason, answered_by, confirmed_by)
    VALUES (gen_random_uuid(), $1, 'ENTRY_BAN', $2, now(), CASE WHEN $2 <> 'PENDING' THEN now() END,
        $3, CASE WHEN $3::text IS NOT NULL THEN 'one' END, 'Why.',
        CASE WHEN $2 <> 'PENDING' THEN 'one' END, CASE WHEN $2 <> 'PENDING' THEN 'two' END)
"""
_LATEST = """
    SELECT result, proposed FROM screening WHERE application_id = $1 AND voided_at IS NULL
    ORDER BY requested_at DESC, id DESC LIMIT 1
"""


async def latest(connection: asyncpg.Connection, case: UUID) -> tuple[str, str | None] | None:
    """The latest answer that counts, and what is proposed."""
    row = await connection.fetchrow(_LATEST, case)
    return row and tuple(row)


@pytest.mark.parametrize(
    ("reference", "answer", "becomes"),
    [
        # What was clear no longer counts; where a case is being screened it is asked again.
        ("SGPO-HELD-0007", "CLEAR", ("PENDING", None)),
        ("SGPO-HELD-0007", "NO_MATCH", ("PENDING", None)),
        ("SGPO-HELD-0007", "HIT", ("HIT", None)),
        ("SGPO-OPEN-0006", "CLEAR", None),
        ("SGPO-OPEN-0006", "NO_MATCH", None),
        ("SGPO-OPEN-0006", "UNAVAILABLE", ("UNAVAILABLE", None)),
    ],
)
async def test_a_match_before_a_grant_asks_again_what_was_clear(
    granted, reference, answer, becomes
) -> None:
    case = application_id(reference)
    undone = granted.transaction()
    await undone.start()
    try:
        await granted.execute("DELETE FROM screening")
        await granted.execute(_ANSWER, case, answer, None)
        # Whoever has this case is taken for whom the entry is about.
        await granted.execute(
            "UPDATE application SET applicant_id = (SELECT applicant_id FROM application"
            " WHERE id = $1), nationality_code = 'AU' WHERE id = $2", *(VISA, case),
        )  # fmt: skip
        await put_on_the_list(granted)
        await link_and_screen(KEYS, granted)
        assert await latest(granted, case) == becomes
    finally:
        await undone.rollback()


@pytest.mark.parametrize(
    ("result", "proposed", "stays"),
    [
        ("MATCH", None, False),
        ("PENDING", "MATCH", False),
        ("PENDING", "NO_MATCH", False),
        ("PENDING", "CLEAR", True),
        ("NO_MATCH", "NO_MATCH", True),
        ("CLEAR", None, True),
    ],
)
@pytest.mark.parametrize("other_hit", [None, "void", "open"])
async def test_the_verdict_on_a_hit_ends_with_the_last_hit(
    granted, result, proposed, stays, other_hit
) -> None:
    undone = granted.transaction()
    await undone.start()
    try:
        await granted.execute("DELETE FROM screening")
        await put_on_the_list(granted)
        await link_and_screen(KEYS, granted)
        assert await hits(granted) == 1
        if other_hit:
            await granted.execute(_ANSWER, VISA, "HIT", None)
        if other_hit == "void":
            await granted.execute("UPDATE screening SET voided_at = now() WHERE ban_id IS NULL")
        await granted.execute(_ANSWER, VISA, result, proposed)
        await granted.execute(
            "UPDATE screening SET requested_at = requested_at - interval '1 hour',"
            " answered_at = answered_at - interval '1 hour' WHERE result = 'HIT'"
        )
        await granted.execute(
            "UPDATE ban_entry SET banned_from = banned_from - 9, banned_until = wib_day(now()) - 1"
        )
        await link_and_screen(KEYS, granted)
        assert await hits(granted) == 0
        found = await latest(granted, VISA)
        if stays or other_hit == "open":
            assert found == (result, proposed)
        else:  # a visa whose question is open again waits for its answer
            assert found == ("PENDING", None)
    finally:
        await undone.rollback()


async def test_what_was_revoked_meanwhile_is_not_asked_again_when_its_hit_ends(granted) -> None:
    undone = granted.transaction()
    await undone.start()
    try:
        await granted.execute("DELETE FROM screening")
        await put_on_the_list(granted)
        await link_and_screen(KEYS, granted)
        await granted.execute("UPDATE application SET status = 'REVOKED' WHERE id = $1", VISA)
        await granted.execute(
            "UPDATE ban_entry SET banned_from = banned_from - 9, banned_until = wib_day(now()) - 1"
        )
        await link_and_screen(KEYS, granted)
        assert await latest(granted, VISA) is None
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
