"""The statements of a plan: one for each level, with its links joined.

A level names the rows above it by repeating their statement, so that all go out in one write.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, ColumnElement, FromClause, Select, any_, bindparam, func, select

from gateway.access.rows import require_vouched, select_reachable_in_role, vouch_for
from gateway.access.transactions.prepared import Planning, PreparedStatement, prepare
from gateway.execution.plan.levels import (
    ColumnSet,
    Level,
    LinkedCount,
    LinkedPage,
    LinkedRows,
    ListCount,
    ListPage,
    RowByName,
    RowsByKeys,
    WholeTable,
)
from gateway.mapping.catalogue import LOADED_BY, Columns, DeclaredNoun, hidden_label
from gateway.mapping.declare import KEY, ToMany
from gateway.mapping.facets import count_by_word
from gateway.mapping.linked_pages import LinkedCountQuery, LinkedFacetQuery
from gateway.mapping.listing import ListQuery, constant, count_list, planning_of, select_page
from models.vocabulary import Role
from models.volumes.versions import VersionedData, version_of

#: Statements that are cached for a branch: which it takes depends on the arguments.
_MOST_CACHED = 32
#: The parameters of look-ups.
NAME, KEYS = "name", "keys"
#: What the statement of a level depends on besides its columns; None if nothing.
Shape = Any
#: The shape of each level of a branch, by its number.
Shapes = Sequence[Shape]


class Statements:
    """The statements of one branch for a role."""

    def __init__(
        self,
        places: "Mapping[Level, Places]",
        role: Role,
        *,
        with_version: Level | None = None,
    ) -> None:
        """The rows of ``with_version`` end with the version of the reference data."""
        self._places = places
        self._role = role
        self._with_version = with_version
        self.prepared = lru_cache(_MOST_CACHED)(self._prepared)

    def _prepared(self, *shapes: Shape) -> tuple[PreparedStatement, ...]:
        """The statement of each level."""
        return tuple(self._prepare(level, shapes) for level in self._places)

    def _prepare(self, level: Level, shapes: Shapes) -> PreparedStatement:
        statement = select_level(level, shapes, self._role, self._places[level])
        if level is self._with_version:
            statement = statement.add_columns(version_of(VersionedData.NAMES).label("_version"))
        root = _root_of(level)
        is_list = isinstance(root.reading, ListPage | ListCount)
        planning = _planning_of(root, shapes)
        return prepare(statement, self._role, planning, is_list=is_list)


class Places:
    """The places of columns in the rows of a level, in the order in which they are first asked for.
    No other columns are selected."""

    def __init__(self, level: Level) -> None:
        self._level = level
        self._places: dict[tuple[ColumnSet, str], int] = {}
        is_found_by_key = isinstance(level.reading, RowsByKeys | WholeTable)
        if level.column_set and (is_found_by_key or level.noun.storage.is_logged):
            self.of(level.column_set, KEY)  # which therefore comes first

    def of(self, column_set: ColumnSet, label: str) -> int:
        return self._places.setdefault((column_set, label), len(self._places))

    @property
    def columns(self) -> Sequence[tuple[ColumnSet, str]]:
        """The columns to select."""
        is_empty = not self._places and not self._level.keys
        return [(self._level.columns, KEY)] if is_empty else [*self._places]

    @property
    def key(self) -> int | None:
        """Of the key by which a row was found, which is the last column; None without one."""
        if self._level.keys is None:
            return None
        match self._level.reading:
            case LinkedCount(_, facet):
                return 2 if facet else 1
            case _:
                return len(self._places)


def select_level(level: Level, shapes: Shapes, role: Role, places: Places) -> Select[Any]:
    """The statement of a level. Rows that were found by the keys of others end with that key."""
    match level.reading:
        case ListCount(facet):
            if facet:
                return count_by_word(level.noun, role, shapes[level.number], facet)
            return count_list(level.noun, role, shapes[level.number])
        case LinkedCount(linked, facet):
            query = LinkedFacetQuery(linked, facet) if facet else LinkedCountQuery(linked)
            return query.statement(_keys(level, shapes, role))
        case _:
            return _select_joined(level, shapes, role, places)


def _root_of(level: Level) -> Level:
    """The level of which a level repeats the statement, over those between them."""
    return _root_of(level.keys.level) if level.keys else level


def _planning_of(root: Level, shapes: Shapes) -> Planning:
    """Links always follow their indexes. How a list is best counted, or found, depends on the
    values."""
    match root.reading:
        case ListCount():
            return Planning.EACH_TIME
        case ListPage():
            return planning_of(shapes[root.number].path)
        case _:
            return Planning.ONCE


def _select_joined(level: Level, shapes: Shapes, role: Role, places: Places) -> Select[Any]:
    if not level.columns.joins:
        only = [label for _, label in places.columns]
        return _select_base(level, shapes, role, further=1, only=only)
    base = _select_base(level, shapes, role, further=1)
    joined = _join(base, level.columns.tree(), role)
    rows, order = joined.tables[level.columns], list[Any]()
    columns = [joined.tables[column_set].c[label] for column_set, label in places.columns]
    if LOADED_BY in rows.c:
        order.append(rows.c[LOADED_BY])
        columns.append(rows.c[LOADED_BY])
    if isinstance(level.reading, ListPage | LinkedPage):
        shape = shapes[level.number]
        from_front = shape.from_front if isinstance(shape, ListQuery) else True
        order += shape.keyset.order_again(rows, from_front=from_front)
    return joined.select(columns).order_by(*order)


def _select_base(
    level: Level, shapes: Shapes, role: Role, *, further: int, only: Sequence[str] | None = None
) -> Select[Any]:
    """The rows of a level without what is joined to them, with all of their columns or ``only``
    those of these labels. A page has one row more, which shows whether others follow; its links are
    not read."""
    shape, columns = shapes[level.number], level.columns.columns
    match level.reading:
        case ListPage():
            return select_page(shape, columns, further=further, only=only)
        case LinkedPage():
            keys, prefix = _keys(level, shapes, role), parameter_prefix(level)
            return shape.statement(columns, keys, prefix, further=further, only=only)
        case _:
            by_label = {column.key: column for column in columns}
            selected = columns if only is None else tuple(by_label[label] for label in only)
            return _select_whole(level, shapes, role, selected)


def _select_whole(level: Level, shapes: Shapes, role: Role, selected: Columns) -> Select[Any]:
    """All rows of a level that is no page."""
    noun, shape = level.noun, shapes[level.number]
    match level.reading:
        case RowByName():
            name = bindparam(NAME, None, type_=shape.type)
            return _reachable(noun, role, selected).where(shape == name).limit(constant(1))
        case RowsByKeys():
            keys = bindparam(KEYS, None, type_=ARRAY(noun.key.type))
            return _reachable(noun, role, selected).where(noun.key == any_(keys))
        case WholeTable():
            return _reachable(noun, role, selected)
        case LinkedRows(link):
            keys = _keys(level, shapes, role)
            by = link.remote.label(LOADED_BY)
            rows = _reachable(noun, role, selected, by).where(link.remote == any_(keys))
            order = link.order if isinstance(link, ToMany) else ()
            return rows.order_by(link.remote, *order)
        case _:
            raise TypeError(level.reading)


def _keys(level: Level, shapes: Shapes, role: Role) -> ColumnElement[Any]:
    """The keys that the rows above have for a level, as an array: their statement once more."""
    assert level.keys, "the levels of a root field have no rows above them"
    above, column_set, local = level.keys
    joined = _join(_select_base(above, shapes, role, further=0), column_set.way(), role)
    keys = joined.tables[column_set].c[hidden_label(local)]
    distinct = select(keys).select_from(joined.source).where(keys.is_not(None)).distinct()
    # In order, so that the rows found by them are so already when they are sorted by their key.
    in_order = distinct.order_by(keys).scalar_subquery()
    return func.array(in_order, type_=ARRAY(local.type))


def _reachable(
    noun: DeclaredNoun, role: Role, columns: Columns, *further: ColumnElement[Any]
) -> Select[Any]:
    return select_reachable_in_role(noun.name, role, *columns, *further)


def parameter_prefix(level: Level) -> str:
    """Begins the names of the parameters of a page that is linked."""
    return f"page_{level.number}_"


class _JoinedRows(NamedTuple):
    """Rows with others joined to them, each held to the policy."""

    tables: Mapping[ColumnSet, FromClause]
    source: FromClause
    type_name: str

    def select(self, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
        return vouch_for(select(*columns).select_from(self.source), self.type_name)


def _join(base: Select[Any], column_sets: Iterable[ColumnSet], role: Role) -> _JoinedRows:
    """Join rows to those of a base, by key and under their own policy: what is out of reach is as
    absent as what does not exist."""
    first, *others = column_sets
    parts = {first: base}
    for column_set in others:
        assert column_set.join
        remote = column_set.join.link.remote
        by = remote.label(LOADED_BY)
        parts[column_set] = _reachable(column_set.noun, role, column_set.columns, by)
    for part in parts.values():
        require_vouched(part)
    tables: dict[ColumnSet, FromClause] = {
        column_set: part.subquery("base" if column_set is first else f"joined_{number}")
        for number, (column_set, part) in enumerate(parts.items())
    }
    source = tables[first]
    for column_set in others:
        assert column_set.join
        to, link = column_set.join
        rows, local = tables[column_set], tables[to].c[hidden_label(link.local)]
        source = source.outerjoin(rows, rows.c[LOADED_BY] == local)
    return _JoinedRows(tables, source, first.noun.name)
