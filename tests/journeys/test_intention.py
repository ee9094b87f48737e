"""Before a refusal its officer announces it, where the visa type provides for that, and the
applicant answers once: with an answer, without one, and where nobody is warned."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from models.jobs.overdue import end_overdue
from tests.gateway.administering import apply_decree
from tests.gateway.changing import (
    allowed_steps,
    assign_to,
    change,
    in_screening,
    in_verification,
    pay_bill,
    perform,
    reference_of,
    row,
    row_id,
)
from tests.gateway.conftest import Viewer
from tests.world import today

pytestmark = pytest.mark.anyio

MEANS = {"outcome": "REFUSED", "grounds": ["INSUFFICIENT_MEANS"]}
ANNOUNCED = {
    "grounds": ["INSUFFICIENT_MEANS", "PURPOSE_NOT_CREDIBLE"],
    "note": "The account was empty for a year.",
}
SAID = "My uncle Quokka pays, and his bank writes so."
_CASE = """
    query ($case: String!) %s { application(by: {reference: $case}) {
        stage answerBy refusalIntention { %s }
    } }
"""
_TIMES = "announcedAt endedAt answeredAt"
TOLD = _CASE % ("", f"{_TIMES} grounds note documents")
OF_A_SYSTEM = _CASE % ("", f"{_TIMES} grounds documents")
OF_A_MANAGER = _CASE % ("", _TIMES)
WITHOUT_PURPOSE = _CASE % ("", "announcedBy answeredBy answer { text }")
FOR_CASEWORK = _CASE % (
    "@purpose(code: CASEWORK, reference: $case)", "announcedBy answeredBy answer { text }"
)  # fmt: skip
MINE = _CASE % ("", "answer { text }")


async def read(viewer: Viewer, document: str, reference: str) -> dict[str, Any]:
    asked = await viewer(document, case=reference)
    assert asked.errors == [], asked.text
    found: dict[str, Any] = asked.data["application"]
    return found


@pytest.fixture
async def decreed(who: Mapping[str, Viewer], connection: asyncpg.Connection) -> None:
    """Refusals of C1 are announced: by decree, which has come into force."""
    tomorrow = today() + timedelta(days=1)
    if not await connection.fetchval("SELECT true FROM handling_rule WHERE is_announced"):
        shown = await apply_decree(
            who, "proposeHandlingRule",
            visaType="C1", isAnnounced=True, isCorrected=True, validFrom=str(tomorrow),
        )  # fmt: skip
        assert shown["handlingRules"][0] == {
            "isAnnounced": True, "isCorrected": True, "validFrom": str(tomorrow),
        }  # fmt: skip
        await connection.execute(
            "UPDATE handling_rule SET valid_from = $1 WHERE is_announced", today()
        )


async def of_an_applicant(who: Mapping[str, Viewer]) -> tuple[str, str]:
    """A case of Ruby's on the officer's desk, and its reference."""
    case = await perform(who["applicant"], "submitApplication", visaType="C1", nationality="AU")
    await assign_to(who, "officer", await pay_bill(who, case))
    return case, await reference_of(who["officer"], case)


async def let_time_pass(connection: asyncpg.Connection, case: str) -> None:
    """Two weeks after it was announced, and the keeper's next pass."""
    for action in ("DISABLE", "ENABLE"):
        await connection.execute(f"ALTER TABLE application_event {action} TRIGGER append_only")
        if action == "DISABLE":
            await connection.execute(
                "UPDATE application_event SET occurred_at = occurred_at - interval '14 days'"
                " WHERE application_id = $1", row_id(case),
            )  # fmt: skip
    assert await end_overdue(connection) >= 1


async def test_a_refusal_is_announced_answered_once_and_decided(
    who, decreed, connection: asyncpg.Connection
) -> None:
    ruby, officer = who["applicant"], who["officer"]
    case, reference = await of_an_applicant(who)

    # Nobody is refused unheard: the officer is told what to do, and offered that.
    assert (await change(officer, "recordDecision", case, **MEANS)).codes == ["INTENTION_REQUIRED"]
    assert (await row(connection, case))["status"] == "IN_VERIFICATION"
    steps = await allowed_steps(officer, case)
    assert steps["announceRefusal"]["isAllowed"]
    # A supervisor who takes it over is not the way around that, and announces nothing.
    await perform(who["supervisor"], "reassignCase", case, officer="supervisor", reason="I look.")
    refused = await change(who["supervisor"], "recordDecision", case, **MEANS)
    assert refused.codes == ["INTENTION_REQUIRED"]
    await assign_to(who, "officer", case)

    # What would warn is never announced, whatever stands beside it.
    for hidden in ("ENTRY_BAN", "SECURITY", "FORGED_DOCUMENT"):
        given = {"grounds": ["INSUFFICIENT_MEANS", hidden]}
        wrong = await change(officer, "announceRefusal", case, **given)
        assert wrong.codes == ["INVALID"]
        assert wrong.payload["errors"][0]["path"] == ["input", "grounds", "1"]
    for given, code in (([], "GROUND_REQUIRED"), (["INCOMPLETE"] * 2, "INVALID")):
        assert (await change(officer, "announceRefusal", case, grounds=given)).codes == [code]

    spaced = {**ANNOUNCED, "note": f" {ANNOUNCED['note']}\n"}
    await perform(officer, "announceRefusal", case, **spaced)
    told = await read(ruby, TOLD, reference)
    intention = told["refusalIntention"]
    assert {name: intention[name] for name in ANNOUNCED} == ANNOUNCED
    assert (intention["endedAt"], intention["answeredAt"]) == (None, None)
    assert told["stage"] == "WAITING_FOR_APPLICANT"
    began = datetime.fromisoformat(intention["announcedAt"])
    assert datetime.fromisoformat(told["answerBy"]) - began == timedelta(days=14)
    hers = await allowed_steps(ruby, case)
    assert (hers["answerIntention"]["isAllowed"], hers["answerInformation"]["isAllowed"]) == (
        True, False,
    )  # fmt: skip
    assert (await change(ruby, "answerInformation", case)).codes == ["NOT_REQUESTED"]
    # Meanwhile nothing is decided.
    for outcome in (MEANS, {"outcome": "GRANTED"}):
        assert (await change(officer, "recordDecision", case, **outcome)).codes == ["WRONG_STATUS"]

    for wrong in (
        {"text": " "},
        {"text": "x" * 2001},
        {"text": SAID, "documents": ["PHOTOGRAPH"] * 2},
    ):
        assert (await change(ruby, "answerIntention", case, **wrong)).codes == ["INVALID"]
    await perform(ruby, "answerIntention", case, text=SAID, documents=["BANK_STATEMENT"])
    again = await change(ruby, "answerIntention", case, text="And another thing.")
    assert again.codes == ["WRONG_STAGE"]
    answered = await read(ruby, TOLD, reference)
    intention = answered["refusalIntention"]
    assert (answered["stage"], answered["answerBy"]) == ("IN_PROCESS", None)
    assert (intention["documents"], intention["endedAt"]) == (
        ["BANK_STATEMENT"], intention["answeredAt"],
    )  # fmt: skip
    assert (await read(ruby, MINE, reference))["refusalIntention"]["answer"] == {"text": SAID}

    # It is back with the same officer, who reads what was said, with a purpose and logged.
    assert (await officer(WITHOUT_PURPOSE, case=reference)).codes == ["PURPOSE_REQUIRED"]
    assert (await read(officer, FOR_CASEWORK, reference))["refusalIntention"] == {
        "announcedBy": "officer", "answeredBy": "applicant", "answer": {"text": SAID},
    }  # fmt: skip
    logged = await connection.fetchval("SELECT fields FROM access_event ORDER BY id DESC LIMIT 1")
    assert "intention.text" in logged
    for table in ("intention_answer", "refusal_intention", "application_event", "idempotency"):
        rows = await connection.fetch(f"SELECT {table}::text FROM {table}")
        assert rows
        assert not [one for one in rows if "Quokka" in one[0]]

    # Once is once: it is not announced again, and may be refused on another ground.
    announced_again = await change(officer, "announceRefusal", case, **ANNOUNCED)
    assert announced_again.codes == ["ALREADY_ANNOUNCED"]
    paused = (await row(connection, case))["paused_seconds"]
    assert paused >= 0
    await perform(
        officer, "recordDecision", case, outcome="REFUSED", grounds=["INVALID_TRAVEL_DOCUMENT"]
    )
    closed = await row(connection, case)
    assert (closed["status"], closed["was_info_requested"], closed["paused_seconds"]) == (
        "REFUSED", False, paused,
    )  # fmt: skip


async def test_whoever_says_nothing_is_decided_about_all_the_same(
    who, decreed, connection: asyncpg.Connection
) -> None:
    officer, ruby = who["officer"], who["applicant"]
    case, reference = await of_an_applicant(who)
    # Supervision was asked before, and answers while the applicant is waited for.
    await perform(officer, "referToScreening", case)
    await perform(officer, "announceRefusal", case, **ANNOUNCED)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    await let_time_pass(connection, case)
    over = await read(ruby, TOLD, reference)
    intention = over["refusalIntention"]
    assert (over["stage"], intention["answeredAt"], intention["endedAt"] is None) == (
        "IN_PROCESS", None, False,
    )  # fmt: skip
    late = await change(ruby, "answerIntention", case, text=SAID)
    assert late.codes == ["WRONG_STAGE"]
    waited = await row(connection, case)
    assert waited["paused_seconds"] >= 14 * 86_400
    assert (waited["closed_at"], waited["officer"]) == (None, "officer")
    # What was answered before stands.
    assert (await change(officer, "referToScreening", case)).codes == ["NOTHING_TO_ASK"]
    await perform(officer, "recordDecision", case, outcome="GRANTED")


async def test_a_forgery_is_refused_at_once_and_other_types_as_before(who, decreed) -> None:
    officer = who["officer"]
    forged = await in_verification(who, visaType="C1")
    refusal = {"outcome": "REFUSED", "grounds": ["INCOMPLETE", "FORGED_DOCUMENT"]}
    await perform(officer, "recordDecision", forged, **refusal)
    # Of B1 nobody decreed it.
    other = await in_verification(who)
    assert not (await allowed_steps(officer, other))["announceRefusal"]["isAllowed"]
    announced = await change(officer, "announceRefusal", other, **ANNOUNCED)
    assert announced.codes == ["INTENTION_NOT_PROVIDED"]
    await perform(officer, "recordDecision", other, **MEANS)


async def test_a_partner_acts_for_its_file_and_a_manager_reads_that_it_waits(who, decreed) -> None:
    case = await in_verification(who, visaType="C1")
    reference = await reference_of(who["officer"], case)
    await perform(who["officer"], "announceRefusal", case, **ANNOUNCED)
    agent = (await read(who["agent-au"], TOLD, reference))["refusalIntention"]
    assert {name: agent[name] for name in ANNOUNCED} == ANNOUNCED
    system = (await read(who["service"], OF_A_SYSTEM, reference))["refusalIntention"]
    assert system["grounds"] == ANNOUNCED["grounds"]
    assert (await who["service"](TOLD, case=reference)).codes == ["FORBIDDEN_FIELD"]
    manager = await read(who["manager-au"], OF_A_MANAGER, reference)
    assert manager["refusalIntention"]["announcedAt"] == agent["announcedAt"]
    for hidden in ("grounds", "note", "documents", "answer { text }"):
        asked = await who["manager-au"](_CASE % ("", hidden), case=reference)
        assert asked.codes == ["FORBIDDEN_FIELD"]
    await perform(who["service"], "answerIntention", case, text=SAID)
    # It can be withdrawn as long as nothing is decided, also while it waits.
    waiting = await in_verification(who, visaType="C1")
    await perform(who["officer"], "announceRefusal", waiting, **ANNOUNCED)
    await perform(who["agent-au"], "withdrawApplication", waiting)


async def test_what_supervision_finds_meanwhile_shows_to_no_applicant(who, decreed) -> None:
    """A hit that is a match takes the case from its officer, who is told no more than others; and
    then it is refused without a word before."""
    officer, agent = who["officer"], who["agent-au"]
    cases = [await in_screening(who, visaType="C1") for _ in range(2)]
    for case in cases:
        await perform(officer, "announceRefusal", case, **ANNOUNCED)
    found, plain = cases
    of_it = {"kind": "ENTRY_BAN"}
    await perform(who["screening"], "recordScreening", found, **of_it, result="HIT")
    await perform(who["supervisor"], "holdApplication", found, reason="To be looked into.")
    verdict = {**of_it, "resolution": "MATCH", "reason": "The same face."}
    await perform(who["supervisor"], "resolveHit", found, **verdict)
    await perform(who["screening-2"], "confirmScreening", found, **of_it)

    async def shown(case: str) -> list[str]:
        """What the agent reads of it, and learns by answering twice, in bytes."""
        reference = await reference_of(officer, case)
        answers = [await agent(TOLD, case=reference)]
        steps = str(await allowed_steps(agent, case))
        for _ in range(2):
            answers.append((await change(agent, "answerIntention", case, text=SAID)).asked)
        answers.append(await agent(TOLD, case=reference))
        return [steps.replace(case, "…"), *(_plain(one.text, case) for one in answers)]

    assert await shown(found) == await shown(plain)
    assert (await change(officer, "recordDecision", found, **MEANS)).codes == ["NOT_ASSIGNED"]
    await perform(who["supervisor"], "recordDecision", found, outcome="REFUSED",
                  grounds=["ENTRY_BAN"])  # fmt: skip
    # Of one that nobody announced, it is refused at once, too, on whatever ground.
    case = await in_screening(who, visaType="C1")
    await perform(who["screening"], "recordScreening", case, **of_it, result="HIT")
    await perform(who["supervisor"], "resolveHit", case, **verdict)
    await perform(who["screening-2"], "confirmScreening", case, **of_it)
    assert (await change(officer, "announceRefusal", case, **ANNOUNCED)).codes == ["NOT_ASSIGNED"]
    await perform(who["supervisor"], "recordDecision", case, **MEANS)


def _plain(text: str, case: str) -> str:
    """An answer without what names a case, and without instants."""
    named = text.replace(case, "…")
    return "".join("0" if one.isdigit() else one for one in named)
