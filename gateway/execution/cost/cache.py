"""Costs of operations, counted once for each text and the same variables."""

from collections.abc import Mapping
from typing import Any

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from gateway.execution.cost import Cost, cost_of
from gateway.viewer import Viewer

_KEPT = 1_000


class CostCache:
    """Keeps the costs of some operations. Lists and objects in variables are counted each time."""

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
        """The same as ``cost_of``, of the document that a text is."""
        key = (
            text,
            operation.name and operation.name.value,
            # All of a viewer that a cost depends on.
            (viewer.role, len(viewer.countries), len(viewer.centres)),
            tuple(variables.items()),
        )
        try:
            known = self._costs.get(key)
        except TypeError:
            return cost_of(operation, document, view, variables, viewer)
        if known is None:
            if len(self._costs) >= _KEPT:
                self._costs.clear()
            known = self._costs[key] = cost_of(operation, document, view, variables, viewer)
        return known
