"""How values about people are written, of those that are texts or dates."""

import re
from collections.abc import Mapping
from datetime import date

from models.vocabulary import Sex

_EARLIEST = date(1900, 1, 1)
#: Without what nobody sees: controls, zero-width characters, and those that turn the direction of
#: writing, by which two names look alike or one reads as another.
_VISIBLE = re.compile(
    r"[^\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\U000e0000-\U000e007f]{1,200}"
)
#: The text that says what is expected has the name of the field.
PATTERNS: Mapping[str, re.Pattern[str]] = {
    "full_name": _VISIBLE,
    "passport_number": re.compile(r"[A-Z0-9]{5,12}"),
    "email": re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}"),
    "phone": re.compile(r"\+[0-9][0-9 ()-]{4,24}"),
    "place_of_birth": _VISIBLE,
    # Of answers to requested items.
    "line": _VISIBLE,
    "sex": re.compile("|".join(Sex)),
    "length_of_stay": re.compile(r"[1-9][0-9]{0,2}"),
    "postal_code": re.compile(r"[0-9]{5}"),
    # Of guarantors.
    "nik": re.compile(r"[0-9]{16}"),
    "nib": re.compile(r"[0-9]{13}"),
}


def is_formed(name: str, value: str) -> bool:
    """Whether a value of a field is written as one."""
    return PATTERNS[name].fullmatch(value) is not None


def is_birth_date(day: date, today: date) -> bool:
    return _EARLIEST <= day <= today
