"""Describes which value is expected, without ever quoting the one given."""

from typing import Any

from graphql import get_named_type, get_nullable_type, is_enum_type, is_list_type

from gateway.mapping.scalars import EXPECTED

MISSING = "A value is missing."
NULL = "null is not accepted."
UNKNOWN_FIELD = "It has a field that its type does not have."
NO_SUCH_FIELD = "Its type does not have this field."
DUPLICATE_FIELD = "It has the same field twice."
NOT_ONE = "Give exactly one of its fields, and a value to it."

#: The longest enum whose values an error lists.
_MOST_WORDS = 30
_SCALARS = {
    "Int": "A whole number of 32 bits",
    "Float": "A number",
    "String": "A text",
    "Boolean": "true or false",
    "ID": "A text",
    **EXPECTED,
}


def describe_expected(type_: Any) -> str:
    """A sentence that says what a type takes."""
    named = get_named_type(type_)
    if is_list_type(get_nullable_type(type_)):
        return f"A list of {named.name} is expected."
    if is_enum_type(named) and len(named.values) <= _MOST_WORDS:
        return f"One of {', '.join(named.values)} is expected."
    return f"{_SCALARS.get(named.name, f'A value of the type {named.name}')} is expected."
