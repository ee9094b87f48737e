"""Loads the nouns that groups are of: countries, partners, centres and visa types."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Select, any_, bindparam, select

from gateway.access.rows import reachable_in_role
from gateway.mapping.catalogue import Columns, DeclaredNoun
from gateway.mapping.context import Context
from gateway.mapping.figure_reads import FigureQuestion
from gateway.schema.country import Country
from gateway.schema.partner import Centre, Partner
from gateway.schema.visa_type import VisaType
from models.volumes import Dimension

#: The noun of each dimension whose groups are codes. A change to its table is noticed by the
#: version `names` of `models.volumes.versions`.
NOUNS: Mapping[Dimension, type[Any]] = {
    Dimension.COUNTRY: Country,
    Dimension.NATIONALITY: Country,
    Dimension.PARTNER: Partner,
    Dimension.CENTRE: Centre,
    Dimension.VISA_TYPE: VisaType,
}
#: For each dimension, the rows of its noun by code.
RowsByCode = Mapping[Dimension, Mapping[str, Any]]


async def load_names(
    context: Context, dimensions: Iterable[Dimension], rows: Sequence[Any], mark: tuple[Any, ...]
) -> RowsByCode:
    """Load the nouns of all groups, in one statement for each dimension.

    ``mark`` is that of the names in this snapshot.
    """

    async def load(dimension: Dimension) -> Mapping[str, Any]:
        noun = context.services.catalogue.nouns[NOUNS[dimension].__name__]
        codes = {code for row in rows if (code := row.groups[dimension]) is not None}
        asked = FigureQuestion(
            noun.name,
            "names",
            None,
            {"codes": sorted(codes)},
            lambda: names_statement(context, noun),
        )
        found = await context.figures.rows(asked, mark)
        labels = [str(column.key) for column in _columns(context, noun)]
        records = (noun.record(tuple(labels), tuple(row.values())) for row in found)
        return {row[labels[0]]: record for row, record in zip(found, records, strict=True)}

    return {dimension: await load(dimension) for dimension in dimensions if dimension in NOUNS}


def names_statement(context: Context, noun: DeclaredNoun) -> Select[Any]:
    """Selects the rows of a noun, the key first, whose codes are in the parameter ``codes``."""
    wanted = noun.key == any_(bindparam("codes", None, type_=ARRAY(noun.key.type)))
    reached = reachable_in_role(noun.name, context.viewer.role)
    return select(*_columns(context, noun)).where(wanted, reached)


def _columns(context: Context, noun: DeclaredNoun) -> Columns:
    """Those whose changes the version of names notices."""
    return context.services.catalogue.own_columns(noun, context.viewer.role)
