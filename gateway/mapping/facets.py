"""Facets: how many rows of a list have each word of a closed list."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

import strawberry
from sqlalchemy import Select

from gateway.access.transactions.prepared import Planning, prepare
from gateway.mapping import listing
from gateway.mapping.catalogue import DeclaredNoun
from gateway.mapping.context import Context
from gateway.mapping.declare import Column, Expression
from gateway.mapping.enums import Precision
from gateway.mapping.figure_types import CountFigure
from gateway.mapping.filters import Condition
from gateway.mapping.listing import (
    CountQuery,
    condition_values,
    count_list_by_word,
    count_query,
)
from gateway.mapping.scalars import BigInt
from models.vocabulary import Role

Word = TypeVar("Word")


@strawberry.type(description="How many rows of a list have one value.")
class Facet(Generic[Word]):
    value: Word = strawberry.field(description="The value.")
    count: CountFigure = strawberry.field(
        description=f"How many rows have it; counting stops at {listing.MOST_COUNTED}."
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
    """The facets of each field. The filter of the field itself is left out, so that they tell what
    another choice would find."""
    viewer, statistics = context.viewer, context.services.statistics_of(noun)
    found: list[list[Facet[Any]]] = []
    for facet in (facet_column(noun, field) for field in fields):
        query = count_query(statistics, viewer, noun.name, conditions, facet.column)
        statement = count_by_word(noun, viewer.role, query, facet)
        prepared = prepare(statement, viewer.role, Planning.EACH_TIME, is_list=True)
        bound = prepared.bind(viewer, condition_values(conditions))
        [rows] = await context.session.fetch(bound)
        found.append(facets_of(facet, dict(rows)))
    return found


def count_by_word(
    noun: DeclaredNoun, role: Role, query: CountQuery, facet: FacetColumn
) -> Select[Any]:
    """The statement of the facets of a list."""
    return count_list_by_word(noun, role, query, facet.column, list(facet.words))


def facets_of(column: FacetColumn, numbers: Mapping[str, int]) -> list[Facet[Any]]:
    """The facets with rows, in the order of the closed list."""
    return [
        Facet(value=word, count=count_up_to(numbers[word]))
        for word in column.words
        if numbers.get(word)
    ]


def count_up_to(number: int) -> CountFigure:
    """A count that stopped behind `MOST_COUNTED`."""
    if number > listing.MOST_COUNTED:
        return CountFigure(value=BigInt(listing.MOST_COUNTED), precision=Precision.AT_LEAST)
    return CountFigure.exactly(number)
