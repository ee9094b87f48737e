"""Coerces input values by functions that are made once for a type, or for the arguments of a field.

graphql-core looks at types and documents again for each value. These functions return what it would
return, and raise where it would refuse: graphql-core then coerces the value again, and its verdict
counts.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    ListValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    VariableValues,
    coerce_input_literal,
    get_argument_values,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from gateway.execution.graphql_core import default_of

#: Coerces a value that was parsed from JSON. Raises where the value is not valid.
Coerce = Callable[[Any], Any]
#: The value of a literal with variables in it, from the coerced variables; Undefined where the
#: literal is a variable without a value. Raises where null is not allowed.
Evaluate = Callable[[Mapping[str, Any]], Any]


class InvalidInputError(Exception):
    """A value that graphql-core refuses, too, and explains."""


class InputTypes:
    """The functions for the input types of one schema."""

    def __init__(self) -> None:
        self._objects: dict[str, Coerce] = {}

    def coercer(self, type_: Any) -> Coerce:
        """How values of a type are coerced."""
        if is_non_null_type(type_):
            return _without_null(self._coercer_of_values(type_.of_type))
        return _with_null(self._coercer_of_values(type_))

    def _coercer_of_values(self, type_: Any) -> Coerce:
        """How the non-null values of a nullable type are coerced."""
        if is_list_type(type_):
            return _list_coercer(self.coercer(type_.of_type))
        if is_input_object_type(type_):
            return self._object_coercer(type_)
        return _leaf_coercer(type_.coerce_input_value)

    def _object_coercer(self, type_: GraphQLInputObjectType) -> Coerce:
        if known := self._objects.get(type_.name):
            return known
        fields: list[tuple[str, str, Coerce, Any, bool]] = []
        names, is_one_of, out_type = type_.fields.keys(), type_.is_one_of, type_.out_type

        def coerce(value: Any) -> Any:
            if not isinstance(value, dict) or not value.keys() <= names:
                raise InvalidInputError
            coerced: dict[str, Any] = {}
            for name, out_name, coerce_field, default, is_required in fields:
                if name in value:
                    coerced[out_name] = coerce_field(value[name])
                elif is_required:
                    raise InvalidInputError
                elif default is not Undefined:
                    coerced[out_name] = default
            if is_one_of and (len(value) != 1 or len(coerced) != 1 or None in coerced.values()):
                raise InvalidInputError
            return out_type(coerced)

        self._objects[type_.name] = coerce  # before its fields, which may be of the same type
        fields += [
            (
                name,
                field.out_name or name,
                self.coercer(field.type),
                default_of(field),
                is_required_input_field(field),
            )
            for name, field in type_.fields.items()
        ]
        return coerce


def _without_null(coerce: Coerce) -> Coerce:
    def coerce_non_null(value: Any) -> Any:
        if value is None:
            raise InvalidInputError
        return coerce(value)

    return coerce_non_null


def _with_null(coerce: Coerce) -> Coerce:
    return lambda value: None if value is None else coerce(value)


def _list_coercer(coerce: Coerce) -> Coerce:
    def coerce_list(value: Any) -> Any:
        return [coerce(item) for item in value] if isinstance(value, list) else [coerce(value)]

    return coerce_list


def _leaf_coercer(coerce: Coerce) -> Coerce:
    def coerce_leaf(value: Any) -> Any:
        coerced = coerce(value)
        if coerced is Undefined:
            raise InvalidInputError
        return coerced

    return coerce_leaf


# --- Literals ------------------------------------------------------------------------------------


class Constant(NamedTuple):
    """The value of a literal without variables. Callers must not change it."""

    value: Any


class Argument(NamedTuple):
    """An argument or a field of an input, whose value depends on variables."""

    out_name: str
    evaluate: Evaluate
    #: The value without a value of the variable; Undefined if it is then left out.
    default: Any
    is_required: bool


class ArgumentCoercion:
    """Coerces the arguments of one selected field."""

    def __init__(self, field: GraphQLField, node: FieldNode) -> None:
        self._field = field
        self._node = node
        self._fixed: dict[str, Any] = {}
        self._dependent: list[Argument] = []
        self._is_compiled = True
        given = {one.name.value: one.value for one in node.arguments or ()}
        try:
            for name, argument in field.args.items():
                _compile_member(
                    argument.out_name or name,
                    argument,
                    is_required_argument(argument),
                    given.get(name),
                    self._fixed,
                    self._dependent,
                )
        except InvalidInputError:
            self._is_compiled = False

    def coerce(self, variables: VariableValues) -> dict[str, Any]:
        """The values by the names of the API. Raises GraphQLError where null is not allowed."""
        if self._is_compiled:
            with suppress(InvalidInputError):  # graphql-core explains it
                return _evaluate_members(self._fixed, self._dependent, variables.coerced)
        return get_argument_values(self._field, self._node, variables)


def _compile_member(
    out_name: str,
    declared: Any,
    is_required: bool,
    node: ValueNode | None,
    fixed: dict[str, Any],
    dependent: list[Argument],
) -> None:
    """Add an argument, or a field of an input, to those that are known or to the others."""
    default = default_of(declared)
    if node is None:
        if is_required:
            raise InvalidInputError
        if default is not Undefined:
            fixed[out_name] = default
        return
    evaluate = _compile_literal(node, declared.type)
    if isinstance(evaluate, Constant):
        fixed[out_name] = evaluate.value
    else:
        dependent.append(Argument(out_name, evaluate, default, is_required))


def _evaluate_members(
    fixed: Mapping[str, Any], dependent: list[Argument], variables: Mapping[str, Any]
) -> dict[str, Any]:
    values = {**fixed}
    for out_name, evaluate, default, is_required in dependent:
        value = evaluate(variables)
        if value is not Undefined:
            values[out_name] = value
        elif is_required:
            raise InvalidInputError
        elif default is not Undefined:
            values[out_name] = default
    return values


def _compile_literal(node: ValueNode, type_: Any) -> Constant | Evaluate:
    """Raises InvalidInputError for what is left to graphql-core."""
    if isinstance(node, VariableNode):
        return _variable(node.name.value, is_null_allowed=not is_non_null_type(type_))
    if not any(_variables_in(node)):
        value = coerce_input_literal(node, type_)
        if value is Undefined:
            raise InvalidInputError
        return Constant(value)
    if is_non_null_type(type_):
        type_ = type_.of_type
    if is_list_type(type_):
        items = node.values if isinstance(node, ListValueNode) else (node,)
        compiled = [_compile_literal(item, type_.of_type) for item in items]
        return _list(compiled, is_null_allowed=not is_non_null_type(type_.of_type))
    if is_input_object_type(type_) and isinstance(node, ObjectValueNode):
        return _object(node, type_)
    raise InvalidInputError


def _variables_in(node: ValueNode) -> Iterator[VariableNode]:
    match node:
        case VariableNode():
            yield node
        case ListValueNode(values=values):
            for value in values:
                yield from _variables_in(value)
        case ObjectValueNode(fields=fields):
            for field in fields:
                yield from _variables_in(field.value)
        case _:
            return


def _variable(name: str, *, is_null_allowed: bool) -> Evaluate:
    if is_null_allowed:
        return lambda variables: variables.get(name, Undefined)

    def evaluate(variables: Mapping[str, Any]) -> Any:
        value = variables.get(name, Undefined)
        if value is None:
            raise InvalidInputError
        return value

    return evaluate


def _list(items: list[Constant | Evaluate], *, is_null_allowed: bool) -> Evaluate:
    def evaluate(variables: Mapping[str, Any]) -> Any:
        values = [item.value if isinstance(item, Constant) else item(variables) for item in items]
        if Undefined in values and not is_null_allowed:
            raise InvalidInputError
        # A variable without a value is null in a list.
        return [None if value is Undefined else value for value in values]

    return evaluate


def _object(node: ObjectValueNode, type_: GraphQLInputObjectType) -> Evaluate:
    given = {field.name.value: field.value for field in node.fields}
    if not given.keys() <= type_.fields.keys():
        raise InvalidInputError
    fixed: dict[str, Any] = {}
    dependent: list[Argument] = []
    for name, field in type_.fields.items():
        _compile_member(
            field.out_name or name,
            field,
            is_required_input_field(field),
            given.get(name),
            fixed,
            dependent,
        )
    is_one_of, out_type = type_.is_one_of, type_.out_type

    def evaluate(variables: Mapping[str, Any]) -> Any:
        values = _evaluate_members(fixed, dependent, variables)
        if is_one_of and (len(given) != 1 or len(values) != 1 or None in values.values()):
            raise InvalidInputError
        return out_type(values)

    return evaluate
