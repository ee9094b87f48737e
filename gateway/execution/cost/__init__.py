"""Estimates the cost of an operation before it runs: the most values its answer can have.

A value is a field of an object in the answer, whatever its type: a list of strings counts as one.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from gateway.errors import ErrorCode, RequestError
from gateway.execution.cost.arguments import Arguments
from gateway.execution.cost.counting import Counting
from gateway.viewer import Viewer

#: The highest cost of one operation. The dashboard's largest query, the export of every measure
#: over ten years, costs 46,500; introspection by code generators 18,300; the longest table with
#: twenty-four values in each row 240,000. An answer of 250,000 values blocks a process for some
#: tenths of a second.
MOST = 250_000
#: Larger costs are reported as this: those of a fragment bomb exceed the numbers of JSON.
_LARGEST = 1_000_000_000_000
#: The costs that are kept.
_MOST_KEPT = 1_000


class Cost(NamedTuple):
    """The most values of the answer, and the cost of other work in units of values."""

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
    """An upper bound of the cost, whatever the database holds.

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
    """Count the values of an answer."""
    values = 0
    pending = [answer]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            values += len(part)
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return values


class CostCache:
    """Caches costs, except where variables hold lists or objects, which are not hashable."""

    def __init__(self) -> None:
        self._costs: dict[Any, Cost] = {}

    def cost_of(
        self,
        text: str,
        operation: OperationDefinitionNode,
        document: DocumentNode,
        view: GraphQLSchema,
        variables: Mapping[str, Any],
        viewer: Viewer,
    ) -> Cost:
        """Like ``cost_of``; ``text`` is the source of the document."""
        key = (
            text,
            operation.name and operation.name.value,
            # Everything about the viewer that the cost depends on.
            (viewer.role, len(viewer.countries), len(viewer.centres)),
            tuple(variables.items()),
        )
        try:
            cost = self._costs.get(key)
        except TypeError:
            return cost_of(operation, document, view, variables, viewer)
        if cost is None:
            if len(self._costs) >= _MOST_KEPT:
                self._costs.clear()
            cost = self._costs[key] = cost_of(operation, document, view, variables, viewer)
        return cost
