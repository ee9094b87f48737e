"""Whether what is said of reference data can be kept: codes, names, numbers and days."""

import re
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
from gateway.mutations.requests import in_api
from gateway.policy import DIRECTORATE
from models.life import Refusal

LONGEST_NAME = 200
MOST_RUPIAH = 10**12
MOST_HOURS = 366 * 24
MOST_DAYS = 3_660

#: Says why a value cannot be kept; None where it can.
Check = Callable[[Any], str | None]


def _within(most: int, least: int, what: str) -> Check:
    return lambda value: None if least <= value <= most else f"{what} from {least} to {most}."


def _written(form: str, why: str) -> Check:
    pattern = re.compile(form)
    return lambda value: None if pattern.fullmatch(value) else why


_NAME = _written(
    rf"(?=\S)[^\x00-\x1f\x7f]{{1,{LONGEST_NAME}}}(?<=\S)",
    f"A name has from 1 to {LONGEST_NAME} characters.",
)
_CHECKS: Mapping[str, Check] = {
    "name": _NAME,
    "name_en": _NAME,
    "name_id": _NAME,
    "city": _NAME,
    "stay_days": _within(MOST_DAYS, 1, "Days of stay are"),
    "amount_idr": _within(MOST_RUPIAH, 0, "A fee is"),
    "hours": _within(MOST_HOURS, 1, "Hours are"),
}
_CODES: Mapping[type[ReferenceRequest], Check] = {
    AddPartner: _written(
        rf"(?!{DIRECTORATE}$)[A-Z][A-Z0-9]{{1,19}}",
        "A partner's code has from 2 to 20 capital letters and digits, a letter first;"
        f" {DIRECTORATE} is the directorate's own.",
    ),
    OpenCentre: _written(
        r"[A-Z]{2}-[A-Z0-9]{2,8}",
        "A centre's code is that of its country, `-`, and from 2 to 8 capital letters and digits.",
    ),
    IntroduceVisaType: _written(
        r"[A-Z][0-9]{1,3}[A-Z]?", "A visa type's index is a letter, a number, and maybe a letter."
    ),
}


def check(request: ReferenceRequest, today: date) -> None:
    """Raises RefusedError with the place of the first thing that cannot be kept."""
    for name in (field.name for field in fields(request)):
        value = getattr(request, name)
        if isinstance(value, date) and value < today:
            raise RefusedError(Refusal.DATE_PASSED, in_api(name))
        checked = _CODES.get(type(request)) if name == "code" else _CHECKS.get(name)
        if checked and (why := checked(value)):
            raise RefusedError(Refusal.INVALID, in_api(name), why=why)
    if isinstance(request, OpenCentre) and request.code[:2] != request.country:
        why = "A centre's code begins with that of its country."
        raise RefusedError(Refusal.INVALID, "code", why=why)
