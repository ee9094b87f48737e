"""Custom scalars: days, instants, codes, numbers and cursors, each with where it is specified."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from re import compile as pattern
from typing import Any, NewType

import strawberry
from graphql import GraphQLError

BigInt = NewType("BigInt", int)
Hours = NewType("Hours", int)
CountryCode = NewType("CountryCode", str)
Cursor = NewType("Cursor", str)

_LIMIT = 2**63
_COUNTRY_CODE = pattern("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar: what it is, where it is specified, and what to give where one is expected."""

    name: str
    description: str
    specified_by: str
    #: Ends with "is expected" in an error.
    expected: str
    parse: Callable[[Any], Any]
    serialize: Callable[[Any], Any]


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_LIMIT <= value < _LIMIT:
        raise ValueError("not a whole number of 64 bits")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _country_code(value: Any) -> str:
    if not _COUNTRY_CODE.fullmatch(_text(value)):
        raise ValueError("not two capital letters")
    return value


def _day(value: Any) -> date:
    day = date.fromisoformat(_text(value))
    if day.isoformat() != value:  # a week date, or one without hyphens
        raise ValueError("not written as YYYY-MM-DD")
    return day


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.tzinfo is None:
        raise ValueError("no offset")
    return instant.astimezone(UTC)


_WHOLE_NUMBER = "https://www.rfc-editor.org/rfc/rfc8259#section-6"

#: The scalars of our own, by the Python type that stands for each.
OWN_SCALARS: Mapping[object, Scalar] = {
    BigInt: Scalar(
        "BigInt",
        "A whole number of 64 bits, as a JSON number, such as `500000`.",
        _WHOLE_NUMBER,
        "A whole number of 64 bits",
        _whole,
        int,
    ),
    Hours: Scalar(
        "Hours",
        "A number of whole hours on the clock, such as `24`; nights and days off are included.",
        _WHOLE_NUMBER,
        "A number of whole hours, such as 24,",
        _whole,
        int,
    ),
    CountryCode: Scalar(
        "CountryCode",
        "An ISO 3166-1 alpha-2 code in capital letters, such as `AU`. `XK` is Kosovo; what"
        " travel documents have besides is in the list of `countries`.",
        "https://www.iso.org/iso-3166-country-codes.html",
        "An ISO 3166 code of two capital letters, such as AU,",
        _country_code,
        str,
    ),
    Cursor: Scalar(
        "Cursor",
        "A place in a list in one order, sealed: only good for `after` and `before` of a list of"
        " the same things in the same order.",
        "https://relay.dev/graphql/connections.htm#sec-Cursor",
        "A cursor from an answer",
        _text,
        str,
    ),
    date: Scalar(
        "Date",
        "A day of the calendar, as in `2025-01-31`.",
        "https://scalars.graphql.org/andimarek/local-date.html",
        "A day, such as 2025-01-31,",
        _day,
        date.isoformat,
    ),
    datetime: Scalar(
        "DateTime",
        "An instant with its offset, as in `2025-01-31T08:00:00+07:00`; answered in UTC.",
        "https://scalars.graphql.org/andimarek/date-time.html",
        "An instant with its offset, such as 2025-01-31T08:00:00+07:00,",
        _instant,
        datetime.isoformat,
    ),
}


def _parse_or_explain(scalar: Scalar) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        try:
            return scalar.parse(value)
        except (ValueError, OverflowError):
            raise GraphQLError(f"{scalar.expected} is expected.") from None

    return parse


SCALARS: dict[object, Any] = {
    kind: strawberry.scalar(
        name=scalar.name,
        description=scalar.description,
        specified_by_url=scalar.specified_by,
        serialize=scalar.serialize,
        parse_value=_parse_or_explain(scalar),
    )
    for kind, scalar in OWN_SCALARS.items()
}

#: What to give for each scalar, by its name in the API.
EXPECTED: Mapping[str, str] = {scalar.name: scalar.expected for scalar in OWN_SCALARS.values()}
