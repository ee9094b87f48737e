"""The generated rows, one type per table, and batches of them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from models.synthetic.answerable_rows import GuarantorRow, GuardianRow
from models.synthetic.complaint_rows import ComplaintRow, ComplaintTextRow
from models.synthetic.rule_rows import (
    DecisionRow,
    GrantCheckRow,
    IntentionAnswerRow,
    RefusalIntentionRow,
    WithheldDecisionRow,
)
from models.vocabulary import (
    BanGround,
    Channel,
    CorrectionState,
    CrossingDirection,
    EventKind,
    Presence,
    ReferralReason,
    RequestedItemKind,
    Role,
    ScreeningKind,
    ScreeningResult,
    Sex,
    Status,
    TripPurpose,
)


class ApplicantRow(NamedTuple):
    """A row of ``applicant``."""

    id: UUID
    account: str | None
    nationality_code: str
    created_at: datetime


class PassportEndingRow(NamedTuple):
    """A row of ``passport_ending``."""

    applicant_id: UUID
    last_four: str


class IdentityRow(NamedTuple):
    """A row of ``identity``."""

    applicant_id: UUID
    full_name: str
    passport_number: str
    birth_date: date
    email: str
    phone: str
    sex: Sex
    place_of_birth: str
    passport_issuing_state: str
    passport_expires_on: date


class ApplicationRow(NamedTuple):
    """A row of ``application``."""

    id: UUID
    reference: str
    applicant_id: UUID
    nationality_code: str
    visa_type_code: str
    trip_purpose: TripPurpose
    entry_on: date | None
    use_within_days: int | None
    channel: Channel
    partner_code: str | None
    country_code: str | None
    centre_code: str | None
    group_reference: str | None
    status: Status
    submitted_at: datetime
    received_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None
    target_due_at: datetime | None
    pay_by: datetime | None
    answer_by: datetime | None
    fee_idr: int | None
    paused_seconds: int
    was_info_requested: bool
    is_referred: bool
    is_held: bool
    has_open_hit: bool
    current_decision_id: UUID | None
    #: On whose desk it is, by the assignment that has not ended.
    officer: str | None
    supervisor: str | None
    is_assigned: bool
    extends_visa_number: str | None = None
    guardian_kind: str | None = None
    is_linked: bool = False


class BillRow(NamedTuple):
    """A row of ``bill``."""

    billing_code: str
    application_id: UUID
    amount_idr: int
    issued_at: datetime
    due_at: datetime
    paid_at: datetime | None
    receipt_number: str | None


class EventRow(NamedTuple):
    """A row of ``application_event``."""

    application_id: UUID
    sequence: int
    kind: EventKind
    occurred_at: datetime
    recorded_at: datetime
    actor: str | None
    actor_role: Role | None
    reason: str | None


class AssignmentRow(NamedTuple):
    """A row of ``assignment``."""

    application_id: UUID
    officer: str
    role: Role
    assigned_at: datetime
    ended_at: datetime | None
    #: Who took it off the desk, and why; null where the case was decided.
    ended_by: str | None = None
    reason: str | None = None


class IdentityVersionRow(NamedTuple):
    """A row of ``identity_version``; one that is proposed has only what is to change."""

    applicant_id: UUID
    number: int
    written_at: datetime
    full_name: str | None = None
    passport_number: str | None = None
    birth_date: date | None = None
    email: str | None = None
    phone: str | None = None
    sex: Sex | None = None
    place_of_birth: str | None = None
    passport_issuing_state: str | None = None
    passport_expires_on: date | None = None
    nationality_code: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


class CorrectionRow(NamedTuple):
    """A row of ``correction``."""

    id: UUID
    application_id: UUID
    applicant_id: UUID
    version: int
    state: CorrectionState
    proposed_at: datetime
    proposed_by: str
    proposed_role: Role
    closed_at: datetime | None
    closed_by: str | None
    reason: str | None


class RequestedItemRow(NamedTuple):
    """A row of ``requested_item``."""

    id: UUID
    application_id: UUID
    kind: RequestedItemKind
    requested_at: datetime
    answered_at: datetime | None
    answered_by: str | None


class ItemAnswerRow(NamedTuple):
    """A row of ``item_answer``, before it is sealed."""

    item_id: UUID
    application_id: UUID
    applicant_id: UUID
    street: str
    city: str
    province: str


class VisaRow(NamedTuple):
    """A row of ``visa``."""

    visa_number: str
    application_id: UUID
    decision_id: UUID
    issued_at: datetime
    use_by: date
    stay_days: int
    revoked_at: datetime | None
    extended_days: int = 0


class MovementRow(NamedTuple):
    """A row of ``movement``."""

    id: UUID
    applicant_id: UUID
    visa_number: str
    direction: CrossingDirection
    crossed_at: datetime
    port: str
    stay_until: date | None


class StayRow(NamedTuple):
    """A row of ``stay``."""

    id: UUID
    visa_number: str
    application_id: UUID
    presence: Presence
    is_used: bool
    entered_on: date | None
    departed_on: date | None
    stay_until: date | None
    overstays_at: datetime | None


class CrossingRow(NamedTuple):
    """A row of ``crossing`` that fits no visa."""

    id: UUID
    reported_at: datetime
    reported_by: str
    report_key: str
    direction: CrossingDirection
    crossed_at: datetime
    port: str
    passengers: list[bytes]
    visa_number: str


class ScreeningRow(NamedTuple):
    """A row of ``screening``."""

    id: UUID
    application_id: UUID
    kind: ScreeningKind
    result: ScreeningResult
    requested_at: datetime
    referral_reason: ReferralReason | None
    answered_at: datetime | None
    proposed: ScreeningResult | None
    proposed_by: str | None
    reason: str | None
    answered_by: str | None
    confirmed_by: str | None
    voided_at: datetime | None
    list_version: str | None
    rule_version: str | None


class BanEntryRow(NamedTuple):
    """A row of ``ban_entry``."""

    id: UUID
    reference: str
    ground: BanGround
    reason: str
    banned_from: date
    banned_until: date | None
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_at: datetime | None


class BannedPersonRow(NamedTuple):
    """A row of ``banned_person``."""

    ban_id: UUID
    issuing_state: str | None
    passport_number: str | None
    full_name: str | None
    birth_date: date | None


@dataclass
class Batch:
    """Rows of complete applications by table, in an order that satisfies the foreign keys."""

    applicant: list[ApplicantRow] = field(default_factory=list)
    passport_ending: list[PassportEndingRow] = field(default_factory=list)
    identity: list[IdentityRow] = field(default_factory=list)
    application: list[ApplicationRow] = field(default_factory=list)
    bill: list[BillRow] = field(default_factory=list)
    decision: list[DecisionRow] = field(default_factory=list)
    visa: list[VisaRow] = field(default_factory=list)
    movement: list[MovementRow] = field(default_factory=list)
    stay: list[StayRow] = field(default_factory=list)
    crossing: list[CrossingRow] = field(default_factory=list)
    application_event: list[EventRow] = field(default_factory=list)
    requested_item: list[RequestedItemRow] = field(default_factory=list)
    item_answer: list[ItemAnswerRow] = field(default_factory=list)
    refusal_intention: list[RefusalIntentionRow] = field(default_factory=list)
    intention_answer: list[IntentionAnswerRow] = field(default_factory=list)
    guarantor: list[GuarantorRow] = field(default_factory=list)
    guardian: list[GuardianRow] = field(default_factory=list)
    assignment: list[AssignmentRow] = field(default_factory=list)
    screening: list[ScreeningRow] = field(default_factory=list)
    grant_check: list[GrantCheckRow] = field(default_factory=list)
    withheld_decision: list[WithheldDecisionRow] = field(default_factory=list)
    identity_version: list[IdentityVersionRow] = field(default_factory=list)
    correction: list[CorrectionRow] = field(default_factory=list)
    ban_entry: list[BanEntryRow] = field(default_factory=list)
    banned_person: list[BannedPersonRow] = field(default_factory=list)
    complaint: list[ComplaintRow] = field(default_factory=list)
    complaint_text: list[ComplaintTextRow] = field(default_factory=list)
