"""Somebody learns who looked for them: for their own case at once; for another's, found or not,
once two auditors opened it together and that matter is over."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models.instants import wib_day
from models.jobs.look_ups import open_look_ups
from tests.accounts import find_tampering, past_triggers, sign
from tests.gateway.changing import (
    IDENTITY,
    in_verification,
    perform,
    reference_of,
    row_id,
    wait_until_linked,
)
from tests.gateway.conftest import Viewer
from tests.linking import KEYS
from tests.rights import applicant_of, payload_of

pytestmark = pytest.mark.anyio

LOOK_UP = """
    query ($for: String!, $number: String!) @purpose(code: CASEWORK, reference: $for) {
        people(by: {passport: {issuingState: "AU", number: $number}}) { id }
    }
"""
MINE = """
    { myData { lookups { lookedUpOn lookedUpBy purpose } note }
      dataRequests(first: 9) { nodes { lookupsComparedAt } } }
"""
OPENED = """
    query ($id: ID!) { node(id: $id) { ... on DataRequest {
        lookupsProposedBy lookupsApprovedBy lookupsComparedAt
        lookups { actor actorRole purpose caseReference by found }
    } } }
"""
STEPS = ("proposeLookupOpening", "approveLookupOpening")
SOUGHT = "SOUGHT0042"


async def look_up(viewer: Viewer, number: str, case: str, purpose: str = "CASEWORK") -> int:
    asked = await viewer(LOOK_UP.replace("CASEWORK", purpose), **{"for": case, "number": number})
    assert asked.errors == [], asked.text
    return len(asked.data["people"])


async def told(subject: Viewer) -> list[tuple[str, str, str]]:
    asked = await subject(MINE)
    assert asked.errors == [], asked.text
    lookups = asked.data["myData"]["lookups"]
    return [(one["lookedUpOn"], one["lookedUpBy"], one["purpose"]) for one in lookups]


async def step(viewer: Viewer, mutation: str, request: str) -> list[str]:
    answer = await payload_of(viewer, mutation, "dataRequest { id }", dataRequestId=request)
    return [one["code"] for one in answer["errors"]]


async def opened(auditor: Viewer, request: str) -> dict[str, Any]:
    """What auditors read of a request once the LINKER has compared it, which takes it a moment."""
    async with asyncio.timeout(20):
        while True:
            asked = await auditor(OPENED, id=request)
            assert asked.errors == [], asked.text
            if asked.data["node"]["lookupsComparedAt"]:
                return asked.data["node"]
            await asyncio.sleep(0.1)


async def submitted_by(who: dict[str, Viewer], account: str, number: str) -> tuple[Viewer, str]:
    """Somebody with an account of their own, and their case, which is linked."""
    subject = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": account})
    identity = {**IDENTITY, "passportNumber": number}
    case = await perform(
        subject, "submitApplication", visaType="B1", nationality="AU", identity=identity
    )
    return subject, await wait_until_linked(who, case)


async def test_two_auditors_open_who_looked_for_somebody_and_nobody_alone(
    who: dict[str, Viewer], connection: asyncpg.Connection, tmp_path: Path
) -> None:
    officer, supervisor = who["officer"], who["supervisor"]
    auditor, other = who["auditor"], who["auditor-2"]
    elsewhere = await in_verification(who, identity={**IDENTITY, "passportNumber": "SOUGHT0001"})
    desk = await reference_of(supervisor, elsewhere)

    # An officer looks before they are on file, and again when they are; for another, too.
    assert await look_up(officer, "sought 0042", desk) == 0
    subject, own = await submitted_by(who, "person-sought", SOUGHT)
    assert await look_up(officer, SOUGHT, desk) == 1
    assert await look_up(officer, "SOUGHT0001", desk) == 1
    reference = await reference_of(supervisor, own)
    assert await look_up(supervisor, SOUGHT, reference) == 1
    assert await look_up(supervisor, SOUGHT, reference, "SUPERVISION") == 1
    day = wib_day(datetime.now(UTC)).isoformat()

    # For the own case it is told at once, to them alone; how it is supervised, and what was for
    # another's case, is not.
    assert await told(subject) == [(day, "SUPERVISOR", "CASEWORK")]
    assert await told(who["applicant"]) == []

    # One auditor opens nothing, nor does anybody else.
    lodged = await payload_of(subject, "lodgeDataRequest", "dataRequest { id }", kind="ACCESS")
    request = lodged["dataRequest"]["id"]
    assert await step(auditor, STEPS[1], request) == ["NOTHING_PROPOSED"]
    assert await step(auditor, STEPS[0], request) == []
    assert await step(auditor, STEPS[0], request) == ["ALREADY_PROPOSED"]
    assert await step(auditor, STEPS[1], request) == ["SECOND_PERSON_REQUIRED"]
    assert await step(other, STEPS[0], "nobody's") == ["NOT_FOUND"]
    assert await open_look_ups(KEYS, connection) == 0
    assert (await auditor(OPENED, id=request)).data["node"]["lookups"] is None
    assert await step(other, STEPS[1], request) == []
    assert await step(auditor, STEPS[1], request) == ["ALREADY_APPROVED"]

    # Who looked for this person, found or not, however it was typed; and for nobody else.
    found = await opened(auditor, request)
    assert (found["lookupsProposedBy"], found["lookupsApprovedBy"]) == ("auditor", "auditor-2")
    of_officer = {"actor": "officer", "actorRole": "OFFICER", "purpose": "CASEWORK",
                  "caseReference": desk, "by": "PASSPORT"}  # fmt: skip
    of_supervisor = {**of_officer, "actor": "supervisor", "actorRole": "SUPERVISOR",
                     "caseReference": reference, "found": 1}  # fmt: skip
    assert found["lookups"] == [
        {**of_supervisor, "purpose": "SUPERVISION"},
        of_supervisor,
        {**of_officer, "found": 1},
        {**of_officer, "found": 0},
    ]
    named = "SELECT cardinality(lookups) FROM data_request WHERE lookups IS NOT NULL"
    assert await connection.fetchval(named) == 4  # each once
    # The person is told of those for another's case once that is over.
    assert await told(subject) == [(day, "SUPERVISOR", "CASEWORK")]
    asked = (await subject(MINE)).data
    assert "once you have asked for your data" in asked["myData"]["note"]
    assert asked["dataRequests"]["nodes"][0]["lookupsComparedAt"] is not None
    await perform(who["agent-au"], "withdrawApplication", elsewhere)
    assert await told(subject) == [
        (day, "OFFICER", "CASEWORK"),
        (day, "SUPERVISOR", "CASEWORK"),
    ]
    await perform(subject, "withdrawApplication", own)
    assert (day, "SUPERVISOR", "SUPERVISION") in await told(subject)
    curious = await subject("{ dataRequests(first: 9) { nodes { lookups { actor } } } }")
    assert set(curious.codes) == {"FORBIDDEN_FIELD"}

    # All of it is in the account: whoever changes whom a look-up was for is found out.
    await sign(connection, tmp_path)
    assert await find_tampering(connection, tmp_path) == []
    async with past_triggers(connection):
        await connection.execute(
            "UPDATE person_lookup SET sought = substr(sought, 1, 16) || sha256(sought)"
            " WHERE case_reference = $1 AND found = 0",
            desk,
        )
    assert len(await find_tampering(connection, tmp_path)) == 1


async def test_digests_of_look_ups_tell_nobody_whom_they_were_for(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    """Not with the whole database, not with the index beside them, not by looking again."""
    elsewhere = await in_verification(who, identity={**IDENTITY, "passportNumber": "SOUGHT0002"})
    desk = await reference_of(who["supervisor"], elsewhere)
    for _ in range(2):
        await look_up(who["officer"], "SOUGHT0002", desk)
    rows = await connection.fetch("SELECT * FROM person_lookup WHERE case_reference = $1", desk)
    first, second = (row["sought"] for row in rows)
    assert len(first) == len(second) == 48
    assert first[:16] != second[:16]
    assert first[16:] != second[16:]
    kept = {row["digest"] for row in await connection.fetch("SELECT digest FROM person_index")}
    assert not kept & {first[16:], second[16:]}
    assert all("SOUGHT0002" not in str(dict(row)) for row in rows)


async def test_a_request_that_was_changed_by_hand_opens_nothing(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    """Whoever owns the database writes two auditors, or points an opening at somebody else: the key
    service knows of neither, and an alert is raised."""
    elsewhere = await in_verification(who, identity={**IDENTITY, "passportNumber": "SOUGHT0003"})
    desk = await reference_of(who["supervisor"], elsewhere)
    await look_up(who["officer"], "SOUGHT0003", desk)
    person = await applicant_of(who, elsewhere)
    alerts = "SELECT count(*) FROM alert WHERE kind = 'TAMPERED' AND applicant_id = $1"
    for by_hand in ("lookups_proposed_by = 'auditor', lookups_approved_by = 'auditor-2'",
                    "lookups_approved_by = 'auditor-2'"):  # fmt: skip
        account = f"person-by-hand-{len(by_hand)}"
        subject, _ = await submitted_by(who, account, f"SOUGHT00{len(by_hand)}")
        lodged = await payload_of(subject, "lodgeDataRequest", "dataRequest { id }", kind="ACCESS")
        request = lodged["dataRequest"]["id"]
        if "proposed" not in by_hand:  # two of them agreed, of another person
            assert await step(who["auditor"], STEPS[0], request) == []
        async with past_triggers(connection):
            await connection.execute(
                f"UPDATE data_request SET applicant_id = $1, {by_hand} WHERE id = $2",
                row_id(person),
                row_id(request),
            )
        assert (await opened(who["auditor"], request))["lookups"] is None
        async with past_triggers(connection):
            await connection.execute(
                "UPDATE data_request SET outcome = 'REFUSED', reason = 'x', answered_by = 'x',"
                " answered_at = clock_timestamp() WHERE id = $1",
                row_id(request),
            )
    assert await connection.fetchval(alerts, row_id(person)) == 1
