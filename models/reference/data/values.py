"""Formats of reference data values, for files and for administrators' input."""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from models.vocabulary import DIRECTORATE

LONGEST_NAME = 200
LONGEST_REASON = 2_000
#: Of the number of a decree.
LONGEST_DECREE = 100
MOST_RUPIAH = 10**12
MOST_HOURS = 366 * 24
MOST_DAYS = 3_660
MOST_WORKING_DAYS = 250
MOST_EXTENSIONS = 10
#: Passports are issued for ten years at most.
MOST_MONTHS = 120

#: Parses the text of a cell. Raises ValueError with the expected format.
Reader = Callable[[str], Any]


class Form(NamedTuple):
    """A format: its pattern, and a sentence that describes it."""

    pattern: re.Pattern[str]
    why: str

    def parse(self, text: str) -> str:
        if not self.pattern.fullmatch(text):
            raise ValueError(self.why)
        return text


NAME = Form(
    re.compile(rf"(?=\S)[^\x00-\x1f\x7f]{{1,{LONGEST_NAME}}}(?<=\S)"),
    f"A name has from 1 to {LONGEST_NAME} characters.",
)
DECREE = Form(
    re.compile(rf"(?=\S)[^\x00-\x1f\x7f]{{1,{LONGEST_DECREE}}}(?<=\S)"),
    f"A decree's number has from 1 to {LONGEST_DECREE} characters.",
)
PARTNER_CODE = Form(
    re.compile(rf"(?!{DIRECTORATE}$)[A-Z][A-Z0-9]{{1,19}}"),
    "A partner's code has from 2 to 20 capital letters and digits, a letter first;"
    f" {DIRECTORATE} is the directorate's own.",
)
CENTRE_CODE = Form(
    re.compile(r"[A-Z]{2}-[A-Z0-9]{2,8}"),
    "A centre's code is that of its country, `-`, and from 2 to 8 capital letters and digits.",
)
POOL_CODE = Form(
    re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}"),
    "A pool's code has up to 32 capital letters, digits and hyphens, and begins with no hyphen.",
)
VISA_TYPE_CODE = Form(
    re.compile(r"[A-Z][0-9]{1,3}[A-Z]?"),
    "A visa type's index is a letter, a number, and maybe a letter.",
)
ALPHA_2 = Form(re.compile(r"[A-Z]{2}"), "A country's code has two capital letters (ISO 3166).")
ALPHA_3 = Form(re.compile(r"[A-Z]{3}"), "A country's iso3 has three capital letters (ISO 3166).")


def day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("A day is written like 2026-01-31.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("There is no such day.") from None


def yes_or_no(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("This is either true or false.")
    return text == "true"


def whole(most: int, least: int, what: str) -> Reader:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", text) or not least <= int(text) <= most:
            raise ValueError(f"{what} from {least} to {most}.")
        return int(text)

    return parse


def optional(read: Reader) -> Reader:
    """An empty cell is None."""
    return lambda text: read(text) if text else None


def one_of(words: type[StrEnum]) -> Reader:
    def parse(text: str) -> StrEnum:
        try:
            return words(text)
        except ValueError:
            raise ValueError(f"This is one of {', '.join(words)}.") from None

    return parse
