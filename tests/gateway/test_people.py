"""Looking a person up: for a case, by passport or by name and birth date, logged, found or not."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act, act_writing
from tests.gateway.changing import IDENTITY, in_verification, submitted_case
from tests.world import applicant_id

pytestmark = pytest.mark.anyio

BY_PASSPORT = """
    query ($case: String!, $state: CountryCode!, $number: String!)
    @purpose(code: CASEWORK, reference: $case) {
        people(by: {passport: {issuingState: $state, number: $number}}) {
            applications(first: 5) { nodes { id status } } identity { fullName }
        }
    }
"""
BY_NAME = """
    query ($case: String!, $name: String!, $born: Date!)
    @purpose(code: CASEWORK, reference: $case) {
        people(by: {nameAndBirthDate: {fullName: $name, birthDate: $born}}) {
            applications(first: 5) { nodes { id } }
        }
    }
"""
LOG = "{ personLookups(first: 2) { nodes { actor actorRole by found caseReference purpose } } }"


def person(name: str, passport: str) -> dict[str, str]:
    return {**IDENTITY, "fullName": name, "passportNumber": passport, "birthDate": "1977-07-17"}


async def reference(who, case: str) -> str:
    query = "query ($id: ID!) { node(id: $id) { ... on Application { reference } } }"
    return (await who["officer"](query, id=case)).data["node"]["reference"]


def cases(people: list[dict]) -> list[str]:
    return [case["id"] for one in people for case in one["applications"]["nodes"]]


async def test_an_officer_looks_a_person_up_from_a_case_on_the_own_desk(who) -> None:
    officer = who["officer"]
    elsewhere = await submitted_case(who, identity=person("Yara Prinz", "LOOKUP001"))
    desk = await reference(who, await in_verification(who, identity=person("Zed", "LOOKUP002")))

    found = await officer(BY_PASSPORT, case=desk, state="AU", number="lookup 001")
    assert cases(found.data["people"]) == [elsewhere]
    wide = "".join(chr(ord(one) + 0xFEE0) for one in "LOOKUP001")
    found_wide = await officer(BY_PASSPORT, case=desk, state="AU", number=wide)
    assert cases(found_wide.data["people"]) == [elsewhere]
    # Whoever is found is not opened by that.
    assert [one["identity"] for one in found.data["people"]] == [None]
    values = {"case": desk, "born": "1977-07-17"}
    by_name = await officer(BY_NAME, **values, name="PRINZ, Yára")
    assert cases(by_name.data["people"]) == [elsewhere]

    # Found or not, it is in the log: by what, and never whom.
    missed = await officer(BY_NAME, **values, name="Nobody Here")
    assert missed.data["people"] == []
    entry = {"actor": "officer", "actorRole": "OFFICER", "by": "NAME_AND_BIRTH_DATE",
             "caseReference": desk, "purpose": "CASEWORK"}  # fmt: skip
    for reader in ("officer", "auditor"):
        nodes = (await who[reader](LOG)).data["personLookups"]["nodes"]
        assert nodes == [{**entry, "found": 0}, {**entry, "found": 1}]


async def test_the_log_says_how_many_were_found(who) -> None:
    files = [
        await submitted_case(who, identity=person(name, "LOOKUP0MANY"))
        for name in ("Tom Ash", "Tim Elm", "Ted Oak")
    ]
    case = await reference(who, await in_verification(who, identity=person("Zoe", "LOOKUP0ZOE")))
    found = await who["officer"](BY_PASSPORT, case=case, state="AU", number="LOOKUP0MANY")
    assert sorted(cases(found.data["people"])) == sorted(files)
    nodes = (await who["auditor"](LOG)).data["personLookups"]["nodes"]
    assert (nodes[0]["caseReference"], nodes[0]["found"]) == (case, 3)


async def test_nobody_is_looked_up_without_a_case_of_ones_own(who) -> None:
    desk = await reference(who, await in_verification(who, identity=person("Yan", "LOOKUP003")))
    asked = {"state": "AU", "number": "LOOKUP003"}
    before = (await who["auditor"](LOG)).data
    for case in (desk, "ZZZZ-ZZZZ-ZZZZ"):
        refused = await who["officer-2"](BY_PASSPORT, case=case, **asked)
        assert (refused.data, refused.codes) == ({"people": None}, ["PURPOSE_NOT_ALLOWED"])
    unsaid = await who["officer"](
        '{ people(by: {passport: {issuingState: "AU", number: "X"}}) { id } }'
    )
    assert unsaid.codes == ["PURPOSE_REQUIRED"]
    for name in ("agent-au", "applicant", "auditor", "manager-au", "screening", "leadership"):
        assert "FORBIDDEN_FIELD" in (await who[name](BY_PASSPORT, case=desk, **asked)).codes
    assert (await who["auditor"](LOG)).data == before
    # A supervisor needs a case that there is.
    found = await who["supervisor"](BY_PASSPORT, case=desk, **asked)
    assert len(found.data["people"]) == 1
    refused = await who["supervisor"](BY_PASSPORT, case="ZZZZ-ZZZZ-ZZZZ", **asked)
    assert refused.codes == ["PURPOSE_NOT_ALLOWED"]


async def test_a_name_without_letters_is_no_name(who) -> None:
    asked = await who["supervisor"](BY_NAME, case="SGPO-OPEN-0006", name="-", born="1990-01-01")
    assert (asked.data, asked.codes) == ({"people": None}, ["INVALID_INPUT"])


# --- The database, whatever a statement says -----------------------------------------------------


OFFICER, OTHER = Viewer("officer", Role.OFFICER), Viewer("officer-2", Role.OFFICER)
SUPERVISOR = Viewer("supervisor", Role.SUPERVISOR)
#: On the desk of `officer`.
DESK = "SGPO-OPEN-0006"
_DIGEST = "ab" * 32


@pytest.fixture
async def one(world: str, connection: asyncpg.Connection) -> UUID:
    """Somebody whose digest is known."""
    await connection.execute(
        "INSERT INTO person_index VALUES ($1, 99, 'PASSPORT', 'k', decode($2, 'hex'))"
        " ON CONFLICT DO NOTHING",
        *(applicant_id("Mia Lund"), _DIGEST),
    )
    return applicant_id("Mia Lund")


async def _as(
    connection: asyncpg.Connection, act_so: Any, viewer: Viewer, statement: str, *values: str
) -> None:
    async with connection.transaction():
        await act_so(connection, viewer)
        await connection.execute(statement, *values)


async def _people_found(
    connection: asyncpg.Connection, viewer: Viewer, acting: str, case: str | None
) -> object:
    async with connection.transaction():
        await act(connection, replace(viewer, purpose_reference=case))
        return await connection.fetchval("SELECT viewer.people_found($1, $2)", acting, [_DIGEST])


async def test_the_index_answers_to_a_case_alone(connection, one) -> None:
    assert await _people_found(connection, OFFICER, "OFFICER", DESK) == [one]
    assert await _people_found(connection, SUPERVISOR, "SUPERVISOR", "AUSY-GRAN-0001") == [one]
    for viewer, acting, case in (
        (OTHER, "OFFICER", DESK),
        (OFFICER, "OFFICER", "AUSY-GRAN-0001"),  # on the desk once
        (OFFICER, "SUPERVISOR", DESK),
        (SUPERVISOR, "SUPERVISOR", "ZZZZ-ZZZZ-ZZZZ"),
        (SUPERVISOR, "SUPERVISOR", None),
        (Viewer("auditor", Role.AUDITOR), "AUDITOR", DESK),
        (Viewer("agent-au", Role.PARTNER_AGENT, partner="NUSA"), "PARTNER_AGENT", DESK),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _people_found(connection, viewer, acting, case)


async def test_nobody_reads_the_index_itself(connection, one) -> None:
    for viewer in (OFFICER, SUPERVISOR, Viewer("auditor", Role.AUDITOR)):
        for act_so in (act, act_writing):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await _as(connection, act_so, viewer, "SELECT * FROM person_index")


@pytest.mark.parametrize(
    ("actor", "role", "purpose", "case"),
    [
        ("officer-2", "OFFICER", "CASEWORK", DESK),
        ("officer", "SUPERVISOR", "CASEWORK", DESK),
        ("officer", "OFFICER", "SUPERVISION", DESK),
        ("officer", "OFFICER", "CASEWORK", "AUSY-GRAN-0001"),
    ],
)
async def test_a_look_up_is_logged_in_the_own_name_and_for_the_sealed_case(
    connection, one, actor, role, purpose, case
) -> None:
    entry = (
        "INSERT INTO person_lookup (id, actor, actor_role, purpose, case_reference, by, found,"
        " trace_id) VALUES (gen_random_uuid(), $1, $2, $3, $4, 'PASSPORT', 0, '')"
    )
    officer = replace(OFFICER, purpose_reference=DESK)
    await _as(connection, act, officer, entry, "officer", "OFFICER", "CASEWORK", DESK)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _as(connection, act, officer, entry, actor, role, purpose, case)
    # And it stays.
    with pytest.raises(asyncpg.RestrictViolationError):
        await connection.execute("DELETE FROM person_lookup")


async def test_a_look_up_reads_no_more_of_a_large_index(connection, one) -> None:
    await connection.execute(
        "INSERT INTO person_index SELECT $1, number, 'PASSPORT', 'many',"
        " sha256(number::text::bytea) FROM generate_series(1000, 20000) AS number",
        one,
    )
    await connection.execute("ANALYZE person_index")
    plan = await connection.fetch(
        "EXPLAIN SELECT DISTINCT applicant_id FROM person_index WHERE digest = ANY ("
        "ARRAY(SELECT decode(one, 'hex') FROM unnest($1::text[]) AS one)) LIMIT 50",
        [_DIGEST],
    )
    text = "\n".join(row[0] for row in plan)
    assert "ix_person_index_digest_applicant_id" in text
    assert "Seq Scan" not in text
