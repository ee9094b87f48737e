"""Who asks for more days than a visa gives, and what becomes of it."""

from itertools import takewhile
from random import Random
from typing import NamedTuple

from models.case.reference_numbers import DIRECT
from models.synthetic import assumptions
from models.synthetic.calendar import DAY, Outage, day_in_wib, midnight
from models.synthetic.cases import Actor, Case, CaseProgress, Event, ExtendedStay
from models.synthetic.chance import below, seconds
from models.synthetic.inputs import Reference
from models.synthetic.life import life
from models.synthetic.record import Recorder
from models.synthetic.rows import ApplicantRow, ApplicationRow, Batch, IdentityRow, VisaRow
from models.vocabulary import EventKind, Role, Status

#: Who hands in what has no partner.
_HOLDER = Actor("portal", Role.APPLICANT)
#: Of the lives that are drawn, one in ten at least waits for the next step that is wanted.
_LIVES_TRIED = 500
#: A question that is asked is answered after the end.
_ANSWERED_AFTER_END = 60


class Holder(NamedTuple):
    """Who has a visa, and the application that it was granted for."""

    case: Case
    row: ApplicationRow
    applicant: ApplicantRow
    identity: IdentityRow


class Visit(NamedTuple):
    """A stay on a visa of one entry: when its holder leaves by the visa alone, and would leave."""

    entered_at: int
    reported_at: int
    leaves_at: int
    would_leave_at: int


class Extensions:
    """Draws the extensions of a world, from a source of its own."""

    def __init__(
        self, given: Reference, until: int, outage: Outage, seed: int, recorder: Recorder
    ) -> None:
        self._given, self._until, self._outage = given, until, outage
        self._rng = Random(f"asking for extensions {seed}")
        self._recorder = recorder.of_extensions()
        self._early = list(reversed(assumptions.OPEN_EXTENSIONS))

    def follow(self, holder: Holder, visit: Visit, batch: Batch) -> int:
        """Add to a batch the extension that the holder of its last visa asks for, if any; when they
        leave."""
        visa = batch.visa[-1]
        ends_at = midnight(day_in_wib(visit.entered_at)) + (visa.stay_days + 1) * DAY
        asked = self._ask(visa, holder, visit, ends_at)
        if asked is None:
            return visit.leaves_at
        case, steps = asked
        is_at_screening = steps[-1].kind is EventKind.SCREENING
        standing = self._recorder.record(
            case, holder.applicant, holder.identity, steps, batch, is_for_people=is_at_screening
        )
        rule = self._given.extension_rule(case.visa_type, day_in_wib(case.submitted_at))
        if standing.status is Status.GRANTED and rule is not None:
            batch.visa[-1] = visa._replace(extended_days=rule.days)
        return self._leaves_at(visit, standing, batch.visa[-1].extended_days)

    def _ask(
        self, visa: VisaRow, holder: Holder, visit: Visit, ends_at: int
    ) -> tuple[Case, list[Event]] | None:
        """What is asked for, and its steps until the end of the world."""
        entered_on = day_in_wib(visit.entered_at)
        if visa.revoked_at or not self._given.extension_rule(holder.case.visa_type, entered_on):
            return None
        if visit.would_leave_at > visit.leaves_at:
            asked_at = ends_at - min(seconds(assumptions.ASKED_BEFORE_END, self._rng), 20 * DAY)
            case = self._case(visa, holder, asked_at, ends_at)
            if not visit.reported_at < asked_at <= self._until:
                return None
            steps = life(case, self._outage, self._rng)
            return case, list(takewhile(lambda step: step.at <= self._until, steps))
        is_known = visit.reported_at < self._until - assumptions.ASKED_EARLY
        is_here = visit.leaves_at > self._until >= visit.entered_at + assumptions.HERE_FOR
        if self._early and is_known and is_here and ends_at > self._until:
            return self._ask_early(visa, holder, ends_at)
        return None

    def _ask_early(
        self, visa: VisaRow, holder: Holder, ends_at: int
    ) -> tuple[Case, list[Event]] | None:
        """An extension that is open at the end of the world, and waits for its next step."""
        wanted = self._early.pop()
        for _ in range(_LIVES_TRIED):
            asked_at = self._until - below(assumptions.ASKED_EARLY, self._rng)
            case = self._case(visa, holder, asked_at, ends_at)
            steps = list(life(case, self._outage, self._rng))
            last = next((n for n, step in enumerate(steps) if step.kind is wanted), None)
            if last and 0 <= self._until - steps[last].at <= assumptions.OPEN_FOR:
                after_end = self._until + _ANSWERED_AFTER_END
                answers = (one._replace(answered_at=after_end) for one in steps[last].answers[:1])
                return case, [*steps[:last], steps[last]._replace(answers=tuple(answers))]
        return None

    def _case(self, visa: VisaRow, holder: Holder, asked_at: int, ends_at: int) -> Case:
        return Case(
            asked_at,
            holder.case.visa_type,
            DIRECT,
            holder.case.profile,
            _HOLDER,
            ExtendedStay(visa.visa_number, holder.row.trip_purpose, ends_at),
        )

    def _leaves_at(self, visit: Visit, standing: CaseProgress, extended_days: int) -> int:
        if standing.closed_at is None:  # whoever waits for an answer is there
            return max(visit.leaves_at, self._until + DAY)
        if standing.decision_id is None:
            return visit.leaves_at
        told_at = standing.closed_at + seconds(assumptions.LEAVES_AFTER_ANSWER, self._rng)
        latest = min(visit.would_leave_at, visit.leaves_at + extended_days * DAY)
        return max(latest, told_at)
