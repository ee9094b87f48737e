"""A family is granted by rule together, waits together, and is of the sample together."""

from datetime import date

import asyncpg
import pytest

from models.jobs.grant_parties import Member, Party
from models.jobs.granting import grant_certain_cases
from models.life.grant_conditions import LARGEST_FAMILY, is_adult
from models.vocabulary import GrantCondition
from tests.linking import KEYS
from tests.models.test_granting import MINE, PLANTED, certain, nobody, person, run, status, unmet
from tests.walls.undoing import undone
from tests.world import application_id

pytestmark = pytest.mark.anyio
__all__ = ["certain"]

MATE = application_id("SGPO-OPEN-0006")


@pytest.fixture
async def family(certain) -> asyncpg.Connection:
    """The case, and an open one of the same group that is not paid."""
    members = "UPDATE application SET group_reference = 'G-AAAA-BBBB-CCCC' WHERE id = ANY ($1)"
    await certain.execute(members, [MINE, MATE])
    return certain


@pytest.mark.parametrize(("day", "is_of_age"), [(1, False), (2, True), (3, True)])
def test_somebody_is_of_age_from_the_birthday_on(day: int, is_of_age: bool) -> None:
    assert is_adult(date(2008, 3, 2), date(2026, 3, day)) is is_of_age


def test_a_child_is_granted_in_the_company_of_an_adult_of_the_family() -> None:
    born = {"adult": date(1990, 1, 1), "child": date(2020, 1, 1), "other": date(2021, 1, 1)}
    opened = {(who, "birth_date"): at for who, at in born.items()}
    opened |= {(who, "passport_expires_on"): date(2030, 1, 1) for who in born}

    def unmet_of(*people: str) -> list[list[str]]:
        same = {"today": date(2026, 3, 1), "entry_on": date(2026, 3, 9), "months": 6, "rule": 1}
        known = {"version": 2, "known_version": 1, "known_rule": 1}
        party = Party([Member(same | known | {"applicant_id": who}, []) for who in people])
        party.judge(opened)
        return [one.unmet for one in party.cases]

    assert unmet_of("adult", "child", "other") == [[], [], []]
    assert unmet_of("child", "other") == [[GrantCondition.ADULT_OR_WITH_FAMILY]] * 2


async def closed(connection: asyncpg.Connection, *, is_closed: bool = True) -> None:
    """The other one is withdrawn, or open again."""
    await connection.execute("SET LOCAL session_replication_role = replica")
    status, at = ("WITHDRAWN", "now()") if is_closed else ("PAID", "NULL")
    change = f"UPDATE application SET status = $2, closed_at = {at} WHERE id = $1"
    await connection.execute(change, MATE, status)
    await connection.execute("SET LOCAL session_replication_role = DEFAULT")


async def reads(connection: asyncpg.Connection) -> int:
    read = "SELECT count(*) FROM linker_read WHERE reader = 'GRANTER'"
    return await connection.fetchval(read)


async def test_a_family_is_granted_together_or_waits_together(family) -> None:
    assert await grant_certain_cases(KEYS, family, nobody) == 0
    assert await unmet(family) == ["FAMILY"]
    # What is closed holds nobody back.
    await closed(family)
    assert await grant_certain_cases(KEYS, family, nobody) == 1
    assert LARGEST_FAMILY == 20


async def test_whoever_joins_a_family_of_the_sample_brings_it_no_other_draw(family) -> None:
    await closed(family)
    assert await grant_certain_cases(KEYS, family, lambda: 0.0) == 0
    await closed(family, is_closed=False)
    # The one who joined meets every condition, too.
    await family.execute("SET LOCAL session_replication_role = replica")
    for table in ("assignment", "screening", "ban_match", "requested_item", "case_document"):
        await family.execute(f"DELETE FROM {table} WHERE application_id = $1", MATE)
    await family.execute(
        "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at,"
        " list_version, rule_version) SELECT gen_random_uuid(), $1, kind, result, requested_at,"
        " answered_at, list_version, rule_version FROM screening WHERE application_id = $2",
        *(MATE, MINE),
    )
    same = (
        "visa_type_code, nationality_code, status, paid_at, submitted_at, received_at, is_linked,"
        " trip_purpose, entry_on, was_info_requested, is_held, has_open_hit, is_assigned"
    )
    await family.execute(
        f"UPDATE application SET ({same}) = (SELECT {same} FROM application WHERE id = $2)"
        " WHERE id = $1",
        *(MATE, MINE),
    )
    await family.execute("DELETE FROM person_link")
    await family.execute("SET LOCAL session_replication_role = DEFAULT")
    await grant_certain_cases(KEYS, family, nobody)
    checks = "SELECT verdict, unmet FROM grant_check WHERE application_id = ANY ($1)"
    assert [tuple(row) for row in await family.fetch(checks, [MINE, MATE])] == [("SAMPLED", [])] * 2
    assert {await status(family, one) for one in (MINE, MATE)} == {"PAID"}


async def test_who_was_opened_once_stays_known_while_the_list_changes(certain) -> None:
    await person(certain, expires=date(2026, 12, 2))
    assert await grant_certain_cases(KEYS, certain, nobody) == 0
    assert (await unmet(certain), await reads(certain)) == (["PASSPORT"], 1)
    async with undone(certain):
        await certain.execute("SET LOCAL session_replication_role = replica")
        await run(certain, *PLANTED[GrantCondition.BY_TODAYS_LIST])
        assert await grant_certain_cases(KEYS, certain, nobody) == 0
        assert await unmet(certain) == ["BY_TODAYS_LIST", "PASSPORT"]
    assert await grant_certain_cases(KEYS, certain, nobody) == 0
    assert (await unmet(certain), await reads(certain)) == (["PASSPORT"], 1)
