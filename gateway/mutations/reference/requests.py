"""Requests for changes of reference data, one class per mutation."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from gateway.mutations.requests import Request
from models.vocabulary import (
    Channel,
    Clock,
    DocumentKind,
    Entry,
    NamedEventKind,
    Region,
    TripPurpose,
    VisaCategory,
    Wait,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRequest(Request):
    """Any change of reference data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(ReferenceRequest):
    """A change that a second administrator approves."""

    decree: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeCountry(Proposal):
    code: str
    iso3: str
    name_en: str
    name_id: str
    region: Region


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePartner(Proposal):
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePartnerCountry(Proposal):
    partner: str
    country: str
    opened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePartnerCountryClosing(Proposal):
    partner: str
    country: str
    #: None takes a planned closing back.
    closed_on: date | None
    #: The centre that gets what is still open in the end; None: the directorate.
    successor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeCentre(Proposal):
    code: str
    partner: str
    country: str
    city: str
    opened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeCentreClosing(Proposal):
    centre: str
    #: None takes a planned closing back.
    closed_on: date | None
    successor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeVisaType(Proposal):
    code: str
    name_en: str
    name_id: str
    category: VisaCategory
    stay_days: int
    use_within_days: int
    is_multiple_entry: bool
    passport_months: int
    fee: int
    hours: int | None
    working_days: int | None
    promised_percent: int | None
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeVisaTypeEnd(Proposal):
    visa_type: str
    #: None takes a planned end back.
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeEligibility(Proposal):
    visa_type: str
    entry: Entry
    purpose: TripPurpose
    is_open: bool
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeRequiredDocument(Proposal):
    visa_type: str
    kind: DocumentKind
    is_required: bool
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePassportRule(Proposal):
    visa_type: str
    months: int
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeExtensionRule(Proposal):
    visa_type: str
    times: int
    days: int
    fee: int
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeHandlingRule(Proposal):
    visa_type: str
    is_announced: bool
    is_corrected: bool
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeFee(Proposal):
    visa_type: str
    use_within_days: int
    fee: int
    is_offered: bool
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeServiceTarget(Proposal):
    visa_type: str
    clock: Clock
    hours: int | None
    working_days: int | None
    promised_percent: int | None
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeDeadline(Proposal):
    wait: Wait
    days: int
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeDayOff(Proposal):
    day: date
    name_en: str
    name_id: str
    is_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeEntryRule(Proposal):
    country: str
    entry: Entry
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeNamedEvent(Proposal):
    kind: NamedEventKind
    began_on: date
    ended_on: date
    #: None: it was everybody's.
    country: str | None
    was_screening_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeGrantRule(Proposal):
    visa_type: str
    nationalities: tuple[str, ...]
    sample_percent: int
    hours_after_payment: int
    official: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePool(Proposal):
    code: str
    visa_types: tuple[str, ...]
    channels: tuple[Channel, ...]
    nationalities: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopGrantRule(ReferenceRequest):
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveReferenceChange(ReferenceRequest):
    #: None if the id was malformed.
    change_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelReferenceChange(ReferenceRequest):
    change_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendPartner(ReferenceRequest):
    partner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendViewer(ReferenceRequest):
    subject: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmSuspension(ReferenceRequest):
    #: None if the id was malformed.
    suspension_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeLifting(ReferenceRequest):
    suspension_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftSuspension(ReferenceRequest):
    suspension_id: UUID | None
