"""The statements of lists, written once for each shape and run with many values.

`select_page` is a page of one list, `select_linked` a page for each of many rows. Both are read as
they are by the executor, and with links joined to them by plans.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    TableValuedAlias,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.rows import select_reachable_in_role, vouch_for
from gateway.access.transactions.prepared import PreparedStatement, prepare
from gateway.mapping.catalogue import LOADED_BY, Columns, DeclaredNoun
from gateway.mapping.declare import Expression
from gateway.mapping.filters import Condition, Relation
from gateway.mapping.keyset import LARGEST_PAGE, Boundary, Keyset, Place, boundary_values
from models.vocabulary import Role

#: The parameter with the size of a page.
_SIZE = "size"
_CACHED_STATEMENTS = 1_000
#: A page of these many rows has one more, which tells whether others follow.
_MOST_OF_WALK = (11, 26, 51, LARGEST_PAGE + 1)
#: Counting stops here, so that counts of a huge list stay cheap.
MOST_COUNTED = 10_000
#: A condition without its value.
ConditionShape = tuple[Expression, Relation]


class ListQuery(NamedTuple):
    """The shape of a page's statement, without columns and values: its cache key."""

    noun: DeclaredNoun
    role: Role
    conditions: tuple[ConditionShape, ...]
    keyset: Keyset
    after: Boundary
    before: Boundary
    from_front: bool
    #: The most rows of each walk that is put together with others: see `most_of_walk`.
    of_walk: int = LARGEST_PAGE + 1


def most_of_walk(limit: int) -> int:
    """The next of a few sizes: a constant in the statement, since with a parameter as its limit
    PostgreSQL would plan for a tenth of the table."""
    return next(most for most in _MOST_OF_WALK if most >= limit)


@lru_cache(_CACHED_STATEMENTS)
def prepare_listing(listing: ListQuery, columns: Columns) -> PreparedStatement:
    """Prepare the statement for a page and one row more."""
    return prepare(select_page(listing, columns, further=1), listing.role)


def select_page(
    listing: ListQuery, columns: Columns, *, further: int, only: Sequence[str] | None = None
) -> Select[Any]:
    """The rows of a page, and further ones behind it, with the column that orders them; or ``only``
    the columns of these labels.

    A list of values is walked value by value: each along its index, and no further than a page.
    """
    noun, keyset = listing.noun, listing.keyset
    rows = select_reachable_in_role(noun.name, listing.role, *columns, *keyset.columns()).order_by(
        *keyset.order(from_front=listing.from_front)
    )
    lists: list[TableValuedAlias] = []
    for number, (filtered, relation) in enumerate(listing.conditions):
        condition = Condition(filtered, relation)
        value = _condition_parameter(condition, number)
        if relation is Relation.IS_ONE_OF:
            lists.append(rows_of_array(value, f"list_{number}"))
            condition, value = Condition(filtered, Relation.EQUALS), lists[-1].c.value
        rows = rows.where(condition.clause_for(value))
    walks = [rows.where(*span) for span in keyset.between(listing.after, listing.before)]
    if len(walks) == 1 and not lists:
        # The planner must know that there are few rows, or it hashes whole tables to join them.
        found = walks[0].limit(constant(LARGEST_PAGE + 1)).subquery("found")
    else:
        limited = [walk.limit(constant(listing.of_walk)) for walk in walks]
        found = union_all(*(_walk_lists(walk, lists) for walk in limited)).subquery("found")
    size: ColumnElement[int] = bindparam(_SIZE, None, type_=Integer)
    order = keyset.order_again(found, from_front=listing.from_front)
    ordered = select(*_labelled(found, only)).order_by(*order)
    return vouch_for(ordered.limit(size + constant(further)), noun.name)


def _labelled(rows: FromClause, only: Sequence[str] | None) -> Iterable[ColumnElement[Any]]:
    """The columns of rows, or those of some labels."""
    return rows.c if only is None else [rows.c[label] for label in only]


def _walk_lists(walk: Select[Any], lists: Sequence[TableValuedAlias]) -> Select[Any]:
    """The rows of a walk for each combination of values of the lists."""
    if not lists:
        return walk
    of_values = walk.correlate(*lists).lateral("walk")
    return select(*of_values.c).select_from(*lists, of_values)


def parameter_values(
    conditions: Sequence[Condition], after: Place | None, before: Place | None, size: int
) -> dict[str, Any]:
    """The parameters of the statement, by name."""
    values = condition_values(conditions)
    return {**values, **boundary_values(after, before), _SIZE: size}


def condition_values(conditions: Sequence[Condition]) -> dict[str, Any]:
    """The parameters of conditions, by name."""
    return {_parameter_name(number): condition.value for number, condition in enumerate(conditions)}


def condition_shapes(conditions: Iterable[Condition]) -> tuple[ConditionShape, ...]:
    """The conditions without their values."""
    return tuple((condition.column, condition.relation) for condition in conditions)


def _condition_parameter(condition: Condition, number: int) -> Any:
    return bindparam(_parameter_name(number), None, type_=condition.type)


def _parameter_name(number: int) -> str:
    return f"value_{number}"


# --- How many rows a list has --------------------------------------------------------------------


def count_list(noun: DeclaredNoun, role: Role, conditions: Sequence[ConditionShape]) -> Select[Any]:
    """How many rows of a list there are; counting stops behind `MOST_COUNTED`."""
    some = (
        select_reachable_in_role(noun.name, role, constant(1).label("one"))
        .select_from(noun.key.class_)
        .where(*_clauses(conditions))
        .limit(constant(MOST_COUNTED + 1))
        .subquery("some")
    )
    return vouch_for(select(func.count().label("number")).select_from(some), noun.name)


def count_list_by_word(
    noun: DeclaredNoun,
    role: Role,
    conditions: Sequence[ConditionShape],
    filtered: Expression,
    words: Sequence[str],
) -> Select[Any]:
    """For each word of a column, how many rows have it: each counted by itself, no further than
    needed. Conditions of the column itself are left out."""
    of_words = rows_of_array(literal(list(words), ARRAY(filtered.type)), "words")
    some = (
        select_reachable_in_role(noun.name, role, constant(1).label("one"))
        .select_from(noun.key.class_)
        .where(filtered == of_words.c.value, *_clauses(conditions, besides=filtered))
        .limit(constant(MOST_COUNTED + 1))
        .correlate(of_words)
    )
    counted = select(func.count().label("number")).select_from(some.subquery("some"))
    in_turn = counted.lateral("counted")
    together: Any = select(of_words.c.value, in_turn.c.number).select_from(of_words, in_turn)
    return vouch_for(together, noun.name)


def _clauses(
    conditions: Sequence[ConditionShape], besides: Expression | None = None
) -> Iterator[ColumnElement[bool]]:
    for number, shape in enumerate(conditions):
        condition = Condition(*shape)
        if condition.column is not besides:
            yield condition.clause_for(_condition_parameter(condition, number))


# --- Rows that other rows link to ----------------------------------------------------------------


class LinkTarget(NamedTuple):
    """Rows of a noun that other rows link to, by a column that holds the keys of those."""

    noun: DeclaredNoun
    role: Role
    remote: InstrumentedAttribute[Any]


def select_linked(
    linked: LinkTarget,
    columns: Columns,
    keyset: Keyset,
    after: Boundary,
    size: int,
    keys: ColumnElement[Any],
    name: str = "",
    *,
    only: Sequence[str] | None = None,
) -> Select[Any]:
    """The first rows after a place for each key of an array.

    ``name`` begins the names of parameters. The last two columns are the ordered one and the key;
    or ``only`` the columns of these labels and the key are selected.
    """
    parents = rows_of_array(keys, "parents")
    rows = (
        select_reachable_in_role(linked.noun.name, linked.role, *columns, *keyset.columns())
        .where(linked.remote == parents.c.value)
        .order_by(*keyset.order(from_front=True))
        .limit(constant(size))
        .correlate(parents)
    )
    walks = [rows.where(*span) for span in keyset.between(after, Boundary.NONE, name)]
    page = (walks[0] if len(walks) == 1 else union_all(*walks)).lateral("page")
    together = (
        select(*_labelled(page, only), parents.c.value.label(LOADED_BY))
        .select_from(parents.join(page, true()))
        .order_by(parents.c.value, *keyset.order_again(page, from_front=True))
    )
    return vouch_for(together, linked.noun.name)


def count_linked(linked: LinkTarget, keys: ColumnElement[Any]) -> Select[Any]:
    """How many rows each key of an array links to, and the key; counting stops in time."""
    parents = rows_of_array(keys, "parents")
    counted = _count(linked, parents).lateral("counted")
    together: Any = select(counted.c.number, parents.c.value.label(LOADED_BY))
    return vouch_for(together.select_from(parents.join(counted, true())), linked.noun.name)


def count_linked_by_word(
    linked: LinkTarget, filtered: Expression, words: Sequence[str], keys: ColumnElement[Any]
) -> Select[Any]:
    """The same for each word of a column: the word, the number and the key."""
    parents = rows_of_array(keys, "parents")
    of_words = rows_of_array(literal(list(words), ARRAY(filtered.type)), "words")
    counted = _count(linked, parents, filtered == of_words.c.value, of_words)
    in_turn = counted.lateral("counted")
    together: Any = select(of_words.c.value, in_turn.c.number, parents.c.value.label(LOADED_BY))
    together = together.select_from(parents, of_words, in_turn).order_by(parents.c.value)
    return vouch_for(together, linked.noun.name)


def _count(linked: LinkTarget, parents: FromClause, *further: Any) -> Select[Any]:
    conditions, others = further[:1], further[1:]
    some = (
        select_reachable_in_role(linked.noun.name, linked.role, constant(1).label("one"))
        .select_from(linked.noun.key.class_)
        .where(linked.remote == parents.c.value, *conditions)
        .limit(constant(MOST_COUNTED + 1))
        .correlate(parents, *others)
    )
    return select(func.count().label("number")).select_from(some.subquery("some"))


def given_keys(linked: LinkTarget, name: str) -> ColumnElement[Any]:
    """The keys of an array that is a parameter of this name."""
    return bindparam(name, None, type_=ARRAY(linked.remote.type))


def rows_of_array(values: Any, name: str) -> TableValuedAlias:
    """The values of an array as rows, in a column ``value``."""
    of_values = column("value", values.type.item_type)
    return func.unnest(values).table_valued(of_values).render_derived(name=name)


def constant(number: int) -> Any:
    """A number written into a statement. The planner takes a bound limit for a tenth of the table,
    and then reads the table whole."""
    return literal_column(str(number))
