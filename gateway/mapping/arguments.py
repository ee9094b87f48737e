"""What the arguments of fields are parsed to, before anything of their operation runs.

A field names its parser in its metadata: ``strawberry.field(…, metadata=parsed_by(parse))``. A
parser yields what is wrong with the arguments, and returns what they ask for. With a mistake the
whole operation is refused, with every mistake that it has; otherwise plan and resolver take what
the parser returned, and read no argument again.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import strawberry

from gateway.errors import ArgumentError, FieldError
from gateway.limits import MOST_NODES_OF_A_REQUEST
from gateway.mapping.services import Services
from gateway.strawberry_bridge import first_node
from gateway.viewer import Viewer

Parsed = TypeVar("Parsed")
#: Yields what is wrong with arguments, and returns what they ask for.
Parsing = Generator[ArgumentError, None, Parsed]

#: The key under which a field keeps its parser in `metadata`.
PARSE = "parse"


@dataclass(slots=True)
class ParseContext:
    """What the parsers of one operation may look at. It has no connection to the database."""

    viewer: Viewer
    services: Services
    #: How many more objects the operation may look up by their global ids.
    nodes_left: int = MOST_NODES_OF_A_REQUEST


class FieldArguments(NamedTuple):
    """The arguments of one selected field, as its parser sees them."""

    #: Coerced values by the names of the API; a name is missing where the client gave no value.
    values: Mapping[str, Any]
    #: The names of all fields selected below this one, at any depth.
    selected: frozenset[str]
    context: ParseContext


Parse = Callable[[FieldArguments], Parsing[Any]]


class ParsedArguments(NamedTuple):
    """The arguments of one selected field: coerced, and what its parser made of them."""

    values: dict[str, Any]
    asked: Any = None


def parsed_by(parse: Parse) -> Mapping[str, Any]:
    """The metadata of a field whose arguments are parsed before anything runs."""
    return {PARSE: parse}


def asked_of(info: strawberry.Info) -> Any:
    """What the parser of the field that is resolved made of its arguments."""
    return info.context.arguments[id(first_node(info))].asked


def decoded(
    argument: str, text: str | None, decode: Callable[[str], Parsed]
) -> Parsing[Parsed | None]:
    """A cursor or a position; null is as good as none."""
    if text is None:
        return None
    try:
        return decode(text)
    except FieldError as error:
        yield ArgumentError((argument,), error.message, error.code)
        return None
