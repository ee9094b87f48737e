"""Turns generated steps into rows: events, and the resulting state of the application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from random import Random
from uuid import UUID

from models.case.reference_numbers import new_reference
from models.synthetic import assumptions
from models.synthetic.calendar import WIB, instant
from models.synthetic.chance import below
from models.synthetic.life import SUPERVISOR, Case, Step
from models.synthetic.reference import Reference
from models.synthetic.rows import (
    ApplicantRow,
    ApplicationRow,
    AssignmentRow,
    Batch,
    BillRow,
    DecisionRow,
    EventRow,
    ScreeningRow,
    billing_code,
    new_id,
    receipt_number,
)
from models.vocabulary import (
    CLOSED,
    RESOLUTIONS,
    EventKind,
    Outcome,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)

_STATUS_OF = {EventKind(status): status for status in Status}
_OUTCOME_OF = {EventKind.GRANTED: Outcome.GRANTED, EventKind.REFUSED: Outcome.REFUSED}
_CORRECTION = "Corrected after review of the file."


@dataclass(slots=True)
class CaseProgress:
    """The state of an application, updated step by step."""

    status: Status = Status.SUBMITTED
    received_at: int | None = None
    billed_at: int | None = None
    paid_at: int | None = None
    taken_at: int | None = None
    closed_at: int | None = None
    waiting_since: int | None = None
    paused_seconds: int = 0
    was_info_requested: bool = False
    is_referred: bool = False
    is_held: bool = False
    has_open_hit: bool = False
    matched_at: int | None = None
    decision_id: UUID | None = None

    def apply(self, step: Step) -> None:
        """Apply one step."""
        if step.kind is EventKind.RECEIVED:
            self.received_at = step.at
        elif step.kind is EventKind.HELD:
            self.is_held = True
        elif step.kind is EventKind.RELEASED:
            self.is_held = False
        else:
            self._enter(_STATUS_OF[step.kind], step.at)

    def _enter(self, status: Status, at: int) -> None:
        self.status = status
        if self.waiting_since is not None:
            self.paused_seconds += at - self.waiting_since
            self.waiting_since = None
        if status is Status.AWAITING_PAYMENT:
            self.billed_at = at
        elif status is Status.PAID:
            self.paid_at = at
        elif status is Status.IN_VERIFICATION:
            self.taken_at = self.taken_at or at
        elif status is Status.INFO_REQUESTED:
            self.was_info_requested = True
            self.waiting_since = at
        elif status in CLOSED:
            # The clock stops at the first decision, even if it is corrected later.
            self.closed_at = self.closed_at or at


class Recorder:
    """Turns applications and their steps into rows."""

    def __init__(self, given: Reference, until: int, rng: Random) -> None:
        self._given = given
        self._until = until
        self._rng = rng
        others = (f"officer-{n}" for n in range(3, assumptions.OFFICERS + 1))
        self._officers = [*assumptions.DEMO_OFFICERS, *others]
        self._billed = 0
        self._turns = cycle([*assumptions.DEMO_OFFICERS, None, None])

    def record(
        self, case: Case, applicant: ApplicantRow, steps: Sequence[Step], batch: Batch
    ) -> CaseProgress:
        """Add the rows of an application and its steps to a batch."""
        application_id = new_id(case.submitted_at, self._rng)
        standing = CaseProgress()
        for step in steps:
            standing.apply(step)
        officer = self._officer(standing)
        for sequence, step in enumerate(steps, 1):
            actor = officer if step.by.role is Role.OFFICER else step.by.subject
            at = instant(step.at)
            batch.application_event.append(
                EventRow(application_id, sequence, step.kind, at, at, actor, step.by.role)
            )
            if step.answers:
                self._screen(application_id, step, standing, batch)
            if actor and step.kind in _OUTCOME_OF:
                self._decide(application_id, step, actor, standing, batch)
        self._assign(application_id, officer, standing, batch)
        batch.application.append(self._application(application_id, case, applicant, standing))
        if standing.billed_at is not None:
            batch.bill.append(self._bill(application_id, case, standing))
        return standing

    def _officer(self, standing: CaseProgress) -> str:
        is_open = standing.taken_at is not None and standing.closed_at is None
        in_turn = next(self._turns) if is_open else None
        return in_turn or self._officers[below(len(self._officers), self._rng)]

    def _screen(
        self, application_id: UUID, step: Step, standing: CaseProgress, batch: Batch
    ) -> None:
        for answer in step.answers:
            if answer.asked_at > self._until:
                continue
            is_answered = answer.answered_at <= self._until
            result = answer.result if is_answered else ScreeningResult.PENDING
            batch.screening.append(
                ScreeningRow(
                    id=new_id(answer.asked_at, self._rng),
                    application_id=application_id,
                    kind=answer.kind,
                    result=result,
                    requested_at=instant(answer.asked_at),
                    answered_at=instant(answer.answered_at) if is_answered else None,
                    proposed=answer.result if answer.confirmed_by else None,
                    proposed_by=answer.by if answer.confirmed_by else None,
                    reason=answer.reason,
                    answered_by=answer.by if is_answered else None,
                    confirmed_by=answer.confirmed_by if is_answered else None,
                )
            )
            if result is ScreeningResult.HIT:
                standing.has_open_hit = True
            elif result in RESOLUTIONS:
                standing.has_open_hit = False
            if result is ScreeningResult.MATCH:
                standing.matched_at = answer.answered_at
            if answer.kind is ScreeningKind.CLEARANCE or result is ScreeningResult.HIT:
                standing.is_referred = True

    def _decide(
        self, application_id: UUID, step: Step, officer: str, standing: CaseProgress, batch: Batch
    ) -> None:
        superseded, standing.decision_id = standing.decision_id, new_id(step.at, self._rng)
        batch.decision.append(
            DecisionRow(
                id=standing.decision_id,
                application_id=application_id,
                outcome=_OUTCOME_OF[step.kind],
                ground=step.ground,
                decided_at=instant(step.at),
                officer=officer,
                internal_note=_CORRECTION if superseded else _note(step),
                supersedes_id=superseded,
            )
        )

    def _assign(
        self, application_id: UUID, officer: str, standing: CaseProgress, batch: Batch
    ) -> None:
        if standing.taken_at is None:
            return
        ends = [at for at in (standing.matched_at, standing.closed_at) if at is not None]
        self._put_on_desk(application_id, officer, Role.OFFICER, standing.taken_at, ends, batch)
        if standing.matched_at is not None:
            self._put_on_desk(
                application_id,
                str(SUPERVISOR.subject),
                Role.SUPERVISOR,
                standing.matched_at,
                ends[1:],
                batch,
            )

    def _put_on_desk(
        self, application_id: UUID, who: str, role: Role, at: int, ends: list[int], batch: Batch
    ) -> None:
        ended_at = instant(ends[0]) if ends else None
        batch.assignment.append(AssignmentRow(application_id, who, role, instant(at), ended_at))

    def _application(
        self, application_id: UUID, case: Case, applicant: ApplicantRow, standing: CaseProgress
    ) -> ApplicationRow:
        paid_at = target_due_at = fee_idr = None
        if standing.paid_at:
            paid_at = instant(standing.paid_at)
            paid_on = paid_at.astimezone(WIB).date()
            hours = self._given.target_hours(case.visa_type, case.profile.clock, paid_on)
            target_due_at = paid_at + timedelta(hours=hours)
            fee_idr = self._fee_idr(case, standing)
        return ApplicationRow(
            id=application_id,
            reference=new_reference(self._rng),
            applicant_id=applicant.id,
            nationality_code=applicant.nationality_code,
            visa_type_code=case.visa_type,
            channel=case.place.channel,
            partner_code=case.place.partner,
            country_code=case.place.country,
            centre_code=case.place.centre,
            status=standing.status,
            submitted_at=instant(case.submitted_at),
            received_at=instant(standing.received_at) if standing.received_at else None,
            paid_at=paid_at,
            closed_at=instant(standing.closed_at) if standing.closed_at else None,
            target_due_at=target_due_at,
            fee_idr=fee_idr,
            paused_seconds=standing.paused_seconds,
            was_info_requested=standing.was_info_requested,
            is_referred=standing.is_referred,
            is_held=standing.is_held,
            has_open_hit=standing.has_open_hit,
            current_decision_id=standing.decision_id,
        )

    def _bill(self, application_id: UUID, case: Case, standing: CaseProgress) -> BillRow:
        self._billed += 1
        issued_at = instant(standing.billed_at or case.submitted_at)
        return BillRow(
            billing_code=billing_code(self._billed),
            application_id=application_id,
            amount_idr=self._fee_idr(case, standing),
            issued_at=issued_at,
            due_at=issued_at + timedelta(seconds=assumptions.BILL_LAPSES_AFTER),
            paid_at=instant(standing.paid_at) if standing.paid_at else None,
            receipt_number=receipt_number(self._billed) if standing.paid_at else None,
        )

    def _fee_idr(self, case: Case, standing: CaseProgress) -> int:
        """The fee in force when it was billed."""
        billed_on = instant(standing.billed_at or case.submitted_at).astimezone(WIB).date()
        return self._given.fee_idr(case.visa_type, billed_on)


def _note(step: Step) -> str | None:
    return step.ground and f"Verified twice: {step.ground.replace('_', ' ').lower()}."
