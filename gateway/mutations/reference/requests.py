"""Requests for changes of reference data, one class per mutation."""

from dataclasses import dataclass
from datetime import date

from gateway.mutations.requests import Request
from models.vocabulary import Clock, Entry, VisaCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRequest(Request):
    """Any change of reference data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPartner(ReferenceRequest):
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPartnerCountry(ReferenceRequest):
    partner: str
    country: str
    opened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePartnerCountry(ReferenceRequest):
    partner: str
    country: str
    #: None cancels a planned closing.
    closed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCentre(ReferenceRequest):
    code: str
    partner: str
    country: str
    city: str
    opened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCentre(ReferenceRequest):
    centre: str
    #: None cancels a planned closing.
    closed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroduceVisaType(ReferenceRequest):
    code: str
    name_en: str
    name_id: str
    category: VisaCategory
    stay_days: int
    is_multiple_entry: bool
    amount_idr: int
    hours: int
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndVisaType(ReferenceRequest):
    visa_type: str
    #: None cancels a planned end.
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFee(ReferenceRequest):
    visa_type: str
    amount_idr: int
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SetServiceTarget(ReferenceRequest):
    visa_type: str
    clock: Clock
    hours: int
    promised_percent: int | None
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEntryRule(ReferenceRequest):
    country: str
    entry: Entry
    valid_from: date
