"""The filters of lists: one style for all, from which conditions and mistakes follow."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum, StrEnum, auto
from typing import Any, Generic, NamedTuple, TypeVar

import strawberry
from sqlalchemy import ARRAY, ColumnElement, any_, literal
from sqlalchemy.types import TypeEngine

from gateway.errors import ArgumentError
from gateway.mapping.arguments import Parsing
from gateway.mapping.declare import Expression
from gateway.mapping.ids import key_in
from models import Application
from models.reference.pool import in_pools

MOST_VALUES = 100
_LAST_BEFORE_SURROGATES, _FIRST_AFTER_SURROGATES = 0xD7FF, 0xE000
_LAST_CHARACTER = 0x10FFFF

Value = TypeVar("Value")
Moment = TypeVar("Moment", date, datetime)


class Relation(Enum):
    """The comparison of a column with a value."""

    EQUALS = auto()
    IS_ONE_OF = auto()
    IS_FROM = auto()
    IS_BEFORE = auto()
    IS_NULL = auto()
    IS_NOT_NULL = auto()
    #: The expression is a condition by itself.
    HOLDS = auto()
    #: The application, by its visa type, is in one of these pools, or there are none.
    IS_IN_POOLS = auto()


#: A condition without its value.
ConditionShape = tuple[Expression, Relation]


class Condition(NamedTuple):
    """One comparison that a client filters by."""

    column: Expression
    relation: Relation
    value: Any = None

    @property
    def type(self) -> TypeEngine[Any]:
        """The type of the value."""
        kind = self.column.type
        is_list = self.relation in (Relation.IS_ONE_OF, Relation.IS_IN_POOLS)
        return ARRAY(kind) if is_list else kind

    def clause(self) -> ColumnElement[bool]:
        """The SQL condition, with the value bound."""
        return self.clause_for(literal(self.value, self.type))

    def clause_for(self, value: ColumnElement[Any]) -> ColumnElement[bool]:
        """The SQL condition for a value or parameter."""
        match self.relation:
            case Relation.EQUALS:
                return self.column == value
            case Relation.IS_ONE_OF:
                return self.column == any_(value)
            case Relation.IS_FROM:
                return self.column >= value
            case Relation.IS_BEFORE:
                return self.column < value
            case Relation.IS_NULL:
                return self.column.is_(None)
            case Relation.IS_NOT_NULL:
                return self.column.is_not(None)
            case Relation.HOLDS:
                return self.column.expression
            case Relation.IS_IN_POOLS:
                of_case = (Application.channel, Application.nationality_code)
                return in_pools(value, self.column, *of_case)


def condition_shapes(conditions: Iterable[Condition]) -> tuple[ConditionShape, ...]:
    """The conditions without their values."""
    return tuple([(column, relation) for column, relation, _ in conditions])


# --- The inputs of the API -----------------------------------------------------------------------


def _option(description: str, name: str | None = None) -> Any:
    return strawberry.field(default=strawberry.UNSET, description=description, name=name)


def _eq() -> Any:
    return _option("This value.")


def _in() -> Any:
    return _option(f"One of these values: at most {MOST_VALUES}.", "in")


def _not_in() -> Any:
    return _option(f"None of these values: at most {MOST_VALUES}.")


def _is_null() -> Any:
    return _option("True: only where there is none. False: only where there is one.")


def _from() -> Any:
    return _option("This one or later.", "from")


def _before() -> Any:
    return _option("Earlier than this one.")


_ALL_HOLD = "all that is given must hold."


@strawberry.input(description=f"Narrows to values, or to none; {_ALL_HOLD}")
class Filter(Generic[Value]):
    """A filter of a column by its values."""

    eq: Value | None = _eq()
    in_: list[Value] | None = _in()
    is_null: bool | None = _is_null()


@strawberry.input(name="Filter", description=f"Narrows to words of a closed list; {_ALL_HOLD}")
class WordFilter(Generic[Value]):
    """A filter of a column with words of a closed list."""

    eq: Value | None = _eq()
    in_: list[Value] | None = _in()
    not_in: list[Value] | None = _not_in()


@strawberry.input(description=f"Narrows to texts, or to how they begin; {_ALL_HOLD}")
class TextFilter:
    eq: str | None = _eq()
    in_: list[str] | None = _in()
    prefix: str | None = _option("Begins with this; capital and small letters are distinguished.")


@strawberry.input(name="Filter", description=f"Narrows to a span of time, or to none; {_ALL_HOLD}")
class Span(Generic[Moment]):
    """A filter by a half-open range of dates or instants."""

    from_: Moment | None = _from()
    before: Moment | None = _before()
    is_null: bool | None = _is_null()


@strawberry.input(name="VolumeFilter", description=f"Narrows to values; {_ALL_HOLD}")
class VolumeFilter(Generic[Value]):
    """A filter of volumes; roles that read only published figures have `eq` only."""

    eq: Value | None = _eq()
    in_: list[Value] | None = _in()


@strawberry.input(
    name="VolumeFilter", description=f"Narrows to words of a closed list; {_ALL_HOLD}"
)
class VolumeWordFilter(Generic[Value]):
    """The same of words of a closed list."""

    eq: Value | None = _eq()
    in_: list[Value] | None = _in()
    not_in: list[Value] | None = _not_in()


# --- From inputs to conditions -------------------------------------------------------------------


class FilteredField(NamedTuple):
    """What a field of `where` narrows: a column, and its words if they are a closed list."""

    #: The name of the field in Python.
    name: str
    column: Expression
    words: type[StrEnum] | None
    #: The type whose global ids it takes, if it does.
    of_ids: str | None = None


class Where:
    """The members of each `where`, beside its filters."""

    #: By the name of the field in the API.
    filtered_fields: dict[str, FilteredField]


def parse_where(where: type[Where] | None, values: Any) -> Parsing[list[Condition]]:
    """The conditions of a ``where``, from its coerced values."""
    if where is None or not values:
        return []
    given = given_filters(values)
    yield from mistakes_in_filters(given)
    conditions: list[Condition] = []
    for name, comparisons in given.items():
        _, column, words, of_ids = where.filtered_fields[name]
        if of_ids:
            comparisons = _by_keys(comparisons, of_ids)
        conditions += conditions_of(comparisons, column, words)
    return conditions


def _by_keys(comparisons: Mapping[str, Any], type_name: str) -> Mapping[str, Any]:
    """Comparisons with the keys that global ids name: an id of anything else names none."""
    keys: dict[str, Callable[[Any], Any]] = {
        "eq": lambda id_: key_in(id_, type_name),
        "in": lambda ids: [key_in(id_, type_name) for id_ in ids],
    }
    return {
        name: keys[name](value) if name in keys else value for name, value in comparisons.items()
    }


#: The filters of a `where` that are given, each with the comparisons that are given, by their names
#: in the API.
GivenWhere = Mapping[str, Mapping[str, Any]]


def given_filters(where: Mapping[str, Mapping[str, Any] | None] | None) -> GivenWhere:
    """The filters that are given. What is null is absent, at any depth: a form sends null for each
    condition that its user left open."""
    filters = {
        name: {comparison: value for comparison, value in filter_.items() if value is not None}
        for name, filter_ in (where or {}).items()
        if filter_
    }
    return {name: comparisons for name, comparisons in filters.items() if comparisons}


def values_left(given: Mapping[str, Any], words: type[StrEnum] | None) -> list[Any] | None:
    """The values that comparisons leave, each once; None if they do not narrow to values.

    ``words`` is the closed list of what can be excluded.
    """
    lists: list[list[Any]] = []
    if "eq" in given:
        lists.append([given["eq"]])
    if "in" in given:
        lists.append(given["in"])
    if "notIn" in given:
        lists.append([word for word in words or () if word not in given["notIn"]])
    if not lists:
        return None
    first, *others = lists
    values = list(dict.fromkeys(first))
    for other in others:
        values = [one for one in values if one in other]
    return values


def conditions_of(
    given: Mapping[str, Any], column: Expression, words: type[StrEnum] | None = None
) -> Iterator[Condition]:
    """The conditions of a filter without mistakes."""
    values = values_left(given, words)
    if values is not None and len(values) == 1:
        yield Condition(column, Relation.EQUALS, values[0])
    elif values is not None:
        yield Condition(column, Relation.IS_ONE_OF, values)
    if "isNull" in given:
        yield Condition(column, Relation.IS_NULL if given["isNull"] else Relation.IS_NOT_NULL)
    if "from" in given:
        yield Condition(column, Relation.IS_FROM, given["from"])
    if "before" in given:
        yield Condition(column, Relation.IS_BEFORE, given["before"])
    if "prefix" in given:
        # Two bounds, since LIKE is not leakproof: the row rules would come first.
        yield Condition(column, Relation.IS_FROM, given["prefix"])
        if (end := after_prefix(given["prefix"])) is not None:
            yield Condition(column, Relation.IS_BEFORE, end)


def after_prefix(prefix: str) -> str | None:
    """The first text behind all that begin with a prefix, by code points; None if there is none."""
    kept = prefix.rstrip(chr(_LAST_CHARACTER))
    if not kept:
        return None
    code = ord(kept[-1])
    following = _FIRST_AFTER_SURROGATES if code == _LAST_BEFORE_SURROGATES else code + 1
    return kept[:-1] + chr(following)


def mistakes_in_filters(where: GivenWhere) -> Iterator[ArgumentError]:
    """What is wrong with the filters that are given."""
    for name, given in where.items():
        for comparison, value in given.items():
            if isinstance(value, list):
                if len(value) > MOST_VALUES:
                    yield ArgumentError(
                        ("where", name, comparison),
                        f"`{comparison}` takes at most {MOST_VALUES} values.",
                    )
            elif comparison == "prefix" and value == "":
                yield ArgumentError(
                    ("where", name, comparison), "`prefix` is empty: give it some characters."
                )
