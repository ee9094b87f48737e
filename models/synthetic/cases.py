"""What happens in the life of an application, and who does it."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from models.case.reference_numbers import IntakePlace
from models.synthetic import assumptions
from models.synthetic.intake import Profile
from models.synthetic.rows import AssignmentRow
from models.vocabulary import (
    CLOSED,
    EventKind,
    Ground,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
    TripPurpose,
    VisaCondition,
)

_STATUS_OF = {EventKind(status): status for status in Status}


class Actor(NamedTuple):
    """Who does something: a subject, in a role."""

    subject: str | None
    role: Role | None


CLOCK = Actor(None, None)
#: Placeholder for the officer to whom the case is assigned.
OFFICER = Actor("", Role.OFFICER)
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
SECOND_SUPERVISOR = Actor("supervisor-2", Role.SUPERVISOR)
TREASURY = Actor("treasury", Role.TREASURY)


class ScreeningAnswer(NamedTuple):
    """A screening question, with its result and its times."""

    kind: ScreeningKind
    result: ScreeningResult
    asked_at: int
    answered_at: int
    #: Subjects who answered (nobody where the system did) and agreed, and the reason of what a hit
    #: is taken for.
    by: str | None = "screening"
    confirmed_by: str | None = None
    reason: str | None = None
    voided_at: int | None = None


class Event(NamedTuple):
    """Something that happens in the life of an application."""

    at: int
    kind: EventKind
    by: Actor
    ground: Ground | None = None
    answers: tuple[ScreeningAnswer, ...] = ()

    def grounds_of(self, application: UUID) -> list[Ground]:
        """The ground of a refusal; of one in four also what often goes with it."""
        if self.ground is None:
            return []
        has_further = application.int % 4 == 0
        return [self.ground, *([assumptions.GOES_WITH[self.ground]] if has_further else [])]

    def conditions_of(self, application: UUID, case: "Case") -> list[VisaCondition]:
        """On what a visa is granted: one in sixteen is on something."""
        if self.kind is not EventKind.GRANTED or case.extends is not None:
            return []
        return list(assumptions.CONDITIONS.get(application.int % 32, ()))


class ExtendedStay(NamedTuple):
    """The stay that an application asks more days for, and what its visa was granted for."""

    visa_number: str
    trip_purpose: TripPurpose
    #: When its last day has passed: until then it is paid for.
    ends_at: int


class Case(NamedTuple):
    """What is known of an application when it is submitted."""

    submitted_at: int
    visa_type: str
    place: IntakePlace
    profile: Profile
    sender: Actor
    #: Of an extension, which yields no visa.
    extends: ExtendedStay | None = None
    #: The reference of the group that it is part of.
    group: str | None = None

    def pay_by(self, billed_at: int) -> int:
        """Until when it can be paid."""
        end = billed_at + assumptions.UNPAID_LAPSES_AFTER
        return min(end, self.extends.ends_at) if self.extends else end


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
    asked_at: int | None = None
    paused_seconds: int = 0
    was_info_requested: bool = False
    is_referred: bool = False
    is_held: bool = False
    has_open_hit: bool = False
    matched_at: int | None = None
    decision_id: UUID | None = None
    #: The assignment that has not ended.
    on_desk: AssignmentRow | None = None

    def apply(self, step: Event) -> None:
        """Apply one step."""
        if status := _STATUS_OF.get(step.kind):
            self._enter(status, step.at)
        elif step.kind is EventKind.RECEIVED:
            self.received_at = step.at
        elif step.kind is EventKind.HELD:
            self.is_held = True
        elif step.kind is EventKind.RELEASED:
            self.is_held = False

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
            self.waiting_since = self.asked_at = at
        elif status is Status.REFUSAL_INTENDED:
            self.waiting_since = self.asked_at = at
        elif status in CLOSED:
            # The clock stops at the first decision, even if it is corrected later.
            self.closed_at = self.closed_at or at
