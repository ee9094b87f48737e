"""`Application.allowed` says of each step what its mutation would answer, by what the role reads.

Cases are led into every status, held and not, handed over and not; then every role that reaches one
asks what is allowed, and tries each step. A step that is refused changes nothing; one that is done
is rolled back where it would have committed, so that the next finds the case as it was.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from gateway.access.transactions.prepared import Planning, PreparedStatement
from gateway.access.transactions.writing import WriteTransaction
from gateway.policy import APPLICATION_ROWS, MUTATIONS, POLICY, on_the_own_desk
from gateway.schema import allowed as allowed_module
from gateway.schema.allowed import ApplicationStep
from gateway.schema.mutations.case_intents import INTENTS
from gateway.viewer import ANONYMOUS
from models.life import STEPS, judging
from models.life.preconditions import IS_ON_THE_OWN_DESK
from models.life.refusals import Refusal
from models.vocabulary import Role, Status
from tests.gateway.changing import (
    ALLOWED,
    IDENTITY,
    UNSAID,
    allowed_steps,
    assign_to,
    change,
    cleared_case,
    document,
    granted_case,
    in_screening,
    in_verification,
    key,
    paid_case,
    pay,
    pay_bill,
    perform,
    refused_case,
    row_id,
    submitted_case,
)
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

Who = Mapping[str, Viewer]
#: What each step takes, so that nothing but the case can be in the way.
GIVEN: dict[str, dict[str, Any]] = {
    "resolveHit": {"kind": "ENTRY_BAN", "resolution": "MATCH", "reason": "Same passport."},
    "proposeCorrection": {"identity": {"fullName": "Olive Other"}},
    "rejectCorrection": {"reason": "The passport says otherwise."},
    "releaseCase": {"reason": "I know the applicant."},
    "reassignCase": {"officer": "officer-2", "reason": "In turn."},
    "recordDecision": {"outcome": "REFUSED", "grounds": ["INCOMPLETE"]},
    "supersedeDecision": {"outcome": "REFUSED", "grounds": ["FALSE_STATEMENT"]},
}
#: Only the attempt shows what supervision answered, and which link it is about: these errors may
#: follow where the step is allowed.
BY_SUPERVISION = {"NOTHING_TO_ASK", "NO_HIT", "SUPERVISION_REQUIRED", "NO_LINK"}


async def expired_case(who: Who) -> str:
    return await submitted_case(who)


async def withdrawn_case(who: Who) -> str:
    id_ = await paid_case(who)
    return await perform(who["agent-au"], "withdrawApplication", id_)


async def revoked_case(who: Who) -> str:
    return await perform(who["supervisor"], "revokeVisa", await granted_case(who))


async def waiting_case(who: Who) -> str:
    return await perform(who["officer"], "requestInformation", await in_verification(who))


async def case_not_received(who: Who) -> str:
    return await pay_bill(who, await submitted_case(who))


async def held_case(who: Who) -> str:
    return await perform(who["supervisor"], "holdApplication", await cleared_case(who))


async def hit_case(who: Who) -> str:
    id_ = await in_screening(who)
    return await perform(who["screening"], "recordScreening", id_, kind="ENTRY_BAN", result="HIT")


async def matched_case(who: Who) -> str:
    """On the desk of this supervisor, and on no officer's."""
    id_ = await hit_case(who)
    await perform(who["supervisor"], "resolveHit", id_, **GIVEN["resolveHit"])
    return await perform(who["screening-2"], "confirmScreening", id_, kind="ENTRY_BAN")


async def corrected_case(who: Who) -> str:
    """By this supervisor, who may not correct it again."""
    decision = {"outcome": "REFUSED", "grounds": ["SECURITY"]}
    return await perform(
        who["supervisor"], "supersedeDecision", await granted_case(who), **decision
    )


async def questioned_case(who: Who) -> str:
    """A correction of the person on file waits to be approved by this officer."""
    return await perform(
        who["agent-au"], "proposeCorrection", await cleared_case(who), **GIVEN["proposeCorrection"]
    )


async def approved_case(who: Who) -> str:
    """A correction of a visa's holder that this supervisor approved waits for another one."""
    ines = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": f"approved-{uuid4()}"})
    values = {"visaType": "C1", "nationality": "AU", "identity": dict(IDENTITY)}
    id_ = await pay_bill(who, await perform(ines, "submitApplication", **values))
    await assign_to(who, "officer", id_)
    await perform(who["officer"], "referToScreening", id_)
    await perform(who["screening"], "recordScreening", id_, kind="ENTRY_BAN", result="CLEAR")
    await perform(who["officer"], "recordDecision", id_, outcome="GRANTED")
    await perform(ines, "proposeCorrection", id_, **GIVEN["proposeCorrection"])
    return await perform(who["supervisor"], "approveCorrection", id_)


STATES: dict[str, Callable[[Who], Awaitable[str]]] = {
    "billed": submitted_case, "not received": case_not_received, "paid": paid_case,
    "in verification": in_verification, "waiting": waiting_case, "in screening": in_screening,
    "cleared": cleared_case, "hit": hit_case, "matched": matched_case, "held": held_case,
    "granted": granted_case, "refused": refused_case, "corrected": corrected_case,
    "revoked": revoked_case, "withdrawn": withdrawn_case, "expired": submitted_case,
    "lapsed": waiting_case, "questioned": questioned_case, "approved": approved_case,
}  # fmt: skip
#: The clock ends these.
ENDED = {"expired": "PAYMENT_EXPIRED", "lapsed": "LAPSED"}
#: Lodged with the directorate: no partner reaches it.
UNREACHED = {("approved", "agent-au"), ("approved", "service")}
USERS = {
    "officer": Role.OFFICER, "supervisor": Role.SUPERVISOR, "agent-au": Role.PARTNER_AGENT,
    "service": Role.PARTNER_SERVICE,
}  # fmt: skip


async def case_in_state(who: Who, connection: asyncpg.Connection, state: str) -> str:
    """A new case in a state."""
    id_ = await STATES[state](who)
    if status := ENDED.get(state):
        await connection.execute(
            "UPDATE application SET status = $2, closed_at = now() WHERE id = $1",
            row_id(id_), status,
        )  # fmt: skip
    return id_


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Mutations are rolled back where they would commit, once every constraint was met."""

    async def check_and_roll_back(transaction: WriteTransaction) -> None:
        await transaction.flush()
        for text in ("SET CONSTRAINTS ALL IMMEDIATE", "ROLLBACK"):
            await transaction.fetch(PreparedStatement(text, Planning.ONCE, (), {}).bind(ANONYMOUS))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WriteTransaction, "commit", check_and_roll_back)
        yield


def steps_of(role: Role) -> set[str]:
    return {
        intent.name for intent in INTENTS if intent.is_step and role in MUTATIONS[intent.name].rows
    }


@pytest.mark.parametrize("state", STATES)
async def test_what_is_allowed_is_what_the_mutation_answers(who, world, connection, state) -> None:
    await compare(who, connection, state, *USERS)


async def compare(who: Who, connection: asyncpg.Connection, state: str, *names: str) -> None:
    """Compare the steps that a case in a state allows with what its mutations answer."""
    id_ = await case_in_state(who, connection, state)
    for name in names:
        if (state, name) in UNREACHED:
            continue
        viewer, found = who[name], await allowed_steps(who[name], id_)
        assert found.keys() == steps_of(USERS[name])
        for mutation, one in found.items():
            if one["isAllowed"]:
                continue
            answer = await change(viewer, mutation, id_, **GIVEN.get(mutation, {}))
            [error] = answer.payload["errors"]
            assert {**one["reason"], "__typename": ""} == {**error, "__typename": ""}, mutation
        with nothing_kept():  # what is done would be in the way of the next
            for mutation, one in found.items():
                if one["isAllowed"]:
                    answer = await change(viewer, mutation, id_, **GIVEN.get(mutation, {}))
                    assert set(answer.codes) <= BY_SUPERVISION, mutation
        assert await allowed_steps(viewer, id_) == found
        if USERS[name] in POLICY["AllowedStep"].fields["outcomes"]:
            await compare_outcomes(viewer, id_)


#: Only the attempt shows whether supervision has cleared it, and what depends on the ground.
UNSEEN = {"NOT_CLEARED", "INTENTION_REQUIRED", "SAME_DECISION"}


async def compare_outcomes(viewer: Viewer, id_: str) -> None:
    """Compare each outcome of the steps that decide with what the mutation answers to it."""
    asked = "allowed { step outcomes { outcome isAllowed reason { code message } } }"
    answer = await viewer(f'{{ node(id: "{id_}") {{ ... on Application {{ {asked} }} }} }}')
    steps = {ApplicationStep[one["step"]].value: one for one in answer.data["node"]["allowed"]}
    deciding = {name for name, one in steps.items() if one["outcomes"]}
    assert deciding == {"recordDecision", "supersedeDecision"} & steps.keys()
    for mutation in deciding:
        for one in steps[mutation]["outcomes"]:
            given = {**GIVEN[mutation], "outcome": one["outcome"]}
            if one["outcome"] == "GRANTED":
                del given["grounds"]
            with nothing_kept():
                tried = await change(viewer, mutation, id_, **given)
            if not {*tried.codes} & UNSEEN:
                reasons = [] if one["isAllowed"] else [one["reason"]["code"]]
                assert tried.codes == reasons, (mutation, one)


@pytest.mark.parametrize("state", ["in verification", "waiting", "matched"])
async def test_of_a_case_on_another_desk_an_officer_may_do_nothing(
    who, world, connection, state
) -> None:
    id_ = await case_in_state(who, connection, state)
    steps = await allowed_steps(who["officer-2"], id_)
    assert not any(one["isAllowed"] for one in steps.values())
    for mutation, one in steps.items():
        answer = await change(who["officer-2"], mutation, id_, **GIVEN.get(mutation, {}))
        assert answer.codes == [one["reason"]["code"]], mutation


async def test_an_applicant_sees_which_steps_the_own_case_allows(who, world) -> None:
    ruby = who["applicant"]
    id_ = await perform(ruby, "submitApplication", visaType="C1", nationality="AU")
    steps = await allowed_steps(ruby, id_)
    assert {name: one["isAllowed"] for name, one in steps.items()} == {
        "answerInformation": False, "answerIntention": False, "withdrawApplication": True,
        "proposeCorrection": True, "returnVisa": False, "applyForExtension": False,
    }  # fmt: skip
    answer = await change(ruby, "answerInformation", id_)
    assert answer.codes == [steps["answerInformation"]["reason"]["code"]] == ["WRONG_STAGE"]
    await perform(ruby, "withdrawApplication", id_)
    # Only the attempt shows whether it was granted: a correction would then be one of the visa.
    assert [name for name, one in (await allowed_steps(ruby, id_)).items() if one["isAllowed"]] == [
        "proposeCorrection"
    ]
    attempt = await change(ruby, "proposeCorrection", id_, **GIVEN["proposeCorrection"])
    assert attempt.codes == ["WRONG_STAGE"]


async def test_cases_that_look_alike_allow_alike(who, world) -> None:
    """An agent learns by nothing that is allowed whether a case waits for supervision."""
    cases = [
        await paid_case(who),
        await in_verification(who),
        await in_screening(who),
        await held_case(who),
    ]
    for name in ("agent-au", "service"):
        steps = [await allowed_steps(who[name], id_) for id_ in cases]
        assert all(one == steps[0] for one in steps)


async def test_no_answer_reveals_the_status_to_a_role_that_reads_a_stage(
    who, world, connection
) -> None:
    """Attempts on cases that look alike are answered alike, but for their keys."""
    looks = {
        "IN_PROCESS": ("paid", "in verification", "in screening", "held"),
        "CLOSED": ("granted", "refused", "revoked", "withdrawn", "lapsed"),
    }
    for stage, states in looks.items():
        cases = [await case_in_state(who, connection, state) for state in states]
        for name in ("service", "agent-au"):
            # What is allowed is done to all of them; withdrawing ends them.
            for mutation in sorted(steps_of(USERS[name])):
                found = {await answer_to(who[name], mutation, id_) for id_ in cases}
                assert len(found) == 1, (stage, name, mutation, found)
        bills = [await pay(who, id_) for id_ in cases]
        assert {tuple(bill.codes) for bill in bills} == {("BILL_CLOSED",)}
        assert len({str(bill.payload) for bill in bills}) == 1


async def answer_to(viewer: Viewer, mutation: str, id_: str) -> str:
    """All that an attempt answers: what it changed, and why not."""
    case_error = "... on CaseError { currentStage }"
    selection = f"application {{ stage }} errors {{ __typename code message path {case_error} }}"
    given = {"applicationId": id_, **GIVEN.get(mutation, {})}
    found = {"idempotencyKey": key(), **UNSAID.get(mutation, {}), **given}
    answer = await viewer(document(mutation, selection), input=found)
    return str((answer.status, answer.data, answer.codes))


async def test_reasons_are_in_the_language_of_the_reader(who, world) -> None:
    id_ = await granted_case(who)
    query = f'{{ node(id: "{id_}") {{ ... on Application {{ {ALLOWED} }} }} }}'
    answer = await who["agent-au"].send({"query": query}, **{"Accept-Language": "id"})
    messages = {one["reason"]["message"] for one in answer.data["node"]["allowed"]}
    assert messages == {"Langkah ini tidak dapat dilakukan pada tahap permohonan saat ini."}


def test_whoever_takes_steps_reaches_what_can_be_changed_and_nothing_else() -> None:
    """So no step of a case that is read is refused for its reach, of which nothing is said."""
    for intent in INTENTS:
        for role, rule in MUTATIONS[intent.name].rows.items() if intent.is_step else ():
            if role in (Role.TREASURY, Role.SCREENING):
                continue  # the one reads bills, the other what is asked: no case by itself
            if rule == on_the_own_desk:
                steps = [one for one in STEPS if one.verb in intent.verbs and role in one.by]
                assert all(one.needs[0] is IS_ON_THE_OWN_DESK for one in steps), intent.name
            else:
                assert rule == APPLICATION_ROWS[role], (intent.name, role)
            assert role in POLICY["Application"].fields["allowed"]


async def test_a_forgotten_precondition_is_noticed(who, world, connection, monkeypatch) -> None:
    labels = {k: v for k, v in allowed_module._LABELS.items() if k != "is_received"}
    monkeypatch.setattr(allowed_module, "_LABELS", labels)
    with pytest.raises(AssertionError):
        await compare(who, connection, "not received", "supervisor")


async def test_a_step_judged_by_status_for_a_role_that_reads_stages_is_noticed(
    who, world, connection, monkeypatch
) -> None:
    def by_status(verb: Any, now: Any, attempt: Any, *, reads_status: bool) -> Refusal | None:
        found = judging.step_for(verb, now.status, attempt.role)
        return judging.refusal(found, now, attempt) if found else Refusal.WRONG_STATUS

    monkeypatch.setattr("gateway.mutations.stepping.refusal_of", by_status)
    with pytest.raises(AssertionError):
        await compare(who, connection, "withdrawn", "agent-au")


def test_the_cases_of_these_tests_cover_every_status() -> None:
    assert len(Status) - 1 <= len(STATES)  # nothing stays SUBMITTED
