"""The GRANTER: what meets every condition is granted once, and each condition alone stops it."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import asyncpg
import pytest

from models.ban import LIST_VERSION, RULE_VERSION
from models.jobs.granting import grant_certain_cases
from models.key_service import KeyServiceError
from models.life.grant_conditions import ADULT_YEARS, CONDITIONS, Traveller
from models.vocabulary import GrantCondition
from tests.linking import KEYS
from tests.people import rewrite
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

#: Handed over by its partner and paid; and another person, of another file.
NOAH, MINE = applicant_id("Noah Finch"), application_id("AUSY-PAID-0013")
OTHER = application_id("AUSY-GRAN-0001")
BAN, ADULT = UUID(int=79), date(1981, 2, 7)
RULE = """
    INSERT INTO grant_rule VALUES ('B1-1', 'B1', 1, '{AU}', 10, 2, 'director', 'PP 1')
"""
#: What makes the case certain.
CERTAIN = (
    "DELETE FROM assignment WHERE application_id = $1",
    "DELETE FROM ban_match WHERE application_id = $1",
    "DELETE FROM requested_item WHERE application_id = $1",
    "DELETE FROM screening WHERE application_id = $1",
    "DELETE FROM person_link WHERE $2 IN (applicant_id, linked_id)",
    "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at,"
    " list_version, rule_version) VALUES (gen_random_uuid(), $1, 'ENTRY_BAN', 'CLEAR', now(),"
    f" now(), {LIST_VERSION}, '{RULE_VERSION}')",
    "UPDATE application SET status = 'PAID', paid_at = now() - interval '3 hours',"
    " submitted_at = now() - interval '4 hours', received_at = now() - interval '3 hours',"
    " closed_at = NULL, is_linked = true, trip_purpose = 'TOURISM', group_reference = NULL,"
    " entry_on = wib_day(now()) + 20 WHERE id = $1",
)
_ENTRY = (
    "INSERT INTO ban_entry (id, reference, ground, reason, banned_from, proposed_by, approved_by,"
    f" approved_at) VALUES ('{BAN}', 'TEST-BANN-0079', 'CRIME', 'Why.', wib_day(now()), 'one',"
    " 'two', now())"
)
_FAMILY = "UPDATE application SET group_reference = 'G-AAAA-BBBB-CCCC' WHERE id = $1"
#: A document that was sent, though it is ticked off: what the scanner has yet to answer for.
SENT = (
    "INSERT INTO document_upload (id, application_id, kind, media_type, size, sha256, requested_by,"
    " expires_at, sent_at) SELECT gen_random_uuid(), $1, 'PHOTOGRAPH', 'JPEG', 9, sha256(''),"
    " 'agent-au', now() + interval '1 day', now()"
)
#: What breaks each condition and nothing else.
PLANTED: dict[GrantCondition, tuple[str, ...]] = {
    GrantCondition.NATIONALITY: (
        "UPDATE grant_rule SET nationalities = '{NZ}' WHERE code = 'B1-1'",
    ),
    GrantCondition.NOT_TOO_EARLY: (
        "UPDATE grant_rule SET hours_after_payment = 4 WHERE code = 'B1-1'",
    ),
    GrantCondition.HANDED_OVER: ("UPDATE application SET received_at = NULL WHERE id = $1",),
    GrantCondition.DOCUMENTS: (
        "INSERT INTO case_document (application_id, kind) VALUES ($1, 'PHOTOGRAPH')",
    ),
    GrantCondition.SCANNED: (SENT,),
    GrantCondition.ELIGIBLE: (
        "INSERT INTO eligibility SELECT 'B1', 'VISA_ON_ARRIVAL', 'TOURISM', wib_day(now()), false",
    ),
    GrantCondition.LINKED: ("UPDATE application SET is_linked = false WHERE id = $1",),
    GrantCondition.CLEARED: (
        "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at)"
        " VALUES (gen_random_uuid(), $1, 'ENTRY_BAN', 'NO_ANSWER', clock_timestamp(),"
        " clock_timestamp())".replace("NO_ANSWER", "UNAVAILABLE"),
    ),
    GrantCondition.CLEARED_LATELY: (
        "UPDATE screening SET requested_at = now() - interval '26 hours', answered_at = now() -"
        " interval '25 hours' WHERE application_id = $1",
    ),
    GrantCondition.BY_TODAYS_LIST: (
        "UPDATE screening SET list_version = 'older' WHERE application_id = $1",
    ),
    GrantCondition.NO_CANDIDATE: (
        _ENTRY,
        "INSERT INTO ban_match (id, ban_id, application_id, by)"
        f" VALUES (gen_random_uuid(), '{BAN}', $1, 'LIKENESS')",
    ),
    GrantCondition.NO_HIT: ("UPDATE application SET has_open_hit = true WHERE id = $1",),
    GrantCondition.NOT_HELD: ("UPDATE application SET is_held = true WHERE id = $1",),
    GrantCondition.NO_LINKED_REFUSAL: (
        "INSERT INTO person_link (id, applicant_id, linked_id, reason, state) SELECT"
        " gen_random_uuid(), $2, applicant_id, 'NAME_AND_BIRTH_DATE', 'PROPOSED' FROM application"
        " WHERE status = 'REFUSED' LIMIT 1",
    ),
    GrantCondition.NO_CORRECTION: (
        "INSERT INTO identity_version (applicant_id, number, written_at) VALUES ($2, 77, now())",
        "INSERT INTO correction (id, application_id, applicant_id, version, state, proposed_at,"
        " proposed_by, proposed_role) VALUES (gen_random_uuid(), $1, $2, 77, 'PROPOSED', now(),"
        " 'agent-au', 'PARTNER_AGENT')",
    ),
    GrantCondition.NO_INQUIRY: (
        "INSERT INTO inquiry (id, reference, reason, minutes, most_people, opened_by)"
        " VALUES (gen_random_uuid(), 'INQ-OPEN', 'Why.', 5, 5, 'supervisor')",
        "INSERT INTO inquiry_person (id, reference, applicant_id) VALUES (gen_random_uuid(),"
        " 'INQ-OPEN', $2)",
    ),
    GrantCondition.NOTHING_TO_READ: (
        "UPDATE application SET was_info_requested = true WHERE id = $1",
    ),
    GrantCondition.NO_NAMED_GUARDIAN: (
        "UPDATE application SET guardian_kind = 'NAMED' WHERE id = $1",
    ),
    GrantCondition.ON_NO_DESK: (
        "INSERT INTO assignment (application_id, officer, assigned_at, ended_at) VALUES ($1,"
        " 'officer', now() - interval '1 hour', now())",
    ),
}
#: What is planted otherwise: the status, the person, the others of a family.
ELSEWHERE = {
    GrantCondition.PAID,
    GrantCondition.PASSPORT,
    GrantCondition.ADULT_OR_WITH_FAMILY,
    GrantCondition.FAMILY,
}


#: What no answer of people meets either.
ALSO = {GrantCondition.CLEARED: [GrantCondition.BY_TODAYS_LIST]}


def nobody() -> float:
    """A draw that is in no sample."""
    return 1.0


async def run(connection: asyncpg.Connection, *statements: str) -> None:
    for statement in statements:
        values = (MINE, NOAH)[: 2 if "$2" in statement else 1 if "$1" in statement else 0]
        if "$2" in statement and "$1" not in statement:
            statement, values = statement.replace("$2", "$1"), (NOAH,)
        await connection.execute(statement, *values)


@pytest.fixture
async def certain(world: str, connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """A rule is in force, and one case meets every condition; everything is undone."""
    async with undone(connection):
        await connection.execute("SET LOCAL session_replication_role = replica")
        await run(connection, *CERTAIN, RULE)
        await connection.execute("SET LOCAL session_replication_role = DEFAULT")
        await person(connection)
        yield connection


async def person(
    connection: asyncpg.Connection, born: date = ADULT, expires: date | None = date(2041, 7, 23)
) -> None:
    await rewrite(connection, NOAH, birth_date=born, passport_expires_on=expires)


async def status(connection: asyncpg.Connection, case: UUID = MINE) -> str:
    return await connection.fetchval("SELECT status FROM application WHERE id = $1", case)


async def unmet(connection: asyncpg.Connection, case: UUID = MINE) -> list[str] | None:
    statement = "SELECT unmet FROM grant_check WHERE application_id = $1 AND verdict = 'WAITS'"
    return await connection.fetchval(statement, case)


def test_each_condition_is_planted_here() -> None:
    assert {one.name for one in CONDITIONS} == set(GrantCondition) == {*PLANTED, *ELSEWHERE}


async def test_what_meets_every_condition_is_granted_once_in_the_name_of_the_official(
    certain,
) -> None:
    assert await grant_certain_cases(KEYS, certain, nobody) == 1
    assert await status(certain) == "GRANTED"
    [decision] = await certain.fetch("SELECT * FROM decision WHERE application_id = $1", MINE)
    assert (decision["outcome"], decision["officer"], decision["grant_rule_code"]) == (
        "GRANTED", "director", "B1-1",
    )  # fmt: skip
    [visa] = await certain.fetch("SELECT * FROM visa WHERE application_id = $1", MINE)
    assert visa["decision_id"] == decision["id"]
    told = "SELECT actor FROM application_event WHERE application_id = $1 AND kind = 'GRANTED'"
    assert [row["actor"] for row in await certain.fetch(told, MINE)] == [None]
    read = "SELECT fields FROM linker_read WHERE applicant_id = $1 AND reader = 'GRANTER'"
    assert await certain.fetchval(read, NOAH) == ["birthDate", "passportExpiresOn"]
    assert await grant_certain_cases(KEYS, certain, nobody) == 0


@pytest.mark.parametrize("condition", PLANTED)
async def test_each_condition_alone_makes_a_case_wait(certain, condition) -> None:
    await certain.execute("SET LOCAL session_replication_role = replica")
    await run(certain, *PLANTED[condition])
    await certain.execute("SET LOCAL session_replication_role = DEFAULT")
    assert await grant_certain_cases(KEYS, certain, nobody) == 0
    assert await status(certain) == "PAID"
    assert await unmet(certain) == [condition, *ALSO.get(condition, ())]
    # Nobody is opened for a case that its rows hold back.
    read = "SELECT count(*) FROM linker_read WHERE applicant_id = $1 AND reader = 'GRANTER'"
    assert await certain.fetchval(read, NOAH) == 0


async def test_a_document_that_changed_makes_a_case_wait_until_another_takes_its_place(
    certain,
) -> None:
    put = (
        "INSERT INTO document_upload (id, application_id, kind, media_type, size, sha256, locator,"
        " requested_by, expires_at, sent_at, completed_at) VALUES (gen_random_uuid(), $1,"
        " 'PHOTOGRAPH', 'PNG', 1, decode(repeat('{}', 32), 'hex'), gen_random_uuid(), 'service',"
        " clock_timestamp() + interval '1 day', clock_timestamp(), clock_timestamp())"
    )
    await run(certain, put.format("0a"), put.format("0b"))
    assert await grant_certain_cases(KEYS, certain, nobody) == 0
    assert await unmet(certain) == [GrantCondition.DOCUMENTS]
    await run(certain, put.format("0a"))
    assert await grant_certain_cases(KEYS, certain, nobody) == 1


@pytest.mark.parametrize(
    "gone",
    [
        "reversed_at = paid_at, reversal_number = '1', reversal_effect = 'HELD'",
        "paid_at = NULL, receipt_number = NULL",  # under a new code
    ],
)
async def test_nothing_is_granted_for_a_fee_that_is_owed_again(certain, gone) -> None:
    await certain.execute(f"UPDATE bill SET {gone} WHERE application_id = $1", MINE)
    assert await grant_certain_cases(KEYS, certain, nobody) == 0
    assert await unmet(certain) == [GrantCondition.NOT_HELD]
    cleared = "SELECT viewer.is_cleared($1)"
    assert not await certain.fetchval(cleared, MINE)
    await certain.execute("DELETE FROM bill WHERE application_id = $1", MINE)  # as before bills
    assert await certain.fetchval(cleared, MINE)


async def test_a_passport_that_is_short_and_a_child_alone_wait_and_are_opened_once(certain) -> None:
    for born, expires, names in (
        (ADULT, date(2026, 12, 2), ["PASSPORT"]),
        (date(2015, 1, 1), date(2041, 7, 23), ["ADULT_OR_WITH_FAMILY"]),
    ):
        async with undone(certain):
            await person(certain, born, expires)
            for _ in range(3):
                assert await grant_certain_cases(KEYS, certain, nobody) == 0
            assert await unmet(certain) == names
            read = "SELECT count(*) FROM linker_read WHERE applicant_id = $1 AND reader = 'GRANTER'"
            assert await certain.fetchval(read, NOAH) == 1


async def test_a_document_counts_once_the_scanner_has_found_nothing_in_it(certain) -> None:
    await certain.execute("SET LOCAL session_replication_role = replica")
    await run(certain, SENT)
    for state, is_waiting in (
        ("refused_at = now()", True),
        ("refused_at = now(), replaced_at = now()", False),
        ("replaced_at = now()", False),
        ("completed_at = now()", False),
        ("sent_at = NULL", False),  # announced, and never sent
    ):
        async with undone(certain):
            await certain.execute(f"UPDATE document_upload SET {state} WHERE kind = 'PHOTOGRAPH'")
            granted = await grant_certain_cases(KEYS, certain, nobody)
            assert granted == (not is_waiting), state
            assert await unmet(certain) == (["SCANNED"] if is_waiting else None)


def test_who_is_an_adult_is_so_from_the_birthday_on() -> None:
    born = date(2008, 2, 29)
    for on, is_adult in ((date(2026, 2, 28), False), (date(2026, 3, 1), True)):
        one = Traveller(born, None, on, on, has_company=False)
        assert one.is_adult is is_adult, (on, ADULT_YEARS)


async def test_a_sample_goes_to_officers_for_good(certain) -> None:
    # Of a hundred ten are of the sample, and of these two are decided twice.
    for drawn, is_sampled, is_twice in (
        ((0.1, 0.0), False, False), ((0.09, 0.2), True, False), ((0.09, 0.19), True, True),
    ):  # fmt: skip
        async with undone(certain):
            draws = iter(drawn)
            granted = await grant_certain_cases(KEYS, certain, lambda draws=draws: next(draws))
            assert granted == (not is_sampled)
            assert await status(certain) == ("PAID" if is_sampled else "GRANTED")
            checks = await certain.fetch(
                "SELECT verdict, unmet, is_decided_twice FROM grant_check"
                " WHERE application_id = $1", MINE,
            )  # fmt: skip
            verdict = "SAMPLED" if is_sampled else "GRANTED"
            assert [tuple(row) for row in checks] == [(verdict, [], is_twice)]
            # It is not drawn again.
            assert await grant_certain_cases(KEYS, certain, nobody) == 0


async def test_a_stopped_rule_grants_nothing_until_another_version(certain) -> None:
    await certain.execute("INSERT INTO grant_rule_stop (id, rule_code, stopped_by, reason)"
                          " VALUES (gen_random_uuid(), 'B1-1', 'supervisor', 'Why.')")  # fmt: skip
    assert await grant_certain_cases(KEYS, certain, nobody) == 0
    following = RULE.replace("'B1-1', 'B1', 1", "'B1-2', 'B1', 2")
    async with undone(certain):
        await certain.execute(following)
        assert await grant_certain_cases(KEYS, certain, nobody) == 1
    # An older version that nobody stopped is not in force again.
    await certain.execute(following)
    await certain.execute("INSERT INTO grant_rule_stop (id, rule_code, stopped_by, reason)"
                          " VALUES (gen_random_uuid(), 'B1-2', 'supervisor', 'Why.')")  # fmt: skip
    await certain.execute("DELETE FROM grant_rule_stop WHERE rule_code = 'B1-1'")
    assert await grant_certain_cases(KEYS, certain, nobody) == 0


async def test_without_the_keys_nothing_is_granted(certain) -> None:
    class Away:
        def __getattr__(self, name: str):
            raise KeyServiceError("away")

    with pytest.raises(KeyServiceError):
        async with certain.transaction():
            await grant_certain_cases(Away(), certain, nobody)  # type: ignore[arg-type]
    assert (await status(certain), await unmet(certain)) == ("PAID", None)


async def test_a_run_that_ends_between_looking_and_granting_loses_and_doubles_nothing(
    certain,
) -> None:
    class Dying:
        """The keys, until terms are to be noted."""

        def __getattr__(self, name: str):
            if name == "relate":
                raise KeyServiceError("killed")
            return getattr(KEYS, name)

    with pytest.raises(KeyServiceError):
        async with certain.transaction():
            await grant_certain_cases(Dying(), certain, nobody)  # type: ignore[arg-type]
    assert (await status(certain), await unmet(certain)) == ("PAID", None)
    assert await grant_certain_cases(KEYS, certain, nobody) == 1
    for table in ("decision", "visa"):
        made = f"SELECT count(*) FROM {table} WHERE application_id = $1"
        assert await certain.fetchval(made, MINE) == 1
