"""What the parts of a planner need of the whole, so that they do not import it."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLSchema, SelectionSetNode

from gateway.execution.plan.result_shapes import RowShape

Sets = Iterable[SelectionSetNode | None]


class SelectionPlanner(Protocol):
    """Resolves selection sets of one operation, and plans the rows that they lead to."""

    @property
    def view(self) -> GraphQLSchema:
        """The schema of the role that asks."""
        ...

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """The arguments of a field, with variables and defaults filled in."""
        ...

    def is_noun(self, type_: GraphQLObjectType) -> bool:
        """Whether objects of the type are rows."""
        ...

    def record(self, type_: GraphQLObjectType, sets: Sets) -> RowShape:
        """The shape of a record that a resolver reads with every column that the role reads."""
        ...

    def selected_fields(
        self, type_: GraphQLObjectType, sets: Sets
    ) -> Iterator[tuple[str, list[FieldNode]]]:
        """The selected fields of a type, by response key."""
        ...
