"""Compiled coercion gives what graphql-core gives, for every input type and every argument."""

from collections.abc import Sequence
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    Undefined,
    VariableValues,
    coerce_input_value,
    get_argument_values,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_input_type,
    is_list_type,
    is_non_null_type,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import GerbangError, MistakesError
from gateway.execution.coercion import coerce_variables
from gateway.execution.input_values import ArgumentCoercion, InputTypes
from tests.gateway.random_values import SCALARS, literal
from tests.gateway.test_plans import VIEWS
from tests.premises import holds, premise

#: Each type and each field with arguments as one of the roles sees it that have it.
_TYPES = {name: type_ for view in VIEWS.values() for name, type_ in view.type_map.items()}
_FIELDS = [
    (name, field)
    for type_ in _TYPES.values()
    for name, field in getattr(type_, "fields", {}).items()
    if isinstance(field, GraphQLField) and field.args
]
_INPUTS = [type_ for type_ in _TYPES.values() if is_input_type(type_)]
_MEMBERS = [
    *(argument for _, field in _FIELDS for argument in field.args.values()),
    *(member for one in _INPUTS if is_input_object_type(one) for member in one.fields.values()),
]
#: With the lists of them, and those that must not be null.
TYPES = [*{str(one): one for one in (*_INPUTS, *(member.type for member in _MEMBERS))}.values()]
ANYTHING = st.recursive(
    st.sampled_from([None, True, False, 0, 1, -1, 2**40, 0.5, 1e300, "", "LODGED", "2025-01-10"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["eq", "in", "code", "nothing"]), inner, max_size=2)
    ),
    max_leaves=5,
)
many = settings(max_examples=200)


@st.composite
def values(draw: st.DrawFn, type_: Any, depth: int = 4) -> Any:
    """A value that may be meant for a type; most are valid."""
    if draw(st.integers(0, 11)) == 0 or depth == 0:
        return draw(ANYTHING)
    inner = get_nullable_type(type_)
    if inner is type_ and draw(st.integers(0, 5)) == 0:
        return None
    if is_list_type(inner):
        items = values(inner.of_type, depth - 1)
        return draw(items | st.lists(items, max_size=3))
    if is_enum_type(inner):
        return draw(st.sampled_from([*inner.values]))
    if not is_input_object_type(inner):
        return draw(st.sampled_from(SCALARS.get(inner.name, ("AU", "7K3M-9QPX-2F4D", "x"))))
    names = draw(st.sets(st.sampled_from([*inner.fields]), max_size=1 if inner.is_one_of else 4))
    if draw(st.integers(0, 7)):
        names |= {n for n, field in inner.fields.items() if is_non_null_type(field.type)}
    made = {name: draw(values(inner.fields[name].type, depth - 1)) for name in sorted(names)}
    return made if draw(st.integers(0, 15)) else {**made, "unknown": 1}


def _coerce(type_: Any, value: Any) -> Any:
    try:
        return InputTypes().coercer(type_)(value)
    except Exception:
        return Undefined


@many
@given(st.data())
@premise(accepted=0.3, refused=0.05)
def test_values_are_coerced_as_graphql_core_does(data: st.DataObject) -> None:
    type_ = data.draw(st.sampled_from(TYPES))
    value = data.draw(values(type_))
    expected = coerce_input_value(value, type_)
    holds("refused" if expected is Undefined else "accepted")
    assert repr(_coerce(type_, value)) == repr(expected), (type_, value)


@many
@given(st.data())
@premise(mistaken=0.05, several=0.01, right=0.3)
def test_each_mistake_in_a_variable_has_a_place_in_its_value(data: st.DataObject) -> None:
    type_ = data.draw(st.sampled_from(TYPES))
    value = data.draw(values(type_))
    mistakes = _mistakes(type_, value)
    is_mistaken = coerce_input_value(value, type_) is Undefined
    holds("mistaken" if is_mistaken else "right")
    holds("several", len(mistakes) > 1)
    assert bool(mistakes) is is_mistaken
    for mistake in mistakes:
        name, *way = mistake.details["inputPath"]
        assert name == "v"
        _follow(value, way, is_missing="missing" in mistake.message)


def _mistakes(type_: Any, value: Any) -> Sequence[GerbangError]:
    """What is said of the value of a variable."""
    named = get_named_type(type_)
    view = next(one for one in VIEWS.values() if one.get_type(named.name) is named)
    operation: Any = parse(f"query ($v: {type_}) {{ __typename }}").definitions[0]
    try:
        coerce_variables(view, operation, {"v": value})
    except MistakesError as error:
        return error.mistakes
    return ()


def _follow(value: Any, way: list[str | int], *, is_missing: bool) -> None:
    """Go the way through a value; only what is missing does not stand at its end."""
    *inner, last = way or [None]
    for step in inner:
        value = value[step]
    if last is not None and not is_missing:
        value[last]
    elif last is not None:
        assert last not in value


@st.composite
def literals(draw: st.DrawFn, type_: Any, variables: dict[str, Any], depth: int = 4) -> str:
    """A literal for a type, some of whose parts are variables, with their coerced values."""
    if draw(st.integers(0, 2)) == 0:
        return f"${_variable(draw, type_, variables)}"
    inner = get_nullable_type(type_)
    if inner is type_ and draw(st.integers(0, 7)) == 0:
        return "null"
    if is_list_type(inner) and depth:
        items = [draw(literals(inner.of_type, variables, depth - 1)) for _ in range(2)]
        return f"[{', '.join(items)}]"
    if is_input_object_type(inner) and depth:
        names = draw(st.sets(st.sampled_from([*inner.fields]), max_size=2))
        names |= {n for n, field in inner.fields.items() if is_non_null_type(field.type)}
        types = ((name, inner.fields[name].type) for name in sorted(names))
        parts = [f"{n}: {draw(literals(of, variables, depth - 1))}" for n, of in types]
        return f"{{{', '.join(parts)}}}"
    valid = values(GraphQLNonNull(inner)).filter(lambda one: _is_literal(inner, one))
    return literal(inner, draw(valid))


def _is_literal(type_: Any, value: Any) -> bool:
    """Whether a value can be written as a literal that is valid."""
    fitting = is_enum_type(get_named_type(type_)) is not isinstance(value, bool | int | float)
    return coerce_input_value(value, type_) is not Undefined and (fitting or value is not None)


def _variable(draw: st.DrawFn, type_: Any, variables: dict[str, Any]) -> str:
    """A variable that validation lets stand there: absent, null, or with a valid value."""
    name = f"v{len(variables)}"
    value: Any = draw(st.just(Undefined) | st.none() | values(type_))
    coerced = value if value is Undefined else coerce_input_value(value, get_nullable_type(type_))
    variables[name] = coerced
    return name


@many
@given(st.data())
@premise(accepted=0.3, refused=0.02, with_variables=0.1)
def test_arguments_are_coerced_as_graphql_core_does(data: st.DataObject) -> None:
    name, field = data.draw(st.sampled_from(_FIELDS))
    given_names = data.draw(st.sets(st.sampled_from([*field.args])))
    variables: dict[str, Any] = {}
    written = [f"{one}: {data.draw(literals(field.args[one].type, variables))}"
               for one in sorted(given_names)]  # fmt: skip
    node = _field(f"{{ {name}({', '.join(written)}) }}" if written else f"{{ {name} }}")
    coerced = VariableValues({}, {n: v for n, v in variables.items() if v is not Undefined})
    coercion = ArgumentCoercion(field, node)
    expected, is_accepted = _outcome(lambda: get_argument_values(field, node, coerced))
    holds("accepted" if is_accepted else "refused")
    holds("with_variables", bool(coerced.coerced))
    assert _outcome(lambda: coercion.coerce(coerced)) == (expected, is_accepted)


def _field(text: str) -> Any:
    definition: Any = parse(text).definitions[0]
    return definition.selection_set.selections[0]


def _outcome(coerce: Any) -> tuple[str, bool]:
    """The values, whatever the order of their fields, or the message of the error; and whether
    they were accepted."""
    try:
        return _canonical(coerce()), True
    except GraphQLError as error:
        return error.message, False


def _canonical(value: Any) -> str:
    match value:
        case dict():
            return repr(sorted((key, _canonical(inner)) for key, inner in value.items()))
        case list():
            return repr([_canonical(inner) for inner in value])
        case _:
            return repr(value)
