"""Checks of arguments: declared with a field, and run before anything of its operation runs.

A field names its check in its metadata: ``strawberry.field(…, metadata=checked_by(check))``. What
the check yields refuses the whole operation, with every mistake that it has. Where the same
function guards the resolver, ``raise_first`` turns its first mistake into an error of that field.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import ArgumentError, FieldError
from gateway.limits import MOST_NODES_OF_A_REQUEST
from gateway.mapping.catalogue import Catalogue
from gateway.mapping.keyset import Cursors
from gateway.mapping.positions import Positions
from gateway.viewer import Viewer

#: The key under which a field keeps its check in `metadata`.
CHECK = "check"


@dataclass(slots=True)
class CheckContext:
    """What the checks of one operation may look at. It has no connection to the database."""

    viewer: Viewer
    catalogue: Catalogue
    cursors: Cursors
    positions: Positions
    #: How many more objects the operation may look up by their global ids.
    nodes_left: int = MOST_NODES_OF_A_REQUEST


@dataclass(frozen=True, slots=True)
class FieldArguments:
    """The arguments of one selected field, as its check sees them."""

    #: Coerced values by the names of the API; a name is missing where the client gave no value.
    values: Mapping[str, Any]
    #: The names of all fields selected below this one, at any depth.
    selected: frozenset[str]
    context: CheckContext


Check = Callable[[FieldArguments], Iterable[ArgumentError]]


def checked_by(check: Check) -> Mapping[str, Any]:
    """The metadata of a field whose arguments are checked before anything runs."""
    return {CHECK: check}


def raise_first(mistakes: Iterable[ArgumentError]) -> None:
    """Raise the first of the mistakes, if there is one."""
    for mistake in mistakes:
        raise mistake


def decoding_mistakes(
    argument: str, text: str | None, decode: Callable[[str], object]
) -> Iterator[ArgumentError]:
    """What is wrong with a cursor or a position; null is as good as none."""
    if text is None:
        return
    try:
        decode(text)
    except FieldError as error:
        yield ArgumentError((argument,), error.message, error.code)
