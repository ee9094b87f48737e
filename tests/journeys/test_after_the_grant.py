"""Supervision does not end at the grant: a live visa is held, looked into again, and released or
revoked; and nobody outside supervision sees anything of it."""

from typing import Any

import asyncpg
import pytest

from tests.gateway.changing import change, granted_case, perform, row_id
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

WORK_LIST = """
    query ($queue: Queue!) { workList(queue: $queue, first: 50) { nodes { id } } }
"""
FILE = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        status isHeld isVisaHeld hasOpenHit
        screenings(first: 9) { nodes { result referralReason voidedAt } }
        events(first: 50) { nodes { kind actor reason } }
        allowed { step isAllowed reason { code } }
    } } }
"""
DESKS = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        assignments(first: 9) { nodes { officer endedAt } }
    } } }
"""
#: What everybody else reads of the same file: all that could reveal a hold.
ELSEWHERE = {
    "officer": "status stage isReferred decision { visa { number revokedAt } }"
    " events(first: 50) { nodes { kind } } allowed { step isAllowed }",
    "auditor": "status stage events(first: 50) { nodes { kind } }"
    " decision { visa { number revokedAt } }",
    "agent-au": "stage decision { outcome visa { number revokedAt } } allowed { step isAllowed }",
    "manager-au": "stage closedAt",
    "service": "stage closedAt allowed { step isAllowed }",
}
WHY = {"reason": "A letter of the police names the holder."}


async def queue(viewer: Viewer, name: str) -> list[str]:
    asked = await viewer(WORK_LIST, queue=name)
    return [one["id"] for one in asked.data["workList"]["nodes"]]


async def file(who: dict[str, Viewer], case: str) -> dict[str, Any]:
    return (await who["supervisor"](FILE, case=case)).data["node"]


async def seen_elsewhere(who: dict[str, Viewer], case: str) -> dict[str, str]:
    """The answers of everybody else, byte for byte."""
    return {
        name: (
            await who[name](
                f"query ($case: ID!) {{ node(id: $case) {{ ... on Application {{ {fields} }} }} }}",
                case=case,
            )
        ).text.split('"extensions"')[0]
        for name, fields in ELSEWHERE.items()
    }


async def test_a_live_visa_is_held_and_released_and_nobody_else_is_told(who) -> None:
    supervisor, second = who["supervisor"], who["supervisor-2"]
    case = await granted_case(who)
    before = await seen_elsewhere(who, case)
    await perform(supervisor, "holdApplication", case, **WHY)

    assert case in await queue(second, "HELD")
    case_file = await file(who, case)
    assert (case_file["status"], case_file["isHeld"]) == ("GRANTED", True)
    assert case_file["events"]["nodes"][-1] == {"kind": "HELD", "actor": "supervisor", **WHY}
    assert await seen_elsewhere(who, case) == before
    assert (await change(second, "holdApplication", case, **WHY)).codes == ["ALREADY_HELD"]

    await perform(second, "releaseApplication", case, reason="It was another holder.")
    assert case not in await queue(supervisor, "HELD")
    assert await seen_elsewhere(who, case) == before


async def test_a_live_visa_is_screened_again_and_a_hit_holds_it_until_it_is_somebody_elses(
    who,
) -> None:
    supervisor = who["supervisor"]
    case = await granted_case(who)
    before = await seen_elsewhere(who, case)
    asked = {"reason": "TRAVEL_HISTORY", "note": "Refused elsewhere under another name."}
    await perform(supervisor, "referToScreening", case, **asked)
    # What was answered before the grant counts no more; a second request is refused while it waits.
    case_file = await file(who, case)
    answers = case_file["screenings"]["nodes"]
    assert [(one["result"], one["voidedAt"] is None) for one in answers] == [
        ("CLEAR", False), ("PENDING", True),
    ]  # fmt: skip
    assert (case_file["status"], case_file["isVisaHeld"]) == ("GRANTED", False)
    assert (await change(supervisor, "referToScreening", case, **asked)).codes == ["NOTHING_TO_ASK"]

    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="HIT")
    case_file = await file(who, case)
    assert (case_file["isVisaHeld"], case_file["hasOpenHit"]) == (True, True)
    assert case in await queue(supervisor, "HITS")
    assert case in await queue(supervisor, "HELD")
    assert (await change(supervisor, "referToScreening", case, **asked)).codes == ["NOTHING_TO_ASK"]
    resolved = {"kind": "ENTRY_BAN", "resolution": "NO_MATCH", "reason": "Another birth date."}
    await perform(supervisor, "resolveHit", case, **resolved)
    await perform(who["screening-2"], "confirmScreening", case, kind="ENTRY_BAN")

    case_file = await file(who, case)
    assert (case_file["isVisaHeld"], case_file["hasOpenHit"]) == (False, False)
    assert case not in {*await queue(supervisor, "HELD"), *await queue(supervisor, "HITS")}
    # Of a hit officers read `isReferred`, as before a grant, and auditors what was answered.
    after = await seen_elsewhere(who, case)
    assert {name for name in before if after[name] != before[name]} == {"officer", "auditor"}


async def test_a_question_without_an_answer_is_asked_again_after_the_grant(who) -> None:
    case = await granted_case(who)
    for answer in ("UNAVAILABLE", "CLEAR"):
        await perform(who["supervisor"], "referToScreening", case, reason="INFORMATION_RECEIVED")
        await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result=answer)
    case_file = await file(who, case)
    assert [one["result"] for one in case_file["screenings"]["nodes"] if not one["voidedAt"]] == [
        "CLEAR"
    ]


async def test_a_match_after_the_grant_is_on_nobodys_desk(who) -> None:
    """Before a grant the supervisor has to refuse the case; now there is a visa to revoke."""
    supervisor, case = who["supervisor"], await granted_case(who)
    await perform(supervisor, "referToScreening", case, reason="INFORMATION_RECEIVED")
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="HIT")
    match = {"kind": "ENTRY_BAN", "resolution": "MATCH", "reason": "The same passport."}
    await perform(supervisor, "resolveHit", case, **match)
    await perform(who["screening-2"], "confirmScreening", case, kind="ENTRY_BAN")
    assert case not in await queue(supervisor, "MINE")
    asked = await supervisor(DESKS, case=case)
    ended = [one["endedAt"] is not None for one in asked.data["node"]["assignments"]["nodes"]]
    assert ended == [True]
    assert case in await queue(supervisor, "HELD")


async def test_a_held_visa_that_was_revoked_is_set_aside_only_once_the_hold_is_over(who) -> None:
    first, second = who["supervisor"], who["supervisor-2"]
    case = await granted_case(who)
    await perform(first, "holdApplication", case, **WHY)
    await perform(first, "revokeVisa", case, reason="The police confirm it.")
    assert case not in await queue(second, "HELD")
    error = {"reason": "The police were wrong."}
    assert (await change(second, "setAsideRevocation", case, **error)).codes == ["NOT_CLEARED"]
    await perform(second, "releaseApplication", case, **error)
    await perform(second, "setAsideRevocation", case, **error)
    assert (await file(who, case))["status"] == "GRANTED"


async def test_a_hit_is_resolved_after_the_revocation_that_was_made_for_it(who) -> None:
    first, second = who["supervisor"], who["supervisor-2"]
    case = await granted_case(who)
    await perform(first, "referToScreening", case, reason="INFORMATION_RECEIVED")
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="HIT")
    await perform(first, "revokeVisa", case, reason="Not to wait for an answer.")
    error = {"reason": "Somebody else of this name."}
    assert (await change(second, "setAsideRevocation", case, **error)).codes == ["NOT_CLEARED"]
    await perform(second, "resolveHit", case, kind="ENTRY_BAN", resolution="NO_MATCH", **error)
    await perform(who["screening-2"], "confirmScreening", case, kind="ENTRY_BAN")
    await perform(second, "setAsideRevocation", case, **error)
    case_file = await file(who, case)
    assert (case_file["status"], case_file["isVisaHeld"], case_file["hasOpenHit"]) == (
        "GRANTED",
        False,
        False,
    )


async def test_a_visa_is_live_until_the_stay_of_who_entered_on_the_last_day_has_ended(
    who, connection: asyncpg.Connection
) -> None:
    supervisor = who["supervisor"]
    case = await granted_case(who)
    entry_ended = "UPDATE visa SET use_by = wib_day(now()) - $2::int WHERE application_id = $1"
    days = await connection.fetchval(
        "SELECT stay_days FROM visa WHERE application_id = $1", row_id(case)
    )
    await connection.execute(entry_ended, row_id(case), days)
    steps = await allowed(who, case)
    assert (steps["HOLD_APPLICATION"], steps["REFER_TO_SCREENING"]) == (None, None)
    await perform(supervisor, "holdApplication", case, **WHY)
    await perform(supervisor, "releaseApplication", case, **WHY)
    await perform(supervisor, "referToScreening", case, reason="INFORMATION_RECEIVED")

    await connection.execute(entry_ended, row_id(case), days + 1)
    held = await change(supervisor, "holdApplication", case, **WHY)
    asked = await change(supervisor, "referToScreening", case, reason="INFORMATION_RECEIVED")
    assert (held.codes, asked.codes) == (["VISA_EXPIRED"], ["VISA_EXPIRED"])
    steps = await allowed(who, case)
    assert steps["HOLD_APPLICATION"] == steps["REFER_TO_SCREENING"] == {"code": "VISA_EXPIRED"}


async def allowed(who: dict[str, Viewer], case: str) -> dict[str, Any]:
    """Why each step of a supervisor cannot be taken now; None where it can."""
    return {one["step"]: one["reason"] for one in (await file(who, case))["allowed"]}
