"""What an operation may cost: at most how many values it can answer with, known before it runs.

One pass over the document, each fragment once: a fragment bomb is counted, not unfolded.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from gateway.errors import ErrorCode, RequestError
from gateway.execution.selections import fragments_of
from gateway.schema.pages import LARGEST_PAGE

MOST = 100_000

#: Rows expected of a list that is not a page, and of an answer of volumes.
_LIST = 10
_VOLUME_ROWS = 200
#: What a mutation costs beside its answer: it locks, writes and commits.
_MUTATION = 1_000


def cost_of(
    operation: OperationDefinitionNode,
    document: DocumentNode,
    schema: GraphQLSchema,
    variables: Mapping[str, Any],
) -> int:
    """At most how many values the operation answers with.

    Raises RequestError with TOO_COSTLY where fragments are nested too deeply to be counted.
    """
    counting = _Counting(document, schema, variables)
    root = schema.get_root_type(operation.operation)
    try:
        return counting.selections(operation.selection_set.selections, root)
    except RecursionError:
        raise RequestError(
            ErrorCode.TOO_COSTLY, "Fragments are nested too deeply here: use fewer of them."
        ) from None


class _Counting:
    def __init__(
        self, document: DocumentNode, schema: GraphQLSchema, variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = fragments_of(document)
        self._known: dict[str, int] = {}

    def selections(self, selections: Iterable[SelectionNode], parent: Any) -> int:
        return sum(self._selection(selection, parent) for selection in selections)

    def _selection(self, selection: SelectionNode, parent: Any) -> int:
        match selection:
            case FieldNode():
                return self._field(selection, parent)
            case FragmentSpreadNode():
                return self._fragment(selection.name.value)
            case InlineFragmentNode():
                condition = selection.type_condition
                narrowed = self._schema.get_type(condition.name.value) if condition else parent
                return self.selections(selection.selection_set.selections, narrowed)
            case _:
                return 1

    def _fragment(self, name: str) -> int:
        if name not in self._known and (fragment := self._fragments.get(name)):
            self._known[name] = 0  # a fragment in itself is invalid, and counts nothing
            narrowed = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name] = self.selections(fragment.selection_set.selections, narrowed)
        return self._known.get(name, 0)

    def _field(self, node: FieldNode, parent: Any) -> int:
        if node.selection_set is None:
            return 1
        has_fields = isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        field = self._schema.get_field(parent, node.name.value) if has_fields else None
        inner = self.selections(
            node.selection_set.selections, get_named_type(field.type) if field else None
        )
        is_mutation = parent is not None and parent is self._schema.mutation_type
        return (_MUTATION if is_mutation else 1) + inner * self._rows(node, field, parent)

    def _rows(self, node: FieldNode, field: Any, parent: Any) -> int:
        """At most how many rows a field is answered with."""
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        if sizes := arguments.keys() & {"first", "last"}:
            return max(self._number(arguments[name]) for name in sizes)
        if "ids" in arguments:
            return self._length(arguments["ids"])
        if "input" in arguments:
            return self._batch(arguments["input"])
        if field is None or not is_list_type(get_nullable_type(field.type)):
            return 1
        if parent.name == "VolumeTable":
            return _VOLUME_ROWS
        # The rows of a page were counted with the page, those of a batch with its input.
        return 1 if parent.name.endswith(("Connection", "Payload")) else _LIST

    def _number(self, value: ValueNode) -> int:
        given = int(value.value[:9]) if isinstance(value, IntValueNode) else self._given(value)
        return min(abs(given), LARGEST_PAGE) if isinstance(given, int) else LARGEST_PAGE

    def _length(self, value: ValueNode) -> int:
        if isinstance(value, ListValueNode):
            return len(value.values)
        given = self._given(value)
        return len(given) if isinstance(given, list) else 1

    def _batch(self, value: ValueNode) -> int:
        """How many things an input asks for: as many as its longest list has, or one."""
        if isinstance(value, ObjectValueNode):
            lists = [self._length(field.value) for field in value.fields]
        else:
            given = self._given(value)
            members = given.values() if isinstance(given, dict) else ()
            lists = [len(member) for member in members if isinstance(member, list)]
        return max(lists, default=1)

    def _given(self, value: ValueNode) -> Any:
        return self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
