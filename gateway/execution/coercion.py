"""Coerces variables, and reports the place of each error without quoting its value.

Functions that are made once for an operation do it. What they refuse is coerced again by
graphql-core, the judge; but its error messages are not used: it makes one for each error, and each
quotes the whole surrounding value.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
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
)

from gateway.error_reports import locations_of
from gateway.errors import ErrorCode, GerbangError, MistakesError
from gateway.execution.expected import (
    MISSING,
    NO_SUCH_FIELD,
    NOT_ONE,
    NULL,
    UNKNOWN_FIELD,
    describe_expected,
)
from gateway.execution.graphql_core import VariableValueSource, signature_of
from gateway.execution.input_values import Coerce, InputTypes, InvalidInputError
from gateway.limits import MOST_MISTAKES

#: Names of unknown fields that are said again: words, with a number of two digits at most. Whatever
#: else stands there may be a value in the wrong place, such as a passport number.
_LIKE_A_FIELD = re.compile(r"[A-Za-z_]{1,40}[0-9]{0,2}")
#: Where a value stands: the variable, then names of fields and indices of lists.
Place = tuple[str | int, ...]


class Mistake(NamedTuple):
    """An invalid value: its place, and what is expected."""

    place: Place
    text: str

    def __str__(self) -> str:
        name, *steps = self.place
        place = f"${name}" + "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps
        )
        return f"`{place}`: {self.text}"


class _Variable(NamedTuple):
    """A variable of an operation, and how its values are coerced."""

    name: str
    signature: Any
    coerce: Coerce
    #: Its value where the request gives none; Undefined if it has none.
    default: Any
    is_required: bool


class VariableCoercion:
    """Coerces the variables of one valid operation, for each request."""

    def __init__(
        self, view: GraphQLSchema, operation: OperationDefinitionNode, inputs: InputTypes
    ) -> None:
        self._view = view
        self._operation = operation
        self._variables = [
            _variable(view, definition, inputs)
            for definition in operation.variable_definitions or ()
        ]
        #: The variables that may change what is selected, and so the plan: booleans and enums. All
        #: others are arguments of fields, which are read at each run.
        self.shaping = tuple(one.name for one in self._variables if _may_shape(one.signature.type))

    def coerce(self, given: Mapping[str, Any]) -> VariableValues:
        """The values of the variables of a request.

        Raises MistakesError with INVALID_VARIABLES and every mistake, up to a limit.
        """
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        with suppress(Exception):  # whatever a scalar raises: graphql-core judges, and we explain
            for name, signature, coerce, default, is_required in self._variables:
                value = given.get(name, Undefined)
                sources[name] = VariableValueSource(signature, value)
                if value is not Undefined:
                    coerced[name] = coerce(value)
                elif default is not Undefined:
                    coerced[name] = default
                elif is_required:
                    raise InvalidInputError
            return VariableValues(sources, coerced)
        return coerce_variables(self._view, self._operation, given)


def _variable(
    view: GraphQLSchema, definition: VariableDefinitionNode, inputs: InputTypes
) -> _Variable:
    signature = signature_of(view, definition)
    default = Undefined
    if definition.default_value:
        default = coerce_input_literal(definition.default_value, signature.type)
    return _Variable(
        signature.name,
        signature,
        inputs.coercer(signature.type),
        default,
        is_non_null_type(signature.type),
    )


def coerce_variables(
    view: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> VariableValues:
    """Coerce the variables of a valid operation by graphql-core.

    Raises MistakesError with INVALID_VARIABLES and every mistake, up to a limit.
    """
    values = VariableValues({}, {})
    mistakes: list[GerbangError] = []
    for definition in operation.variable_definitions or ():
        mistakes += islice(_coerce(view, definition, given, values), MOST_MISTAKES - len(mistakes))
    if mistakes:
        raise MistakesError(mistakes)
    return values


def _may_shape(type_: Any) -> bool:
    leaf = type_.of_type if is_non_null_type(type_) else type_
    return leaf is GraphQLBoolean or is_enum_type(leaf)


def _coerce(
    view: GraphQLSchema,
    definition: VariableDefinitionNode,
    given: Mapping[str, Any],
    values: VariableValues,
) -> Iterator[GerbangError]:
    """Add the value of a variable to the others, or yield what is wrong with it."""
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
        locations = locations_of(GraphQLError("", definition))
        found = list(islice(_mistakes((name,), value, type_), MOST_MISTAKES))
        for mistake in found or [Mistake((name,), describe_expected(type_))]:
            details = {"locations": locations, "inputPath": list(mistake.place)}
            yield GerbangError(ErrorCode.INVALID_VARIABLES, str(mistake), details)
    values.coerced[name] = coerced


def _mistakes(place: Place, value: Any, type_: Any) -> Iterator[Mistake]:
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
                yield from _mistakes((*place, number), item, type_.of_type)
        else:
            yield from _mistakes(place, value, type_.of_type)
    elif is_input_object_type(type_) and isinstance(value, dict):
        yield from _mistakes_of_object(place, value, type_)
    elif coerce_input_value(value, type_) is Undefined:
        yield Mistake(place, describe_expected(type_))


def _mistakes_of_object(
    place: Place, value: dict[str, Any], type_: GraphQLInputObjectType
) -> Iterator[Mistake]:
    unknown = [name for name in value if name not in type_.fields]
    named = [name for name in unknown if _LIKE_A_FIELD.fullmatch(name)]
    for name in named:
        yield Mistake((*place, name), NO_SUCH_FIELD)
    if len(named) < len(unknown):
        yield Mistake(place, UNKNOWN_FIELD)
    if type_.is_one_of and (len(value) != 1 or None in value.values()):
        yield Mistake(place, NOT_ONE)
    for name, field in type_.fields.items():
        if name in value:
            yield from _mistakes((*place, name), value[name], field.type)
        elif is_required_input_field(field):
            yield Mistake((*place, name), MISSING)
