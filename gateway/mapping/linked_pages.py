"""Pages of linked rows: the page of each of many rows, and their counts, by one statement each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Annotated, Any, NamedTuple

import strawberry
from aiodataloader import DataLoader
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.transactions.reading import prepare
from gateway.errors import ArgumentError
from gateway.mapping.arguments import FieldArguments, checked_by, decoding_mistakes
from gateway.mapping.catalogue import Columns, DeclaredNoun, hidden_label
from gateway.mapping.connections import (
    Connection,
    Page,
    PageArguments,
    make_page,
    read_once,
    size_mistakes,
)
from gateway.mapping.context import Context
from gateway.mapping.declare import SOURCE, ToPages
from gateway.mapping.facets import (
    MOST_COUNTED,
    Facet,
    FacetColumn,
    count_up_to,
    facet_column,
    facets_of,
)
from gateway.mapping.figures import Count
from gateway.mapping.keyset import LARGEST_PAGE, Boundary, Cursors, Keyset, Place, boundary_values
from gateway.mapping.listing import Linked, count_linked, count_linked_by_word, select_linked
from gateway.mapping.scalars import Cursor
from models.vocabulary import Role

_KEYS = "keys"


def pages(
    local: InstrumentedAttribute[Any],
    remote: InstrumentedAttribute[Any],
    description: str,
    *,
    order: InstrumentedAttribute[Any],
    newest_first: bool = False,
) -> Any:
    """A field that links to many rows, in pages: those that the viewer may read."""
    source = ToPages(local, remote, order, newest_first)

    def resolve(
        root: Any,
        info: strawberry.Info,
        first: Annotated[
            int, strawberry.argument(description=f"Rows from the front: 1-{LARGEST_PAGE}.")
        ],
        after: Annotated[
            Cursor | None, strawberry.argument(description="Begin after the row of this cursor.")
        ] = strawberry.UNSET,
    ) -> Any:
        return _connection(info.context, source, root, first, after)

    def check(arguments: FieldArguments) -> Iterator[ArgumentError]:
        context, values = arguments.context, arguments.values
        yield from size_mistakes(values["first"], None)
        keyset = _keyset(source, context.catalogue.target(source))
        decode = partial(context.cursors.decode, keyset=keyset)
        yield from decoding_mistakes("after", values.get("after"), decode)

    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={SOURCE: source, **checked_by(check)},
    )


class AskedPage(NamedTuple):
    """The shape of a page for each of many rows: its statement depends on nothing else."""

    linked: Linked
    keyset: Keyset
    size: int
    after: Boundary

    def statement(self, columns: Columns, keys: str) -> Select[Any]:
        """``keys`` names the parameter with the keys, and begins the names of the others."""
        return select_linked(self.linked, columns, self.keyset, self.after, self.size, keys)

    def by_key(self, cursors: Cursors, keys: Iterable[Any], rows: Sequence[Any]) -> dict[Any, Page]:
        """The page of each key: rows end with the ordered column and the key."""
        rows_by_key: defaultdict[Any, list[Any]] = defaultdict(list)
        for row in rows:
            rows_by_key[row[-1]].append(row)
        return {key: self._page(cursors, rows_by_key[key]) for key in keys}

    def _page(self, cursors: Cursors, rows: Sequence[Any]) -> Page:
        return make_page(
            self.linked.noun,
            rows,
            lambda row: cursors.encode(self.keyset.name, (row[-2], row[0])),
            PageArguments(self.size, from_front=True, after=None, before=None),
            has_after=self.after is not Boundary.NONE,
            has_before=False,
        )


class AskedCount(NamedTuple):
    """How many rows each of many rows links to."""

    linked: Linked

    def statement(self, keys: str) -> Select[Any]:
        return count_linked(self.linked, MOST_COUNTED, keys)

    def by_key(self, keys: Iterable[Any], rows: Sequence[Any]) -> dict[Any, Count]:
        numbers = {key: number for number, key in rows}
        return {key: count_up_to(numbers.get(key, 0), MOST_COUNTED) for key in keys}


class AskedFacets(NamedTuple):
    """How many of those rows have each word of a column."""

    linked: Linked
    facet: FacetColumn

    def statement(self, keys: str) -> Select[Any]:
        words = list(self.facet.words)
        return count_linked_by_word(self.linked, self.facet.column, words, MOST_COUNTED, keys)

    def by_key(self, keys: Iterable[Any], rows: Sequence[Any]) -> dict[Any, list[Facet[Any]]]:
        numbers: defaultdict[Any, dict[str, int]] = defaultdict(dict)
        for word, number, key in rows:
            numbers[key][word] = number
        return {key: facets_of(self.facet, numbers[key]) for key in keys}


def linked_by(source: ToPages, noun: DeclaredNoun, role: Role) -> Linked:
    """The rows to which a link leads, for a role."""
    return Linked(noun, role, source.remote)


def asked_page(
    source: ToPages, linked: Linked, cursors: Cursors, first: int, after: Any
) -> tuple[AskedPage, Place | None]:
    """What is asked of a page, and the place after which it begins.

    Raises FieldError with INVALID_INPUT or INVALID_CURSOR.
    """
    keyset = _keyset(source, linked.noun)
    cursor = after if isinstance(after, str) else None
    arguments = PageArguments.parse(first, cursor, None, None)
    place = None if cursor is None else cursors.decode(cursor, keyset)
    return AskedPage(linked, keyset, arguments.size, Boundary.at(place)), place


@lru_cache
def _keyset(source: ToPages, noun: DeclaredNoun) -> Keyset:
    return Keyset(noun, source.order, descending=source.newest_first)


def _connection(
    context: Context, source: ToPages, root: Any, first: int, after: Any
) -> Connection[Any]:
    """The connection of one row; it reads together with those of the other rows."""
    linked = linked_by(source, context.catalogue.target(source), context.viewer.role)
    key = root.__dict__[hidden_label(source.local)]
    loader = context.loaders.loader

    async def page(_: Columns | None = None) -> Page:
        asked, place = asked_page(source, linked, context.cursors, first, after)
        load = partial(_load_pages, context, asked, place)
        return await loader((source, first, after), load).load(key)

    async def count() -> Count:
        asked = AskedCount(linked)
        return await loader((source, "count"), partial(_load, context, asked)).load(key)

    async def facets(fields: Sequence[str]) -> list[list[Facet[Any]]]:
        asked = [AskedFacets(linked, facet_column(linked.noun, field)) for field in fields]
        return [
            await loader((source, field), partial(_load, context, each)).load(key)
            for field, each in zip(fields, asked, strict=True)
        ]

    return Connection(read_page=read_once(page), count=count, facets_by_field=DataLoader(facets))


async def _load_pages(
    context: Context, asked: AskedPage, place: Place | None, keys: Sequence[Any]
) -> list[Page]:
    noun = asked.linked.noun
    prepared = prepare(asked.statement(context.columns(noun), _KEYS), context.viewer.role)
    values: Mapping[str, Any] = {
        _KEYS: list(keys),
        **boundary_values(place, None, f"{_KEYS}_"),
    }
    rows = await context.fetch(noun, prepared, values)
    pages_by_key = asked.by_key(context.cursors, keys, rows)
    return [pages_by_key[key] for key in keys]


async def _load(context: Context, asked: Any, keys: Sequence[Any]) -> list[Any]:
    prepared = prepare(asked.statement(_KEYS), context.viewer.role)
    arguments = prepared.arguments(context.viewer, {_KEYS: list(keys)})
    found = asked.by_key(keys, await context.session.fetch(prepared, arguments))
    return [found[key] for key in keys]
