"""Effective-dated changes of visa types, fees, service targets and entry rules."""

from datetime import date

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reason, Reasons, RefusedError
from gateway.mutations.reference.requests import (
    EndVisaType,
    IntroduceVisaType,
    SetEntryRule,
    SetFee,
    SetServiceTarget,
)
from gateway.mutations.reference.rows import (
    Span,
    check_known,
    end,
    insert_unless_exists,
    lock_row,
    replace,
    set_from,
)
from models import Country, EntryRule, Fee, ServiceTarget, VisaType
from models.life import Refusal
from models.vocabulary import Clock

_TYPES = Span(VisaType, "valid_from", "valid_until")


async def introduce_visa_type(
    transaction: WriteTransaction, request: IntroduceVisaType, today: date, reasons: Reasons
) -> str:
    """Introduce a visa type with its first fee and target: it is never without them."""
    reasons.refuse_if_any()
    begins = {"valid_from": request.valid_from}
    values = {
        name: getattr(request, name)
        for name in ("name_en", "name_id", "category", "stay_days", "is_multiple_entry")
    }
    if not await insert_unless_exists(
        transaction, VisaType, {"code": request.code}, begins | values
    ):
        key = {"code": request.code} | begins
        if await lock_row(transaction, request, VisaType, key) is None:
            raise RefusedError(Reason(Refusal.CODE_TAKEN, ("code",)))
        await replace(transaction, VisaType, key, values)
    of_type = {"visa_type_code": request.code} | begins
    await set_from(transaction, Fee, of_type, {"amount_idr": request.amount_idr})
    standard = of_type | {"clock": Clock.STANDARD.value}
    await set_from(transaction, ServiceTarget, standard, {"hours": request.hours})
    return request.code


async def end_visa_type(
    transaction: WriteTransaction, request: EndVisaType, today: date, reasons: Reasons
) -> str:
    key = {"code": request.visa_type}
    await end(transaction, request, _TYPES, key, today, reasons, "visaType")
    return request.visa_type


async def set_fee(
    transaction: WriteTransaction, request: SetFee, today: date, reasons: Reasons
) -> str:
    await check_known(transaction, reasons, VisaType.code, request.visa_type, "visaType")
    reasons.refuse_if_any()
    key = {"visa_type_code": request.visa_type, "valid_from": request.valid_from}
    await set_from(transaction, Fee, key, {"amount_idr": request.amount_idr})
    return request.visa_type


async def set_service_target(
    transaction: WriteTransaction, request: SetServiceTarget, today: date, reasons: Reasons
) -> str:
    await check_known(transaction, reasons, VisaType.code, request.visa_type, "visaType")
    reasons.refuse_if_any()
    key = {
        "visa_type_code": request.visa_type,
        "clock": request.clock.value,
        "valid_from": request.valid_from,
    }
    values = {"hours": request.hours, "promised_percent": request.promised_percent}
    await set_from(transaction, ServiceTarget, key, values)
    return request.visa_type


async def set_entry_rule(
    transaction: WriteTransaction, request: SetEntryRule, today: date, reasons: Reasons
) -> str:
    await check_known(transaction, reasons, Country.code, request.country, "country")
    reasons.refuse_if_any()
    key = {"country_code": request.country, "valid_from": request.valid_from}
    await set_from(transaction, EntryRule, key, {"entry": request.entry.value})
    return request.country
