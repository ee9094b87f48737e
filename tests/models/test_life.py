"""The steps in the life of an application, without a database: what can follow what, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.life import (
    STEPS,
    Attempt,
    CaseState,
    Proposal,
    Step,
    Verb,
    columns_after_step,
    refusal,
    refusal_of,
    statuses_alike,
    step_for,
)
from models.life.diagram import life_page
from models.life.preconditions import (
    IS_ON_THE_OWN_DESK,
    IS_ON_THE_OWN_DESK_OF_A_SUPERVISOR,
)
from models.life.steps import UNPAID
from models.vocabulary import (
    CLOSED,
    OPEN_CORRECTIONS,
    RESOLUTIONS,
    STAGE_OF,
    CorrectionState,
    EventKind,
    Ground,
    Outcome,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)

NOW = datetime(2025, 3, 1, tzinfo=UTC)
GRANTING = (Verb.GRANT, Verb.CORRECT_TO_GRANTED, Verb.SET_ASIDE)
BOTH = (ScreeningKind.ENTRY_BAN, ScreeningKind.CLEARANCE)

standings = st.builds(
    CaseState,
    status=st.sampled_from(Status),
    is_paid=st.booleans(),
    is_held=st.booleans(),
    is_partnered=st.booleans(),
    is_received=st.booleans(),
    is_closed=st.booleans(),
    since=st.none() | st.just(NOW - timedelta(hours=5)),
    paused=st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    decided_by=st.none() | st.sampled_from(["officer", "supervisor"]),
    revoked_by=st.none() | st.sampled_from(["supervisor", "supervisor-2"]),
    decided=st.none() | st.just((Outcome.REFUSED, Ground.INCOMPLETE)),
    questions=st.sampled_from([BOTH[:1], BOTH]),
    officer=st.none() | st.just("officer"),
    supervisor=st.none() | st.just("supervisor"),
    proposals=st.dictionaries(
        st.sampled_from(ScreeningKind),
        st.builds(
            Proposal,
            result=st.sampled_from([*RESOLUTIONS, ScreeningResult.CLEAR, ScreeningResult.HIT]),
            by=st.sampled_from(["supervisor", "screening"]),
            found_by=st.none() | st.just("screening"),
        ),
    ),
    hits=st.frozensets(st.sampled_from(ScreeningKind)),
    answers=st.dictionaries(st.sampled_from(ScreeningKind), st.sampled_from(ScreeningResult)),
    correction=st.none() | st.sampled_from(OPEN_CORRECTIONS),
    correction_approved_by=st.none() | st.just("supervisor"),
)
attempts = st.builds(
    Attempt,
    subject=st.sampled_from(["officer", "supervisor", "screening"]),
    role=st.sampled_from(Role),
    question=st.none() | st.sampled_from(ScreeningKind),
    decision=st.none()
    | st.sampled_from([(Outcome.GRANTED, None), (Outcome.REFUSED, Ground.INCOMPLETE)]),
)


@given(standings, attempts)
def test_nothing_is_granted_that_is_held_hit_pending_unavailable_or_unscreened(
    now: CaseState, attempt: Attempt
) -> None:
    answers = [now.answers.get(question) for question in now.questions]
    is_cleared = not now.is_held and all(one in ("CLEAR", "NO_MATCH") for one in answers)
    for step in STEPS:
        if step.target is Status.GRANTED and refusal(step, now, attempt) is None:
            assert is_cleared


def test_only_granting_leads_to_a_grant() -> None:
    assert {step.verb for step in STEPS if step.target is Status.GRANTED} == set(GRANTING)


@given(standings, attempts)
def test_a_decision_is_never_corrected_by_who_made_it(now: CaseState, attempt: Attempt) -> None:
    for step in STEPS:
        if step.verb in (Verb.CORRECT_TO_GRANTED, Verb.CORRECT_TO_REFUSED):
            is_possible = refusal(step, now, attempt) is None
            assert not (is_possible and now.decided_by == attempt.subject)


@given(standings, attempts)
def test_a_revocation_is_never_set_aside_by_who_made_it(now: CaseState, attempt: Attempt) -> None:
    [step] = [step for step in STEPS if step.verb is Verb.SET_ASIDE]
    is_possible = refusal(step, now, attempt) is None
    assert not (is_possible and now.revoked_by == attempt.subject)


@given(standings, attempts)
def test_a_correction_after_a_grant_takes_two_people_and_one_on_a_desk_is_its_officers(
    now: CaseState, attempt: Attempt
) -> None:
    for step in STEPS:
        if step.event is not EventKind.CORRECTED or refusal(step, now, attempt) is not None:
            continue
        if Status.GRANTED in step.sources:
            assert now.correction is CorrectionState.APPROVED
            assert now.correction_approved_by != attempt.subject
        elif not set(step.sources) & set(UNPAID):
            assert now.officer == attempt.subject


@given(standings)
def test_an_answered_question_is_not_asked_again(now: CaseState) -> None:
    """A hit least of all: asking again would do away with it."""
    assert set(now.questions_to_ask) <= set(now.questions)
    found = {now.answers.get(question) for question in now.questions_to_ask}
    assert found <= {None, ScreeningResult.UNAVAILABLE}


@given(standings, attempts)
def test_a_hit_and_a_clearance_take_two_people(now: CaseState, attempt: Attempt) -> None:
    for step in STEPS:
        if step.verb is Verb.CONFIRM_SCREENING and refusal(step, now, attempt) is None:
            assert attempt.question is not None
            proposal = now.proposals[ScreeningKind(attempt.question)]
            assert attempt.subject not in (proposal.by, proposal.found_by)


@given(standings, st.sampled_from(STEPS))
def test_the_clock_is_stopped_once_and_pauses_only_grow(now: CaseState, step: Step) -> None:
    changes = columns_after_step(now, step.target, step.event, NOW)
    assert ("closed_at" in changes) == (step.target in CLOSED and not now.is_closed)
    if "paused_seconds" in changes:
        assert now.status is Status.INFO_REQUESTED
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


@given(standings, attempts)
def test_an_officer_works_on_what_is_on_the_own_desk_and_on_nothing_else(
    now: CaseState, attempt: Attempt
) -> None:
    for step in STEPS:
        if (
            Role.OFFICER in step.by
            and step.verb is not Verb.TAKE
            and now.officer != attempt.subject
        ):
            assert refusal(step, now, attempt) is not None


@pytest.mark.parametrize("role", [*Role, None])
def test_from_a_status_a_verb_leads_one_way(role: Role | None) -> None:
    for verb in Verb:
        for status in Status:
            ways = [
                step
                for step in STEPS
                if step.verb is verb
                and status in step.sources
                and (role in step.by if role else not step.by)
            ]
            assert len(ways) <= 1
            assert step_for(verb, status, role) is (ways[0] if ways else None)


READ_A_STAGE = (Role.PARTNER_AGENT, Role.APPLICANT, Role.PARTNER_SERVICE)


@given(standings, attempts, st.sampled_from(READ_A_STAGE), st.sampled_from(Verb))
def test_cases_that_look_alike_to_a_role_are_refused_alike(
    now: CaseState, attempt: Attempt, role: Role, verb: Verb
) -> None:
    """By stage and payment: or else a refusal would reveal a status that the role does not read."""
    if (role, verb) == (Role.APPLICANT, Verb.PROPOSE_CORRECTION) and now.status in CLOSED:
        return  # an applicant reads how it ended, and a correction of a visa tells no more
    alike = statuses_alike(STAGE_OF[now.status], is_paid=now.is_paid)
    by = replace(attempt, role=role)
    found = {
        refusal_of(verb, replace(now, status=status), by, reads_status=False) for status in alike
    }
    assert len(found - {None}) <= 1
    assert len(found) <= 1


def test_preconditions_on_stage_and_payment_agree_with_the_status() -> None:
    for status in Status:
        for is_paid in {True, False} if status in CLOSED else {status not in UNPAID}:
            assert status in statuses_alike(STAGE_OF[status], is_paid=is_paid)


def test_the_page_shows_every_step() -> None:
    page = life_page()
    assert page == (Path(__file__).parents[2] / "docs" / "life.md").read_text("utf-8")
    for step in STEPS:
        assert f"| {step.verb} |" in page
        for source in step.sources if step.target else ():
            assert f"{source} --> {step.target}: {step.verb}" in page
