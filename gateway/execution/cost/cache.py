"""Caches the cost of operations by document and variables."""

from collections.abc import Mapping
from typing import Any

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from gateway.execution.cost import Cost, cost_of
from gateway.viewer import Viewer

_KEPT = 1_000


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
            if len(self._costs) >= _KEPT:
                self._costs.clear()
            cost = self._costs[key] = cost_of(operation, document, view, variables, viewer)
        return cost
