"""Scalars that GraphQL has no word for."""

from typing import Any, NewType

import strawberry
from graphql import GraphQLError

BigInt = NewType("BigInt", int)

_LIMIT = 2**63


def _parse_big_int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_LIMIT <= value < _LIMIT:
        raise GraphQLError("A BigInt is a whole number of 64 bits.")
    return value


SCALARS: dict[object, Any] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number of 64 bits, as a JSON number.",
        serialize=int,
        parse_value=_parse_big_int,
    )
}
