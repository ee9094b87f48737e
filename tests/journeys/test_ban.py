"""A new entry of the ban list holds a visa that was granted before: two people of the screening
authority put it on the list, a supervisor finds the hit, and nobody else sees it."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from models.ban_list.comparison import BanList
from models.jobs.screener import replay_cleared_cases
from models.jobs.screening import screen_paid_cases
from tests.gateway.changing import (
    IDENTITY,
    change,
    document,
    granted_case,
    in_screening,
    in_verification,
    key,
    perform,
    row_id,
)
from tests.gateway.conftest import Viewer
from tests.journeys.test_after_the_grant import queue, seen_elsewhere
from tests.linking import KEYS
from tests.world import today

pytestmark = pytest.mark.anyio

FILE = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        reference status isVisaHeld hasOpenHit
        screenings(first: 9) { nodes {
            result voidedAt answeredBy ban { reference ground } banMatches { by ban { state } }
        } }
        events(first: 50) { nodes { kind actor } }
    } } }
"""
WHO_IS_IT = """
    query ($ban: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        node(id: $ban) { ... on BanEntry {
            reason state person { passportNumber passportIssuingState { code } fullName birthDate }
        } }
    }
"""
QUESTIONS = """
    query { screenings(first: 50) { nodes {
        application { id } proposed banMatches { by ban { id reference } }
    } } }
"""
WHY = {"reason": "Stayed three years over."}


def passport(number: str) -> dict[str, Any]:
    return {"passport": {"issuingState": "AU", "number": number}}


def born(day: str) -> dict[str, Any]:
    return {"nameAndBirthDate": {"fullName": "Red Newcomer", "birthDate": day}}


def named(name: str) -> dict[str, Any]:
    return {"nameAndBirthDate": {"fullName": name, "birthDate": days_on(-9_000)}}


def days_on(number: int) -> str:
    return (today() + timedelta(days=number)).isoformat()


async def call(viewer: Viewer, mutation: str, **given: Any) -> tuple[str | None, list[str]]:
    """The entry that was changed, and the codes of what was wrong."""
    values = {"idempotencyKey": key(), **given}
    asked = await viewer(document(mutation, "banEntry { id } errors { code path }"), input=values)
    assert asked.errors == [], asked.text
    payload = asked.data[mutation]
    entry = payload["banEntry"]
    return entry and entry["id"], [error["code"] for error in payload["errors"]]


async def propose_ban(viewer: Viewer, **given: Any) -> str:
    values = {"ground": "OVERSTAY", "bannedFrom": today().isoformat(), **WHY, **given}
    id_, codes = await call(viewer, "proposeBan", **values)
    assert (codes, id_ is None) == ([], False)
    assert id_
    return id_


async def approve_ban(who: dict[str, Viewer], **given: Any) -> str:
    """An entry that `screening` proposed and `screening-2` approved."""
    id_ = await propose_ban(who["screening"], **given)
    assert (await call(who["screening-2"], "approveBan", banId=id_))[1] == []
    return id_


async def file(who: dict[str, Viewer], case: str) -> dict[str, Any]:
    return (await who["supervisor"](FILE, case=case)).data["node"]


async def until(who: dict[str, Viewer], case: str, **expected: Any) -> dict[str, Any]:
    """The file once it is so, which takes the LINKER a moment."""
    async with asyncio.timeout(30):
        while True:
            case_file = await file(who, case)
            if {name: case_file[name] for name in expected} == expected:
                return case_file
            await asyncio.sleep(0.02)


async def reference(who: dict[str, Viewer], ban: str) -> str:
    asked = await who["auditor"](
        "query ($ban: ID!) { node(id: $ban) { ... on BanEntry { reference } } }", ban=ban
    )
    return asked.data["node"]["reference"]


async def who_it_is(viewer: Viewer, who: dict[str, Viewer], ban: str) -> dict[str, Any]:
    """Whom an entry is about, read for that entry."""
    asked = await viewer(WHO_IS_IT, ban=ban, **{"for": await reference(who, ban)})
    assert asked.errors == [], asked.text
    return asked.data["node"]["person"]


async def questions(viewer: Viewer) -> dict[str, Any]:
    nodes = (await viewer(QUESTIONS)).data["screenings"]["nodes"]
    return {one["application"]["id"]: one for one in nodes}


async def test_a_new_ban_holds_a_live_visa_until_the_hit_is_somebody_elses(who) -> None:
    supervisor, proposer, second = who["supervisor"], who["screening"], who["screening-2"]
    case = await granted_case(who, identity=IDENTITY | {"passportNumber": "BAN0000001"})
    before = await seen_elsewhere(who, case)

    ban = await propose_ban(proposer, **passport("BAN0000001"))
    # One person cannot put anybody on the list; whoever agrees reads who it is, for that entry.
    assert (await call(proposer, "approveBan", banId=ban))[1] == ["SECOND_PERSON_REQUIRED"]
    named = {"ban": ban, "for": await reference(who, ban)}
    read = (await second(WHO_IS_IT, **named)).data["node"]
    assert (read["person"]["passportNumber"], read["state"]) == ("BAN0000001", "PROPOSED")
    assert (await file(who, case))["isVisaHeld"] is False
    assert (await call(second, "approveBan", banId=ban))[1] == []

    answer = await until(who, case, isVisaHeld=True, hasOpenHit=True)
    assert case in await queue(supervisor, "HITS")
    assert case in await queue(supervisor, "HELD")
    hit = answer["screenings"]["nodes"][-1]
    assert (hit["result"], hit["answeredBy"]) == ("HIT", None)
    assert hit["ban"] == {"reference": named["for"], "ground": "OVERSTAY"}
    assert hit["banMatches"] == [{"by": "PASSPORT", "ban": {"state": "APPROVED"}}]
    assert answer["events"]["nodes"][-1] == {"kind": "SCREENED", "actor": None}
    # Officers read that it is referred and auditors what was found, as before a grant.
    after = await seen_elsewhere(who, case)
    assert {name for name in before if after[name] != before[name]} == {"officer", "auditor"}

    # The supervisor compares both, for the case; a second person agrees, and never the proposer.
    compared = await supervisor(WHO_IS_IT, **named | {"for": answer["reference"]})
    assert compared.data["node"]["person"]["passportNumber"] == "BAN0000001"
    resolved = {"kind": "ENTRY_BAN", "resolution": "NO_MATCH", "reason": "Born in another year."}
    await perform(supervisor, "resolveHit", case, **resolved)
    assert case not in await questions(proposer)
    assert (await questions(second))[case]["proposed"] == "NO_MATCH"
    for mutation in ("confirmScreening", "recordScreening"):
        given = {} if mutation == "confirmScreening" else {"result": "CLEAR"}
        refusal = await change(proposer, mutation, case, kind="ENTRY_BAN", **given)
        other = "NOTHING_PROPOSED" if mutation == "confirmScreening" else "NOTHING_ASKED"
        assert refusal.codes == [other]
    await perform(second, "confirmScreening", case, kind="ENTRY_BAN")
    answer = await file(who, case)
    assert (answer["isVisaHeld"], answer["hasOpenHit"]) == (False, False)


async def test_a_ban_on_day_300_of_a_stay_of_two_years_is_a_hit(
    who, connection: asyncpg.Connection
) -> None:
    """Who entered is in the country long after the last day of entry."""
    case = await granted_case(who, identity=IDENTITY | {"passportNumber": "STY0000001"})
    await connection.execute(
        "UPDATE visa SET stay_days = 730, issued_at = issued_at - interval '300 days',"
        " use_by = use_by - 300 WHERE application_id = $1", row_id(case),
    )  # fmt: skip
    await approve_ban(who, **passport("STY0000001"))
    await until(who, case, isVisaHeld=True, hasOpenHit=True)
    assert case in await queue(who["supervisor"], "HITS")
    assert case in await queue(who["supervisor"], "HELD")
    match = {"kind": "ENTRY_BAN", "resolution": "MATCH", "reason": "The same passport."}
    await perform(who["supervisor"], "resolveHit", case, **match)
    await perform(who["screening-2"], "confirmScreening", case, kind="ENTRY_BAN")
    await perform(who["supervisor"], "revokeVisa", case, reason="On the ban list.")
    assert (await file(who, case))["status"] == "REVOKED"


async def test_a_name_in_another_spelling_is_found_and_a_match_is_revoked(who) -> None:
    born = {"birthDate": "1981-08-09"}
    case = await granted_case(
        who,
        identity=IDENTITY | {"fullName": "Jörg Ban-Namen", "passportNumber": "NAM0000001"} | born,
    )
    await approve_ban(who, nameAndBirthDate={"fullName": "NAMEN, JORG BAN", **born})
    answer = await until(who, case, isVisaHeld=True)
    assert [one["by"] for one in answer["screenings"]["nodes"][-1]["banMatches"]] == [
        "NAME_AND_BIRTH_DATE"
    ]
    match = {"kind": "ENTRY_BAN", "resolution": "MATCH", "reason": "The same person."}
    await perform(who["supervisor"], "resolveHit", case, **match)
    await perform(who["screening-2"], "confirmScreening", case, kind="ENTRY_BAN")
    assert (await file(who, case))["isVisaHeld"] is True
    await perform(who["supervisor"], "revokeVisa", case, reason="On the ban list.")
    assert (await file(who, case))["status"] == "REVOKED"


async def test_a_ban_that_two_people_withdraw_holds_nobody(who) -> None:
    case = await granted_case(who, identity=IDENTITY | {"passportNumber": "GON0000001"})
    ban = await approve_ban(who, **passport("GON0000001"))
    await until(who, case, isVisaHeld=True)
    gone = {"banId": ban, "reason": "The court set it aside."}
    assert (await call(who["screening-2"], "proposeBanWithdrawal", **gone))[1] == []
    assert (await call(who["screening-2"], "approveBanWithdrawal", banId=ban))[1] == [
        "SECOND_PERSON_REQUIRED"
    ]
    assert (await file(who, case))["isVisaHeld"] is True
    assert (await call(who["screening"], "approveBanWithdrawal", banId=ban))[1] == []
    answer = await until(who, case, isVisaHeld=False)
    assert answer["hasOpenHit"] is False
    assert [one["voidedAt"] is None for one in answer["screenings"]["nodes"]] == [True, False]
    assert case not in {
        *await queue(who["supervisor"], "HITS"),
        *await queue(who["supervisor"], "HELD"),
    }
    assert (await call(who["screening"], "proposeBanWithdrawal", **gone))[1] == ["BAN_NOT_IN_FORCE"]


async def test_an_open_case_meets_the_ban_at_its_question(who) -> None:
    # Of one nobody has answered; of the other it was said that nothing is known, which is over.
    asked = await in_screening(who, identity=IDENTITY | {"passportNumber": "OPN0000001"})
    cleared = await in_screening(who, identity=IDENTITY | {"passportNumber": "OPN0000001"})
    await perform(who["screening"], "recordScreening", cleared, kind="ENTRY_BAN", result="CLEAR")
    ban = await approve_ban(who, **passport("OPN0000001"))
    async with asyncio.timeout(30):
        while True:
            found = await questions(who["screening"])
            if all(case in found and found[case]["banMatches"] for case in (asked, cleared)):
                break
            await asyncio.sleep(0.02)
    refused = await change(who["officer"], "recordDecision", cleared, outcome="GRANTED")
    assert refused.codes == ["NOT_CLEARED"]
    # Whoever comes later meets it at once.
    later = await in_screening(who, identity=IDENTITY | {"passportNumber": "OPN0000001"})
    [found] = (await questions(who["screening-2"]))[later]["banMatches"]
    assert found == {"by": "PASSPORT", "ban": {"id": ban, "reference": await reference(who, ban)}}


async def test_who_is_banned_is_read_for_a_purpose_and_every_read_is_in_the_ledger(who) -> None:
    ban = await approve_ban(who, **passport("RED0000001"))
    unsaid = WHO_IS_IT.replace(" @purpose(code: CASEWORK, reference: $for)", "").replace(
        ", $for: String!", ""
    )
    assert (await who["supervisor"](unsaid, ban=ban)).codes == ["PURPOSE_REQUIRED"]
    # For another case or entry it is nobody.
    other = await who["supervisor"](WHO_IS_IT, ban=ban, **{"for": "NONE-SUCH-0000"})
    assert other.data["node"]["person"] is None
    own = {"ban": ban, "for": await reference(who, ban)}
    assert (await who["supervisor"](WHO_IS_IT, **own)).data["node"]["person"]["fullName"] is None

    ledger = await who["auditor"](
        "query ($ban: ID!) { node(id: $ban) { ... on BanEntry { ground state proposedBy approvedBy"
        " reads(first: 9) { nodes { actor actorRole purpose caseReference fields } } } } }",
        ban=ban,
    )
    [read] = ledger.data["node"].pop("reads")["nodes"]
    assert ledger.data["node"] == {
        "ground": "OVERSTAY", "state": "APPROVED", "proposedBy": "screening",
        "approvedBy": "screening-2",
    }  # fmt: skip
    assert (read["actor"], read["purpose"], read["caseReference"]) == (
        "supervisor", "CASEWORK", own["for"],
    )  # fmt: skip
    assert "banned.passportNumber" in read["fields"]
    for name in ("auditor", "officer", "manager-au"):
        assert set((await who[name](WHO_IS_IT, **own)).codes) & {
            "FORBIDDEN_FIELD", "INVALID_DOCUMENT", "PURPOSE_NOT_ALLOWED"
        }  # fmt: skip
    for wrong, path in (
        ({}, ["INVALID"]),
        (passport("bad number"), ["INVALID"]),
        (passport("RED0000002") | {"bannedFrom": "2020-01-01"}, ["DATE_PASSED"]),
        (passport("RED0000002") | {"bannedUntil": days_on(-1)}, ["INVALID"]),
        (born(days_on(1)), ["INVALID"]),
        (named("Red\x07Newcomer"), ["INVALID"]),
        (named("- ."), ["INVALID"]),
        ({"passport": {"issuingState": "ZZ", "number": "RED0000002"}}, ["INVALID"]),
        # An entry of a single day, and of somebody who was born today.
        (passport("RED0000002") | {"bannedUntil": days_on(0)}, []),
        (born(days_on(0)), []),
    ):
        values = {"ground": "OVERSTAY", "bannedFrom": today().isoformat(), **WHY} | wrong
        assert (await call(who["screening"], "proposeBan", **values))[1] == path
    unwanted = await propose_ban(who["screening"], **passport("RED0000003"))
    no = {"banId": unwanted, "reason": "A typing error."}
    assert (await call(who["screening"], "rejectBan", **no))[1] == ["SECOND_PERSON_REQUIRED"]
    assert (await call(who["screening-2"], "rejectBan", **no))[1] == []
    assert (await call(who["screening-2"], "approveBan", banId=unwanted))[1] == ["NOTHING_PROPOSED"]
    leaving = {"banId": await approve_ban(who, **passport("RED0000004")), "reason": "Repaid."}
    assert (await call(who["screening"], "proposeBanWithdrawal", **leaving))[1] == []
    again = await call(who["screening-2"], "proposeBanWithdrawal", **leaving)
    assert again[1] == ["ALREADY_PROPOSED"]
    late = await call(who["screening-2"], "approveBan", banId=leaving["banId"])
    assert late[1] == ["NOTHING_PROPOSED"]


REPLAYS = """{ screeningReplays(first: 1) { nodes {
    askedBy completedAt listVersion lines(first: 9) { nodes { files unread candidates } }
    candidates(first: 9) { totalCount { value } nodes { application { id } } }
} } }"""


async def test_whom_the_list_of_today_would_have_stopped_is_counted_and_asked_about(
    who, connection
) -> None:
    supervisor, entries = who["supervisor"], BanList()
    identity = {"fullName": "Anselm Quorford", "birthDate": days_on(-9_000)}
    case = await in_verification(who, identity=IDENTITY | identity)
    while await screen_paid_cases(KEYS, connection, entries):
        pass
    await perform(who["officer"], "recordDecision", case, outcome="GRANTED")
    before = await seen_elsewhere(who, case)
    # Spelled otherwise, the digests of the new entry find nobody.
    await approve_ban(who, **named("QUORFORD, Anselme"))

    replay = document("replayScreening", "screeningReplay { askedBy } errors { code }")
    first, again = [await supervisor(replay, input={"idempotencyKey": key()}) for _ in "12"]
    assert first.data["replayScreening"]["errors"] == []
    assert again.data["replayScreening"]["errors"] == [{"code": "ALREADY_REQUESTED"}]
    assert (await supervisor(REPLAYS)).data["screeningReplays"]["nodes"][0]["completedAt"] is None
    while await replay_cleared_cases(KEYS, connection, entries) is not None:
        pass

    [found] = (await supervisor(REPLAYS)).data["screeningReplays"]["nodes"]
    assert (found["askedBy"], found["listVersion"]) == ("supervisor", entries.version)
    nodes = [{"application": {"id": case}}]
    assert found["candidates"] == {"totalCount": {"value": 1}, "nodes": nodes}
    lines = found["lines"]["nodes"]
    assert [sum(line[name] for line in lines) for name in ("unread", "candidates")] == [0, 1]
    # People are asked, with the entry beside the question; nothing is held before they answer.
    [match] = (await questions(who["screening"]))[case]["banMatches"]
    assert match["by"] == "LIKENESS"
    assert (await file(who, case))["isVisaHeld"] is False
    assert await seen_elsewhere(who, case) == before
    for outside in ("officer", "auditor", "leadership", "screening", "administrator", "agent-au"):
        assert (await who[outside](REPLAYS)).codes == ["FORBIDDEN_FIELD"]
