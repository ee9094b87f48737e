"""The statements of lists, written once for each shape and run with many values: read as they are
by the executor, and with links joined to them by plans.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    TableValuedAlias,
    and_,
    bindparam,
    case,
    column,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from gateway.access.rows import select_reachable_in_role, vouch_for
from gateway.access.transactions.prepared import Planning, PreparedStatement, prepare
from gateway.mapping.access_paths import (
    MOST_GROUPED,
    MOST_SORTED,
    AccessPath,
    choose_path,
    most_rows,
    walked_prefix,
)
from gateway.mapping.access_paths import Columns as StatisticsOfColumns
from gateway.mapping.catalogue import Columns, DeclaredNoun
from gateway.mapping.declare import KEY, Expression
from gateway.mapping.filters import Condition, ConditionShape, Relation, condition_shapes
from gateway.mapping.keyset import (
    LARGEST_PAGE,
    ORDER_LABEL,
    Boundary,
    Keyset,
    Place,
    boundary_values,
)
from gateway.viewer import Viewer
from models.vocabulary import Role

#: The parameter with the size of a page, and those with the values of conditions.
_SIZE, _VALUE = "size", "value_"
_CACHED_STATEMENTS = 1_000
#: A page of these many rows has one more, which tells whether others follow.
_MOST_OF_PART = (11, 26, 51, LARGEST_PAGE + 1)
#: Counting stops here, so that counts of a huge list stay cheap.
MOST_COUNTED = 10_000
#: As many rows are sorted wherever a list turns out to have no more.
_FEW = 1_000


class ListQuery(NamedTuple):
    """The shape of a page's statement, without columns and values: its cache key."""

    noun: DeclaredNoun
    role: Role
    conditions: tuple[ConditionShape, ...]
    keyset: Keyset
    after: Boundary
    before: Boundary
    from_front: bool
    path: AccessPath
    #: The most rows of each part that is put together with others: see `most_of_part`.
    of_part: int = LARGEST_PAGE + 1


def list_query(
    columns: StatisticsOfColumns,
    viewer: Viewer,
    conditions: Sequence[Condition],
    keyset: Keyset,
    *,
    bounds: tuple[Place | None, Place | None],
    from_front: bool,
    size: int,
) -> tuple[ListQuery, dict[str, Any]]:
    """The statement of a page between two places, and its parameters."""
    after, before = bounds
    query = ListQuery(
        keyset.noun,
        viewer.role,
        condition_shapes(conditions),
        keyset,
        Boundary.at(after),
        Boundary.at(before),
        from_front,
        choose_path(columns, viewer, conditions, keyset, size + 1),
        most_of_part(size + 1),
    )
    return query, {**condition_values(conditions), **boundary_values(*bounds), _SIZE: size}


def most_of_part(limit: int) -> int:
    """The next of a few sizes: a constant in the statement, since with a parameter as its limit
    PostgreSQL would plan for a tenth of the table."""
    return _MOST_OF_PART[bisect_left(_MOST_OF_PART, limit)]


def planning_of(path: AccessPath) -> Planning:
    """The best index for what is sorted depends on the values."""
    return Planning.ONCE if path is AccessPath.ORDERED else Planning.EACH_TIME


@lru_cache(_CACHED_STATEMENTS)
def prepare_listing(listing: ListQuery, columns: Columns) -> PreparedStatement:
    """Prepare the statement for a page and one row more."""
    statement = select_page(listing, columns, further=1)
    return prepare(statement, listing.role, planning_of(listing.path), is_list=True)


def select_page(
    listing: ListQuery, columns: Columns, *, further: int, only: Sequence[str] | None = None
) -> Select[Any]:
    """The rows of a page, and further ones behind it, with the column that orders them; or ``only``
    the columns of these labels."""
    keyset = listing.keyset
    match listing.path:
        case AccessPath.ORDERED:
            parts = _ordered(listing, columns)
        case AccessPath.SORTED:
            parts = [_sorted(listing, columns, _asked_for(listing).subquery("asked"))]
        case AccessPath.EITHER:
            parts = _either(listing, columns)
    if len(parts) == 1:
        # The planner must know that there are few rows, or it hashes whole tables to join them.
        found = parts[0].limit(constant(LARGEST_PAGE + 1)).subquery("found")
    else:
        limited = [part.limit(constant(listing.of_part)) for part in parts]
        found = union_all(*limited).subquery("found")
    size: ColumnElement[int] = bindparam(_SIZE, None, type_=Integer)
    order = keyset.order_again(found, from_front=listing.from_front)
    ordered = select(*labelled(found, only)).order_by(*order)
    return vouch_for(ordered.limit(size + constant(further)), listing.noun.name)


def _ordered(listing: ListQuery, columns: Columns) -> list[Select[Any]]:
    """The rows along an index in the order of the list. All other conditions are hidden from the
    planner, which would else prefer their indexes, and sort."""
    keyset = listing.keyset
    rows = _reachable(listing, columns, *keyset.columns()).order_by(
        *keyset.order(from_front=listing.from_front)
    )
    open_columns = {keyset.column.key, *walked_prefix(listing.conditions, keyset)}
    for filtered, relation, clause in clauses_of(listing.conditions):
        is_open = filtered.key in open_columns or relation is Relation.HOLDS
        rows = rows.where(clause if is_open else case((clause, true()), else_=false()))
    return [rows.where(*span) for span in keyset.between(listing.after, listing.before)]


def _asked_for(listing: ListQuery) -> Select[Any]:
    """The key and the place of all rows that are asked for, found by whatever index is best.

    An offset keeps the planner from walking in the order of the list instead.
    """
    keyset = listing.keyset
    rows = _reachable(listing, (listing.noun.key.label(KEY),), *keyset.columns())
    rows = rows.where(*(clause for *_, clause in clauses_of(listing.conditions)))
    spans = [and_(*span) for span in keyset.between(listing.after, listing.before) if span]
    return (rows.where(or_(*spans)) if spans else rows).offset(constant(0))


def _sorted(listing: ListQuery, columns: Columns, asked: FromClause) -> Select[Any]:
    """The first of the rows that were asked for, with their columns."""
    keyset, from_front = listing.keyset, listing.from_front
    first = select(asked).order_by(*keyset.order_again(asked, from_front=from_front))
    nearest = first.limit(constant(listing.of_part)).subquery("nearest")
    rows = _reachable(listing, columns, nearest.c[ORDER_LABEL])
    rows = rows.where(listing.noun.key == nearest.c[KEY])
    return rows.order_by(*keyset.order_again(nearest, from_front=from_front))


def _either(listing: ListQuery, columns: Columns) -> list[Select[Any]]:
    """The rows sorted where they are few, and else those along the order: which it is shows while
    the statement runs."""
    few = _asked_for(listing).limit(constant(_FEW + 1)).cte("few").prefix_with("MATERIALIZED")
    number = select(func.count()).select_from(few).scalar_subquery()
    few_rows = _sorted(listing, columns, few)
    return [
        few_rows.where(number <= constant(_FEW)),
        *(part.where(number > constant(_FEW)) for part in _ordered(listing, columns)),
    ]


def _reachable(listing: ListQuery, columns: Columns, *further: ColumnElement[Any]) -> Select[Any]:
    return select_reachable_in_role(listing.noun.name, listing.role, *columns, *further)


def clauses_of(
    conditions: Iterable[ConditionShape],
) -> Iterator[tuple[Expression, Relation, ColumnElement[bool]]]:
    """The SQL conditions of a list, with parameters for their values: see `condition_values`."""
    for number, (filtered, relation) in enumerate(conditions):
        condition = Condition(filtered, relation)
        yield filtered, relation, condition.clause_for(_condition_parameter(condition, number))


def labelled(rows: FromClause, only: Sequence[str] | None) -> Iterable[ColumnElement[Any]]:
    """The columns of rows, or those of some labels."""
    return rows.c if only is None else [rows.c[label] for label in only]


def condition_values(conditions: Sequence[Condition]) -> dict[str, Any]:
    """The parameters of conditions, by name."""
    return {_VALUE + str(number): value for number, (*_, value) in enumerate(conditions)}


def _condition_parameter(condition: Condition, number: int) -> Any:
    return bindparam(_VALUE + str(number), None, type_=condition.type)


# --- How many rows a list has --------------------------------------------------------------------


class CountQuery(NamedTuple):
    """The shape of the statement that counts a list."""

    conditions: tuple[ConditionShape, ...]
    #: Whether all rows are counted, or counting stops behind `MOST_COUNTED`.
    is_whole: bool


def count_query(
    columns: StatisticsOfColumns,
    viewer: Viewer,
    type_name: str,
    conditions: Sequence[Condition],
    facet: Expression | None = None,
) -> CountQuery:
    """How to count the rows of a list, in all or by the words of a facet.

    With a limit the planner expects to be done soon, and reads the whole table where few rows meet
    all conditions; so few rows are counted without one.
    """
    others = [each for each in conditions if facet is None or each.column.key != facet.key]
    most = most_rows(columns, viewer, others, type_name)
    bound = MOST_SORTED if facet is None else MOST_GROUPED
    return CountQuery(condition_shapes(conditions), most is not None and most <= bound)


def count_list(noun: DeclaredNoun, role: Role, query: CountQuery) -> Select[Any]:
    """How many rows of a list there are; counting stops behind `MOST_COUNTED`."""
    clauses = [clause for *_, clause in clauses_of(query.conditions)]
    return vouch_for(_count_some(noun, role, clauses, query.is_whole), noun.name)


def count_list_by_word(
    noun: DeclaredNoun, role: Role, query: CountQuery, facet: Expression, words: Sequence[str]
) -> Select[Any]:
    """For each word of a column, how many rows have it. Conditions of the column itself are left
    out."""
    clauses = [
        clause for column, _, clause in clauses_of(query.conditions) if column.key != facet.key
    ]
    if query.is_whole:
        number = func.count().label("number")
        grouped: Any = select_reachable_in_role(noun.name, role, facet.label("value"), number)
        return vouch_for(grouped.where(*clauses).group_by(facet), noun.name)
    # Each word by itself, and written into the statement: which index is best depends on it.
    counts = (
        select(
            literal_column(f"'{word}'").label("value"),
            _count_some(
                noun, role, [facet == literal_column(f"'{word}'"), *clauses], is_whole=False
            )
            .scalar_subquery()
            .label("number"),
        )
        for word in words
    )
    by_word = union_all(*counts).subquery("by_word")
    return vouch_for(select(by_word), noun.name)


def _count_some(
    noun: DeclaredNoun, role: Role, clauses: Iterable[ColumnElement[bool]], is_whole: bool
) -> Select[Any]:
    rows = select_reachable_in_role(noun.name, role, constant(1).label("one"))
    rows = rows.select_from(noun.key.class_).where(*clauses)
    some = (rows if is_whole else rows.limit(constant(MOST_COUNTED + 1))).subquery("some")
    return select(func.count().label("number")).select_from(some)


def rows_of_array(values: Any, name: str) -> TableValuedAlias:
    """The values of an array as rows, in a column ``value``."""
    of_values = column("value", values.type.item_type)
    return func.unnest(values).table_valued(of_values).render_derived(name=name)


def constant(number: int) -> Any:
    """A number written into a statement. The planner takes a bound limit for a tenth of the table,
    and then reads the table whole."""
    return literal_column(str(number))
