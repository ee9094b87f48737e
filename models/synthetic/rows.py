"""The generated rows, one type per table, and batches of them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import NamedTuple
from uuid import UUID

from models.keys import key_at
from models.vocabulary import (
    Channel,
    EventKind,
    Ground,
    Outcome,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)


class ApplicantRow(NamedTuple):
    """A row of ``applicant``."""

    id: UUID
    account: str | None
    nationality_code: str
    passport_last_four: str
    created_at: datetime


class IdentityRow(NamedTuple):
    """A row of ``identity``."""

    applicant_id: UUID
    full_name: str
    passport_number: str
    birth_date: date
    email: str
    phone: str


class ApplicationRow(NamedTuple):
    """A row of ``application``."""

    id: UUID
    reference: str
    applicant_id: UUID
    nationality_code: str
    visa_type_code: str
    channel: Channel
    partner_code: str | None
    country_code: str | None
    centre_code: str | None
    status: Status
    submitted_at: datetime
    received_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None
    target_due_at: datetime | None
    fee_idr: int | None
    paused_seconds: int
    was_info_requested: bool
    is_referred: bool
    is_held: bool
    has_open_hit: bool
    current_decision_id: UUID | None


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


class AssignmentRow(NamedTuple):
    """A row of ``assignment``."""

    application_id: UUID
    officer: str
    role: Role
    assigned_at: datetime
    ended_at: datetime | None


class DecisionRow(NamedTuple):
    """A row of ``decision``."""

    id: UUID
    application_id: UUID
    outcome: Outcome
    ground: Ground | None
    decided_at: datetime
    officer: str
    internal_note: str | None
    supersedes_id: UUID | None


class ScreeningRow(NamedTuple):
    """A row of ``screening``."""

    id: UUID
    application_id: UUID
    kind: ScreeningKind
    result: ScreeningResult
    requested_at: datetime
    answered_at: datetime | None
    proposed: ScreeningResult | None
    proposed_by: str | None
    reason: str | None
    answered_by: str | None
    confirmed_by: str | None


@dataclass
class Batch:
    """Rows of complete applications by table, in an order that satisfies the foreign keys."""

    applicant: list[ApplicantRow] = field(default_factory=list)
    identity: list[IdentityRow] = field(default_factory=list)
    application: list[ApplicationRow] = field(default_factory=list)
    bill: list[BillRow] = field(default_factory=list)
    decision: list[DecisionRow] = field(default_factory=list)
    application_event: list[EventRow] = field(default_factory=list)
    assignment: list[AssignmentRow] = field(default_factory=list)
    screening: list[ScreeningRow] = field(default_factory=list)


#: Odd, and no multiple of five: so that each number gets a code of its own, in no visible order.
_SPREAD = 6_364_136_223_846_793_003


def billing_code(number: int) -> str:
    """The billing code of the application of a number."""
    return f"8{number * _SPREAD % 10**14:014}"


def receipt_number(number: int) -> str:
    """The receipt of the application of a number, if it was paid."""
    return f"{number * _SPREAD % 2**64:016X}"


def new_id(moment: int, rng: Random) -> UUID:
    """A key of a moment that is reproducible from the seed."""
    return key_at(moment * 1000, rng.getrandbits(74))
