"""An applicant complains of a bribed agent: whoever it is about learns nothing, an auditor has it
looked into, and the answer comes in time. A complaint of service goes to those who serve."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models.instants import wib_day
from models.jobs.inquiries import raise_overdue_complaints
from models.reference.dated_rules import end_of_target
from models.rights.complaint import ANSWER_DAYS
from models.rights.erasure_steps import delete_other_keys, hide
from models.volumes import fold, rebuild, verify
from tests.accounts import find_tampering, past_triggers, sign
from tests.gateway.changing import IDENTITY, perform, row_id
from tests.gateway.conftest import Viewer, without_budget
from tests.linking import KEYS
from tests.rights import A_MONTH, COUNTED, count_complaints, counted, payload_of

pytestmark = pytest.mark.anyio

OF_THE_AGENT = "The agent in Sydney asked me for two hundred dollars."
OF_WAITING = "I waited four hours at the counter."
LIST = """
    { complaints(first: 9) { totalCount { value } nodes { id reference isOpen dueAt answeredRole } }
      alerts(first: 9) { nodes { kind complaint { id } } } }
"""
#: Whoever reads is counted beside the others.
READERS = """
    query ($on: Date!) {
        readers(from: $on, to: $on) { rows { viewer people { value } countedNow } }
    }
"""
READ = """
    query ($for: String!) @purpose(code: CASEWORK, reference: $for) {
        application(by: {reference: $for}) { applicant { identity { fullName } } }
    }
"""
LISTED = LIST.split("alerts")[0] + "}"
SAID = """
    query ($id: ID!, $for: String!) @purpose(code: COMPLAINT, reference: $for) {
        node(id: $id) { ... on Complaint { text { complaint answer } } }
    }
"""
MINE = "{ complaints(first: 9) { nodes { id isOpen text { complaint answer } } } }"
READS = """
    query ($id: ID!) { node(id: $id) { ... on Complaint {
        kind reads(first: 9) { nodes { actor actorRole purpose fields } }
    } } }
"""


async def lodge(viewer: Viewer, text: str, **about: Any) -> str:
    done = await payload_of(viewer, "lodgeComplaint", "complaint { id }", text=text, **about)
    assert done["errors"] == []
    return done["complaint"]["id"]


async def step(viewer: Viewer, mutation: str, complaint: str, **given: Any) -> list[str]:
    done = await payload_of(viewer, mutation, "complaint { id }", complaintId=complaint, **given)
    return [one["code"] for one in done["errors"]]


async def read(viewer: Viewer, complaint: str, reference: str) -> dict[str, Any] | None:
    """What a viewer reads of what a complaint says; None where that is nothing."""
    asked = await viewer(SAID, id=complaint, **{"for": reference})
    assert asked.errors == [], asked.text
    return asked.data["node"] and asked.data["node"]["text"]


async def reference_of(who: dict[str, Viewer], complaint: str) -> str:
    nodes = (await who["auditor"](LIST)).data["complaints"]["nodes"]
    return next(one["reference"] for one in nodes if one["id"] == complaint)


async def own_case(who: dict[str, Viewer], account: str) -> tuple[Viewer, str]:
    """Somebody with an account of their own, and their case."""
    subject = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": account})
    identity = {**IDENTITY, "passportNumber": account[:8].replace("-", "").upper()}
    given = {"visaType": "B1", "nationality": "AU", "identity": identity}
    return subject, await perform(subject, "submitApplication", **given)


async def centre_id(who: dict[str, Viewer]) -> str:
    asked = await who["applicant"]('{ centre(by: {code: "AU-SYD"}) { id } }')
    return asked.data["centre"]["id"]


async def seen(who: dict[str, Viewer]) -> dict[str, str]:
    """All that those who are not to know of a complaint can ask, byte by byte."""
    staff = {name: await who[name](LIST) for name in ("supervisor", "supervisor-2")}
    staff |= {name: await who[name](LISTED) for name in ("manager-au", "manager-andalan")}
    on = wib_day(datetime.now(UTC)).isoformat()
    staff["readers"] = await who["supervisor"](READERS, on=on)
    assert all(not one.errors for one in staff.values())
    return {name: without_budget(one.text) for name, one in staff.items()}


async def test_a_bribed_agent_is_complained_of_and_nobody_concerned_learns_of_it(
    who: dict[str, Viewer], connection: asyncpg.Connection, tmp_path: Path
) -> None:
    auditor, accused, trusted = who["auditor"], who["supervisor"], who["supervisor-2"]
    manager = who["manager-au"]
    ruby, _ = await own_case(who, "ruby-complains")
    assert not (await trusted(READ, **{"for": "AUSY-PAID-0013"})).errors
    before = await seen(who)
    assert '"viewer":"supervisor-2"' in before["readers"]
    complaint = await lodge(ruby, OF_THE_AGENT, centreId=await centre_id(who))
    assert await seen(who) == before, "nobody is told before it is sorted"
    reference = await reference_of(who, complaint)
    assert await step(auditor, "answerComplaint", complaint, answer="So.") == ["NOT_SORTED"]
    assert await read(auditor, complaint, reference) == {
        "complaint": OF_THE_AGENT, "answer": None,
    }  # fmt: skip
    assert await step(auditor, "sortComplaint", complaint, kind="UNSORTED") == ["INVALID"]
    assert await step(auditor, "sortComplaint", complaint, kind="INTEGRITY") == []
    assert await step(auditor, "sortComplaint", complaint, kind="SERVICE") == ["ALREADY_SORTED"]
    assert await seen(who) == before

    # The agent's role has no complaints at all; the others meet one that does not exist.
    refused = await who["agent-au"](LISTED)
    assert set(refused.codes) == {"FORBIDDEN_FIELD"}
    for viewer in (accused, trusted, manager):
        assert await read(viewer, complaint, reference) is None
        assert await step(viewer, "answerComplaint", complaint, answer="No.") == ["NOT_FOUND"]
        nobody = complaint[:-6] + "AAAAAA"
        asked = [await viewer(SAID, id=id_, **{"for": reference}) for id_ in (complaint, nobody)]
        assert len({without_budget(one.text) for one in asked}) == 1
    for viewer in (accused, manager):
        named = await viewer("mutation ($input: SortComplaintInput!) { sortComplaint(input: $input)"
                             " { errors { code } } }",
                             input={"complaintId": complaint, "kind": "SERVICE",
                                    "idempotencyKey": "as-an-auditor"})  # fmt: skip
        assert named.errors

    # One supervisor is named, and reads it; the accused one learns nothing still.
    own = await step(auditor, "entrustComplaint", complaint, supervisor="auditor")
    assert own == ["INVALID"]
    assert await step(auditor, "entrustComplaint", complaint, supervisor="supervisor-2") == []
    again = await step(auditor, "entrustComplaint", complaint, supervisor="supervisor")
    assert again == ["ALREADY_ENTRUSTED"]
    assert await read(trusted, complaint, reference) == {
        "complaint": OF_THE_AGENT, "answer": None,
    }  # fmt: skip
    now = await seen(who)
    assert now.pop("supervisor-2") != before.pop("supervisor-2")
    assert now == before
    for viewer in (accused, manager):
        assert await read(viewer, complaint, reference) is None

    # It is answered in time, once; the complainant reads the answer, and no other account does.
    answer = "The agent no longer takes files in. You get your money back."
    assert await step(trusted, "answerComplaint", complaint, answer=answer) == []
    assert await step(auditor, "answerComplaint", complaint, answer="So.") == ["ALREADY_ANSWERED"]
    asked = await ruby(MINE)
    assert asked.errors == [], asked.text
    assert asked.data["complaints"]["nodes"] == [
        {"id": complaint, "isOpen": False, "text": {"complaint": OF_THE_AGENT, "answer": answer}}
    ]
    assert (await who["applicant"](MINE)).data["complaints"]["nodes"] == []
    curious = await ruby("{ complaints(first: 9) { nodes { kind } } }")
    assert set(curious.codes) == {"FORBIDDEN_FIELD"}
    now = await seen(who)
    del now["supervisor-2"]
    assert now == before

    # Who read it stands in the log, and all of it in the account.
    reads = (await auditor(READS, id=complaint)).data["node"]["reads"]["nodes"]
    assert [(one["actor"], one["purpose"]) for one in reads] == [
        ("ruby-complains", "OWN_DATA"), ("supervisor-2", "COMPLAINT"), ("auditor", "COMPLAINT"),
    ]  # fmt: skip
    assert reads[1]["fields"] == ["complaint.answer", "complaint.complaint"]
    rows = await connection.fetch(
        "SELECT complaint_text::text FROM complaint_text UNION ALL SELECT complaint::text FROM"
        " complaint UNION ALL SELECT idempotency::text FROM idempotency"
    )
    assert rows
    assert not [row for row in rows if "dollars" in row[0] or "money" in row[0]]
    await sign(connection, tmp_path)
    assert await find_tampering(connection, tmp_path) == []
    async with past_triggers(connection):
        await connection.execute(
            "UPDATE complaint SET kind = 'SERVICE', entrusted_to = NULL, entrusted_by = NULL,"
            " entrusted_at = NULL WHERE kind = 'INTEGRITY'"
        )
    assert len(await find_tampering(connection, tmp_path)) == 1
    # Whoever owns the database makes it one of service: the key service opens it to nobody for it.
    for viewer in (accused, manager):
        told = await viewer(SAID, id=complaint, **{"for": reference})
        assert told.errors
        assert "dollars" not in told.text
    async with past_triggers(connection):
        await connection.execute("UPDATE complaint SET kind = 'INTEGRITY' WHERE kind = 'SERVICE'")


async def test_a_complaint_of_service_is_answered_by_the_partner_and_a_late_one_raises_an_alert(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    auditor, supervisor, manager = who["auditor"], who["supervisor"], who["manager-au"]
    mei, case = await own_case(who, "mei-complains")
    complaint = await lodge(mei, OF_WAITING, centreId=await centre_id(who))
    reference = await reference_of(who, complaint)
    assert await step(auditor, "sortComplaint", complaint, kind="SERVICE") == []
    refused = await step(auditor, "entrustComplaint", complaint, supervisor="supervisor")
    assert refused == ["NOT_OF_INTEGRITY"]
    for viewer in (supervisor, manager, who["manager-pacific"]):
        said = await read(viewer, complaint, reference)
        assert said == {"complaint": OF_WAITING, "answer": None}
    assert await read(who["manager-andalan"], complaint, reference) is None
    unnamed = await manager(MINE)
    assert unnamed.codes == ["PURPOSE_REQUIRED"]

    # The clock: five working days, by the calendar.
    row = await connection.fetchrow(
        "SELECT lodged_at, due_at FROM complaint WHERE id = $1", row_id(complaint)
    )
    days_off: dict[date, bool] = dict(
        await connection.fetch("SELECT day, is_off FROM day_off")  # type: ignore[arg-type]
    )
    assert row["due_at"] == end_of_target(row["lodged_at"], None, ANSWER_DAYS, days_off)
    assert wib_day(row["due_at"] - timedelta(seconds=1)) >= wib_day(datetime.now(UTC))

    # One of integrity is late, too: supervisors are alerted of what they read alone, once.
    secret = await lodge(mei, OF_THE_AGENT)
    assert await step(auditor, "sortComplaint", secret, kind="INTEGRITY") == []
    assert await raise_overdue_complaints(connection) == 0
    await connection.execute("UPDATE complaint SET due_at = now() WHERE account = 'mei-complains'")
    assert [await raise_overdue_complaints(connection) for _ in range(2)] == [2, 0]
    late = {"kind": "COMPLAINT_OVERDUE", "complaint": {"id": complaint}}
    assert late in (await supervisor(LIST)).data["alerts"]["nodes"]
    assert secret not in (await supervisor(LIST)).text
    told = (await auditor(LIST)).data["alerts"]["nodes"]
    assert [one["complaint"]["id"] for one in told if one["complaint"]] == [secret, complaint]

    # The manager answers; nobody has to look into the alert any more.
    sorry = "There are two counters more now."
    assert await step(manager, "answerComplaint", complaint, answer=sorry) == []
    assert await step(supervisor, "answerComplaint", complaint, answer="So.") == [
        "ALREADY_ANSWERED"
    ]
    closed_by = "SELECT is_open, closed_by FROM alert WHERE complaint_id = $1"
    for each, closed in ((complaint, (False, "manager-au")), (secret, (True, None))):
        assert (*await connection.fetchrow(closed_by, row_id(each)),) == closed
    answered = (await mei(MINE)).data["complaints"]["nodes"]
    assert {"complaint": OF_WAITING, "answer": sorry} in [one["text"] for one in answered]

    # A complaint that waits keeps its complainant from being erased, and goes with them.
    person = await connection.fetchval(
        "SELECT applicant_id FROM complaint WHERE id = $1", row_id(secret)
    )
    await hide(connection, [person])
    assert await delete_other_keys(KEYS, connection, 9) >= 2
    assert await read(auditor, secret, await reference_of(who, secret)) == {
        "complaint": None, "answer": None,
    }  # fmt: skip
    assert await KEYS.open_data_keys([row_id(secret)]) == {}
    assert case

    # Each is counted as what it is now: exactly, of service alone for those who serve.
    everything = await count_complaints(connection)
    assert everything.keys() == {"SERVICE", "INTEGRITY"}
    for name in ("leadership", "auditor"):
        assert await counted(who[name]) == everything
    assert await counted(supervisor) == {"SERVICE": everything["SERVICE"]}
    own = "partner_code = 'NUSA' AND country_code = 'AU'"
    assert await counted(manager) == await count_complaints(
        connection, f"{own} AND kind = 'SERVICE'"
    )
    assert await counted(who["manager-andalan"]) == {}
    assert "FORBIDDEN_FIELD" in (await who["officer"](COUNTED, **A_MONTH)).codes
    wira, _ = await own_case(who, "wira-complains")
    waits = await lodge(wira, OF_WAITING, centreId=await centre_id(who))
    assert (await counted(who["leadership"]))["UNSORTED"] == 1
    assert await counted(supervisor) == {"SERVICE": everything["SERVICE"]}
    assert await step(auditor, "sortComplaint", waits, kind="SERVICE") == []
    assert await counted(who["leadership"]) == await count_complaints(connection)
    assert (await counted(manager))["SERVICE"] == 2
    halved = await supervisor(COUNTED, **{**A_MONTH, "from": "2026-01-02"})
    assert halved.status == 400
    assert "whole months" in halved.text

    # Counted anew from the complaints, they are the same; and nobody who follows figures was told.
    async with past_triggers(connection):
        await connection.execute("UPDATE volume_complaint SET lodged = 9 WHERE kind = 'SERVICE'")
    assert {each.table for each in await verify(connection)} == {"volume_complaint"}
    await rebuild(connection)
    assert await verify(connection) == []
    assert await counted(who["leadership"]) == await count_complaints(connection)


async def test_complaints_of_integrity_tell_nobody_who_follows_figures(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    version = "SELECT version FROM data_version WHERE data = 'figures'"
    await fold(connection)
    noor, _ = await own_case(who, "noor-is-quiet")
    while await fold(connection):
        pass
    before = await connection.fetchval(version)
    complaint = await lodge(noor, OF_THE_AGENT, centreId=await centre_id(who))
    assert await step(who["auditor"], "sortComplaint", complaint, kind="INTEGRITY") == []
    assert await fold(connection) == 0
    assert await connection.fetchval(version) == before
    places = "SELECT partner_code, country_code FROM volume_complaint WHERE kind <> 'SERVICE'"
    assert {tuple(row) for row in await connection.fetch(places)} == {(None, None)}


async def test_a_complaint_is_about_something_of_ones_own(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    ruby, case = await own_case(who, "iris-complains")
    other = await own_case(who, "noor-complains")
    nobody = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "on-no-file"})

    async def codes(viewer: Viewer, **given: Any) -> list[tuple[str, list[str]]]:
        done = await payload_of(
            viewer, "lodgeComplaint", "complaint { id }", **{"text": OF_WAITING, **given}
        )
        return [(one["code"], one["path"]) for one in done["errors"]]

    assert await codes(nobody) == [("NOTHING_ON_FILE", ["input"])]
    assert await codes(ruby, applicationId=other[1]) == [("NOT_FOUND", ["input", "applicationId"])]
    assert await codes(ruby, centreId=case) == [("NOT_FOUND", ["input", "centreId"])]
    both = await codes(ruby, applicationId=case, centreId=await centre_id(who), text=" ")
    assert both == [("INVALID", ["input", "text"]), ("INVALID", ["input", "centreId"])]
    assert await codes(ruby, applicationId=case) == []
    assert await codes(ruby) == []
    about = await connection.fetch(
        "SELECT application_id, centre_code, partner_code, country_code FROM complaint"
        " WHERE account = 'iris-complains' ORDER BY lodged_at"
    )
    assert [tuple(row) for row in about] == [(row_id(case), None, None, None), (None,) * 4]
