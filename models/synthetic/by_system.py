"""What the system does of a case by itself: it clears its person, and in the last months of a world
it grants by rule.

A life is drawn as if people did everything. What the system does instead is drawn from a source of
its own, and keeps the instant of the decision, so that nothing else of a world is another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import NamedTuple
from uuid import UUID

import asyncpg

from models.life.grant_conditions import CLEARED_HOURS, Traveller
from models.reference.grant_rule import DECIDED_TWICE, rule_code
from models.row_keys import key_at
from models.synthetic import assumptions
from models.synthetic.bans import LISTED_BEFORE_END
from models.synthetic.calendar import DAY, HOUR, Outage, day_in_wib, instant, last_outage
from models.synthetic.cases import CLOCK, Case, Event, ScreeningAnswer
from models.synthetic.chance import Choice, below
from models.synthetic.corrections import CorrectedPerson
from models.synthetic.desks import OFFICERS, Desk
from models.synthetic.numbers import id_beside
from models.synthetic.rows import ApplicantRow, IdentityRow
from models.synthetic.rule_rows import GrantCheckRow, WithheldDecisionRow
from models.vocabulary import (
    CLOSED,
    Channel,
    EventKind,
    GrantVerdict,
    Outcome,
    ScreeningKind,
    ScreeningResult,
)

RULE = rule_code(assumptions.RULE_TYPE, 1)
_ENDS = {EventKind(status) for status in CLOSED}
_DOUBTFUL = {EventKind.REFUSED, EventKind.REVOKED}
_GROUNDS = Choice.from_weights(assumptions.GROUNDS)
_DECREE = """
    INSERT INTO grant_rule (
        code, visa_type_code, version, nationalities, sample_percent, hours_after_payment,
        official, decree
    )
    VALUES ($1, $2, 1, $3, $4, $5, $6, $7)
"""
#: As two people leave it: an administrator proposes, and a supervisor approves.
_RECORD = """
    INSERT INTO reference_change (
        id, kind, subject, effective_on, targets, changed, decree, reason, proposed_by,
        proposed_at, approved_by, approved_at
    )
    SELECT
        ($1::uuid[])[number], kind, subject, coalesce(effective_on, wib_day($5)), targets, changed,
        $2, $3, 'administrator', $4, 'supervisor', $5
    FROM find_unrecorded_reference_rows()
"""
_MOST_AT_ONCE = 9
_REASON = "They are granted as they are, and wait for nothing but a desk."


async def decree_rule(connection: asyncpg.Connection, until: datetime) -> None:
    """Write the rule of a world, and who decreed it. Every other row is in the ledger by now."""
    decreed_at = _decreed_at(int(until.timestamp()), last_outage(until))
    proposed_at = decreed_at - 3 * DAY
    decree = f"SK 14/{instant(decreed_at).year}"
    terms = (assumptions.RULE_SAMPLE_PERCENT, assumptions.RULE_HOURS, assumptions.RULE_OFFICIAL)
    nationalities = [*assumptions.RULE_FOR]
    await connection.execute(_DECREE, RULE, assumptions.RULE_TYPE, nationalities, *terms, decree)
    await record_decree(connection, decree, _REASON, proposed_at, decreed_at)


async def record_decree(
    connection: asyncpg.Connection, decree: str, reason: str, proposed_at: int, decreed_at: int
) -> None:
    """Write what was decreed into the ledger: all rows that are not in it by now."""
    keys = [key_at(proposed_at * 1000, number) for number in range(1, _MOST_AT_ONCE + 1)]
    moments = instant(proposed_at), instant(decreed_at)
    await connection.execute(_RECORD, keys, decree, reason, *moments)


def _decreed_at(until: int, outage: Outage) -> int:
    """Not while the work of an outage is caught up."""
    return max(until - assumptions.RULE_SINCE, outage.caught_up_at)


class Work(NamedTuple):
    """What becomes of a case: its steps and desk, what the rule found, and the first of two
    decisions."""

    steps: Sequence[Event]
    desk: Desk
    check: GrantCheckRow | None = None
    withheld: WithheldDecisionRow | None = None


@dataclass(frozen=True, slots=True)
class _Cleared:
    """A case that the system has cleared."""

    steps: Sequence[Event]
    complete_at: int
    at: int


#: By passport, and by name and birth date, since when somebody is refused or revoked.
Doubtful = dict[tuple[str, str | date], int]


class System:
    """Draws what the system does of each case."""

    def __init__(
        self, until: int, outage: Outage, seed: int | str, doubtful: Doubtful | None = None
    ) -> None:
        self._rng = Random(f"system {seed}")
        self._until, self._outage = until, outage
        self._decreed_at = _decreed_at(until, outage)
        self.doubtful = {} if doubtful is None else doubtful

    def take_over(
        self,
        application: UUID,
        case: Case,
        applicant: ApplicantRow,
        person: IdentityRow,
        steps: Sequence[Event],
        desk: Desk,
        correction: CorrectedPerson | None,
    ) -> Work:
        """What becomes of a case of these steps, where the system takes some of them."""
        known_by = _known_by(person)
        ends_at = next((step.at for step in steps if step.kind in _ENDS), self._until)
        is_doubtful = any(self.doubtful.get(one, ends_at) < ends_at for one in known_by)
        if since := next((step.at for step in steps if step.kind in _DOUBTFUL), None):
            for one in known_by:
                self.doubtful[one] = min(since, self.doubtful.get(one, since))
        cleared = self._clear(case, steps, correction)
        if cleared is None:
            return Work(steps, desk)
        if (
            case.visa_type != assumptions.RULE_TYPE
            or applicant.nationality_code not in assumptions.RULE_FOR
            or case.extends is not None
            or case.place.channel is Channel.PARTNER_GROUP  # families and tours: officers have them
            or applicant.account is not None
            or is_doubtful
        ):
            return Work(cleared.steps, desk)
        return self._judge(application, person, cleared, desk)

    def _clear(
        self, case: Case, steps: Sequence[Event], correction: CorrectedPerson | None
    ) -> _Cleared | None:
        """The case with the answers of the system; None where people answer, or nobody yet."""
        complete_at = _complete_at(case, steps)
        if complete_at is None:
            return None
        asked = next((step for step in steps if step.kind is EventKind.SCREENING), None)
        results = {one.result for one in asked.answers} if asked else set[ScreeningResult]()
        at = self._outage.delay(complete_at + 2 + below(assumptions.CLEARED_WITHIN, self._rng))
        if self._rng.random() < assumptions.LIKE_AN_ENTRY or not results <= {ScreeningResult.CLEAR}:
            return None
        answers = [_answer(at)]
        if correction and correction.renames and correction.closed_at is not None:
            answers[0] = answers[0]._replace(voided_at=correction.closed_at)
            answers.append(_answer(correction.closed_at + 1))
        last_at = answers[-1].answered_at
        ends_at = next((one.at for one in steps if one is asked or one.kind in _ENDS), self._until)
        if last_at >= min(ends_at, self._until - LISTED_BEFORE_END):
            return None
        own = [Event(one.answered_at, EventKind.SCREENED, CLOCK, answers=(one,)) for one in answers]
        left = [*_without_entry_ban(steps), *own]
        return _Cleared(sorted(left, key=lambda step: step.at), complete_at, last_at)

    def _judge(self, application: UUID, person: IdentityRow, cleared: _Cleared, desk: Desk) -> Work:
        """What the rule finds, where nobody has taken the case before it may grant."""
        steps = cleared.steps
        paid_at = next(step.at for step in steps if step.kind is EventKind.PAID)
        is_sampled = 100 * self._rng.random() < assumptions.RULE_SAMPLE_PERCENT
        at = max(paid_at + assumptions.RULE_HOURS * HOUR, cleared.at) + 1 + below(10, self._rng)
        taken = next((step for step in steps if step.kind is EventKind.IN_VERIFICATION), None)
        is_early = taken is None or taken.at <= at or paid_at < self._decreed_at
        if is_early or taken is None or not _is_adult(person, at):
            return Work(steps, desk)
        if is_sampled:
            return self._sample(application, steps, desk, at)
        after = [step for step in steps if step.at > taken.at]
        is_plain = [step.kind for step in after[:1]] == [EventKind.GRANTED]
        by_list_until = min(cleared.at + CLEARED_HOURS * HOUR, self._until - LISTED_BEFORE_END)
        if is_plain and after[0].at < by_list_until:
            check = _check(application, GrantVerdict.GRANTED, after[0].at)
            before = [step for step in steps if step.at < taken.at]
            return Work([*before, after[0]._replace(by=CLOCK), *after[1:]], desk, check)
        # Whom the rule would have granted before: an officer took it earlier.
        earlier = taken._replace(at=cleared.complete_at + (at - cleared.complete_at) // 2)
        steps = [earlier if step is taken else step for step in steps]
        return Work(sorted(steps, key=lambda step: step.at), desk)

    def _sample(self, application: UUID, steps: Sequence[Event], desk: Desk, at: int) -> Work:
        """What officers decide all the same, some of it twice."""
        is_twice = self._rng.random() < DECIDED_TWICE
        check = _check(application, GrantVerdict.SAMPLED, at, is_twice=is_twice)
        taken, decided = (
            next((step for step in steps if step.kind in kinds), None)
            for kinds in ({EventKind.IN_VERIFICATION}, {EventKind.GRANTED, EventKind.REFUSED})
        )
        if not is_twice or taken is None or decided is None or desk.gave_back:
            return Work(steps, desk, check._replace(is_decided_twice=False))
        others = [one for one in OFFICERS if one != desk.officer]
        first, until = others[below(len(others), self._rng)], (taken.at + decided.at) // 2
        outcome, ground = Outcome(decided.kind), decided.ground
        if self._rng.random() < assumptions.TWO_DIFFER:
            ground = _GROUNDS.draw(self._rng) if outcome is Outcome.GRANTED else None
            outcome = Outcome.REFUSED if ground else Outcome.GRANTED
        withheld = WithheldDecisionRow(
            id_beside(until, application),
            application,
            outcome,
            [ground] if ground else [],
            [],
            instant(until),
            first,
            None,
        )
        return Work(steps, Desk(desk.officer, first, until, is_decided_twice=True), check, withheld)


def _known_by(person: IdentityRow) -> set[tuple[str, str | date]]:
    return {
        (person.passport_issuing_state, person.passport_number),
        (person.full_name.casefold(), person.birth_date),
    }


def _complete_at(case: Case, steps: Sequence[Event]) -> int | None:
    """When the file was paid, and handed over where a partner took it in."""
    needed = {EventKind.PAID}
    if case.place.channel in assumptions.HANDOVER:
        needed.add(EventKind.RECEIVED)
    found = {step.kind: step.at for step in steps if step.kind in needed}
    return max(found.values()) if found.keys() == needed else None


def _answer(at: int) -> ScreeningAnswer:
    return ScreeningAnswer(ScreeningKind.ENTRY_BAN, ScreeningResult.CLEAR, at, at, by=None)


def _without_entry_ban(steps: Sequence[Event]) -> list[Event]:
    """The steps without what people asked and answered of the ban list; a clearance stays."""
    left = list[Event]()
    for step in steps:
        others = tuple(one for one in step.answers if one.kind is not ScreeningKind.ENTRY_BAN)
        # A clearance takes two people, so this one answered the ban list.
        is_answer = step.kind is EventKind.SCREENED and step.by.subject == "screening"
        if not is_answer and (others or not step.answers):
            left.append(step._replace(answers=others))
    return left


def _is_adult(person: IdentityRow, at: int) -> bool:
    day = day_in_wib(at)
    return Traveller(person.birth_date, None, day, day, has_company=False).is_adult


def _check(
    application: UUID, verdict: GrantVerdict, at: int, *, is_twice: bool = False
) -> GrantCheckRow:
    return GrantCheckRow(application, RULE, verdict, [], is_twice, 1, instant(at))
