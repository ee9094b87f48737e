"""What an operation may cost: at most how many values it can answer with, known before it runs.

A value is a field of an object of the answer, whatever stands there: a list of words is one.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from gateway.errors import ErrorCode, RequestError
from gateway.execution.cost.arguments import Arguments
from gateway.execution.cost.counting import Counting
from gateway.viewer import Viewer

#: What one operation may cost. The dashboard's largest question, the file of every measure over
#: ten years, costs 46,500, the introspection of code generators 18,300, and a table of the most
#: rows with twenty-four values each 240,000. An answer of 250,000 values takes a process some
#: tenths of a second, in which it answers nobody else.
MOST = 250_000
#: Larger numbers are not told, since JSON has no room for those of a fragment bomb.
_LARGEST = 1_000_000_000_000


class Cost(NamedTuple):
    """At most how many values are answered, and what is done beside, counted in values."""

    values: int
    work: int

    @property
    def requested(self) -> int:
        return self.values + self.work


def cost_of(
    operation: OperationDefinitionNode,
    document: DocumentNode,
    view: GraphQLSchema,
    variables: Mapping[str, Any],
    viewer: Viewer,
) -> Cost:
    """What an operation costs at most, whatever the database holds.

    Raises RequestError with TOO_COSTLY where fragments are nested too deeply to be counted.
    """
    counting = Counting(document, view, Arguments(operation, variables), viewer)
    root = view.get_root_type(operation.operation)
    try:
        size = counting.selections(operation.selection_set.selections, root)
    except RecursionError:
        raise RequestError(
            ErrorCode.TOO_COSTLY, "Fragments are nested too deeply here: use fewer of them."
        ) from None
    return Cost(min(size.once + size.each, _LARGEST), min(counting.work, _LARGEST))


def values_in(answer: Any) -> int:
    """How many values an answer holds."""
    values = 0
    left = [answer]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            values += len(part)
            left += part.values()
        elif isinstance(part, list):
            left += part
    return values
