"""Builds the rows that proposals write: countries, visa types and terms, deadlines, entry rules,
days off, named events."""

from datetime import date, timedelta

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reason, Reasons, RefusedError
from gateway.mutations.reference.requests import (
    ProposeCountry,
    ProposeDayOff,
    ProposeDeadline,
    ProposeEligibility,
    ProposeEntryRule,
    ProposeExtensionRule,
    ProposeFee,
    ProposeHandlingRule,
    ProposeNamedEvent,
    ProposePassportRule,
    ProposeRequiredDocument,
    ProposeServiceTarget,
    ProposeVisaType,
    ProposeVisaTypeEnd,
)
from gateway.mutations.reference.rows import DatedTable, Row, check_known, end_row
from gateway.mutations.row_lookups import read_row
from models import (
    Country,
    DayOff,
    Deadline,
    Eligibility,
    EntryRule,
    ExtensionRule,
    Fee,
    HandlingRule,
    NamedEvent,
    PassportRule,
    RequiredDocument,
    ServiceTarget,
    VisaType,
)
from models.life import Refusal
from models.reference.named_event import DAYS_TO_RECORD, MOST_EVENT_DAYS, event_code
from models.vocabulary import Clock, Entry, NamedEventKind

_TYPES = DatedTable(VisaType, "valid_from", "valid_until")


async def build_country(
    transaction: WriteTransaction, request: ProposeCountry, today: date, reasons: Reasons
) -> list[Row]:
    """Another country, or another name of one. Its codes and its region are not for a decree to
    change."""
    there = await read_row(transaction, Country, {"code": request.code})
    other = await read_row(transaction, Country, {"iso3": request.iso3})
    if (there and there.iso3 != request.iso3) or (other and other.code != request.code):
        reasons.add(Refusal.CODE_TAKEN, "iso3")
    if there and there.region != request.region:
        reasons.add(Refusal.INVALID, "region", rule="region_is_fixed")
    reasons.refuse_if_any()
    names = {"name_en": request.name_en, "name_id": request.name_id}
    fixed = {"code": request.code, "iso3": request.iso3, "region": request.region.value}
    return [Row(Country, {**fixed, **names})]


async def build_visa_type(
    transaction: WriteTransaction, request: ProposeVisaType, today: date, reasons: Reasons
) -> list[Row]:
    """A visa type with its first passport rule, fee and target: it is never without them.

    It is open to every nationality, for what its category says.
    """
    target = _target(request, reasons)
    reasons.refuse_if_any()
    there = await read_row(transaction, VisaType, {"code": request.code})
    if there is not None and there.valid_from < today:
        raise RefusedError(Reason(Refusal.CODE_TAKEN, ("code",)))
    begins = {"valid_from": request.valid_from}
    of_itself = ("name_en", "name_id", "category", "stay_days", "is_multiple_entry")
    values = {name: getattr(request, name) for name in of_itself}
    of_type = {"visa_type_code": request.code, **begins}
    served = {"purpose": request.category.value, "is_open": True}
    return [
        Row(VisaType, {"code": request.code, **values, **begins, "valid_until": None}),
        Row(PassportRule, {**of_type, "months": request.passport_months}),
        Row(Fee, {**of_type, **_fee(request), "is_offered": True}),
        Row(ServiceTarget, {**of_type, "clock": Clock.STANDARD.value, **target}),
        *(Row(Eligibility, {**of_type, "entry": entry.value, **served}) for entry in Entry),
    ]


async def build_visa_type_end(
    transaction: WriteTransaction, request: ProposeVisaTypeEnd, today: date, reasons: Reasons
) -> list[Row]:
    key = {"code": request.visa_type}
    return [await end_row(transaction, request, _TYPES, key, today, reasons, "visaType")]


async def build_eligibility(
    transaction: WriteTransaction, request: ProposeEligibility, today: date, reasons: Reasons
) -> list[Row]:
    of_type = await _of_visa_type(transaction, request, reasons)
    served = {"entry": request.entry.value, "purpose": request.purpose.value}
    return [Row(Eligibility, {**of_type, **served, "is_open": request.is_open})]


async def build_required_document(
    transaction: WriteTransaction, request: ProposeRequiredDocument, today: date, reasons: Reasons
) -> list[Row]:
    of_type = await _of_visa_type(transaction, request, reasons)
    document = {"kind": request.kind.value, "is_required": request.is_required}
    return [Row(RequiredDocument, {**of_type, **document})]


async def build_passport_rule(
    transaction: WriteTransaction, request: ProposePassportRule, today: date, reasons: Reasons
) -> list[Row]:
    of_type = await _of_visa_type(transaction, request, reasons)
    return [Row(PassportRule, {**of_type, "months": request.months})]


async def build_extension_rule(
    transaction: WriteTransaction, request: ProposeExtensionRule, today: date, reasons: Reasons
) -> list[Row]:
    """How a stay is extended: on a visa of one entry alone, since a stay of others ends by leaving
    and coming again."""
    of_type = await _of_visa_type(transaction, request, reasons)
    there = await read_row(transaction, VisaType, {"code": request.visa_type})
    if there is None or there.is_multiple_entry:
        raise RefusedError(Reason(Refusal.INVALID, ("visaType",), rule="extends_one_entry"))
    terms = {"times": request.times, "days": request.days, "amount_idr": request.fee}
    return [Row(ExtensionRule, {**of_type, **terms})]


async def build_handling_rule(
    transaction: WriteTransaction, request: ProposeHandlingRule, today: date, reasons: Reasons
) -> list[Row]:
    of_type = await _of_visa_type(transaction, request, reasons)
    how = {"is_announced": request.is_announced, "is_corrected": request.is_corrected}
    return [Row(HandlingRule, {**of_type, **how})]


async def build_fee(
    transaction: WriteTransaction, request: ProposeFee, today: date, reasons: Reasons
) -> list[Row]:
    of_type = await _of_visa_type(transaction, request, reasons)
    return [Row(Fee, {**of_type, **_fee(request), "is_offered": request.is_offered})]


def _fee(request: ProposeVisaType | ProposeFee) -> dict[str, object]:
    return {"use_within_days": request.use_within_days, "amount_idr": request.fee}


async def build_service_target(
    transaction: WriteTransaction, request: ProposeServiceTarget, today: date, reasons: Reasons
) -> list[Row]:
    target = _target(request, reasons)
    of_type = await _of_visa_type(transaction, request, reasons)
    return [Row(ServiceTarget, {**of_type, "clock": request.clock.value, **target})]


def _target(request: ProposeVisaType | ProposeServiceTarget, reasons: Reasons) -> dict[str, object]:
    """The values of a target, which is in hours or in working days."""
    if (request.hours is None) == (request.working_days is None):
        reasons.add(Refusal.INVALID, "workingDays", rule="hours_or_working_days")
    names = ("hours", "working_days", "promised_percent")
    return {name: getattr(request, name) for name in names}


async def build_day_off(
    transaction: WriteTransaction, request: ProposeDayOff, today: date, reasons: Reasons
) -> list[Row]:
    reasons.refuse_if_any()
    names = {"name_en": request.name_en, "name_id": request.name_id}
    return [Row(DayOff, {"day": request.day, **names, "is_off": request.is_off})]


async def build_deadline(
    transaction: WriteTransaction, request: ProposeDeadline, today: date, reasons: Reasons
) -> list[Row]:
    reasons.refuse_if_any()
    key = {"wait": request.wait.value, "valid_from": request.valid_from}
    return [Row(Deadline, {**key, "days": request.days})]


async def build_entry_rule(
    transaction: WriteTransaction, request: ProposeEntryRule, today: date, reasons: Reasons
) -> list[Row]:
    await check_known(transaction, reasons, Country, request.country, "country")
    reasons.refuse_if_any()
    key = {"country_code": request.country, "valid_from": request.valid_from}
    return [Row(EntryRule, {**key, "entry": request.entry.value})]


async def build_named_event(
    transaction: WriteTransaction, request: ProposeNamedEvent, today: date, reasons: Reasons
) -> list[Row]:
    """An event that began lately. The database holds it to its kinds and days, too."""
    began_on, ended_on, country = request.began_on, request.ended_on, request.country
    check_event_days(request, today, reasons)
    if request.was_screening_out and request.kind is not NamedEventKind.OUTAGE:
        reasons.add(Refusal.INVALID, "wasScreeningOut", rule="screening_is_an_outage")
    if country is not None:
        await check_known(transaction, reasons, Country, country, "country")
    reasons.refuse_if_any()
    row = {
        "code": event_code(request.kind, began_on, country),
        "kind": request.kind.value,
        "began_on": began_on,
        "ended_on": ended_on,
        "country_code": country,
        "was_screening_out": request.was_screening_out,
    }
    return [Row(NamedEvent, row)]


def check_event_days(request: ProposeNamedEvent, today: date, reasons: Reasons) -> None:
    """Nobody finds an event when a year is judged, and a season is none."""
    if not timedelta() <= today - request.began_on <= timedelta(DAYS_TO_RECORD):
        limits = {"most": DAYS_TO_RECORD}
        reasons.add(Refusal.INVALID, "beganOn", rule="event_is_recent", limits=limits)
    if not timedelta() <= request.ended_on - request.began_on < timedelta(MOST_EVENT_DAYS):
        limits = {"most": MOST_EVENT_DAYS}
        reasons.add(Refusal.INVALID, "endedOn", rule="event_days", limits=limits)


async def _of_visa_type(
    transaction: WriteTransaction,
    request: ProposeEligibility
    | ProposeRequiredDocument
    | ProposePassportRule
    | ProposeExtensionRule
    | ProposeHandlingRule
    | ProposeFee
    | ProposeServiceTarget,
    reasons: Reasons,
) -> dict[str, object]:
    """What a row of a visa type is of. Raises RefusedError if anything is wrong by now."""
    await check_known(transaction, reasons, VisaType, request.visa_type, "visaType")
    reasons.refuse_if_any()
    return {"visa_type_code": request.visa_type, "valid_from": request.valid_from}
