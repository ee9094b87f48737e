"""Turns generated steps into rows: events, and the resulting state of the application."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, repeat
from random import Random
from uuid import UUID

from models.ban import RULE_VERSION
from models.case.decision import public_reasons
from models.case.reference_numbers import new_reference
from models.synthetic import assumptions
from models.synthetic.asking import Hearings, ask
from models.synthetic.bans import LIST_VERSION
from models.synthetic.by_system import RULE, Doubtful, System
from models.synthetic.calendar import Outage, day_in_wib, instant
from models.synthetic.cases import Case, CaseProgress, Event
from models.synthetic.corrections import Corrections
from models.synthetic.desks import Desks, assignments
from models.synthetic.inputs import Reference
from models.synthetic.numbers import billing_code, new_id, receipt_number, visa_number
from models.synthetic.people import Families
from models.synthetic.rows import (
    ApplicantRow,
    ApplicationRow,
    AssignmentRow,
    Batch,
    BillRow,
    EventRow,
    IdentityRow,
    ScreeningRow,
    VisaRow,
)
from models.synthetic.rule_rows import DecisionRow
from models.synthetic.trips import Trips
from models.vocabulary import (
    RESOLUTIONS,
    EventKind,
    Ground,
    Outcome,
    ReferralReason,
    Role,
    ScreeningKind,
    ScreeningResult,
)

_OUTCOME_OF = {EventKind.GRANTED: Outcome.GRANTED, EventKind.REFUSED: Outcome.REFUSED}
_CORRECTION = "Corrected after review of the file."
_REASONS = {
    EventKind.HELD: "A hit on the entry-ban list is looked into.",
    EventKind.RELEASED: "The hit is resolved.",
    EventKind.REVOKED: "A statement of the application turned out to be false.",
}


class Recorder:
    """Turns applications and their steps into rows."""

    def __init__(
        self, given: Reference, until: int, outage: Outage, rng: Random, seed: int | str,
        doubtful: Doubtful | None = None,
    ) -> None:  # fmt: skip
        # Each draws from a source of its own: what one draws changes nothing else of a world.
        self._trips = Trips(seed)
        self._corrections = Corrections(Random(f"corrections {seed}"), until)
        self._given = given
        self._until = until
        self._rng = rng
        self._desks = Desks(rng, seed, until)
        self._system = System(until, outage, seed, doubtful)
        self._hearings = Hearings(until, outage, seed)
        self.families = Families(given.guaranteed)
        self._outage, self._seed = outage, seed
        self._beside = Random(f"screening {seed}")
        self._billed = self._granted = 0

    def of_extensions(self) -> "Recorder":
        """One for extensions, with sources of its own, that knows who was refused as this one."""
        rng = Random(f"extensions {self._seed}")
        seed, doubtful = f"{self._seed} extended", self._system.doubtful
        return Recorder(self._given, self._until, self._outage, rng, seed, doubtful)

    def record(
        self,
        case: Case,
        applicant: ApplicantRow,
        person: IdentityRow,
        steps: Sequence[Event],
        batch: Batch,
        *,
        is_for_people: bool = False,
    ) -> CaseProgress:
        """Add the rows of an application and its steps to a batch; the system takes some of these
        unless all of it ``is_for_people``."""
        application_id = new_id(case.submitted_at, self._rng)
        use_within_days = self._trips.use_within_days(case)
        standing = CaseProgress()
        correction = None
        is_new = bool(batch.identity) and batch.identity[-1].applicant_id == applicant.id
        if is_new and applicant.account is None and case.extends is None:
            correction = self._corrections.correct(case, steps, batch)
        if correction is not None:
            steps = sorted([*steps, *correction.steps(case)], key=_moment)
        steps = self._hearings.hear(application_id, case, steps)
        for step in steps:
            standing.apply(step)
        is_closed = standing.closed_at is not None
        desk = self._desks.desk_of(steps, standing.taken_at, is_closed=is_closed)
        drawn = sum(one.asked_at <= self._until for step in steps for one in step.answers)
        if not is_for_people:
            work = self._system.take_over(
                application_id, case, applicant, person, steps, desk, correction
            )
            steps, desk, standing = work.steps, work.desk, CaseProgress()
            batch.grant_check += [work.check] if work.check else []
            batch.withheld_decision += [work.withheld] if work.withheld else []
            for step in steps:
                standing.apply(step)
        # What the system does takes no draws from what is drawn of others.
        sources = chain(repeat(self._rng, drawn), repeat(self._beside))
        for sequence, step in enumerate(steps, 1):
            actor = desk.who_acts(step)
            batch.application_event.append(
                _event(application_id, sequence, step, actor, standing.decision_id)
            )
            ask(application_id, applicant.id, step, actor, steps[sequence:], batch)
            if step.answers:
                self._screen(application_id, step, standing, sources, batch)
            if step.kind in _OUTCOME_OF:
                self._decide(application_id, step, actor, standing, batch, case)
            if step.kind is EventKind.GRANTED and case.extends is None:
                issued = steps[sequence - 1 :]
                visa = self._visa(application_id, case, use_within_days or 0, standing, issued)
                batch.visa.append(visa)
        if standing.taken_at is not None:
            desks = assignments(
                application_id, desk, standing.taken_at, standing.matched_at, standing.closed_at
            )
            batch.assignment += desks
            standing.on_desk = next((one for one in desks if one.ended_at is None), None)
        fee_idr = self._fee_idr(case, use_within_days, standing)
        row = self._application(application_id, case, use_within_days, applicant, standing, fee_idr)
        batch.application.append(self.families.answer_for(row, person, batch))
        if correction is not None:
            correction.write(application_id, case, desk.officer, applicant, batch)
        if standing.billed_at is not None:
            batch.bill.append(self._bill(application_id, case, standing, fee_idr))
        return standing

    def _screen(
        self,
        application_id: UUID,
        step: Event,
        standing: CaseProgress,
        sources: Iterator[Random],
        batch: Batch,
    ) -> None:
        for answer in step.answers:
            if answer.asked_at > self._until:
                continue
            is_answered = answer.answered_at <= self._until
            result = answer.result if is_answered else ScreeningResult.PENDING
            is_asked = answer.by is not None and not answer.reason
            batch.screening.append(
                ScreeningRow(
                    id=new_id(answer.asked_at, next(sources)),
                    application_id=application_id,
                    kind=answer.kind,
                    result=result,
                    requested_at=instant(answer.asked_at),
                    referral_reason=ReferralReason.ROUTINE if is_asked else None,
                    answered_at=instant(answer.answered_at) if is_answered else None,
                    proposed=answer.result if answer.confirmed_by else None,
                    proposed_by=answer.by if answer.confirmed_by else None,
                    reason=answer.reason,
                    answered_by=answer.by if is_answered else None,
                    confirmed_by=answer.confirmed_by if is_answered else None,
                    voided_at=_later(answer.voided_at, 0),
                    list_version=None if answer.by else LIST_VERSION,
                    rule_version=None if answer.by else RULE_VERSION,
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
        self,
        application_id: UUID,
        step: Event,
        officer: str | None,
        standing: CaseProgress,
        batch: Batch,
        case: Case,
    ) -> None:
        superseded, grounds = standing.decision_id, step.grounds_of(application_id)
        standing.decision_id = new_id(step.at, self._rng)
        batch.decision.append(
            DecisionRow(
                id=standing.decision_id,
                application_id=application_id,
                outcome=_OUTCOME_OF[step.kind],
                grounds=grounds,
                is_incomplete=Ground.INCOMPLETE in grounds,
                public_reasons=public_reasons(grounds),
                conditions=step.conditions_of(application_id, case) if officer else [],
                decided_at=instant(step.at),
                officer=officer or assumptions.RULE_OFFICIAL,
                grant_rule_code=None if officer else RULE,
                internal_note=_CORRECTION if superseded else _note(step),
                supersedes_id=superseded,
            )
        )

    def _visa(
        self,
        application_id: UUID,
        case: Case,
        use_within_days: int,
        standing: CaseProgress,
        steps: Sequence[Event],
    ) -> VisaRow:
        """The visa of a grant, the first of these steps."""
        self._granted += 1
        assert standing.decision_id is not None
        issued_at = steps[0].at
        revoked = next((step for step in steps if step.kind is EventKind.REVOKED), None)
        return VisaRow(
            visa_number=visa_number(self._granted),
            application_id=application_id,
            decision_id=standing.decision_id,
            issued_at=instant(issued_at),
            use_by=day_in_wib(issued_at) + timedelta(days=use_within_days),
            stay_days=self._given.stay_days[case.visa_type],
            revoked_at=instant(revoked.at) if revoked else None,
        )

    def _application(
        self,
        application_id: UUID,
        case: Case,
        use_within_days: int | None,
        applicant: ApplicantRow,
        standing: CaseProgress,
        fee_idr: int,
    ) -> ApplicationRow:
        paid_at = target_due_at = None
        if standing.paid_at:
            paid_at = instant(standing.paid_at)
            target_due_at = self._given.target_due_at(case.visa_type, case.profile.clock, paid_at)
        return ApplicationRow(
            id=application_id,
            reference=new_reference(self._rng),
            applicant_id=applicant.id,
            nationality_code=applicant.nationality_code,
            visa_type_code=case.visa_type,
            trip_purpose=self._trips.purpose(case),
            entry_on=self._trips.entry_on(case),
            use_within_days=use_within_days,
            channel=case.place.channel,
            partner_code=case.place.partner,
            country_code=case.place.country,
            centre_code=case.place.centre,
            group_reference=case.group,
            status=standing.status,
            submitted_at=instant(case.submitted_at),
            received_at=instant(standing.received_at) if standing.received_at else None,
            paid_at=paid_at,
            closed_at=instant(standing.closed_at) if standing.closed_at else None,
            target_due_at=target_due_at,
            pay_by=instant(case.pay_by(standing.billed_at)) if standing.billed_at else None,
            answer_by=_later(standing.asked_at, assumptions.LAPSES_AFTER),
            fee_idr=fee_idr if standing.paid_at else None,
            paused_seconds=standing.paused_seconds,
            was_info_requested=standing.was_info_requested,
            is_referred=standing.is_referred,
            is_held=standing.is_held,
            has_open_hit=standing.has_open_hit,
            current_decision_id=standing.decision_id,
            officer=_whose(standing.on_desk, Role.OFFICER),
            supervisor=_whose(standing.on_desk, Role.SUPERVISOR),
            is_assigned=standing.on_desk is not None,
            extends_visa_number=case.extends.visa_number if case.extends else None,
        )

    def _bill(
        self, application_id: UUID, case: Case, standing: CaseProgress, fee_idr: int
    ) -> BillRow:
        assert standing.billed_at is not None
        self._billed += -1 if case.extends else 1
        due_at = standing.billed_at + assumptions.CODE_LAPSES_AFTER
        return BillRow(
            billing_code=billing_code(self._billed),
            application_id=application_id,
            amount_idr=fee_idr,
            issued_at=instant(standing.billed_at),
            due_at=instant(min(due_at, case.pay_by(standing.billed_at))),
            paid_at=instant(standing.paid_at) if standing.paid_at else None,
            receipt_number=receipt_number(self._billed) if standing.paid_at else None,
        )

    def _fee_idr(self, case: Case, use_within_days: int | None, standing: CaseProgress) -> int:
        """The fee in force when it was billed."""
        billed_on = day_in_wib(standing.billed_at or case.submitted_at)
        rule = self._given.extension_rule(case.visa_type, billed_on) if case.extends else None
        if rule is not None:
            return rule.amount_idr
        assert use_within_days is not None  # only a visa is asked for without a rule
        return self._given.fee_idr(case.visa_type, use_within_days, billed_on)


def _moment(step: Event) -> int:
    return step.at


def _whose(desk: AssignmentRow | None, role: Role) -> str | None:
    """Whose desk it is, where it is that of somebody in the role."""
    return desk.officer if desk and desk.role is role else None


def _later(moment: int | None, seconds: int) -> datetime | None:
    return None if moment is None else instant(moment + seconds)


def _event(
    application_id: UUID,
    sequence: int,
    step: Event,
    actor: str | None,
    decision_id: UUID | None,
) -> EventRow:
    """The event of a step; a second decision has the reason of a correction."""
    at, is_corrected = instant(step.at), step.kind in _OUTCOME_OF and decision_id is not None
    reason = _CORRECTION if is_corrected else _REASONS.get(step.kind)
    return EventRow(application_id, sequence, step.kind, at, at, actor, step.by.role, reason)


def _note(step: Event) -> str | None:
    return step.ground and f"Verified twice: {step.ground.replace('_', ' ').lower()}."
