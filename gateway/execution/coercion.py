"""Coerces variables, and reports where the first error is without quoting its value.

graphql-core does the coercion, but its error messages are not used: it makes one for each error,
and each quotes the whole surrounding value.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    VariableValues,
    coerce_input_literal,
    coerce_input_value,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    type_from_ast,
)

from gateway.error_reports import locations_of
from gateway.errors import ErrorCode, RequestError
from gateway.execution.expected import (
    MISSING,
    NOT_ONE,
    NULL,
    UNKNOWN_FIELD,
    describe_expected,
)
from gateway.execution.graphql_core import VariableValueSource, signature_of


class Mistake(NamedTuple):
    """An invalid value: its path, in names of the schema only, and what is expected."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"`{self.place}`: {self.text}"


def coerce_variables(
    view: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> VariableValues:
    """Coerce the variables of a valid operation.

    Raises RequestError with INVALID_VARIABLES at the first invalid value.
    """
    values = VariableValues({}, {})
    for definition in operation.variable_definitions or ():
        _coerce(view, definition, given, values)
    return values


def shaping_variables(
    view: GraphQLSchema, operation: OperationDefinitionNode, values: VariableValues
) -> VariableValues:
    """The variables that may change what is selected, and so the plan: booleans and enums.

    All others are arguments of fields, which are read at each run.
    """
    names = {
        definition.variable.name.value
        for definition in operation.variable_definitions or ()
        if _may_shape(type_from_ast(view, definition.type))
    }
    return VariableValues(
        {name: source for name, source in values.sources.items() if name in names},
        {name: value for name, value in values.coerced.items() if name in names},
    )


def _may_shape(type_: Any) -> bool:
    leaf = type_.of_type if is_non_null_type(type_) else type_
    return leaf is GraphQLBoolean or is_enum_type(leaf)


def _coerce(
    view: GraphQLSchema,
    definition: VariableDefinitionNode,
    given: Mapping[str, Any],
    values: VariableValues,
) -> None:
    signature = signature_of(view, definition)
    name, type_ = signature.name, signature.type
    value = given.get(name, Undefined)
    values.sources[name] = VariableValueSource(signature, value)
    if value is not Undefined:
        coerced = coerce_input_value(value, type_)
    elif definition.default_value:
        coerced = coerce_input_literal(definition.default_value, type_)
    elif is_non_null_type(type_):
        coerced = Undefined
    else:
        return
    if coerced is Undefined:
        raise _refusal(definition, f"${name}", value, type_)
    values.coerced[name] = coerced


def _refusal(
    definition: VariableDefinitionNode, place: str, value: Any, type_: Any
) -> RequestError:
    mistake = next(_mistakes(place, value, type_), Mistake(place, describe_expected(type_)))
    return RequestError(
        ErrorCode.INVALID_VARIABLES,
        str(mistake),
        details={"locations": locations_of(GraphQLError("", definition))},
    )


def _mistakes(place: str, value: Any, type_: Any) -> Iterator[Mistake]:
    """The errors in a value, outermost first."""
    if is_non_null_type(type_):
        type_ = type_.of_type
        if value is None or value is Undefined:
            yield Mistake(place, MISSING if value is Undefined else NULL)
            return
    if value is None:
        return
    if is_list_type(type_):
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from _mistakes(f"{place}[{number}]", item, type_.of_type)
        else:
            yield from _mistakes(place, value, type_.of_type)
    elif is_input_object_type(type_) and isinstance(value, dict):
        yield from _mistakes_of_object(place, value, type_)
    elif coerce_input_value(value, type_) is Undefined:
        yield Mistake(place, describe_expected(type_))


def _mistakes_of_object(
    place: str, value: dict[str, Any], type_: GraphQLInputObjectType
) -> Iterator[Mistake]:
    if not value.keys() <= type_.fields.keys():
        yield Mistake(place, UNKNOWN_FIELD)  # its name is the caller's, and may be anything
    if type_.is_one_of and (len(value) != 1 or None in value.values()):
        yield Mistake(place, NOT_ONE)
    for name, field in type_.fields.items():
        if name in value:
            yield from _mistakes(f"{place}.{name}", value[name], field.type)
        elif is_required_input_field(field):
            yield Mistake(f"{place}.{name}", MISSING)
