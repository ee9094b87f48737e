"""Validation of reference data: codes, names, numbers and dates."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from gateway.mutations.outcome import RefusedError
from gateway.mutations.reference.requests import (
    AddPartner,
    IntroduceVisaType,
    OpenCentre,
    ReferenceRequest,
)
from gateway.mutations.requests import api_name
from models.life import Refusal
from models.reference.data import values
from models.reference.data.values import Form

#: The reason why a value is invalid, or None.
Check = Callable[[Any], str | None]


def _in_range(most: int, least: int, what: str) -> Check:
    """A value that was left out is in no range, and so not out of it."""
    return lambda value: (
        None if value is None or least <= value <= most else f"{what} from {least} to {most}."
    )


def _matches(form: Form) -> Check:
    return lambda value: None if form.pattern.fullmatch(value) else form.why


_NAME = _matches(values.NAME)
_CHECKS: Mapping[str, Check] = {
    "name": _NAME,
    "name_en": _NAME,
    "name_id": _NAME,
    "city": _NAME,
    "stay_days": _in_range(values.MOST_DAYS, 1, "Days of stay are"),
    "amount_idr": _in_range(values.MOST_RUPIAH, 0, "A fee is"),
    "hours": _in_range(values.MOST_HOURS, 1, "Hours are"),
    "promised_percent": _in_range(100, 1, "A percentage is"),
}
_CODES: Mapping[type[ReferenceRequest], Check] = {
    AddPartner: _matches(values.PARTNER_CODE),
    OpenCentre: _matches(values.CENTRE_CODE),
    IntroduceVisaType: _matches(values.VISA_TYPE_CODE),
}


def check(request: ReferenceRequest, today: date) -> None:
    """Raises RefusedError with the path of the first invalid field."""
    for name in (field.name for field in fields(request)):
        value = getattr(request, name)
        if isinstance(value, date) and value < today:
            raise RefusedError(Refusal.DATE_PASSED, api_name(name))
        check_value = _CODES.get(type(request)) if name == "code" else _CHECKS.get(name)
        if check_value and (why := check_value(value)):
            raise RefusedError(Refusal.INVALID, api_name(name), why=why)
    if isinstance(request, OpenCentre) and request.code[:2] != request.country:
        why = "A centre's code begins with that of its country."
        raise RefusedError(Refusal.INVALID, "code", why=why)
