"""Access paths: how the database is to find the rows of a list, chosen by how many rows there are.

PostgreSQL takes the conditions of a statement for independent, so where values never occur together
it walks along a whole table for one page. How many rows a single value has it knows well, and no
combination has more than its rarest value. So the path is chosen here, and the form of the
statement leaves no other.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Index, Table

from gateway.access.rows import rule_of_reading
from gateway.access.statistics import ColumnStatistics
from gateway.mapping.filters import Condition, ConditionShape, Relation, condition_shapes
from gateway.mapping.keyset import Keyset
from gateway.rules import AllOf, EveryRow, Own, ReachedThrough, Rule, Scope
from gateway.viewer import Viewer
from models.vocabulary import Role

#: As many rows are found and sorted in some 30 ms.
MOST_SORTED = 30_000
#: As many are counted by their words in some 100 ms.
MOST_GROUPED = 100_000
#: The filtering and ordering of as many rows costs what finding one by another index does.
_WALKED_FOR_ONE_FOUND = 4

_MOST_FORMS = 1_000
#: The statistics of the columns of a table, by name.
Columns = Mapping[str, ColumnStatistics]


class AccessPath(Enum):
    """How the rows of a page are found."""

    #: Along an index in the order of the list, past all rows that are not asked for.
    ORDERED = auto()
    #: All that are asked for, which are then sorted.
    SORTED = auto()
    #: Sorted if there are few, and else along the order.
    EITHER = auto()


class _Bounds(NamedTuple):
    """At least and at most how many rows meet conditions; None where that is unknown."""

    least: float | None = None
    most: float | None = None


_UNKNOWN = _Bounds()


def choose_path(
    columns: Columns,
    viewer: Viewer,
    conditions: Sequence[Condition],
    keyset: Keyset,
    size: int,
) -> AccessPath:
    """How to find a page of so many rows."""
    form = _form_of(condition_shapes(conditions), keyset, viewer.role)
    if form.is_walked or (not form.is_narrowed and not columns):
        return AccessPath.ORDERED
    found = _bounds(columns, viewer, form.rule, conditions, str(keyset.column.key))
    if found.least and found.most is not None and not form.prefix:
        walked = size * _rows(columns) / found.least
        if walked <= found.most / _WALKED_FOR_ONE_FOUND:
            return AccessPath.ORDERED
    if found.most is not None and found.most <= MOST_SORTED:
        return AccessPath.SORTED
    return AccessPath.EITHER


class _Form(NamedTuple):
    """What is known of a list without the values of its conditions."""

    rule: Rule | None
    prefix: frozenset[str]
    #: Whether conditions keep rows out that stand along its order.
    is_narrowed: bool
    #: Whether its page is found along the order, whatever the values.
    is_walked: bool


@lru_cache(_MOST_FORMS)
def _form_of(conditions: tuple[ConditionShape, ...], keyset: Keyset, role: Role) -> _Form:
    rule, prefix = rule_of_reading(keyset.noun.name, role), walked_prefix(conditions, keyset)
    narrowing = {column.key for column, _ in conditions} - {keyset.column.key, *prefix}
    # A queue has an index of its own.
    is_queue = any(relation is Relation.HOLDS for _, relation in conditions)
    is_whole = not narrowing and isinstance(rule, EveryRow)
    return _Form(rule, prefix, bool(narrowing), is_queue or is_whole)


def most_rows(
    columns: Columns, viewer: Viewer, conditions: Sequence[Condition], type_name: str
) -> float | None:
    """No list of these conditions has more rows; None where that is unknown."""
    rule = rule_of_reading(type_name, viewer.role)
    return _bounds(columns, viewer, rule, conditions, None).most


def walked_prefix(conditions: Iterable[ConditionShape], keyset: Keyset) -> frozenset[str]:
    """The columns that stand before the order in an index, each narrowed to one value: the list is
    walked along that part of it."""
    narrowed = {column.key for column, relation in conditions if relation is Relation.EQUALS}
    table: Table = keyset.noun.key.class_.__table__
    order = [keyset.column.key, keyset.noun.key.key]
    names = (index.columns.keys() for index in table.indexes if _is_whole(index))
    fitting = (each[:-2] for each in names if each[-2:] == order and narrowed.issuperset(each[:-2]))
    return frozenset(max(fitting, key=len, default=()))


def _is_whole(index: Index) -> bool:
    """Whether an index has all rows whose first column has a value."""
    if not index.columns:
        return False
    where = index.dialect_options["postgresql"]["where"]
    return where is None or str(where) == f"{index.columns.keys()[0]} IS NOT NULL"


# --- How many rows -------------------------------------------------------------------------------


def _rows(columns: Columns) -> float:
    return next(iter(columns.values())).rows if columns else 0


def _bounds(
    columns: Columns,
    viewer: Viewer,
    rule: Rule | None,
    conditions: Sequence[Condition],
    order: str | None,
) -> _Bounds:
    """Of the rows that a rule lets a viewer reach, how many meet conditions; ``order`` is the
    column along which they are walked, if they are.

    Spans of instants lie anywhere in the order of a list, so that they only bound from above.
    """
    rows, of_column = _rows(columns), defaultdict[str, list[Condition]](list)
    for condition in conditions:
        of_column[str(condition.column.key)].append(condition)
    least, most = _reached(columns, viewer, rule)
    for name, given in of_column.items():
        part = _meeting(columns.get(name), given)
        # What is a range of the walked index keeps no row of it out.
        of_part = rows if name == order else part.least
        least = None if least is None or of_part is None else max(least + of_part - rows, 0)
        if part.most is not None:
            most = part.most if most is None else min(most, part.most)
    return _Bounds(least, most)


def _reached(columns: Columns, viewer: Viewer, rule: Rule | None) -> _Bounds:
    """How many rows a viewer reaches."""
    match rule:
        case EveryRow():
            return _Bounds(_rows(columns), _rows(columns)) if columns else _UNKNOWN
        case Own(column, scope) if statistics := columns.get(column.key):
            value = getattr(viewer, scope)
            values = value if isinstance(value, tuple) else (value,)
            number = sum([_of_value(statistics, each) for each in values])
            return _Bounds(number, number)
        case ReachedThrough(_, _, Own(_, Scope.SUBJECT)):
            return _Bounds(0, 0)  # one's own files
        case AllOf(rules):
            parts = [_reached(columns, viewer, each) for each in rules]
            # Places lie within a partner: whoever reaches them is seldom kept from any of it.
            known = [part for part in parts if part.most is not None]
            return min(known, key=lambda part: part.most or 0, default=_UNKNOWN)
        case _:
            return _UNKNOWN


def _meeting(statistics: ColumnStatistics | None, conditions: Sequence[Condition]) -> _Bounds:
    """How many rows meet conditions of one column."""
    if statistics is None:
        return _Bounds(0, None)
    bounds, spans = list[_Bounds](), dict[Relation, Any]()
    for _, relation, value in conditions:
        match relation:
            case Relation.EQUALS:
                number = _of_value(statistics, value)
            case Relation.IS_ONE_OF:
                number = sum([_of_value(statistics, each) for each in value])
            case Relation.IS_NULL:
                number = statistics.nulls
            case Relation.IS_NOT_NULL:
                number = statistics.rows - statistics.nulls
            case Relation.IS_FROM | Relation.IS_BEFORE:
                spans[relation] = value
                continue
            case Relation.HOLDS | Relation.IS_IN_POOLS:
                bounds.append(_Bounds(0, None))
                continue
        bounds.append(_Bounds(number, number))
    if spans:
        span = spans.get(Relation.IS_FROM), spans.get(Relation.IS_BEFORE)
        bounds.append(_Bounds(0, _in_span(statistics, *span)))
    known = [each.most for each in bounds if each.most is not None]
    # Each keeps its own rows out: what all of them leave may be nothing.
    kept_out = sum([statistics.rows - (each.least or 0) for each in bounds])
    return _Bounds(max(statistics.rows - kept_out, 0), min(known, default=None))


def _of_value(statistics: ColumnStatistics, value: Any) -> float:
    text = {True: "t", False: "f"}[value] if isinstance(value, bool) else str(value)
    return statistics.common.get(text, statistics.most_of_others)


def _in_span(statistics: ColumnStatistics, is_from: Any, is_before: Any) -> float | None:
    """At most how many rows lie in a span, by the bounds that it touches."""
    bounds = statistics.bounds
    if len(bounds) < 2:
        return None
    first = 0 if is_from is None else max(bisect_left(bounds, is_from) - 1, 0)
    last = len(bounds) - 1 if is_before is None else bisect_left(bounds, is_before)
    of_one = (statistics.rows - statistics.nulls) / (len(bounds) - 1)
    return max(min(last, len(bounds) - 1) - first, 0) * of_one + sum(statistics.common.values())
