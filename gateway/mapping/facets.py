"""Facets: how many rows of a list have each word of a closed list."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

import strawberry
from sqlalchemy import ARRAY, Select, func, literal, select

from gateway.access.rows import select_reachable_in_role, vouch_for
from gateway.access.transactions.reading import prepare, prepare_together
from gateway.mapping.catalogue import DeclaredNoun
from gateway.mapping.context import Context
from gateway.mapping.declare import Column, Expression
from gateway.mapping.enums import Precision
from gateway.mapping.figures import Count
from gateway.mapping.filters import Condition
from gateway.mapping.listing import constant, rows_of_array
from gateway.mapping.scalars import BigInt
from models.vocabulary import Role

#: Counting stops here, so that counts of a huge list stay cheap.
MOST_COUNTED = 10_000

Word = TypeVar("Word")


@strawberry.type(description="How many rows of a list have one value.")
class Facet(Generic[Word]):
    value: Word = strawberry.field(description="The value.")
    count: Count = strawberry.field(
        description=f"How many rows have it; counting stops at {MOST_COUNTED}."
    )


class FacetColumn(NamedTuple):
    """A column by whose words lists are counted apart."""

    column: Expression
    words: type[StrEnum]


def facet_column(noun: DeclaredNoun, field: str) -> FacetColumn:
    """The column of a facet, by the name of its field in Python."""
    source = next(each.source for each in noun.fields.values() if each.python_name == field)
    if not isinstance(source, Column) or source.words is None:
        raise TypeError(f"{noun.name}.{field} has no facets")
    return FacetColumn(source.value, source.words)


async def read_facets(
    context: Context, noun: DeclaredNoun, conditions: Sequence[Condition], fields: Sequence[str]
) -> list[list[Facet[Any]]]:
    """The facets of each field, in one statement. The filter of the field itself is left out, so
    that they tell what another choice would find."""
    role, viewer = context.viewer.role, context.viewer
    columns = [facet_column(noun, field) for field in fields]
    statements = [_count_by_word(noun, role, conditions, each) for each in columns]
    prepared = (
        prepare(statements[0], role) if len(fields) == 1 else prepare_together(statements, role)
    )
    rows = await context.session.fetch(prepared, prepared.arguments(viewer, {}))
    parts = [rows] if len(fields) == 1 else rows[0]
    return [facets_of(each, dict(part)) for each, part in zip(columns, parts, strict=True)]


def facets_of(column: FacetColumn, numbers: Mapping[str, int]) -> list[Facet[Any]]:
    """The facets with rows, in the order of the closed list."""
    return [
        Facet(value=word, count=count_up_to(numbers[word], MOST_COUNTED))
        for word in column.words
        if numbers.get(word)
    ]


def count_up_to(number: int, most: int) -> Count:
    """A count that stopped behind ``most``."""
    if number > most:
        return Count(value=BigInt(most), precision=Precision.AT_LEAST)
    return Count.exactly(number)


def _count_by_word(
    noun: DeclaredNoun, role: Role, conditions: Iterable[Condition], facet: FacetColumn
) -> Select[Any]:
    """For each word, how many rows have it: each counted by itself, and no further than needed."""
    words = rows_of_array(literal(list(facet.words), ARRAY(facet.column.type)), "words")
    others = [each.clause() for each in conditions if each.column is not facet.column]
    some = (
        select_reachable_in_role(noun.name, role, constant(1).label("one"))
        .select_from(noun.key.class_)
        .where(facet.column == words.c.value, *others)
        .limit(constant(MOST_COUNTED + 1))
        .correlate(words)
    )
    counted = select(func.count().label("number")).select_from(some.subquery("some"))
    in_turn = counted.lateral("counted")
    together: Any = select(words.c.value, in_turn.c.number).select_from(words, in_turn)
    return vouch_for(together, noun.name)
