"""What is certain is granted by rule: decreed by two, stopped by one, and never a refusal."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from models.ban_list.comparison import BanList
from models.jobs.granting import grant_certain_cases
from models.jobs.screening import screen_paid_cases
from models.jobs.visa_documents import issue_documents
from models.volumes import fold, verify
from tests.gateway.administering import administer, change_of, refusal_of
from tests.gateway.changing import IDENTITY, key, paid_case, perform, row_id, submitted_case
from tests.gateway.conftest import Viewer
from tests.linking import KEYS

pytestmark = pytest.mark.anyio

RULES = """{ visaType(by: {code: "B1"}) { grantRules {
    code version nationalities samplePercent hoursAfterPayment official decree
    stop { stoppedBy reason }
} } }"""
RULE = {"visaType": "B1", "nationalities": ["SG", "AU"], "official": "director"}


async def rules(viewer: Viewer) -> list[dict[str, Any]]:
    answer = await viewer(RULES)
    assert answer.errors == [], answer.text
    return answer.data["visaType"]["grantRules"]


async def decree_and_stop(who: dict[str, Viewer]) -> None:
    """A rule takes two, and is stopped by one."""
    # Nothing is granted by rule until somebody decrees it.
    assert await rules(who["supervisor"]) == []
    for wrong, path in (
        ({"samplePercent": 1}, "samplePercent"),
        ({"hoursAfterPayment": 1}, "hoursAfterPayment"),
        ({"nationalities": []}, "nationalities"),
        ({"official": ""}, "official"),
    ):
        answer = await administer(who["administrator"], "proposeGrantRule", **{**RULE, **wrong})
        assert refusal_of(answer) == ("INVALID", [path])
    for wrong, path in (
        ({"visaType": "Z9"}, "visaType"),
        ({"nationalities": ["AU", "ZZ"]}, "nationalities"),
    ):
        answer = await administer(who["administrator"], "proposeGrantRule", **{**RULE, **wrong})
        assert refusal_of(answer) == ("NOT_FOUND", [path])

    # An administrator proposes it, and administrators decide nothing.
    proposed = change_of(await administer(who["administrator"], "proposeGrantRule", **RULE))
    assert (proposed["subject"], proposed["kind"]) == ("B1-1", "GRANT_RULE")
    approval = {"changeId": proposed["id"]}
    for other in ("administrator", "administrator-2", "auditor"):
        answer = await administer(who[other], "approveReferenceChange", **approval)
        assert refusal_of(answer) == ("NOT_FOUND", ["changeId"])
    assert await rules(who["supervisor"]) == []
    change_of(await administer(who["supervisor"], "approveReferenceChange", **approval))
    [rule] = await rules(who["officer"])
    assert rule == {
        "code": "B1-1",
        "version": 1,
        "nationalities": ["AU", "SG"],
        "samplePercent": 2,
        "hoursAfterPayment": 2,
        "official": "director",
        "decree": proposed["decree"],
        "stop": None,
    }
    # Partners read nothing of rules.
    for outside in ("agent-au", "manager-au", "service", "applicant", "screening"):
        assert (await who[outside](RULES)).codes == ["FORBIDDEN_FIELD"]

    # One supervisor stops it, once and for good.
    stop = {"code": "B1-1", "reason": "Too many of the sample were refused."}
    stopped = await stop_rule(who["supervisor-2"], **stop)
    assert stopped["grantRule"]["stop"] == {"stoppedBy": "supervisor-2", "reason": stop["reason"]}
    again = await stop_rule(who["supervisor"], **stop)
    assert [each["code"] for each in again["errors"]] == ["ALREADY_ENDED"]
    none = await stop_rule(who["supervisor"], code="B1-9", reason="Why.")
    assert [each["code"] for each in none["errors"]] == ["NOT_FOUND"]

    # It goes on by another version, which takes the two again.
    second = change_of(await administer(who["administrator"], "proposeGrantRule", **RULE))
    change_of(await administer(who["supervisor"], "approveReferenceChange", changeId=second["id"]))
    newest, before = await rules(who["auditor"])
    assert (newest["code"], newest["stop"], before["code"]) == ("B1-2", None, "B1-1")
    await stop_rule(who["supervisor"], **{**stop, "code": "B1-2"})


async def stop_rule(viewer: Viewer, **given: Any) -> Any:
    answer = await viewer(
        """mutation ($input: StopGrantRuleInput!) { stopGrantRule(input: $input) {
            grantRule { code stop { stoppedBy reason } } errors { code path }
        } }""",
        input={"idempotencyKey": key(), **given},
    )
    assert answer.errors == [], answer.text
    return answer.data["stopGrantRule"]


#: How many plain files are lodged: enough to see that each is granted, and none twice.
CLEAN = 4
CASE = """query ($id: ID!) { node(id: $id) { ... on Application {
    status decision { outcome officer grantRule { code decree } }
    grantCheck { verdict unmet rule { code } }
} } }"""
LODGED = """query ($id: ID!) { node(id: $id) { ... on Application {
    stage decision { outcome }
} } }"""
ON_A_DESK = """query ($id: ID!) { node(id: $id) { ... on Application {
    status isLinked isReferred nationality { code } assignments(first: 9) { nodes { officer } }
    decision { outcome } events(first: 9) { nodes { kind } }
    allowed { step isAllowed reason { code } }
} } }"""


def nobody() -> float:
    """A draw that is in no sample."""
    return 1.0


def sampled_once() -> Callable[[], float]:
    """A draw that is in the sample, and not decided twice."""
    return itertools.cycle((0.0, 1.0)).__next__


async def lodge(who: dict[str, Viewer], number: int, **given: Any) -> str:
    """A plain application of somebody of their own."""
    identity = {
        **IDENTITY,
        "fullName": f"Clara Vant {chr(65 + number)}{chr(75 + number)}ora",
        "passportNumber": f"GR{number:07}",
        "birthDate": f"19{60 + number}-0{1 + number % 9}-11",
    }
    return await paid_case(who, **{"tripPurpose": "TOURISM", "identity": identity, **given})


async def look(viewer: Viewer, question: str, id_: str) -> Any:
    answer = await viewer(question, id=id_)
    assert answer.errors == [], answer.text
    return answer.data["node"]


async def hours_pass(connection: asyncpg.Connection, *ids: str) -> None:
    """Three hours, of which these cases were paid before."""
    statement = (
        "UPDATE application SET submitted_at = submitted_at - interval '3 hours', received_at ="
        " received_at - interval '3 hours', paid_at = paid_at - interval '3 hours' WHERE id = ANY"
        " ($1)"
    )
    await connection.execute(statement, [row_id(one) for one in ids])


async def decree(who: dict[str, Viewer]) -> str:
    """A rule for B1 of Australians that begins now; its code."""
    values = {**RULE, "nationalities": ["AU"]}
    proposed = change_of(await administer(who["administrator"], "proposeGrantRule", **values))
    approval = {"changeId": proposed["id"]}
    change_of(await administer(who["supervisor"], "approveReferenceChange", **approval))
    return proposed["subject"]


async def count_grants(
    who: dict[str, Viewer],
    connection: asyncpg.Connection,
    *,
    by_rule: int,
    sampled: int,
    refused: int,
    twice: int = 0,
    differing: int = 0,
) -> None:
    """What supervision reads of rules, and whoever is sampled does not."""
    while await fold(connection):
        pass
    # Hours were made to pass, which nothing tells but of the cases themselves.
    assert [each for each in await verify(connection) if each.table == "volume_rule"] == []
    today = await connection.fetchval("SELECT wib_day(now())")
    question = """query ($day: Date!, $before: Date!) {
        today: grantRuleFigures(from: $day, to: $day, groupBy: DAY) { rows {
            visaType period { startsOn } byRule { value precision } sampled { value }
            sampleRefused { value } decidedTwice { value } differing { value }
        } }
        before: grantRuleFigures(from: $before, to: $before) { rows { visaType } }
    }"""
    days = {"day": str(today), "before": str(today - timedelta(days=1))}
    for viewer in ("leadership", "supervisor", "auditor"):
        answer = await who[viewer](question, **days)
        assert answer.data["before"]["rows"] == []
        assert answer.data["today"]["rows"] == [
            {
                "visaType": "B1",
                "period": {"startsOn": days["day"]},
                "byRule": {"value": by_rule, "precision": "EXACT"},
                "sampled": {"value": sampled},
                "sampleRefused": {"value": refused},
                "decidedTwice": {"value": twice},
                "differing": {"value": differing},
            }
        ]
    for outside in ("officer", "manager-au", "agent-au", "service", "administrator", "applicant"):
        assert "FORBIDDEN_FIELD" in (await who[outside](question, **days)).codes


async def test_what_is_certain_is_granted_and_what_is_not_waits_and_says_why(
    who: dict[str, Viewer], world: str, connection: asyncpg.Connection
) -> None:
    await decree_and_stop(who)
    clean = [await lodge(who, number) for number in range(CLEAN)]
    held = await lodge(who, 11)
    await perform(who["supervisor"], "holdApplication", held, reason="To be looked into.")
    other = await lodge(who, 12, nationality="SG")
    identity = {**IDENTITY, "fullName": "Otto Unpaid Ferro", "passportNumber": "GR7777777"}
    unpaid = await submitted_case(who, tripPurpose="TOURISM", identity=identity)
    asked = await lodge(who, 13)
    entries = BanList()
    while await screen_paid_cases(KEYS, connection, entries):
        pass
    every = [*clean, held, other, unpaid, asked]

    # Nothing is decreed: nothing happens, however long they wait.
    await hours_pass(connection, *clean, held, other, asked)
    assert await grant_certain_cases(KEYS, connection, nobody) == 0

    code = await decree(who)
    # One of the last is answered too long ago.
    await connection.execute(
        "UPDATE screening SET requested_at = requested_at - interval '25 hours', answered_at ="
        " answered_at - interval '25 hours' WHERE application_id = $1",
        row_id(asked),
    )
    assert await grant_certain_cases(KEYS, connection, nobody) == CLEAN
    assert await grant_certain_cases(KEYS, connection, nobody) == 0

    for case in clean:
        found = await look(who["supervisor"], CASE, case)
        assert found["status"] == "GRANTED"
        assert found["decision"] == {
            "outcome": "GRANTED",
            "officer": "director",
            "grantRule": {"code": code, "decree": "M.IP-08.GR.01.01 Tahun 2026"},
        }
        # Whoever lodged it sees a grant like any other.
        assert await look(who["agent-au"], LODGED, case) == {
            "stage": "CLOSED",
            "decision": {"outcome": "GRANTED"},
        }
    # The key service signs what the rule granted, as it signs what officers grant.
    await issue_documents(KEYS, connection)
    issued = (
        "SELECT count(*) FROM visa_document JOIN visa USING (visa_number) WHERE application_id ="
        " ANY ($1) AND visa_document.issued_at IS NOT NULL"
    )
    assert await connection.fetchval(issued, [row_id(case) for case in clean]) == CLEAN
    waits = {held: ["NOT_HELD"], other: ["NATIONALITY"], asked: ["CLEARED_LATELY"]}
    for case, names in waits.items():
        check = (await look(who["supervisor"], CASE, case))["grantCheck"]
        assert check == {"verdict": "WAITS", "unmet": names, "rule": {"code": code}}
    assert "PAID" in (await look(who["supervisor"], CASE, unpaid))["grantCheck"]["unmet"]
    assert (await who["officer"](CASE, id=held)).codes == ["FORBIDDEN_FIELD"]
    assert len(every) == CLEAN + 4

    # What is sampled is on its way to an officer, and looks like what no rule is for.
    sampled, plain = await lodge(who, 21), await lodge(who, 22, nationality="SG")
    while await screen_paid_cases(KEYS, connection, entries):
        pass
    await hours_pass(connection, sampled, plain)
    assert await grant_certain_cases(KEYS, connection, sampled_once()) == 0
    desk = []
    for case in (sampled, plain):
        await perform(who["supervisor"], "reassignCase", case, officer="officer", reason="In turn.")
        found = await look(who["officer"], ON_A_DESK, case)
        desk.append({**found, "nationality": None})
    assert desk[0] == desk[1]
    assert (await look(who["supervisor"], CASE, sampled))["grantCheck"]["verdict"] == "SAMPLED"
    await perform(who["officer"], "recordDecision", sampled, outcome="GRANTED")
    decision = (await look(who["supervisor"], CASE, sampled))["decision"]
    assert (decision["officer"], decision["grantRule"]) == ("officer", None)
    # What of the sample is refused counts, though a supervisor decides otherwise later; what was
    # not sampled does not.
    doubted = await lodge(who, 24)
    while await screen_paid_cases(KEYS, connection, entries):
        pass
    await hours_pass(connection, doubted)
    assert await grant_certain_cases(KEYS, connection, sampled_once()) == 0
    await perform(who["supervisor"], "reassignCase", doubted, officer="officer", reason="In turn.")
    for case in (doubted, plain):
        await perform(
            who["officer"], "recordDecision", case, outcome="REFUSED", grounds=["INCOMPLETE"]
        )
    await perform(who["supervisor"], "supersedeDecision", doubted, outcome="GRANTED")
    await count_grants(who, connection, by_rule=CLEAN, sampled=2, refused=1)

    # A supervisor stops it: nothing more is granted, until two have started it again.
    last = await lodge(who, 23)
    while await screen_paid_cases(KEYS, connection, entries):
        pass
    await hours_pass(connection, last)
    stopped = await stop_rule(who["supervisor-2"], code=code, reason="Too many.")
    assert stopped["errors"] == []
    assert await grant_certain_cases(KEYS, connection, nobody) == 0
    again = await decree(who)
    assert await grant_certain_cases(KEYS, connection, nobody) == 1
    assert (await look(who["supervisor"], CASE, last))["decision"]["grantRule"]["code"] == again
