"""The life of one application, step by step, from submission to its end."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from random import Random

from models.synthetic import assumptions
from models.synthetic.assumptions import Spread
from models.synthetic.calendar import Outage
from models.synthetic.cases import (
    CLOCK,
    OFFICER,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    TREASURY,
    Actor,
    Case,
    Event,
    ScreeningAnswer,
)
from models.synthetic.chance import Choice, below, seconds
from models.vocabulary import (
    RESOLUTIONS,
    Channel,
    Clock,
    EventKind,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)

_NEVER_PAID = Choice.from_weights(assumptions.NEVER_PAID)
_IS_NEVER_PAID = sum(assumptions.NEVER_PAID.values())
_GROUNDS = Choice.from_weights(assumptions.GROUNDS)
_HIT_GROUNDS = Choice.from_weights(assumptions.HIT_GROUNDS)


def life(case: Case, outage: Outage, rng: Random) -> Iterator[Event]:
    """All steps of an application in order, without an end date."""
    yield Event(case.submitted_at, EventKind.SUBMITTED, case.sender)
    # An extension is billed at once.
    billed_at = case.submitted_at + (0 if case.extends else seconds(assumptions.BILLING, rng))
    yield Event(billed_at, EventKind.AWAITING_PAYMENT, CLOCK)
    if rng.random() < _IS_NEVER_PAID:
        yield _never_paid(case, billed_at, rng)
        return
    paid_at = min(billed_at + _until_paid(rng), case.pay_by(billed_at) - 1)
    file = [Event(paid_at, EventKind.PAID, TREASURY)]
    if handover := assumptions.HANDOVER.get(case.place.channel):
        received_at = billed_at + seconds(handover, rng)
        file.append(Event(received_at, EventKind.RECEIVED, case.sender))
        file.sort()
    yield from file
    complete_at = file[-1].at
    steps = _processing_steps(case, complete_at, rng)
    if case.extends:
        steps = _with_appearance(list(steps), rng)
    yield from with_answers(_delay(step, outage) for step in steps)


def _until_paid(rng: Random) -> int:
    return min(seconds(assumptions.PAYMENT, rng), assumptions.CODE_LAPSES_AFTER)


def _never_paid(case: Case, billed_at: int, rng: Random) -> Event:
    if _NEVER_PAID.draw(rng) is Status.WITHDRAWN:
        withdrawn_at = min(billed_at + _until_paid(rng), case.pay_by(billed_at) - 1)
        return Event(withdrawn_at, EventKind.WITHDRAWN, case.sender)
    return Event(case.pay_by(billed_at), EventKind.PAYMENT_EXPIRED, CLOCK)


def _delay(step: Event, outage: Outage) -> Event:
    """Move a step of the directorate or of supervision past the outage."""
    last = step.at
    for answer in step.answers:
        last = max(last, answer.answered_at)
    if last < outage.starts_at or step.at >= outage.caught_up_at:
        return step
    answers = tuple(
        answer._replace(
            asked_at=outage.delay(answer.asked_at), answered_at=outage.delay(answer.answered_at)
        )
        for answer in step.answers
    )
    return step._replace(at=outage.delay(step.at), answers=answers)


def _processing_steps(case: Case, complete_at: int, rng: Random) -> Iterator[Event]:
    """The steps from the complete, paid file to the decision, without the outage."""
    work = seconds(_turnaround(case), rng)
    taken_at = complete_at + int(work * rng.uniform(0.1, 0.5))
    yield Event(taken_at, EventKind.IN_VERIFICATION, OFFICER)
    if rng.random() < assumptions.WITHDRAWN_IN_PROCESS:
        yield Event(taken_at + work // 4, EventKind.WITHDRAWN, case.sender)
        return
    waited = 0
    if rng.random() < _info_request_rate(case):
        asked_at = taken_at + work // 8
        yield Event(asked_at, EventKind.INFO_REQUESTED, OFFICER)
        if rng.random() < assumptions.NEVER_ANSWERED:
            yield Event(asked_at + assumptions.LAPSES_AFTER, EventKind.LAPSED, CLOCK)
            return
        waited = min(seconds(assumptions.ANSWER, rng), assumptions.LAPSES_AFTER)
        yield Event(asked_at + waited, EventKind.IN_VERIFICATION, case.sender)
    screened_at = complete_at + waited + int(work * rng.uniform(0.65, 0.95))
    decided_at = complete_at + waited + work
    yield from _screening_and_decision(case, screened_at, decided_at, rng)


def _with_appearance(steps: Sequence[Event], rng: Random) -> Iterator[Event]:
    """The steps of an extension, whose applicant appears before it goes to screening."""
    for step, following in zip_longest(steps, steps[1:]):
        yield step
        if following is not None and following.kind is EventKind.SCREENING:
            at = step.at + int((following.at - step.at) * rng.uniform(0.2, 0.9))
            yield Event(at, EventKind.APPEARED, OFFICER)


def _turnaround(case: Case) -> Spread:
    if case.extends:
        return assumptions.TURNAROUND_EXTENSION
    if case.profile.clock is Clock.CALLING_VISA:
        return assumptions.TURNAROUND_CALLING
    return assumptions.TURNAROUND_B1 if case.visa_type == "B1" else assumptions.TURNAROUND_OTHER


def _info_request_rate(case: Case) -> float:
    if case.visa_type != "B1":
        return assumptions.INFO_REQUESTED_OTHER
    if case.place.channel is Channel.DIRECT:
        return assumptions.INFO_REQUESTED_DIRECT
    return assumptions.INFO_REQUESTED


def _screening_and_decision(
    case: Case, screened_at: int, decided_at: int, rng: Random
) -> Iterator[Event]:
    answers = [*_clearance(case, screened_at, decided_at), *_entry_ban(screened_at, rng)]
    answered_at = answers[-1].answered_at
    if answers[-1].result is not ScreeningResult.HIT:
        yield Event(screened_at, EventKind.SCREENING, OFFICER, answers=tuple(answers))
        yield from _decision(case, max(decided_at, answered_at + 60), rng)
        return
    released_at = answered_at + seconds(assumptions.HELD_FOR, rng)
    is_right = rng.random() < assumptions.HIT_IS_RIGHT
    answers.append(_resolution(released_at, is_right=is_right))
    yield Event(screened_at, EventKind.SCREENING, OFFICER, answers=tuple(answers))
    yield Event(answered_at, EventKind.HELD, SUPERVISOR)
    yield Event(released_at, EventKind.RELEASED, SUPERVISOR)
    decided_at = max(decided_at, released_at + 600)
    if is_right:
        yield Event(decided_at, EventKind.REFUSED, SUPERVISOR, _HIT_GROUNDS.draw(rng))
    else:
        yield from _decision(case, decided_at, rng)


def _clearance(case: Case, screened_at: int, decided_at: int) -> Iterator[ScreeningAnswer]:
    """Calling-visa nationalities need clearance by other agencies, given before the decision."""
    if case.profile.clock is Clock.CALLING_VISA:
        answered_at = max(screened_at, decided_at - 600)
        yield ScreeningAnswer(
            ScreeningKind.CLEARANCE,
            ScreeningResult.CLEAR,
            screened_at,
            answered_at,
            confirmed_by="screening-2",
        )


def _entry_ban(screened_at: int, rng: Random) -> Iterator[ScreeningAnswer]:
    """Ask the entry-ban list; ask again if it is unavailable."""
    chance, answered_at = rng.random(), screened_at + 2 + below(90, rng)
    if chance < assumptions.UNAVAILABLE:
        yield _entry_ban_answer(ScreeningResult.UNAVAILABLE, screened_at, answered_at)
        asked_at = answered_at + 1800
        yield _entry_ban_answer(ScreeningResult.CLEAR, asked_at, asked_at + 30)
    elif chance < assumptions.UNAVAILABLE + assumptions.HIT:
        yield _entry_ban_answer(ScreeningResult.HIT, screened_at, answered_at)
    else:
        yield _entry_ban_answer(ScreeningResult.CLEAR, screened_at, answered_at)


def _entry_ban_answer(result: ScreeningResult, asked_at: int, answered_at: int) -> ScreeningAnswer:
    return ScreeningAnswer(ScreeningKind.ENTRY_BAN, result, asked_at, answered_at)


def _resolution(resolved_at: int, *, is_right: bool) -> ScreeningAnswer:
    """What a supervisor takes a hit for, and a second person of the authority too."""
    return ScreeningAnswer(
        ScreeningKind.ENTRY_BAN,
        ScreeningResult.MATCH if is_right else ScreeningResult.NO_MATCH,
        resolved_at - 1,
        resolved_at,
        by=str(SUPERVISOR.subject),
        confirmed_by="screening-2",
        reason="Same passport and birth date." if is_right else "Another birth date.",
    )


def _decision(case: Case, decided_at: int, rng: Random) -> Iterator[Event]:
    """Grant or refuse; rarely followed by a correction or revocation."""
    if rng.random() < _refusal_rate(case):
        yield Event(decided_at, EventKind.REFUSED, OFFICER, _GROUNDS.draw(rng))
        if rng.random() < assumptions.SUPERSEDED:
            corrected_at = decided_at + seconds(assumptions.CORRECTED_AFTER, rng)
            yield Event(corrected_at, EventKind.GRANTED, SECOND_SUPERVISOR)
    else:
        yield Event(decided_at, EventKind.GRANTED, OFFICER)
        if rng.random() < assumptions.REVOKED:
            revoked_at = decided_at + seconds(assumptions.REVOKED_AFTER, rng)
            yield Event(revoked_at, EventKind.REVOKED, SUPERVISOR)


def _refusal_rate(case: Case) -> float:
    if case.extends:
        mean = assumptions.REFUSED_EXTENSION
    elif case.profile.clock is Clock.CALLING_VISA:
        mean = assumptions.REFUSED_CALLING
    else:
        mean = assumptions.REFUSED_B1 if case.visa_type == "B1" else assumptions.REFUSED_OTHER
    return min(mean * case.profile.refusal, assumptions.MOST_REFUSED)


#: How long a clearance waits for the second person, in seconds.
_UNTIL_CONFIRMED = 300


def with_answers(steps: Iterator[Event]) -> Iterator[Event]:
    """The steps, and what screening answers meanwhile; what happens at once follows its answer."""
    waiting: list[Event] = []
    for step in steps:
        while waiting and waiting[0].at <= step.at:
            yield waiting.pop(0)
        yield step
        if step.answers:
            for answer in step.answers:
                waiting += _steps_of(answer, step)
            waiting.sort(key=_moment)
    yield from waiting


def _steps_of(answer: ScreeningAnswer, asked: Event) -> list[Event]:
    """What the events of a case say of an answer."""
    steps: list[Event] = []
    is_resolution = answer.result in RESOLUTIONS
    if answer.asked_at > asked.at and not is_resolution:
        steps.append(Event(answer.asked_at, EventKind.SCREENING, OFFICER))
    if answer.confirmed_by is not None:
        proposer = SUPERVISOR if is_resolution else Actor(answer.by, Role.SCREENING)
        proposed_at = max(answer.asked_at, answer.answered_at - _UNTIL_CONFIRMED)
        steps.append(Event(proposed_at, EventKind.ANSWER_PROPOSED, proposer))
    answered_by = Actor(answer.confirmed_by or answer.by, Role.SCREENING)
    steps.append(Event(answer.answered_at, EventKind.SCREENED, answered_by))
    return steps


def _moment(step: Event) -> int:
    return step.at
