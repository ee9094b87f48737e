"""The steps in the life of an application, without a database: what can follow what, and when."""

from dataclasses import fields, replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.life import (
    STEPS,
    Attempt,
    CaseState,
    Step,
    Verb,
    columns_after_step,
    refusal,
    refusal_of,
    statuses_alike,
    step_for,
)
from models.life.case_state import Proposal
from models.life.diagram import life_page
from models.life.preconditions import (
    IS_CLEARED,
    IS_ON_THE_OWN_DESK,
    IS_ON_THE_OWN_DESK_OF_A_SUPERVISOR,
    WAS_DECIDED_BY_ANOTHER,
    WAS_REVOKED_BY_ANOTHER,
    Precondition,
)
from models.life.steps import OPEN, UNPAID
from models.vocabulary import (
    CLOSED,
    STAGE_OF,
    CorrectionState,
    EventKind,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)
from tests.models.case_states import (
    FACTS,
    NOW,
    attempts,
    authoritys_attempts,
    grantable,
    mostly,
    officers_attempts,
    proposals,
    results,
    revocations,
    standings,
    standings_with,
    supervisors_attempts,
    workable,
)
from tests.premises import holds, premise

enough = settings(max_examples=400)
GRANTING = (Verb.GRANT, Verb.CORRECT_TO_GRANTED, Verb.SET_ASIDE)
_ASKED = ScreeningResult


@pytest.mark.parametrize(
    ("answer", "proposed", "is_hit", "said"),
    [
        (None, None, False, {"questions_to_ask", "questions_to_ask_again"}),
        (_ASKED.PENDING, None, False, {"open_questions"}),
        (_ASKED.PENDING, _ASKED.CLEAR, False, {"open_questions"}),
        (_ASKED.PENDING, _ASKED.NO_MATCH, True, {"open_hits"}),
        (_ASKED.CLEAR, None, False, {"questions_to_ask_again", "is_cleared"}),
        (_ASKED.UNAVAILABLE, None, False, {"questions_to_ask", "questions_to_ask_again"}),
        (_ASKED.HIT, None, True, {"open_hits"}),
        (_ASKED.NO_MATCH, None, True, {"questions_to_ask_again", "is_cleared"}),
        (_ASKED.MATCH, None, True, set()),
    ],
)
def test_what_an_answer_leaves_to_be_done(
    answer: ScreeningResult | None, proposed: ScreeningResult | None, is_hit: bool, said: set[str]
) -> None:
    kind = ScreeningKind.ENTRY_BAN
    state = CaseState(
        Status.SCREENING,
        answers={kind: answer} if answer else {},
        proposals={kind: Proposal(proposed, "screening")} if proposed else {},
        hits=frozenset((kind,)) if is_hit else frozenset(),
    )
    names = ("questions_to_ask", "questions_to_ask_again", "open_questions", "open_hits")
    found = {name: getattr(state, name) for name in (*names, "is_cleared")}
    assert {name for name, value in found.items() if value} == said
    assert all({*found[name]} <= {kind} for name in names)
    assert not replace(state, is_held=True).is_cleared
    assert replace(state, answered_by_system=frozenset((kind,))).questions_to_ask == (kind,)
    assert not replace(state, questions=(kind, ScreeningKind.CLEARANCE)).is_cleared


READ_A_STAGE = (Role.PARTNER_AGENT, Role.APPLICANT, Role.PARTNER_SERVICE)
ENDINGS = [step for step in STEPS if step.target in CLOSED]
OF_A_VISA = (Verb.PROPOSE_CORRECTION, Verb.RETURN_VISA, Verb.APPLY_FOR_EXTENSION)
CORRECTING = (Verb.CORRECT_TO_GRANTED, Verb.CORRECT_TO_REFUSED)


def would_be_possible(step: Step, now: CaseState, attempt: Attempt, *without: Precondition) -> bool:
    """Whether all needs of a step but some are met: those alone decide."""
    return all(need in without or need.holds(now, attempt) for need in step.needs)


def test_each_fact_of_a_case_is_generated() -> None:
    assert FACTS.keys() == {field.name for field in fields(CaseState)}


@enough
@given(grantable, officers_attempts | supervisors_attempts)
@premise(
    **{f"{verb}, cleared": 0.01 for verb in GRANTING},
    **{f"{verb}, not cleared": 0.01 for verb in GRANTING},
)
def test_nothing_is_granted_that_is_held_hit_pending_unavailable_or_unscreened(
    now: CaseState, attempt: Attempt
) -> None:
    given_answers = [now.answers.get(question) for question in now.questions]
    is_stopped = now.is_held or now.owes_fee or now.is_extended_visa_stopped
    is_cleared = not is_stopped and all(one in ("CLEAR", "NO_MATCH") for one in given_answers)
    for step in STEPS:
        if step.target is Status.GRANTED and would_be_possible(step, now, attempt, IS_CLEARED):
            holds(f"{step.verb}, {'cleared' if is_cleared else 'not cleared'}")
            assert (refusal(step, now, attempt) is None) is is_cleared


def test_only_granting_leads_to_a_grant() -> None:
    assert {step.verb for step in STEPS if step.target is Status.GRANTED} == set(GRANTING)


@enough
@given(standings, supervisors_attempts)
@premise(**dict.fromkeys(CORRECTING, 0.01))
def test_a_decision_is_never_corrected_by_who_made_it(now: CaseState, attempt: Attempt) -> None:
    for step in STEPS:
        if (
            step.verb in CORRECTING
            and now.decided_by == attempt.subject
            and would_be_possible(step, now, attempt, WAS_DECIDED_BY_ANOTHER)
        ):
            holds(step.verb)
            assert refusal(step, now, attempt) is not None


@enough
@given(*revocations)
@premise(by_the_same=0.05, by_another=0.05)
def test_a_revocation_is_never_set_aside_by_who_made_it(now: CaseState, attempt: Attempt) -> None:
    [step] = [step for step in STEPS if step.verb is Verb.SET_ASIDE]
    is_own = now.revoked_by == attempt.subject
    if would_be_possible(step, now, attempt, WAS_REVOKED_BY_ANOTHER):
        holds("by_the_same" if is_own else "by_another")
        assert (refusal(step, now, attempt) is None) is not is_own


@enough
@given(
    standings_with(correction=mostly(CorrectionState.APPROVED, CorrectionState.PROPOSED)),
    officers_attempts | supervisors_attempts,
)
@premise(after_a_grant=0.05, by_who_approved=0.005, on_a_desk=0.005, on_no_desk_of_theirs=0.005)
def test_a_correction_after_a_grant_takes_two_people_and_one_on_a_desk_is_its_officers(
    now: CaseState, attempt: Attempt
) -> None:
    for step in STEPS:
        if step.event is not EventKind.CORRECTED:
            continue
        is_possible = refusal(step, now, attempt) is None
        if Status.GRANTED in step.sources:
            is_approved = now.correction is CorrectionState.APPROVED
            is_own = now.correction_approved_by == attempt.subject
            assert is_possible is (is_approved and not is_own)
            holds("after_a_grant", is_possible)
            holds("by_who_approved", is_approved and is_own)
        elif not set(step.sources) & set(UNPAID):
            is_proposed = now.correction is CorrectionState.PROPOSED
            is_there = now.officer == attempt.subject
            assert is_possible is (is_proposed and is_there)
            holds("on_a_desk", is_possible)
            holds("on_no_desk_of_theirs", is_proposed and not is_there)


@enough
@given(standings_with(answers=st.dictionaries(st.sampled_from(ScreeningKind), results, min_size=1)))
@premise(answered=0.4, open=0.2, unavailable=0.02)
def test_an_answered_question_is_not_asked_again(now: CaseState) -> None:
    """A hit least of all: asking again would do away with it."""
    assert set(now.questions_to_ask) <= set(now.questions)
    for question in now.questions:
        answer = now.answers.get(question)
        is_open = answer in (None, ScreeningResult.UNAVAILABLE)
        holds("open" if is_open else "answered")
        holds("unavailable", answer is ScreeningResult.UNAVAILABLE)
        assert (question in now.questions_to_ask) is is_open


@enough
@given(standings_with(answers=st.dictionaries(st.sampled_from(ScreeningKind), results, min_size=1)))
@premise(pending=0.02, hit=0.05, cleared=0.1, unavailable=0.02)
def test_of_a_visa_all_is_asked_again_but_what_waits_or_was_a_hit(now: CaseState) -> None:
    asked = set(now.questions_to_ask_again)
    assert asked <= set(now.questions)
    for question in now.questions:
        answer = now.answers.get(question)
        holds("pending", answer is ScreeningResult.PENDING)
        holds("hit", answer in (ScreeningResult.HIT, ScreeningResult.MATCH))
        holds("cleared", answer in (ScreeningResult.CLEAR, ScreeningResult.NO_MATCH))
        holds("unavailable", answer is ScreeningResult.UNAVAILABLE)
        assert (question in asked) is (answer not in ("PENDING", "HIT", "MATCH"))


@enough
@given(
    standings_with(proposals=st.fixed_dictionaries({ScreeningKind.ENTRY_BAN: proposals})),
    (supervisors_attempts | authoritys_attempts).map(
        lambda attempt: replace(attempt, question=ScreeningKind.ENTRY_BAN)
    ),
)
@premise(by_another=0.05, by_who_proposed=0.05, by_who_found_the_hit=0.005)
def test_a_hit_and_a_clearance_take_two_people(now: CaseState, attempt: Attempt) -> None:
    proposal = now.proposals[ScreeningKind.ENTRY_BAN]
    [step] = [step for step in STEPS if step.verb is Verb.CONFIRM_SCREENING]
    is_possible = refusal(step, now, attempt) is None
    is_own = holds("by_who_proposed", proposal.by == attempt.subject)
    found = not is_own and holds("by_who_found_the_hit", proposal.found_by == attempt.subject)
    assert is_possible is holds("by_another", not (is_own or found))
    nothing_proposed = replace(now, proposals={})
    assert refusal(step, nothing_proposed, attempt) is not None


@enough
@given(
    standings_with(status=st.just(Status.INFO_REQUESTED) | st.sampled_from(Status)),
    st.sampled_from(STEPS) | st.sampled_from(ENDINGS),
)
@premise(closes=0.01, closes_again=0.01, goes_on=0.005)
def test_the_clock_is_stopped_once_and_pauses_only_grow(now: CaseState, step: Step) -> None:
    changes = columns_after_step(now, step.target, step.event, NOW)
    is_end = step.target in CLOSED
    holds("closes", is_end and not now.is_closed)
    holds("closes_again", is_end and now.is_closed)
    assert ("closed_at" in changes) == (is_end and not now.is_closed)
    if holds("goes_on", "paused_seconds" in changes):
        assert now.status in (Status.INFO_REQUESTED, Status.REFUSAL_INTENDED)
        assert changes["paused_seconds"] == now.paused.total_seconds() + 5 * 3600


def test_every_status_is_entered_and_what_is_over_stays_over() -> None:
    entered = {step.target for step in STEPS if step.target}
    assert entered | {Status.SUBMITTED} == set(Status)
    # A revocation alone is undone, to what it took back.
    final = set(CLOSED) - {Status.GRANTED, Status.REFUSED, Status.REVOKED}
    for step in STEPS:
        if step.target:
            assert not final & set(step.sources)
        if Status.REVOKED in step.sources:
            assert step.target in (None, Status.GRANTED)
        if set(step.sources) & {Status.GRANTED, Status.REFUSED}:
            assert step.target in (None, Status.GRANTED, Status.REFUSED, Status.REVOKED)


def test_an_application_is_decided_by_officers_and_corrected_by_supervisors_alone() -> None:
    for step in STEPS:
        if step.target in (Status.GRANTED, Status.REFUSED):
            decided = {Status.GRANTED, Status.REFUSED, Status.REVOKED} & set(step.sources)
            if decided:
                assert step.by == (Role.SUPERVISOR,)
            elif step.by == (Role.OFFICER,):
                assert IS_ON_THE_OWN_DESK in step.needs
            else:  # a supervisor refuses what is assigned to him, and grants nothing
                assert (step.by, step.target) == ((Role.SUPERVISOR,), Status.REFUSED)
                assert IS_ON_THE_OWN_DESK_OF_A_SUPERVISOR in step.needs


#: The steps of a role that reads no status, and any others.
STEPS_ALIKE = [(role, step.verb) for step in STEPS for role in READ_A_STAGE if role in step.by]
DESK_WORK = [step for step in STEPS if Role.OFFICER in step.by and step.verb is not Verb.TAKE]


@enough
@given(workable, attempts)
@premise(**{f"{step.verb}, elsewhere": 0.01 for step in DESK_WORK}, on_the_own_desk=0.1)
def test_an_officer_works_on_what_is_on_the_own_desk_and_on_nothing_else(
    now: CaseState, attempt: Attempt
) -> None:
    for step in DESK_WORK:
        if would_be_possible(step, now, attempt, IS_ON_THE_OWN_DESK):
            is_there = holds("on_the_own_desk", now.officer == attempt.subject)
            holds(f"{step.verb}, elsewhere", not is_there)
            assert (refusal(step, now, attempt) is None) is is_there


@pytest.mark.parametrize("role", [*Role, None])
def test_from_a_status_a_verb_leads_one_way(role: Role | None) -> None:
    own = [step for step in STEPS if (role in step.by if role else not step.by)]
    for verb, status in product(Verb, Status):
        ways = [step for step in own if step.verb is verb and status in step.sources]
        assert [step_for(verb, status, role)] == (ways or [None])


@settings(max_examples=400)
@given(
    standings_with(status=st.sampled_from(OPEN) | st.sampled_from(Status)),
    attempts,
    st.sampled_from([*STEPS_ALIKE * 9, *product(READ_A_STAGE, Verb)]),
)
@premise(several=0.2, possible=0.0025, impossible=0.3)
def test_cases_that_look_alike_to_a_role_are_refused_alike(
    now: CaseState, attempt: Attempt, chosen: tuple[Role, Verb]
) -> None:
    """By stage and payment: or else a refusal would reveal a status that the role does not read."""
    role, verb = chosen
    if role is Role.APPLICANT and verb in OF_A_VISA and now.status in CLOSED:
        return  # how it ended is read
    other = Status.INFO_REQUESTED if now.has_open_intention else Status.REFUSAL_INTENDED
    alike = {*statuses_alike(STAGE_OF[now.status], is_paid=now.is_paid)} - {other}  # which is read
    by = replace(attempt, role=role)
    found = {
        refusal_of(verb, replace(now, status=status), by, reads_status=False) for status in alike
    }
    holds("several", len(alike) > 1)
    assert len(found) <= 1
    holds("possible" if found == {None} else "impossible")


def test_preconditions_on_stage_and_payment_agree_with_the_status() -> None:
    for status in Status:
        for is_paid in {True, False} if status in CLOSED else {status not in UNPAID}:
            assert status in statuses_alike(STAGE_OF[status], is_paid=is_paid)


def test_the_page_shows_every_step() -> None:
    page = (Path(__file__).parents[2] / "docs" / "life.md").read_text("utf-8")
    assert life_page() == page
    for step in STEPS:
        assert f"| {step.verb} |" in page
        ways = [f"{one} --> {step.target}: {step.verb}" for one in step.sources if step.target]
        assert all(way in page for way in ways)
