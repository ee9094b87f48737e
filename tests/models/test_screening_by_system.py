"""The SCREENER: it clears whoever is like nobody on the list, once, and says nothing else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import asyncpg
import pytest

from models.ban import RULE_VERSION
from models.ban_list.comparison import BanList
from models.database.connections import connect
from models.jobs.screener import keep_screening
from models.jobs.screening import screen_paid_cases
from models.key_service import KeyServiceError
from models.person.vault import MissingKeyError
from models.row_security import SCREENER
from tests.linking import KEYS
from tests.people import rewrite
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

#: Handed over by its partner just now, and paid; and one that nobody is to clear: not handed over.
NOAH, MINE, HEMI = "Noah Finch", application_id("AUSY-PAID-0013"), "Hemi Parata"
BORN, BAN = date(1981, 2, 7), UUID(int=78)
ANSWERS = "SELECT * FROM screening WHERE application_id = $1 AND voided_at IS NULL"
_TOLD = "SELECT count(*) FROM application_event WHERE application_id = $1 AND kind = 'SCREENED'"
READ = "SELECT count(*) FROM linker_read WHERE applicant_id = $1 AND reader = 'SCREENER'"
FOUND = "SELECT ban_id, by FROM ban_match WHERE application_id = $1"
_BAN = """
    INSERT INTO ban_entry (id, reference, ground, reason, banned_from, proposed_by, approved_by,
        approved_at)
    VALUES ($1, 'TEST-BANN-0078', 'CRIME', 'Why.', wib_day(now()), 'one', 'two', now())
"""
_BANNED = "INSERT INTO banned_person (ban_id, full_name, birth_date) VALUES ($1, $2, $3)"
_SEALED = """
    INSERT INTO banned_person (ban_id, sealed) VALUES ($1, '{"full_name": "x", "birth_date": "x"}')
"""
_ANEW = (
    "DELETE FROM screening_replay_candidate",
    "DELETE FROM screening_replay_line",
    "DELETE FROM screening_replay",
    "DELETE FROM ban_match",
    "DELETE FROM ban_index",
    "DELETE FROM banned_person",
    f"DELETE FROM ban_entry WHERE id = '{BAN}'",
    f"DELETE FROM screening WHERE list_version IS NOT NULL OR application_id = '{MINE}'",
    f"DELETE FROM application_event WHERE application_id = '{MINE}' AND kind = 'SCREENED'",
    "DELETE FROM linker_read WHERE reader = 'SCREENER'",
    f"DELETE FROM identity_version WHERE applicant_id = '{applicant_id(NOAH)}'",
    "UPDATE application SET status = 'PAID', received_at = paid_at, closed_at = NULL"
    f" WHERE id = '{MINE}'",
)


@pytest.fixture
async def paid(world: str, connection: asyncpg.Connection) -> asyncpg.Connection:
    """A connection of the owner; one case waits to be screened."""
    async with connection.transaction():
        # Each test begins with the same: nothing of this is ever removed but here.
        await connection.execute("SET LOCAL session_replication_role = replica")
        for statement in _ANEW:
            await connection.execute(statement)
    await rewrite(connection, applicant_id(NOAH), full_name=NOAH, birth_date=BORN)
    return connection


async def ban(connection: asyncpg.Connection, name: str | None, born: date = BORN) -> None:
    await connection.execute(_BAN, BAN)
    await connection.execute(*((_BANNED, BAN, name, born) if name else (_SEALED, BAN)))


async def screen_all(connection: asyncpg.Connection, keys=KEYS) -> int:
    entries, done = BanList(), 0
    while screened := await screen_paid_cases(keys, connection, entries):
        done += screened
    return done


async def test_whoever_is_like_nobody_is_cleared_once_by_list_and_rule(paid) -> None:
    await ban(paid, "Somebody Else")
    assert await screen_all(paid) > 0
    (answer,) = await paid.fetch(ANSWERS, MINE)
    assert (answer["kind"], answer["result"], answer["answered_by"]) == ("ENTRY_BAN", "CLEAR", None)
    listed = BanList()
    listed.entries[BAN] = None  # type: ignore[assignment]
    assert (answer["list_version"], answer["rule_version"]) == (listed.version, RULE_VERSION)
    assert (await paid.fetchval(_TOLD, MINE), await paid.fetchval(READ, applicant_id(NOAH))) == (
        1,
        1,
    )
    assert await screen_all(paid) == 0
    # A file that its partner has not handed over is read by nobody.
    unready = "SELECT count(*) FROM screening JOIN application ON application.id = application_id"
    assert not await paid.fetchval(
        f"{unready} WHERE received_at IS NULL AND partner_code IS NOT NULL"
        " AND list_version IS NOT NULL"
    )


@pytest.mark.parametrize(
    ("listed", "born"),
    [("FINCH, Noach", BORN), ("Ноа Финч", date(1981, 7, 2)), ("Noa Finch", date(1981, 1, 1)),
     ("John Doe alias Noah Finch", BORN)],
)  # fmt: skip
async def test_whoever_may_be_on_the_list_waits_for_people_who_see_the_entry(
    paid, listed, born
) -> None:
    await ban(paid, listed, born)
    await screen_all(paid)
    assert await paid.fetch(ANSWERS, MINE) == []
    assert [tuple(row) for row in await paid.fetch(FOUND, MINE)] == [(BAN, "LIKENESS")]
    assert await paid.fetchval(_TOLD, MINE) == 0
    # Read once, and not in each pass.
    assert await screen_all(paid) == 0
    assert await paid.fetchval(READ, applicant_id(NOAH)) == 1
    # Once the entry has gone, nothing is in the way.
    await paid.execute("UPDATE ban_match SET ended_at = now()")
    await paid.execute("UPDATE ban_entry SET banned_until = banned_from - 1, banned_from ="
                       " banned_from - 9 WHERE id = $1", BAN)  # fmt: skip
    await screen_all(paid)
    assert len(await paid.fetch(ANSWERS, MINE)) == 1


_WAITS_FOR_THE_LIST = """
    INSERT INTO grant_check (application_id, rule_code, verdict, unmet)
    VALUES ($1, 'B1-1', 'WAITS', $2)
"""


@pytest.fixture
async def outdated(paid) -> AsyncIterator[asyncpg.Connection]:
    """One case was cleared before an entry came into force that is not like it, and a rule grants
    it as soon as it is cleared by today's list. Whatever is done is undone."""
    await screen_all(paid)
    undone = paid.transaction()
    await undone.start()
    await ban(paid, "Somebody Else")
    await paid.execute("INSERT INTO grant_rule VALUES ('B1-1', 'B1', 1, '{AU}', 10, 2, 'x', 'PP')")
    yield paid
    await undone.rollback()


async def test_a_grant_that_waits_for_todays_list_alone_is_compared_anew_once(outdated) -> None:
    (before,) = await outdated.fetch(ANSWERS, MINE)
    await outdated.execute(_WAITS_FOR_THE_LIST, MINE, ["BY_TODAYS_LIST"])
    assert await screen_all(outdated) == 1
    (answer,) = await outdated.fetch(ANSWERS, MINE)
    listed = BanList()
    listed.entries[BAN] = None  # type: ignore[assignment]
    assert (answer["id"] == before["id"], answer["list_version"]) == (False, listed.version)
    assert await outdated.fetchval(_TOLD, MINE) == 2
    assert await outdated.fetchval(READ, applicant_id(NOAH)) == 2


async def test_whoever_is_like_a_new_entry_is_cleared_no_more(outdated) -> None:
    await outdated.execute("UPDATE banned_person SET full_name = 'FINCH, Noach'")
    await outdated.execute(_WAITS_FOR_THE_LIST, MINE, ["BY_TODAYS_LIST"])
    assert await screen_all(outdated) == 1
    assert await outdated.fetch(ANSWERS, MINE) == []
    assert [tuple(row) for row in await outdated.fetch(FOUND, MINE)] == [(BAN, "LIKENESS")]
    assert await outdated.fetchval(_TOLD, MINE) == 1


@pytest.mark.parametrize("unmet", [["NOT_HELD"], ["BY_TODAYS_LIST", "FAMILY"], None])
async def test_whoever_lacks_anything_else_for_a_grant_is_not_opened_again(outdated, unmet) -> None:
    if unmet:
        await outdated.execute(_WAITS_FOR_THE_LIST, MINE, unmet)
    assert await screen_all(outdated) == 0
    assert await outdated.fetchval(READ, applicant_id(NOAH)) == 1


async def test_whoever_was_corrected_is_cleared_as_they_are_now(paid) -> None:
    await paid.execute(
        "INSERT INTO identity_version (applicant_id, number, sealed, versions,"
        " passport_issuing_state, nationality_code, written_at, valid_from, valid_until)"
        " SELECT applicant_id, number, sealed, versions, passport_issuing_state,"
        " nationality_code, now(), now(), until FROM identity JOIN applicant ON id = applicant_id,"
        " (VALUES (1, now()), (2, NULL)) AS version (number, until) WHERE applicant_id = $1",
        applicant_id(NOAH),
    )
    assert await screen_all(paid) > 0
    assert len(await paid.fetch(ANSWERS, MINE)) == 1
    assert await paid.fetchval(READ, applicant_id(NOAH)) == 2


async def test_while_an_entry_cannot_be_opened_everybody_waits(paid) -> None:
    await ban(paid, None)
    with pytest.raises(MissingKeyError):
        await screen_paid_cases(KEYS, paid, BanList())
    assert await paid.fetch(ANSWERS, MINE) == []


async def test_without_keys_everybody_waits(paid) -> None:
    class Away:
        async def open_data_keys(self, subjects, statement=None):
            raise KeyServiceError("away")

    with pytest.raises(KeyServiceError, match="away"):
        await screen_paid_cases(Away(), paid, BanList())  # type: ignore[arg-type]
    assert await paid.fetch(ANSWERS, MINE) == []
    assert await paid.fetchval(READ, applicant_id(NOAH)) == 0


async def test_a_killed_pass_begins_anew(paid) -> None:
    async with paid.transaction():
        killed = paid.transaction()
        await killed.start()
        assert await screen_all(paid) > 0
        await killed.rollback()
        assert await paid.fetch(ANSWERS, MINE) == []
        assert await screen_all(paid) > 0
    assert len(await paid.fetch(ANSWERS, MINE)) == 1
    assert await paid.fetchval(_TOLD, MINE) == 1


@pytest.fixture
async def other(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    yield connection
    await connection.close()


class Meanwhile:
    """Keys that do something else before they open."""

    def __init__(self, work) -> None:
        self._work = work

    async def open_data_keys(self, subjects, statement=None):
        await self._work()
        return await KEYS.open_data_keys(subjects, statement)


@pytest.mark.parametrize(
    "statement",
    [
        # Corrected, asked by an officer, withdrawn, and an entry came into force.
        "INSERT INTO identity_version (applicant_id, number, sealed, versions,"
        " passport_issuing_state, written_at, valid_from)"
        " SELECT applicant_id, 2, sealed, versions, passport_issuing_state, now(), now()"
        f" FROM identity WHERE applicant_id = '{applicant_id(NOAH)}'",
        "INSERT INTO screening (id, application_id, kind, result, requested_at) VALUES"
        f" ('{UUID(int=5)}', '{MINE}', 'ENTRY_BAN', 'PENDING', now())",
        f"UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE id = '{MINE}'",
        _BAN.replace("$1", f"'{BAN}'")
        + f"; {_BANNED.replace('$1', repr(str(BAN)))}".replace("$2", "'Noah Finch'").replace(
            "$3", f"'{BORN}'"
        ),
    ],
)
async def test_what_has_changed_meanwhile_is_not_cleared(paid, other, statement: str) -> None:
    async def work() -> None:
        await other.execute(statement)

    await screen_paid_cases(Meanwhile(work), paid, BanList())  # type: ignore[arg-type]
    assert [one for one in await paid.fetch(ANSWERS, MINE) if one["result"] == "CLEAR"] == []
    assert await paid.fetchval(_TOLD, MINE) == 0


async def test_a_case_that_somebody_changes_is_left_for_later(paid, other) -> None:
    async with other.transaction():
        await other.execute("UPDATE application SET paused_seconds = 1 WHERE id = $1", MINE)
        await screen_paid_cases(KEYS, paid, BanList())
        assert await paid.fetch(ANSWERS, MINE) == []
    await screen_all(paid)
    assert len(await paid.fetch(ANSWERS, MINE)) == 1


async def test_the_job_clears_within_seconds(paid, world: str) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(keep_screening(KEYS, world, stop, every=0.05))
    async with asyncio.timeout(30):
        while not await paid.fetch(ANSWERS, MINE):  # noqa: ASYNC110 - another connection does
            await asyncio.sleep(0.05)
    stop.set()
    await running


_OF_A_CASE = f"'{UUID(int=6)}', '{MINE}'"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT email FROM identity",
        "SELECT reference FROM application",
        "SELECT result FROM screening",
        "SELECT * FROM person_index",
        "SELECT * FROM access_event",
        "UPDATE application SET status = 'GRANTED'",
        "UPDATE screening SET result = 'CLEAR'",
        "UPDATE ban_entry SET withdrawn_by = 'me'",
        "DELETE FROM ban_match",
        "DELETE FROM linker_read",
        # No hit, no clearance, nobody else's answer, no other match, and no other event.
        "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at)"
        f" VALUES ({_OF_A_CASE}, 'ENTRY_BAN', 'CLEAR', now(), now())",
        "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at,"
        f" list_version, rule_version) VALUES ({_OF_A_CASE}, 'ENTRY_BAN', 'HIT', now(), now(),"
        " '1', '1')",
        "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_by)"
        f" VALUES ({_OF_A_CASE}, 'ENTRY_BAN', 'CLEAR', now(), 'screening')",
        f"INSERT INTO ban_match (application_id, ban_id, id, by) VALUES ('{MINE}', '{MINE}',"
        f" '{MINE}', 'PASSPORT')",
        "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
        f" VALUES ('{MINE}', 9, 'GRANTED', now())",
        "INSERT INTO linker_read (id, applicant_id, version, fields, reader)"
        f" VALUES ('{MINE}', '{applicant_id(NOAH)}', 1, '{{}}', 'LINKER')",
    ],
)
async def test_the_role_of_the_screener_has_no_other_right(world: str, statement: str) -> None:
    connection = await connect(world)
    try:
        await connection.execute(f"SET ROLE {SCREENER}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_system_clears_a_person_and_no_clearance(paid) -> None:
    """The table says so too, whoever writes."""
    with pytest.raises(asyncpg.CheckViolationError, match="system_clears"):
        await paid.execute(
            "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at,"
            f" list_version, rule_version) VALUES ({_OF_A_CASE}, 'CLEARANCE', 'CLEAR', now(),"
            " now(), '1', '1')"
        )
