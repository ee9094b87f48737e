"""What border control may write of crossings, and each condition by which they are matched."""

from uuid import UUID

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.case.decision import IS_LIVE
from models.schema import read_schema
from models.vocabulary import Role
from tests.acting import act, act_writing
from tests.walls.reach import OVERSTAYING
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id, visa_number

pytestmark = pytest.mark.anyio

CASE, HOLDER = "AUSY-GRAN-0001", "Ruby Hale"
BORDER = Viewer("border", Role.BORDER)
REPORT = (
    "INSERT INTO crossing (id, reported_by, report_key, direction, crossed_at, port, passengers,"
    " visa_number) VALUES (gen_random_uuid(), '{by}', '{key}', '{direction}', {at}, 'CGK',"
    " ARRAY[sha256('{visa}'::bytea || sha256('{passport}'))], '{visa}')"
)


def report(direction: str = "ENTRY", at: str = "now()", **given: str) -> str:
    values = {"by": "border", "key": "a key", "visa": visa_number(CASE), "passport": "digest"}
    values |= {"key": "".join(filter(str.isalnum, direction + at)), **given}
    return REPORT.format(direction=direction, at=at, **values)


async def is_written(connection: asyncpg.Connection, viewer: Viewer, statement: str) -> bool:
    async with undone(connection):
        try:
            await act_writing(connection, viewer)
            await connection.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            return False
        return True


async def test_border_control_reports_in_its_own_name_and_reads_its_own_reports(
    complete_world,
) -> None:
    assert await is_written(complete_world, BORDER, report())
    assert not await is_written(complete_world, BORDER, report(by="somebody"))
    for role in set(Role) - {Role.BORDER, Role.ANONYMOUS}:
        other = Viewer("border", role, partner="NUSA", countries=("AU",))
        try:
            is_done = await is_written(complete_world, other, report())
        except (asyncpg.InvalidParameterValueError, asyncpg.UndefinedObjectError):
            continue  # there is no such writer
        assert not is_done, role
    for refused in (
        "UPDATE crossing SET port = 'DPS'",
        "DELETE FROM crossing",
        "SELECT visa_number FROM crossing",
        "SELECT * FROM movement",
        "INSERT INTO movement (id) VALUES (gen_random_uuid())",
        "UPDATE stay SET presence = 'DEPARTED'",
        "SELECT * FROM visa",
    ):
        assert not await is_written(complete_world, BORDER, refused), refused
    async with undone(complete_world):
        await complete_world.execute(report(by="another"))
        await act_writing(complete_world, BORDER)
        seen = await complete_world.fetch("SELECT DISTINCT reported_by FROM crossing")
        assert {row["reported_by"] for row in seen} <= {"border"}
    dated = report().replace(" visa_number)", " visa_number, reported_at)")
    async with undone(complete_world):
        await act_writing(complete_world, BORDER)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await complete_world.execute(f"{dated.removesuffix(')')}, now())")


async def moved(connection: asyncpg.Connection, *reports: str, script: str = "") -> list[tuple]:
    """Where the holder is, after these reports; undone again."""
    async with undone(connection):
        await connection.execute("DELETE FROM stay; DELETE FROM movement")
        await connection.execute(
            "INSERT INTO person_index (applicant_id, version, kind, key_id, digest)"
            " VALUES ($1, 1, 'PASSPORT', 'test', sha256('digest'))", applicant_id(HOLDER),
        )  # fmt: skip
        if script:
            await connection.execute(script)
        for each in reports:
            await connection.execute(each)
        rows = await connection.fetch("SELECT presence, entered_on, departed_on FROM stay")
        return [tuple(row) for row in rows]


async def test_whatever_the_order_of_reports_a_holder_is_in_one_place(complete_world) -> None:
    days = [("ENTRY", 9), ("EXIT", 7), ("ENTRY", 5), ("EXIT", 3)]
    told = [report(way, f"now() - interval '{ago} days'") for way, ago in days]
    [there] = await moved(complete_world, *told)
    assert there[0] == "DEPARTED"
    for order in ((3, 2, 1, 0), (1, 3, 0, 2), (2, 0, 3, 1)):
        assert await moved(complete_world, *(told[one] for one in order)) == [there]
    [still] = await moved(complete_world, told[2], told[1], told[0])
    assert still[0] == "IN_COUNTRY"
    # An exit at the very instant of an entry comes after it.
    assert (await moved(complete_world, report("EXIT"), report()))[0][0] == "DEPARTED"
    assert await moved(complete_world, report(visa="ID000000000000")) == []
    assert await moved(complete_world, report(passport="another")) == []


_INDEXED = (
    "INSERT INTO person_index (applicant_id, version, kind, key_id, digest)"
    " VALUES ($1, 2, '{kind}', 'test', sha256('{passport}'))"
)


async def test_what_was_kept_is_tried_again_once_the_passport_is_on_file(complete_world) -> None:
    """As after a correction, in the order in which it happened: whoever entered by a visa that was
    taken back is alerted of, and has left. What fits a passport of nobody stays kept."""
    there = "SELECT presence FROM stay WHERE visa_number = $1"
    kept = "SELECT count(*) FROM crossing WHERE matched_at IS NULL AND visa_number = $1"
    visa, holder = visa_number(CASE), applicant_id(HOLDER)
    async with undone(complete_world):
        await complete_world.execute("DELETE FROM stay; DELETE FROM movement")
        await complete_world.execute("UPDATE visa SET revoked_at = issued_at")
        hour_ago = report(at="now() - interval '1 hour'", passport="later")
        told = [report("EXIT", passport="later"), hour_ago]
        for one in (*told, report(key="other", passport="another")):
            await complete_world.execute(one)
        assert await complete_world.fetchval(kept, visa) == 3
        for kind, passport, left in (
            ("NAME", "later", 3),
            ("PASSPORT", "nobody's", 3),
            ("PASSPORT", "later", 1),
        ):
            indexed = _INDEXED.format(kind=kind, passport=passport.replace("'", ""))
            if kind == "NAME":
                indexed = indexed.replace("NAME", "NAME_AND_BIRTH_DATE")
            await complete_world.execute(indexed, holder)
            assert await complete_world.fetchval(kept, visa) == left
            await complete_world.execute("DELETE FROM person_index WHERE applicant_id = $1", holder)
        assert await complete_world.fetchval(there, visa) == "DEPARTED"
        movements = (
            "SELECT count(*) FROM movement JOIN crossing USING (id) WHERE matched_at > now()"
        )
        assert await complete_world.fetchval(f"{movements} AND crossing.visa_number IS NULL") == 2
        alerted = "SELECT close_reason FROM alert WHERE kind = 'REVOKED_IN_COUNTRY'"
        alerts = await complete_world.fetch(
            f"{alerted} AND application_id = $1", application_id(CASE)
        )
        assert [tuple(row) for row in alerts] == [("DEPARTED",)]


async def test_what_was_kept_is_tried_again_once_there_is_such_a_visa(complete_world) -> None:
    issued = (
        "INSERT INTO visa (visa_number, application_id, decision_id, issued_at, use_by, stay_days)"
        " SELECT '{}', application_id, decision_id, issued_at, use_by, stay_days FROM gone"
    )
    async with undone(complete_world):
        await complete_world.execute(
            "DELETE FROM stay; DELETE FROM movement; CREATE TEMP TABLE gone AS"
            f" SELECT * FROM visa WHERE visa_number = '{visa_number(CASE)}'"
        )
        await complete_world.execute("SET LOCAL session_replication_role = replica")
        await complete_world.execute(
            "DELETE FROM visa USING gone WHERE visa.visa_number = gone.visa_number"
        )
        await complete_world.execute("SET LOCAL session_replication_role = DEFAULT")
        await complete_world.execute(_INDEXED.format(kind="PASSPORT", passport="digest"),
                                     applicant_id(HOLDER))  # fmt: skip
        await complete_world.execute(report())
        there = "SELECT count(*) FROM movement WHERE visa_number = $1"
        for number, moves in (("ID000000000077", 0), (visa_number(CASE), 1)):
            async with undone(complete_world):
                await complete_world.execute(issued.format(number))
                assert await complete_world.fetchval(there, visa_number(CASE)) == moves


CONFIRM = (
    "INSERT INTO overstay_confirmation (id, confirmed_by, stay_id)"
    " VALUES (gen_random_uuid(), '{by}', '{stay}')"
)


async def test_border_control_confirms_of_those_who_overstay_alone(complete_world) -> None:
    others = await complete_world.fetch(
        "SELECT id FROM stay WHERE overstays_at IS NULL OR overstays_at > now()"
    )
    assert len(others) >= 2
    right = CONFIRM.format(by="border", stay=OVERSTAYING)
    assert await is_written(complete_world, BORDER, right)
    assert not await is_written(complete_world, BORDER, CONFIRM.format(by="x", stay=OVERSTAYING))
    for row in others:
        wrong = CONFIRM.format(by="border", stay=row["id"])
        assert not await is_written(complete_world, BORDER, wrong)
    async with undone(complete_world):
        await complete_world.execute(right)
        assert not await is_written(complete_world, BORDER, right)
    for role in set(Role) - {Role.BORDER, Role.ANONYMOUS}:
        other = Viewer("border", role, partner="NUSA", countries=("AU",))
        try:
            is_done = await is_written(complete_world, other, right)
        except (asyncpg.InvalidParameterValueError, asyncpg.UndefinedObjectError):
            continue  # there is no such writer
        assert not is_done, role
    asked = f"SELECT * FROM viewer.overstays_of(ARRAY['{visa_number(CASE)}'])"
    assert await is_written(complete_world, BORDER, asked)
    assert not await is_written(complete_world, Viewer("officer", Role.OFFICER), asked)


async def test_that_a_visa_is_held_is_told_to_supervisors_alone(complete_world) -> None:
    for role in Role:
        async with undone(complete_world):
            await act(complete_world, Viewer("somebody", role))
            try:
                await complete_world.fetchval(f"SELECT viewer.visa_is_held('{UUID(int=1)}')")
            except asyncpg.InsufficientPrivilegeError:
                assert role is not Role.SUPERVISOR
            else:
                assert role is Role.SUPERVISOR


#: Each condition by which a report is matched, and a report that fits nobody by it.
MATCHED_BY = {
    "visa.visa_number = report.visa_number": report(visa="ID000000000000"),
    "sha256(convert_to(visa.visa_number, 'UTF8') || known.digest) = ANY (report.passengers)":
        report(passport="another"),
}  # fmt: skip


@pytest.mark.parametrize("condition", MATCHED_BY)
async def test_each_condition_of_a_match_is_needed(complete_world, condition: str) -> None:
    """The defect: a condition that is dropped from the trigger."""
    [function] = [one.sql for one in read_schema() if "CREATE FUNCTION write_movement" in one.sql]
    function = function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    assert function.count(condition) == 1
    other = MATCHED_BY[condition]
    if "another" not in other:  # its digest is of the number that was reported
        other = report().removesuffix(f"'{visa_number(CASE)}')") + "'ID000000000000')"
    assert await moved(complete_world, other, script=function) == []
    mutant = function.replace(condition, "true")
    async with undone(complete_world):
        with_defect = await moved_or_refused(complete_world, other, mutant)
    assert with_defect != []


async def moved_or_refused(connection: asyncpg.Connection, told: str, script: str) -> object:
    try:
        async with undone(connection):
            return await moved(connection, told, script=script)
    except asyncpg.PostgresError:
        return "refused"


TODAY = "wib_day(clock_timestamp())"
#: What becomes of a visa that was never used, and whether it is live then: with a deadline for
#: reports of seven days from long ago on, and without one.
LIVES = {
    f"UPDATE visa SET use_by = {TODAY}": (True, True),
    f"UPDATE visa SET use_by = {TODAY} - 7": (True, True),
    f"UPDATE visa SET use_by = {TODAY} - 8": (True, False),
    f"UPDATE visa SET use_by = {TODAY} - stay_days::int": (True, False),
    f"UPDATE visa SET use_by = {TODAY} - stay_days::int - 1": (False, False),
    f"UPDATE visa SET use_by = {TODAY}, revoked_at = issued_at": (False, False),
    f"UPDATE visa SET use_by = {TODAY}, superseded_at = issued_at": (False, False),
    f"UPDATE visa SET use_by = {TODAY}, returned_at = issued_at": (False, False),
}
#: What was reported of a visa whose last day is today, and whether it is live.
PRESENCES = {
    ("IN_COUNTRY", True, "revoked_at = issued_at"): True,
    ("IN_COUNTRY", True, f"use_by = {TODAY} - 4000"): True,
    ("DEPARTED", True, f"use_by = {TODAY}"): False,
    ("DEPARTED", False, f"use_by = {TODAY}"): True,
    ("DEPARTED", False, f"use_by = {TODAY}, revoked_at = issued_at"): False,
}
#: Each part of the condition, with what it is to be found by.
PARTS = (
    "stay.presence = 'IN_COUNTRY'",
    "num_nonnulls(visa.revoked_at, visa.superseded_at, visa.returned_at) = 0",
    "stay.is_used",
    "deadline.wait = 'CROSSING'",
    "deadline.valid_from <= wib_day(visa.issued_at)",
)


async def lives(connection: asyncpg.Connection, condition: str) -> list[bool]:
    asked = f"SELECT {condition} FROM visa WHERE application_id = $1 AND visa_number = $2"
    answers: list[bool] = []

    async def is_live(*changes: str) -> None:
        async with undone(connection):
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute("DELETE FROM stay; DELETE FROM deadline WHERE wait='CROSSING'")
            for change in changes:
                await connection.execute(change)
            key = (application_id(CASE), visa_number(CASE))
            answers.append(await connection.fetchval(asked, *key))

    decreed = "INSERT INTO deadline VALUES ('CROSSING', '2000-01-01', 7)"
    later = "INSERT INTO deadline VALUES ('CROSSING', '2999-01-01', 7)"
    for change in LIVES:
        await is_live(change)
        await is_live(change, decreed)
    await is_live(f"UPDATE visa SET use_by = {TODAY} - 8", later)
    for presence, is_used, change in PRESENCES:
        await is_live(
            f"UPDATE visa SET {change}",
            "INSERT INTO stay (id, visa_number, application_id, presence, is_used)"
            " SELECT gen_random_uuid(), visa_number, application_id,"
            f" '{presence}', {is_used} FROM visa",
        )
    return answers


async def test_a_visa_is_live_by_presence_and_each_condition_is_needed(complete_world) -> None:
    """The defect: a part of the condition that is dropped."""
    expected = [*(one for pair in LIVES.values() for one in pair), True, *PRESENCES.values()]
    assert await lives(complete_world, IS_LIVE) == expected
    for part in PARTS:
        assert IS_LIVE.count(part) == 1
        assert await lives(complete_world, IS_LIVE.replace(part, "true")) != expected, part
