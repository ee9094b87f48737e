"""What applicants are asked for or told before a decision, and what they answer."""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from uuid import UUID

import asyncpg

from models.synthetic import assumptions
from models.synthetic.by_system import record_decree
from models.synthetic.calendar import DAY, HOUR, Outage, day_in_wib, instant, midnight
from models.synthetic.cases import CLOCK, OFFICER, Case, Event
from models.synthetic.chance import seconds
from models.synthetic.numbers import id_beside
from models.synthetic.people import answers_to
from models.synthetic.rows import Batch, RequestedItemRow
from models.synthetic.rule_rows import IntentionAnswerRow, RefusalIntentionRow
from models.vocabulary import UNANNOUNCED_GROUNDS, EventKind, Role

_DECREE = """
    INSERT INTO handling_rule (visa_type_code, valid_from, is_announced, is_corrected)
    SELECT unnest($1::text[]), $2, true, true
"""
_REASON = "Whoever is to be refused is heard first."


async def decree_hearings(connection: asyncpg.Connection, until: datetime) -> None:
    """Write of which visa types a refusal is announced, and who decreed that."""
    since = _announced_since(int(until.timestamp()))
    await connection.execute(_DECREE, [*assumptions.ANNOUNCED_OF], day_in_wib(since))
    decree = f"SK 9/{instant(since).year}"
    await record_decree(connection, decree, _REASON, since - 20 * DAY, since - 14 * DAY)


def _announced_since(until: int) -> int:
    return midnight(day_in_wib(until - assumptions.ANNOUNCED_SINCE))


class Hearings:
    """Draws what becomes of refusals that are announced, from a source of its own."""

    def __init__(self, until: int, outage: Outage, seed: int | str) -> None:
        self._rng = Random(f"hearings {seed}")
        self._until, self._outage = until, outage
        self._since = _announced_since(until)
        #: Whether what is announced is answered, of those that are open at the end.
        self._open = [True, False] * (assumptions.OPEN_HEARINGS // 2)

    def hear(self, application: UUID, case: Case, steps: Sequence[Event]) -> Sequence[Event]:
        """The steps of a case: where its refusal is announced, it is decided later, and some are
        granted after all."""
        refused = next((step for step in steps if step.kind is EventKind.REFUSED), None)
        if refused is None:
            return self._leave_open(case, steps)
        if (
            refused.by is not OFFICER
            or refused.at < self._since
            or case.visa_type not in assumptions.ANNOUNCED_OF
            or {*refused.grounds_of(application)} & {*UNANNOUNCED_GROUNDS}
        ):
            return steps
        is_answered = self._rng.random() < assumptions.SAYS_SOMETHING
        said_after = seconds(assumptions.SAID_AFTER, self._rng)
        ended_at = refused.at + assumptions.LAPSES_AFTER
        if is_answered:
            ended_at = min(self._outage.delay(refused.at + said_after), ended_at - 1)
        decides_after = seconds(assumptions.DECIDED_AFTER_HEARING, self._rng)
        decided = refused._replace(at=self._outage.delay(ended_at + decides_after))
        place = steps.index(refused)
        corrected = [
            step._replace(at=self._outage.delay(step.at + decided.at - refused.at))
            for step in steps[place + 1 :]
        ]
        if self._rng.random() < assumptions.CONVINCES and is_answered:
            decided, corrected = Event(decided.at, EventKind.GRANTED, OFFICER), []
        heard = (
            *(*steps[:place], refused._replace(kind=EventKind.REFUSAL_INTENDED)),
            Event(ended_at, EventKind.IN_VERIFICATION, case.sender if is_answered else CLOCK),
            *(decided, *corrected),
        )
        return [step for step in heard if step.at <= self._until]

    def _leave_open(self, case: Case, steps: Sequence[Event]) -> Sequence[Event]:
        """The steps of a case that an officer took in the last days: of some of these a refusal was
        announced, so that each world has cases that wait for an answer, and some that have one."""
        taken, left = steps[-1], self._until - steps[-1].at
        if (
            not self._open
            or (taken.kind, taken.by) != (EventKind.IN_VERIFICATION, OFFICER)
            or not HOUR < left < 3 * DAY
            or case.visa_type not in assumptions.ANNOUNCED_OF
            or case.sender.role is Role.APPLICANT
        ):
            return steps
        ground = self._rng.choice([*assumptions.HEARD])
        announced = Event(taken.at + left // 3, EventKind.REFUSAL_INTENDED, OFFICER, ground)
        answer = Event(taken.at + 2 * left // 3, EventKind.IN_VERIFICATION, case.sender)
        return [*steps, announced, *([answer] if self._open.pop() else [])]


def ask(
    application: UUID, applicant: UUID, step: Event, actor: str | None, later: Sequence[Event],
    batch: Batch,
) -> None:  # fmt: skip
    """Add what a step asks or tells an applicant to a batch, and what is answered to that later."""
    if step.kind is EventKind.INFO_REQUESTED:
        item = _requested_item(application, step, later)
        batch.requested_item.append(item)
        batch.item_answer += answers_to(item, applicant)
    elif step.kind is EventKind.REFUSAL_INTENDED and step.ground is not None:
        note, said, document = assumptions.HEARD[step.ground]
        ended = _resumed(later)
        answered = ended if ended and ended.by is not CLOCK else None
        batch.refusal_intention.append(
            RefusalIntentionRow(
                application_id=application,
                grounds=step.grounds_of(application),
                note=note,
                announced_at=instant(step.at),
                announced_by=actor,
                ended_at=instant(ended.at) if ended else None,
                answered_at=instant(answered.at) if answered else None,
                answered_by=answered.by.subject if answered else None,
                documents=[document] if answered else [],
            )
        )
        if answered:
            batch.intention_answer.append(IntentionAnswerRow(application, applicant, said))


def _requested_item(application: UUID, step: Event, later: Sequence[Event]) -> RequestedItemRow:
    """One thing is asked for, and answered by the actor who let the case go on."""
    answer = _resumed(later)
    return RequestedItemRow(
        id=id_beside(step.at, application),
        application_id=application,
        kind=assumptions.REQUESTED_ITEMS[application.int % len(assumptions.REQUESTED_ITEMS)],
        requested_at=instant(step.at),
        answered_at=instant(answer.at) if answer else None,
        answered_by=answer.by.subject if answer else None,
    )


def _resumed(later: Sequence[Event]) -> Event | None:
    return next((one for one in later if one.kind is EventKind.IN_VERIFICATION), None)
