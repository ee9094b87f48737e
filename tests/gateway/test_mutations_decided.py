"""Supervision and decisions: what is never granted, and who corrects whom."""

from itertools import cycle
from typing import Any

import pytest

from tests.gateway.changing import (
    IDENTITY,
    assign_to,
    change,
    cleared_case,
    document,
    events,
    granted_case,
    in_screening,
    in_verification,
    key,
    paid_case,
    pay_bill,
    perform,
    refused_case,
    row,
    row_id,
    submitted_case,
)
from tests.gateway.conftest import Viewer, without_budget

pytestmark = pytest.mark.anyio


# --- Supervision ---------------------------------------------------------------------------------


async def grant(who: Any, id_: str) -> list[str]:
    return (await change(who["officer"], "recordDecision", id_, outcome="GRANTED")).codes


async def record_screening(who: Any, id_: str, result: str, kind: str = "ENTRY_BAN") -> str:
    await perform(who["screening"], "recordScreening", id_, kind=kind, result=result)
    if kind == "CLEARANCE":
        await perform(who["screening-2"], "confirmScreening", id_, kind=kind)
    return id_


async def test_nothing_is_granted_unscreened_or_pending(who, world) -> None:
    assert await grant(who, await in_verification(who)) == ["NOT_CLEARED"]
    assert await grant(who, await in_screening(who)) == ["NOT_CLEARED"]


async def test_nothing_is_granted_while_screening_is_unavailable(who, world) -> None:
    id_ = await record_screening(who, await in_screening(who), "UNAVAILABLE")
    assert await grant(who, id_) == ["NOT_CLEARED"]
    await perform(who["officer"], "referToScreening", id_)
    assert await grant(who, id_) == ["NOT_CLEARED"]
    assert await grant(who, await record_screening(who, id_, "CLEAR")) == []


async def test_a_hit_is_never_granted_until_two_people_have_looked_into_it(
    who, world, connection
) -> None:
    id_ = await record_screening(who, await in_screening(who), "HIT")
    assert (await row(connection, id_))["is_referred"] is True
    assert await grant(who, id_) == ["NOT_CLEARED"]
    # Nobody asks it away, and nobody answers unasked.
    for name in ("officer", "supervisor"):
        again = await change(who[name], "referToScreening", id_)
        assert again.codes == ["NOTHING_TO_ASK"]
    values = {"kind": "ENTRY_BAN", "result": "CLEAR"}
    assert (await change(who["screening"], "recordScreening", id_, **values)).codes == [
        "NOTHING_ASKED"
    ]
    assert (await change(who["screening-2"], "recordScreening", id_, **values)).codes == [
        "NOT_FOUND"
    ]
    resolution = {"kind": "ENTRY_BAN", "resolution": "NO_MATCH", "reason": "Another birth date."}
    await perform(who["supervisor"], "resolveHit", id_, **resolution)
    assert await grant(who, id_) == ["NOT_CLEARED"]
    await perform(who["screening-2"], "confirmScreening", id_, kind="ENTRY_BAN")
    assert await grant(who, id_) == []


@pytest.mark.parametrize("found", ["NO_MATCH", "MATCH"])
async def test_no_hit_is_open_once_both_of_two_are_settled(who, world, connection, found) -> None:
    id_ = await in_screening(who, visaType="C1", nationality="AF")
    for kind in ("ENTRY_BAN", "CLEARANCE"):
        await record_screening(who, id_, "HIT", kind)
    for kind, resolution in (("ENTRY_BAN", found), ("CLEARANCE", "NO_MATCH")):
        given = {"kind": kind, "resolution": resolution, "reason": "Looked into."}
        await perform(who["supervisor"], "resolveHit", id_, **given)
    for kind, is_open in (("ENTRY_BAN", True), ("CLEARANCE", False)):
        await perform(who["screening-2"], "confirmScreening", id_, kind=kind)
        assert (await row(connection, id_))["has_open_hit"] is is_open


async def test_a_resolution_of_a_hit_is_proposed_anew_until_it_is_confirmed(who, world) -> None:
    id_ = await record_screening(who, await in_screening(who), "HIT")
    for resolution, reason in (("MATCH", "Same name."), ("NO_MATCH", "Another birth date.")):
        given = {"kind": "ENTRY_BAN", "resolution": resolution, "reason": reason}
        await perform(who["supervisor"], "resolveHit", id_, **given)
    await perform(who["screening-2"], "confirmScreening", id_, kind="ENTRY_BAN")
    assert (await change(who["supervisor"], "resolveHit", id_, **given)).codes == ["NO_HIT"]
    assert await grant(who, id_) == []


@pytest.mark.parametrize(("days", "kinds"), [(0, ["CLEARANCE", "ENTRY_BAN"]), (1, ["ENTRY_BAN"])])
async def test_what_is_asked_follows_the_entry_rule_of_the_day(
    who, world, connection, days, kinds
) -> None:
    id_ = await in_verification(who, nationality="NZ", visaType="C1")
    await connection.execute(
        "INSERT INTO entry_rule (country_code, valid_from, entry)"
        " VALUES ('NZ', wib_day(now()) + $1::int, 'CALLING_VISA')", days,
    )  # fmt: skip
    try:
        await perform(who["officer"], "referToScreening", id_)
    finally:
        await connection.execute("DELETE FROM entry_rule WHERE country_code = 'NZ'"
                                 " AND valid_from >= wib_day(now())")  # fmt: skip
    asked = "SELECT kind FROM screening WHERE application_id = $1 ORDER BY kind"
    assert [one["kind"] for one in await connection.fetch(asked, row_id(id_))] == kinds


async def test_a_reason_is_given_for_what_a_hit_is(who, world) -> None:
    id_ = await record_screening(who, await in_screening(who), "HIT")
    resolution = {"kind": "ENTRY_BAN", "resolution": "MATCH", "reason": "  "}
    wrong = await change(who["supervisor"], "resolveHit", id_, **resolution)
    assert [(error["code"], error["path"]) for error in wrong.payload["errors"]] == [
        ("INVALID", ["input", "reason"])
    ]
    resolution = {**resolution, "reason": "Same passport.", "kind": "CLEARANCE"}
    assert (await change(who["supervisor"], "resolveHit", id_, **resolution)).codes == ["NO_HIT"]


async def test_a_refusal_tells_the_screening_authority_no_outcome(who, world) -> None:
    """A refused case takes an answer of screening, a granted one does not: both say the same."""
    values = {"kind": "ENTRY_BAN", "result": "CLEAR"}
    found = []
    for outcome in ({"outcome": "GRANTED"}, {"outcome": "REFUSED", "grounds": ["INCOMPLETE"]}):
        id_ = await cleared_case(who)
        await perform(who["officer"], "recordDecision", id_, **outcome)
        answer = await change(who["screening"], "recordScreening", id_, **values)
        found.append(answer.payload)
    assert found[0] == found[1]
    assert found[0]["errors"][0]["code"] == "NOTHING_ASKED"


async def test_a_held_case_is_not_granted(who, world, connection) -> None:
    id_ = await cleared_case(who)
    await perform(who["supervisor"], "holdApplication", id_)
    assert (await change(who["supervisor"], "holdApplication", id_)).codes == ["ALREADY_HELD"]
    assert await grant(who, id_) == ["NOT_CLEARED"]
    await perform(who["supervisor"], "releaseApplication", id_)
    assert (await change(who["supervisor"], "releaseApplication", id_)).codes == ["NOT_HELD"]
    assert await grant(who, id_) == []
    assert [kind for _, kind, _ in await events(connection, id_)][-3:] == [
        "HELD", "RELEASED", "GRANTED",
    ]  # fmt: skip


async def test_an_officer_cannot_tell_a_hold_a_hit_and_a_pending_answer_apart(who, world) -> None:
    held = await cleared_case(who)
    await perform(who["supervisor"], "holdApplication", held)
    hit = await record_screening(who, await in_screening(who), "HIT")
    pending = await in_screening(who)
    select = "application { id } errors { code message path ... on CaseError { currentStatus } }"
    found = [
        (await who["officer"](
            document("recordDecision", select),
            input={"idempotencyKey": key(), "applicationId": id_, "outcome": "GRANTED"},
        )).data
        for id_ in (held, hit, pending)
    ]  # fmt: skip
    assert found[0] == found[1] == found[2]


async def test_a_calling_visa_takes_clearance_too(who, world, connection) -> None:
    id_ = await in_screening(who, visaType="C1", nationality="AF")
    assert (await row(connection, id_))["is_referred"] is True
    await record_screening(who, id_, "CLEAR")
    assert await grant(who, id_) == ["NOT_CLEARED"]
    await record_screening(who, id_, "CLEAR", "CLEARANCE")
    assert await grant(who, id_) == []


async def test_pending_is_not_accepted_as_an_answer(who, world) -> None:
    id_ = await in_screening(who)
    values = {"kind": "ENTRY_BAN", "result": "PENDING"}
    assert (await change(who["screening"], "recordScreening", id_, **values)).codes == ["INVALID"]


# --- Decisions -----------------------------------------------------------------------------------


async def test_a_refusal_has_a_ground_and_a_grant_has_none(who, world) -> None:
    id_ = await cleared_case(who)
    for text, code in (
        ({"outcome": "REFUSED"}, "GROUND_REQUIRED"),
        ({"outcome": "GRANTED", "grounds": ["SECURITY"]}, "GROUND_NOT_ALLOWED"),
        ({"outcome": "GRANTED", "internalNote": "x" * 2001}, "INVALID"),
        ({"outcome": "REFUSED", "grounds": ["INCOMPLETE", "INCOMPLETE"]}, "INVALID"),
        ({"outcome": "REFUSED", "grounds": []}, "GROUND_REQUIRED"),
        (
            {"outcome": "REFUSED", "grounds": ["INCOMPLETE"], "conditions": ["WITH_FAMILY"]},
            "CONDITIONS_NOT_ALLOWED",
        ),
        ({"outcome": "GRANTED", "conditions": ["WITH_FAMILY", "WITH_FAMILY"]}, "INVALID"),
    ):
        assert (await change(who["officer"], "recordDecision", id_, **text)).codes == [code]


async def test_a_decision_is_corrected_by_a_second_person(who, world, connection) -> None:
    id_ = await granted_case(who)
    first = await row(connection, id_)
    refusal = {"outcome": "REFUSED", "grounds": ["FORGED_DOCUMENT"], "internalNote": "Seen twice."}
    same_person = Viewer(who["anonymous"].client, {"role": "SUPERVISOR", "sub": "officer"})
    refused_ = await change(same_person, "supersedeDecision", id_, **refusal)
    assert refused_.codes == ["SECOND_PERSON_REQUIRED"]
    same = await change(who["supervisor"], "supersedeDecision", id_, outcome="GRANTED")
    assert same.codes == ["SAME_DECISION"]
    await perform(who["supervisor"], "supersedeDecision", id_, **refusal)
    after = await row(connection, id_)
    assert (after["status"], after["closed_at"]) == ("REFUSED", first["closed_at"])
    decision = await connection.fetchrow(
        "SELECT * FROM decision WHERE id = $1", after["current_decision_id"]
    )
    assert (decision["supersedes_id"], decision["officer"], decision["internal_note"]) == (
        first["current_decision_id"], "supervisor", "Seen twice.",
    )  # fmt: skip
    # Nor does that supervisor correct the own correction.
    back = await change(who["supervisor"], "supersedeDecision", id_, outcome="GRANTED")
    assert back.codes == ["SECOND_PERSON_REQUIRED"]


async def test_a_refusal_is_corrected_to_a_grant_only_when_cleared(who, world, connection) -> None:
    id_ = await refused_case(who)
    correction = {"outcome": "GRANTED"}
    first = await change(who["supervisor"], "supersedeDecision", id_, **correction)
    assert first.codes == ["NOT_CLEARED"]
    history = await events(connection, id_)
    await perform(who["supervisor"], "referToScreening", id_)
    assert (await row(connection, id_))["status"] == "REFUSED"
    assert await events(connection, id_) == history
    await record_screening(who, id_, "CLEAR")
    await perform(who["supervisor"], "supersedeDecision", id_, **correction)
    assert (await row(connection, id_))["status"] == "GRANTED"


async def test_a_granted_visa_is_revoked_and_stays_a_decision(who, world, connection) -> None:
    id_ = await granted_case(who)
    before = await row(connection, id_)
    await perform(who["supervisor"], "revokeVisa", id_)
    after = await row(connection, id_)
    assert {name for name in after if after[name] != before[name]} == {"status"}
    assert after["status"] == "REVOKED"
    again = await change(who["supervisor"], "revokeVisa", id_)
    assert again.codes == ["WRONG_STATUS"]


@pytest.mark.parametrize("made", [submitted_case, paid_case, in_verification, in_screening])
async def test_whoever_sent_an_open_application_may_withdraw_it(
    who, world, connection, made
) -> None:
    id_ = await made(who)
    await perform(who["agent-au"], "withdrawApplication", id_)
    written = await row(connection, id_)
    assert (written["status"], written["current_decision_id"]) == ("WITHDRAWN", None)
    desk = "SELECT count(*) FROM assignment WHERE application_id = $1 AND ended_at IS NULL"
    assert await connection.fetchval(desk, row_id(id_)) == 0
    assert (await change(who["agent-au"], "withdrawApplication", id_)).codes == ["WRONG_STAGE"]


async def test_an_applicant_withdraws_the_own_application(who, world) -> None:
    id_ = await perform(who["applicant"], "submitApplication", visaType="C1", nationality="AU")
    assert (await change(who["agent-au"], "withdrawApplication", id_)).codes == ["NOT_FOUND"]
    await perform(who["applicant"], "withdrawApplication", id_)


#: The grounds of a refusal, and what its holder is told.
_TOLD = (
    (["INSUFFICIENT_MEANS", "INCOMPLETE"], ["INSUFFICIENT_MEANS", "INCOMPLETE"]),
    (["SECURITY", "INSUFFICIENT_MEANS", "ENTRY_BAN", "INCOMPLETE"],
     ["INSUFFICIENT_MEANS", "INCOMPLETE"]),
    (["INCOMPLETE", "SECURITY"], ["INCOMPLETE"]),
    (["INCOMPLETE"], ["INCOMPLETE"]),
    (["SECURITY"], ["NOT_DISCLOSED"]),
    (["ENTRY_BAN", "SECURITY"], ["NOT_DISCLOSED"]),
)  # fmt: skip


async def test_a_ground_that_is_withheld_leaves_no_trace_beside_those_that_are_told(
    who: Any,
) -> None:
    holder = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "refused-on-several"})
    case = await perform(holder, "submitApplication", visaType="C1", nationality="AU",
                         identity=dict(IDENTITY))  # fmt: skip
    await assign_to(who, "officer", await pay_bill(who, case))
    read = """query ($id: ID!) { node(id: $id) { ... on Application { stage closedAt decision {
        outcome publicReasons } decideBy } } }"""
    answers: dict[tuple[str, ...], set[str]] = {}
    deciders = cycle(["supervisor", "supervisor-2"])
    for number, (grounds, told) in enumerate(_TOLD):
        verb, by = (
            ("supersedeDecision", next(deciders)) if number else ("recordDecision", "officer")
        )
        await perform(who[by], verb, case, outcome="REFUSED", grounds=grounds)
        answer = await holder(read, id=case)
        assert answer.data["node"]["decision"] == {"outcome": "REFUSED", "publicReasons": told}
        answers.setdefault(tuple(told), set()).add(without_budget(answer.text))
        staff = await who["officer"](read.replace("publicReasons", "grounds"), id=case)
        assert staff.data["node"]["decision"]["grounds"] == grounds
    # Alike in bytes, whatever is withheld, and however much.
    assert [len(texts) for texts in answers.values()] == [1, 1, 1], answers
