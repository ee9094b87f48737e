"""What is promised of the entry-ban list, in sentences; none of it is read from the policy."""

from typing import Any
from uuid import UUID

import pytest

from gateway.mapping.ids import GlobalId
from models.database.connections import connect
from tests.gateway.conftest import Answer, Viewer
from tests.world import application_id

pytestmark = pytest.mark.anyio

BAN = UUID(int=4_711)
REFERENCE, PASSPORT = "BANN-PROM-0000", "PB7654321"
#: The case that the entry matches, whose question is open, and two that it does not.
MATCHED, OTHER, ANSWERED = "SGPO-OPEN-0006", "SGPO-HELD-0007", "AUSY-GRAN-0001"
#: Whoever may know that there is such a list. The demo's users have one role each.
READERS = ("supervisor", "supervisor-2", "auditor", "auditor-2", "screening", "screening-2")
ENTRIES = "{ banEntries(first: 50) { nodes { reference state } } }"
PERSON = """
    query ($ban: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        node(id: $ban) { ... on BanEntry { person { passportNumber } } }
    }
"""
WITHOUT_PURPOSE = (
    "query ($ban: ID!) { node(id: $ban) { ... on BanEntry { person { birthDate } } } }"
)
#: The fields of an application that would reveal a hit.
OF_A_HIT = (
    "hasOpenHit", "isVisaHeld", "isHeld", "screenings(first: 1) { nodes { result } }",
    "screenings(first: 1) { nodes { ban { reference } } }",
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
async def entry(world: str) -> None:
    """An entry in force, which one case matches while its question is open."""
    connection = await connect(world)
    case = application_id(MATCHED)
    await connection.execute(
        "INSERT INTO ban_entry (id, reference, ground, reason, banned_from, proposed_by,"
        " approved_by, approved_at) VALUES ($1, $2, 'CRIME', 'A letter.', '2025-01-01',"
        " 'screening-3', 'screening-4', now())", BAN, REFERENCE,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO banned_person (ban_id, issuing_state, passport_number) VALUES ($1, 'SG', $2)",
        BAN, PASSPORT,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO ban_match (id, ban_id, application_id, by) VALUES ($1, $1, $2, 'PASSPORT')",
        BAN, case,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO screening (id, application_id, kind, result, requested_at, referral_reason)"
        " VALUES ($1, $2, 'ENTRY_BAN', 'PENDING', now(), 'ROUTINE')", BAN, case,
    )  # fmt: skip
    await connection.close()


async def read_for(viewer: Viewer, reference: str) -> Answer:
    """Whom the entry is about, read for a case or an entry."""
    ban = GlobalId("BanEntry", str(BAN)).encode()
    return await viewer(PERSON, **{"ban": ban, "for": reference})


def passport_in(answer: Answer) -> Any:
    person = answer.data["node"]["person"]
    return person and person["passportNumber"]


async def test_the_list_is_read_by_screening_supervisors_and_auditors_alone(who) -> None:
    for name, viewer in who.items():
        asked = await viewer(ENTRIES)
        if name in READERS:
            entries = asked.data["banEntries"]["nodes"]
            assert {"reference": REFERENCE, "state": "APPROVED"} in entries
            continue
        # For all others there is no such list, and no such thing.
        assert (asked.status, set(asked.codes)) == (400, {"FORBIDDEN_FIELD"}), name
        known = await viewer('{ __type(name: "BanEntry") { name } }')
        assert known.data == {"__type": None}, name
        id_ = GlobalId("BanEntry", str(BAN)).encode()
        found = await viewer("query ($id: ID!) { node(id: $id) { id } }", id=id_)
        missing = await viewer(
            "query ($id: ID!) { node(id: $id) { id } }",
            id=GlobalId("BanEntry", str(UUID(int=1))).encode(),
        )
        assert (found.status, found.data) == (missing.status, missing.data) == (200, {"node": None})


async def test_the_person_of_a_ban_entry_takes_a_purpose_that_names_it(who) -> None:
    ban = GlobalId("BanEntry", str(BAN)).encode()
    for name in ("supervisor", "screening"):
        assert (await who[name](WITHOUT_PURPOSE, ban=ban)).codes == ["PURPOSE_REQUIRED"]
        # For the entry itself, or for the case that it matches; for any other it is nobody.
        for reference in (REFERENCE, MATCHED):
            assert passport_in(await read_for(who[name], reference)) == PASSPORT, reference
        for reference in (OTHER, ANSWERED, "BANN-NONE-0000"):
            assert passport_in(await read_for(who[name], reference)) is None, reference


async def test_an_auditor_reads_who_read_an_entry_and_never_the_person(who) -> None:
    await read_for(who["supervisor"], REFERENCE)
    assert set((await read_for(who["auditor"], REFERENCE)).codes) >= {"FORBIDDEN_FIELD"}
    asked = await who["auditor"](
        "query ($ban: ID!) { node(id: $ban) { ... on BanEntry {"
        " reads(first: 50) { nodes { actor caseReference } } } } }",
        ban=GlobalId("BanEntry", str(BAN)).encode(),
    )
    read = {"actor": "supervisor", "caseReference": REFERENCE}
    assert read in asked.data["node"]["reads"]["nodes"]
    assert PASSPORT not in asked.text


@pytest.mark.parametrize(
    "name", ["officer", "leadership", "manager-au", "agent-au", "applicant", "service"]
)
async def test_other_roles_have_neither_fields_nor_queue_of_hits(who, name: str) -> None:
    for field in OF_A_HIT:
        query = f"{{ applications(first: 1) {{ nodes {{ {field} }} }} }}"
        asked = await who[name](query)
        assert (asked.status, "FORBIDDEN_FIELD" in asked.codes) == (400, True), field
    hits = await who[name]("{ workList(queue: HITS, first: 1) { nodes { id } } }")
    assert (hits.status, "data" in hits.body) == (400, False)
