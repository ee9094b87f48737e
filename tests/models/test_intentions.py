"""Whoever is to be refused is heard first, where the visa type provides for that; whoever would be
warned is not; and whoever says nothing is decided about all the same."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.jobs.overdue import end_overdue
from models.life import STEPS, Attempt, CaseState, Verb, refusal, step_for
from models.life.steps import OPEN
from models.vocabulary import (
    DECIDABLE,
    Ground,
    Outcome,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)
from tests.models.case_states import results, standings_with
from tests.models.test_life_lapsing import enter_status, status, undone
from tests.premises import holds, premise
from tests.world import application_id

__all__ = ["undone"]

OPEN_CASE = application_id("SGPO-OPEN-0006")
HIDDEN = {Ground.ENTRY_BAN, Ground.SECURITY, Ground.FORGED_DOCUMENT}
deciding = standings_with(
    status=st.sampled_from(DECIDABLE),
    answers=st.dictionaries(
        st.sampled_from(ScreeningKind), st.just(ScreeningResult.MATCH) | results, max_size=1
    ),
    needs_intention=st.booleans() | st.just(value=True),
    was_announced=st.booleans(),
    was_decided_first_by_oneself=st.just(False),
    awaits_first_decision=st.just(False),
)
told = st.sampled_from([each for each in Ground if each not in HIDDEN])
hidden = st.sampled_from(sorted(HIDDEN))
grounds = st.lists(st.one_of(told, told, told, hidden), min_size=1, max_size=2, unique=True)


@settings(max_examples=600)
@given(deciding, st.sampled_from(("officer", "supervisor")), grounds)
@premise(heard=0.1, unheard=0.05, warned=0.02, a_match=0.005, not_provided=0.1)
def test_nobody_is_refused_unheard_who_may_be_warned(
    now: CaseState, subject: str, given_grounds: list[Ground]
) -> None:
    role = Role(subject.upper())
    [step] = [one for one in STEPS if one.verb is Verb.REFUSE and role in one.by]
    now = replace(now, officer="officer", supervisor="supervisor")
    attempt = Attempt(subject, role, decision=(Outcome.REFUSED, tuple(given_grounds)))
    is_heard = now.was_announced or not now.needs_intention
    is_warned = not is_heard and holds("warned", bool(HIDDEN & {*given_grounds}))
    is_match = not (is_heard or is_warned) and holds("a_match", "MATCH" in now.answers.values())
    holds("heard", now.needs_intention and now.was_announced)
    holds("not_provided", not now.needs_intention)
    is_possible = refusal(step, now, attempt) is None
    assert is_possible is (is_heard or is_warned or is_match)
    holds("unheard", not is_possible)


def test_officers_alone_announce_and_a_clock_alone_ends_the_wait_without_an_answer() -> None:
    ways = {step.verb: step for step in STEPS if Status.REFUSAL_INTENDED in step.sources
            and step.target}  # fmt: skip
    assert {verb: (way.target, way.by) for verb, way in ways.items()} == {
        Verb.ANSWER_INTENTION: (
            Status.IN_VERIFICATION, (Role.PARTNER_AGENT, Role.APPLICANT, Role.PARTNER_SERVICE)
        ),
        Verb.WITHDRAW: (
            Status.WITHDRAWN, (Role.PARTNER_AGENT, Role.APPLICANT, Role.PARTNER_SERVICE)
        ),
        Verb.END_INTENTION: (Status.IN_VERIFICATION, ()),
    }  # fmt: skip
    for role in Role:
        announced = [each for each in OPEN if step_for(Verb.ANNOUNCE_REFUSAL, each, role)]
        assert announced == ([*DECIDABLE] if role is Role.OFFICER else [])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("ago", "becomes"),
    [("13 days 23:59:00", "REFUSAL_INTENDED"), ("14 days", "IN_VERIFICATION")],
)
async def test_without_an_answer_it_is_back_with_its_officer_after_fourteen_days(
    undone, ago: str, becomes: str
) -> None:
    # Whatever the time is for what is asked for.
    await undone.execute("UPDATE deadline SET days = 9 WHERE wait = 'ANSWER'")
    await undone.execute(
        "INSERT INTO refusal_intention (application_id, grounds, announced_at, announced_by)"
        " VALUES ($1, '{INCOMPLETE}', now() - $2::text::interval, 'officer')",
        OPEN_CASE, ago,
    )  # fmt: skip
    assert await end_overdue(undone) == 1  # what nobody paid
    desk = "SELECT officer, ended_at FROM assignment WHERE application_id = $1"
    before = await undone.fetch(desk, OPEN_CASE)
    await enter_status(undone, OPEN_CASE, "REFUSAL_INTENDED", ago)
    is_over = becomes != "REFUSAL_INTENDED"
    assert await end_overdue(undone) == int(is_over)
    assert await end_overdue(undone) == 0
    assert await status(undone, OPEN_CASE) == becomes
    assert await undone.fetch(desk, OPEN_CASE) == before
    intention = await undone.fetchrow(
        "SELECT ended_at IS NOT NULL AS has_ended, answered_at FROM refusal_intention"
    )
    assert (intention["has_ended"], intention["answered_at"]) == (is_over, None)
    case = await undone.fetchrow("SELECT * FROM application WHERE id = $1", OPEN_CASE)
    assert (case["closed_at"], case["was_info_requested"]) == (None, False)
    assert (case["paused_seconds"] == 14 * 86_400) is is_over
