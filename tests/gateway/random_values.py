"""Random values for arguments, as JSON, and how they are written in a document."""

import json
from random import Random
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from gateway.mapping.ids import GlobalId
from tests.world import CASES, application_id

#: By the field that asks for one. The last of each is none.
CODES: dict[str, tuple[str, ...]] = {
    "country": ("AU", "SG", "NZ", "AF", "XX"),
    "visaType": ("B1", "C1", "Z9"),
    "partner": ("NUSA", "ANDALAN", "nobody"),
    "centre": ("AU-SYD", "AU-MEL", "AU-PER", "SG-SIN", ""),
    "reference": (*(case.reference for case in CASES), "NONE-NONE-0000"),
    "id": (
        *(GlobalId("Application", str(application_id(c.reference))).encode() for c in CASES),
        GlobalId("Country", "AU").encode(),
        "nonsense",
    ),
}
ANY_CODE = tuple(code for codes in CODES.values() for code in codes)
#: The look-ups, by the code that names one.
LOOK_UPS = ("country", "visaType", "partner", "centre", "application")
INSTANTS = ("2025-01-10T00:00:00+07:00", "2025-02-03T06:00:00Z", "2030-01-01T00:00:00Z")
SCALARS: dict[str, tuple[Any, ...]] = {
    "Int": (0, 1, 3), "BigInt": (0, 500_000), "Boolean": (True, False), "DateTime": INSTANTS,
    "Date": ("2025-01-10", "2025-02-05"), "CountryCode": CODES["country"],
}  # fmt: skip


def random_value(dice: Random, type_: Any, hint: str) -> Any:
    """A value of a type; the hint is the name of the field that wants one."""
    match type_:
        case GraphQLNonNull():
            return random_value(dice, type_.of_type, hint)
        case GraphQLList():
            return [random_value(dice, type_.of_type, hint) for _ in range(dice.randrange(4))]
        case GraphQLEnumType():
            return dice.choice([*type_.values])
        case GraphQLInputObjectType():
            return {n: random_value(dice, type_.fields[n].type, n) for n in _members(dice, type_)}
        case _:
            return dice.choice(SCALARS.get(type_.name) or CODES.get(hint, ANY_CODE))


def _members(dice: Random, type_: GraphQLInputObjectType) -> list[str]:
    needed = [
        name for name, field in type_.fields.items() if isinstance(field.type, GraphQLNonNull)
    ]
    most = 1 if type_.is_one_of else min(len(type_.fields), dice.choice((1, 1, 2)))
    return [*dict.fromkeys([*needed, *dice.sample([*type_.fields], most)])]


def literal(type_: Any, value: Any) -> str:
    """A value as it is written in a document."""
    match type_, value:
        case (GraphQLNonNull() | GraphQLList(), _) if not isinstance(value, list):
            return literal(type_.of_type, value)
        case GraphQLNonNull(), _:
            return literal(type_.of_type, value)
        case GraphQLList(), [*values]:
            return f"[{', '.join(literal(type_.of_type, one) for one in values)}]"
        case GraphQLInputObjectType(), {**fields}:
            inner = (f"{n}: {literal(type_.fields[n].type, one)}" for n, one in fields.items())
            return f"{{{', '.join(inner)}}}"
        case GraphQLEnumType(), str():
            return value
        case _:
            return json.dumps(value)
