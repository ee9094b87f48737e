"""Custom scalars: 64-bit integers, and instants with an offset."""

from datetime import UTC, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError

BigInt = NewType("BigInt", int)

_LIMIT = 2**63


def _parse_big_int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_LIMIT <= value < _LIMIT:
        raise GraphQLError("A BigInt is a whole number of 64 bits.")
    return value


def _parse_instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("no offset")
        return instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise GraphQLError(
            "A DateTime is an instant with its offset, such as 2025-01-31T08:00:00+07:00."
        ) from None


SCALARS: dict[object, Any] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number of 64 bits, as a JSON number.",
        serialize=int,
        parse_value=_parse_big_int,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant with its offset, by ISO 8601; answered in UTC.",
        serialize=datetime.isoformat,
        parse_value=_parse_instant,
    ),
}
