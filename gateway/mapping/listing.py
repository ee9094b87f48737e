"""The statements of pages, prepared once for each shape of a list, and run with many values.

A page of one list is `prepare_listing`; a page for each of many rows is `select_linked`.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
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
from gateway.access.transactions.reading import PreparedStatement, prepare
from gateway.mapping.catalogue import Columns, DeclaredNoun
from gateway.mapping.context import LOADED_BY
from gateway.mapping.declare import Expression
from gateway.mapping.filters import Condition, Relation
from gateway.mapping.keyset import LARGEST_PAGE, Boundary, Keyset, Place, boundary_values
from models.vocabulary import Role

_LIMIT_PARAMETER = "most"
_CACHED_STATEMENTS = 1_000
#: A page of these many rows has one more, which tells whether others follow.
_MOST_OF_WALK = (11, 26, 51, LARGEST_PAGE + 1)


class ListQuery(NamedTuple):
    """The shape of a page's statement, without the values: its cache key."""

    noun: DeclaredNoun
    role: Role
    columns: Columns
    conditions: tuple[tuple[Expression, Relation], ...]
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
def prepare_listing(listing: ListQuery) -> PreparedStatement:
    """Prepare the statement for a page; the values and the limit are parameters.

    A list of values is walked value by value: each along its index, and no further than a page.
    """
    noun, keyset = listing.noun, listing.keyset
    rows = select_reachable_in_role(
        noun.name, listing.role, *listing.columns, *keyset.columns()
    ).order_by(*keyset.order(from_front=listing.from_front))
    lists: list[TableValuedAlias] = []
    for number, (filtered, relation) in enumerate(listing.conditions):
        condition = Condition(filtered, relation)
        value: Any = bindparam(_parameter_name(number), None, type_=condition.type)
        if relation is Relation.IS_ONE_OF:
            lists.append(rows_of_array(value, f"list_{number}"))
            condition, value = Condition(filtered, Relation.EQUALS), lists[-1].c.value
        rows = rows.where(condition.clause_for(value))
    walks = [rows.where(*span) for span in keyset.between(listing.after, listing.before)]
    limit = bindparam(_LIMIT_PARAMETER, None, type_=Integer)
    if len(walks) == 1 and not lists:
        return prepare(walks[0].limit(limit), listing.role)
    limited = [walk.limit(constant(listing.of_walk)) for walk in walks]
    page = union_all(*(_walk_lists(walk, lists) for walk in limited)).subquery("page")
    together = select(*page.c).order_by(*keyset.order_again(page, from_front=listing.from_front))
    return prepare(vouch_for(together.limit(limit), noun.name), listing.role)


def _walk_lists(walk: Select[Any], lists: Sequence[TableValuedAlias]) -> Select[Any]:
    """The rows of a walk for each combination of values of the lists."""
    if not lists:
        return walk
    of_values = walk.correlate(*lists).lateral("walk")
    return select(*of_values.c).select_from(*lists, of_values)


def parameter_values(
    conditions: Sequence[Condition], after: Place | None, before: Place | None, limit: int
) -> dict[str, Any]:
    """The parameters of the statement, by name."""
    values = {
        _parameter_name(number): condition.value for number, condition in enumerate(conditions)
    }
    return {**values, **boundary_values(after, before), _LIMIT_PARAMETER: limit}


def _parameter_name(number: int) -> str:
    return f"value_{number}"


class Linked(NamedTuple):
    """Rows of a noun that other rows link to, by a column that holds the keys of those."""

    noun: DeclaredNoun
    role: Role
    remote: InstrumentedAttribute[Any]


def select_linked(
    linked: Linked, columns: Columns, keyset: Keyset, after: Boundary, size: int, keys: str
) -> Select[Any]:
    """The first rows after a place for each key of an array: one more than a page has.

    ``keys`` names the parameter; the last two columns are the ordered one and the key.
    """
    parents = _parents(linked, keys)
    rows = (
        select_reachable_in_role(linked.noun.name, linked.role, *columns, *keyset.columns())
        .where(linked.remote == parents.c.value)
        .order_by(*keyset.order(from_front=True))
        .limit(constant(size + 1))
        .correlate(parents)
    )
    walks = [rows.where(*span) for span in keyset.between(after, Boundary.NONE, f"{keys}_")]
    page = (walks[0] if len(walks) == 1 else union_all(*walks)).lateral("page")
    together = (
        select(*page.c, parents.c.value.label(LOADED_BY))
        .select_from(parents.join(page, true()))
        .order_by(*keyset.order_again(page, from_front=True))
    )
    return vouch_for(together, linked.noun.name)


def count_linked(linked: Linked, most: int, keys: str) -> Select[Any]:
    """How many rows each key of an array links to, and the key; counting stops behind ``most``."""
    parents = _parents(linked, keys)
    counted = _count(linked, parents, most).lateral("counted")
    together: Any = select(counted.c.number, parents.c.value.label(LOADED_BY))
    return vouch_for(together.select_from(parents.join(counted, true())), linked.noun.name)


def count_linked_by_word(
    linked: Linked, filtered: Expression, words: Sequence[str], most: int, keys: str
) -> Select[Any]:
    """The same for each word of a column: the word, the number and the key."""
    parents = _parents(linked, keys)
    of_words = rows_of_array(literal(list(words), ARRAY(filtered.type)), "words")
    counted = _count(linked, parents, most, filtered == of_words.c.value, of_words)
    in_turn = counted.lateral("counted")
    together: Any = select(of_words.c.value, in_turn.c.number, parents.c.value.label(LOADED_BY))
    return vouch_for(together.select_from(parents, of_words, in_turn), linked.noun.name)


def _count(linked: Linked, parents: TableValuedAlias, most: int, *further: Any) -> Select[Any]:
    conditions, others = further[:1], further[1:]
    some = (
        select_reachable_in_role(linked.noun.name, linked.role, constant(1).label("one"))
        .select_from(linked.noun.key.class_)
        .where(linked.remote == parents.c.value, *conditions)
        .limit(constant(most + 1))
        .correlate(parents, *others)
    )
    return select(func.count().label("number")).select_from(some.subquery("some"))


def _parents(linked: Linked, keys: str) -> TableValuedAlias:
    given = bindparam(keys, None, type_=ARRAY(linked.remote.type))
    return rows_of_array(given, "parents")


def rows_of_array(values: Any, name: str) -> TableValuedAlias:
    """The values of an array as rows, in a column ``value``."""
    of_values = column("value", values.type.item_type)
    return func.unnest(values).table_valued(of_values).render_derived(name=name)


def constant(number: int) -> Any:
    """A number written into a statement. The planner takes a bound limit for a tenth of the table,
    and then reads the table whole."""
    return literal_column(str(number))
