"""Validation of reference data: codes, names, numbers and dates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from gateway.mutations.outcome import Reasons
from gateway.mutations.reference.requests import (
    ProposeCentre,
    ProposePartner,
    ProposeVisaType,
    ReferenceRequest,
)
from gateway.mutations.requests import api_name
from models.life import Refusal
from models.reference.data import values
from models.reference.data.values import Form


@dataclass(frozen=True, slots=True)
class Check:
    """A check of one value: the text that says what is expected, and the limits that it names."""

    rule: str
    is_met: Callable[[Any], bool]
    limits: Mapping[str, int] = field(default_factory=dict)


def _in_range(rule: str, least: int, most: int) -> Check:
    """A value that was left out is in no range, and so not out of it."""
    return Check(
        rule,
        lambda value: value is None or least <= value <= most,
        {"least": least, "most": most},
    )


def _matches(rule: str, form: Form, **limits: int) -> Check:
    return Check(rule, lambda value: form.pattern.fullmatch(value) is not None, limits)


_NAME = _matches("name", values.NAME, most=values.LONGEST_NAME)
_CHECKS: Mapping[str, Check] = {
    "name": _NAME,
    "name_en": _NAME,
    "name_id": _NAME,
    "city": _NAME,
    "stay_days": _in_range("stay_days", 1, values.MOST_DAYS),
    "use_within_days": _in_range("use_within_days", 1, values.MOST_DAYS),
    "months": _in_range("months", 0, values.MOST_MONTHS),
    "passport_months": _in_range("months", 0, values.MOST_MONTHS),
    "amount_idr": _in_range("amount_idr", 0, values.MOST_RUPIAH),
    "hours": _in_range("hours", 1, values.MOST_HOURS),
    "promised_percent": _in_range("promised_percent", 1, 100),
    "iso3": _matches("alpha_3", values.ALPHA_3),
    "days": _in_range("days", 1, values.MOST_DAYS),
    "decree": _matches("decree", values.DECREE, most=values.LONGEST_DECREE),
    "subject": Check(
        "subject",
        lambda value: value.isprintable() and 0 < len(value) <= values.LONGEST_SUBJECT,
        {"most": values.LONGEST_SUBJECT},
    ),
    "reason": Check(
        "reason",
        lambda value: 0 < len(value) <= values.LONGEST_REASON,
        {"most": values.LONGEST_REASON},
    ),
}
_CODES: Mapping[type[ReferenceRequest], Check] = {
    ProposePartner: _matches("partner_code", values.PARTNER_CODE),
    ProposeCentre: _matches("centre_code", values.CENTRE_CODE),
    ProposeVisaType: _matches("visa_type_code", values.VISA_TYPE_CODE),
}


def check(request: ReferenceRequest, today: date, reasons: Reasons) -> None:
    """Add a reason for each invalid field."""
    for name in (each.name for each in fields(request)):
        value = getattr(request, name)
        if isinstance(value, date) and value < today:
            reasons.add(Refusal.DATE_PASSED, api_name(name))
        check_value = _CODES.get(type(request)) if name == "code" else _CHECKS.get(name)
        if check_value and not check_value.is_met(value):
            rule, limits = check_value.rule, check_value.limits
            reasons.add(Refusal.INVALID, api_name(name), rule=rule, limits=limits)
    if isinstance(request, ProposeCentre) and request.code[:2] != request.country:
        reasons.add(Refusal.INVALID, "code", rule="centre_of_country")
