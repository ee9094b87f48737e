"""Parses the arguments of an operation before anything of it runs.

Which fields of an operation have something to parse is worked out once; a request then coerces
their arguments and runs their parsers, and plans and resolvers take the result.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    NamedTypeNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    VariableValues,
    get_argument_values,
    get_named_type,
    is_non_null_type,
    type_from_ast,
)

from gateway.error_reports import locations_of
from gateway.errors import ArgumentError, ErrorCode, GerbangError, MistakesError
from gateway.execution.input_values import ArgumentCoercion
from gateway.execution.introspection import SCHEMA_FIELDS
from gateway.execution.selections import Selections, applies_to
from gateway.limits import MOST_MISTAKES
from gateway.mapping.arguments import (
    PARSE,
    FieldArguments,
    Parse,
    ParseContext,
    ParsedArguments,
)
from gateway.strawberry_bridge import metadata_of

#: The arguments of fields by the id of the field's node in the document.
Arguments = Mapping[int, ParsedArguments]


class CheckedField(NamedTuple):
    """A selected field that has something to check."""

    #: Its place in the answer, without the indices of lists.
    path: tuple[str, ...]
    field: GraphQLField
    node: FieldNode
    parse: Parse | None
    selected: frozenset[str]
    #: Arguments whose variable may be null although the argument may not.
    doubtful: tuple[str, ...]
    arguments: ArgumentCoercion


def find_checked_fields(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    view: GraphQLSchema,
    shaping: VariableValues,
) -> tuple[CheckedField, ...]:
    """The selected fields with something to check, and all of the root that have arguments, in the
    order of the document.

    Raises MistakesError if the condition of a directive is null.
    """
    search = _Search(operation, view, Selections(document, shaping))
    try:
        return tuple(search.fields(operation))
    except GraphQLError as error:
        raise _wrong_condition(error) from None


def parse_arguments(
    fields: tuple[CheckedField, ...], variables: VariableValues, context: ParseContext
) -> Arguments:
    """Coerce and parse the arguments of all fields.

    Raises MistakesError with every mistake, up to a limit.
    """
    parsed: dict[int, ParsedArguments] = {}
    mistakes: list[GerbangError] = []
    for field in fields:
        try:
            values = field.arguments.coerce(variables)
        except GraphQLError:  # the variables are valid, so one of them is null
            names = [name for name in field.doubtful if _is_wrong(field, name, variables)]
            mistakes += (_located(_null_variable(name), field) for name in names)
            continue
        asked = None
        if field.parse:
            parsing = field.parse(FieldArguments(values, field.selected, context))
            try:
                while True:
                    mistakes.append(_located(next(parsing), field))
            except StopIteration as returned:
                asked = returned.value
        parsed[id(field.node)] = ParsedArguments(values, asked)
    if mistakes:
        raise MistakesError(_distinct(mistakes)[:MOST_MISTAKES])
    return parsed


def _is_wrong(field: CheckedField, name: str, variables: VariableValues) -> bool:
    """Whether this one of the arguments cannot be coerced."""
    only = GraphQLField(field.field.type, {name: field.field.args[name]})
    try:
        get_argument_values(only, field.node, variables)
    except GraphQLError:
        return True
    return False


def _null_variable(name: str) -> ArgumentError:
    return ArgumentError(
        (name,),
        f"A variable in `{name}` is null, and null is not accepted there. Give it a value.",
        ErrorCode.INVALID_VARIABLES,
    )


def _located(mistake: ArgumentError, field: CheckedField) -> GerbangError:
    name = mistake.argument[0]
    nodes = [one for one in field.node.arguments or () if one.name.value == name]
    details = {
        **mistake.details,
        "locations": locations_of(GraphQLError("", nodes or field.node)),
        "path": [*field.path, *mistake.argument],
    }
    return GerbangError(mistake.code, mistake.message, details)


def _distinct(mistakes: list[GerbangError]) -> list[GerbangError]:
    """Each mistake once: a field may be selected again under the same key."""
    return list({(*one.details["path"], one.message): one for one in mistakes}.values())


def _wrong_condition(error: GraphQLError) -> MistakesError:
    """The refusal of a directive whose condition is null."""
    details = {"locations": locations_of(error)}
    text = "The condition of `@skip` or `@include` is null. Give it true or false."
    return MistakesError([GerbangError(ErrorCode.INVALID_VARIABLES, text, details)])


def _merged(fields: list[CheckedField]) -> list[CheckedField]:
    """The fields, each with all that is selected below its place: a field that is selected twice is
    answered once, by the arguments of either."""
    selected = defaultdict[tuple[Any, ...], set[str]](set)
    for one in fields:
        selected[one.path, id(one.field)] |= one.selected
    return [one._replace(selected=frozenset(selected[one.path, id(one.field)])) for one in fields]


class _SelectedField(NamedTuple):
    """A selection set, the type it is of, and its place in the answer."""

    selections: SelectionSetNode
    type: Any
    path: tuple[str, ...]


class _Search:
    """Finds the fields with something to check. Each selection set is looked at once for a type,
    however many ways lead to it, so that no fragment bomb makes this long."""

    def __init__(
        self, operation: OperationDefinitionNode, view: GraphQLSchema, selections: Selections
    ) -> None:
        self._view = view
        self._selections = selections
        self._seen = set[tuple[int, str]]()
        #: Variables that can be null.
        self._nullable = {
            definition.variable.name.value
            for definition in operation.variable_definitions or ()
            if not is_non_null_type(type_from_ast(view, definition.type))
        }

    def fields(self, operation: OperationDefinitionNode) -> list[CheckedField]:
        """The fields with something to check, in the order of the document."""
        found: list[CheckedField] = []
        root = self._view.get_root_type(operation.operation)
        pending = deque([_SelectedField(operation.selection_set, root, ())])
        while pending:
            selected = pending.popleft()
            key = id(selected.selections), selected.type.name
            if key not in self._seen:
                self._seen.add(key)
                for selection in filter(
                    self._selections.is_included, selected.selections.selections
                ):
                    self._visit(selection, selected, found, pending)
        found.sort(key=lambda one: one.node.loc.start if one.node.loc else 0)
        return _merged(found)

    def _visit(
        self,
        selection: SelectionNode,
        selected: _SelectedField,
        found: list[CheckedField],
        pending: deque[_SelectedField],
    ) -> None:
        match selection:
            case FieldNode():
                found += self._checked(selection, selected)
                pending += self._below(selection, selected)
            case InlineFragmentNode(type_condition=condition, selection_set=inner):
                pending += self._inside(selected, inner, condition)
            case FragmentSpreadNode(name=name):
                fragment = self._selections.fragments[name.value]
                pending += self._inside(selected, fragment.selection_set, fragment.type_condition)
            case _:
                return

    def _inside(
        self, selected: _SelectedField, inner: SelectionSetNode, condition: NamedTypeNode | None
    ) -> Iterator[_SelectedField]:
        """What a fragment selects, unless it never applies."""
        narrowed = selected.type if condition is None else self._narrow(selected.type, condition)
        if narrowed is not None:
            yield _SelectedField(inner, narrowed, selected.path)

    def _narrow(self, type_: Any, condition: NamedTypeNode) -> Any:
        """The type inside a fragment; None if the fragment never applies."""
        if isinstance(type_, GraphQLObjectType):
            return type_ if applies_to(type_, condition) else None
        return self._view.get_type(condition.name.value)

    def _checked(self, node: FieldNode, selected: _SelectedField) -> Iterator[CheckedField]:
        field = self._field(node, selected)
        parse = None if node.name.value.startswith("__") else metadata_of(field).get(PARSE)
        doubtful = tuple(self._doubtful(field, node))
        is_of_root = field.args and not selected.path
        if parse or doubtful or is_of_root:
            names = self._selections.names_below(node) if parse else frozenset[str]()
            path = (*selected.path, _key(node))
            arguments = ArgumentCoercion(field, node)
            yield CheckedField(path, field, node, parse, names, doubtful, arguments)

    def _below(self, node: FieldNode, selected: _SelectedField) -> Iterator[_SelectedField]:
        if node.selection_set and node.name.value not in SCHEMA_FIELDS:
            type_ = get_named_type(self._field(node, selected).type)
            yield _SelectedField(node.selection_set, type_, (*selected.path, _key(node)))

    def _field(self, node: FieldNode, selected: _SelectedField) -> GraphQLField:
        field = self._view.get_field(selected.type, node.name.value)
        assert field is not None  # the document is valid
        return field

    def _doubtful(self, field: GraphQLField, node: FieldNode) -> Iterator[str]:
        for argument in node.arguments or ():
            value, name = argument.value, argument.name.value
            if isinstance(value, VariableNode) and not is_non_null_type(field.args[name].type):
                continue
            if self._holds_nullable(value):
                yield name

    def _holds_nullable(self, value: ValueNode) -> bool:
        match value:
            case VariableNode(name=name):
                return name.value in self._nullable
            case ListValueNode(values=values):
                return any(map(self._holds_nullable, values))
            case ObjectValueNode(fields=fields):
                return any(self._holds_nullable(one.value) for one in fields)
            case _:
                return False


def _key(node: FieldNode) -> str:
    return (node.alias or node.name).value
