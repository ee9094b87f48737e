"""Pages of linked rows: the page of each of many rows, and their counts, by one statement each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Annotated, Any, NamedTuple

import strawberry
from aiodataloader import DataLoader
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.rows import select_reachable_in_role, vouch_for
from gateway.access.transactions.prepared import prepare
from gateway.mapping.arguments import FieldArguments, Parsing, asked_of, decoded, parsed_by
from gateway.mapping.catalogue import LOADED_BY, Columns, DeclaredNoun, hidden_label
from gateway.mapping.connections import Connection, read_once
from gateway.mapping.context import Context
from gateway.mapping.declare import SOURCE, Expression, ToPages
from gateway.mapping.facets import (
    Facet,
    FacetColumn,
    count_up_to,
    facet_column,
    facets_of,
)
from gateway.mapping.figure_types import CountFigure
from gateway.mapping.keyset import LARGEST_PAGE, Boundary, Cursors, Keyset, Place, boundary_values
from gateway.mapping.listing import MOST_COUNTED, constant, labelled, rows_of_array
from gateway.mapping.pages import Page, PageBounds, make_page, parse_size
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
        return _connection(info.context, source, root, asked_of(info))

    def parse(arguments: FieldArguments) -> Parsing[AskedPage]:
        values, _, context = arguments
        size = yield from parse_size(values["first"], None)
        linked = linked_by(source, context.services.catalogue.target(source), context.viewer.role)
        keyset = _keyset(source, linked.noun)
        decode = partial(context.services.cursors.decode, keyset=keyset)
        place = yield from decoded("after", values.get("after"), decode)
        return AskedPage(LinkedPageQuery(linked, keyset, size, Boundary.at(place)), place)

    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={SOURCE: source, **parsed_by(parse)},
    )


class LinkTarget(NamedTuple):
    """Rows of a noun that other rows link to, by a column that holds the keys of those."""

    noun: DeclaredNoun
    role: Role
    remote: InstrumentedAttribute[Any]


class LinkedPageQuery(NamedTuple):
    """The shape of a page for each of many rows: its statement depends on nothing else."""

    linked: LinkTarget
    keyset: Keyset
    size: int
    after: Boundary

    def statement(
        self,
        columns: Columns,
        keys: ColumnElement[Any],
        name: str = "",
        *,
        further: int,
        only: Sequence[str] | None = None,
    ) -> Select[Any]:
        """The page of each key of an array, and further rows behind it; ``name`` begins the names
        of the parameters. See `select_linked`."""
        size = self.size + further
        return select_linked(
            self.linked, columns, self.keyset, self.after, size, keys, name, only=only
        )

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
            self.bounds,
        )

    @property
    def bounds(self) -> PageBounds:
        has_after = self.after is not Boundary.NONE
        return PageBounds(self.keyset, self.size, True, has_after, has_before=False)


class AskedPage(NamedTuple):
    """What the arguments of a link ask for."""

    query: LinkedPageQuery
    #: After which the page begins.
    place: Place | None


class LinkedCountQuery(NamedTuple):
    """How many rows each of many rows links to."""

    linked: LinkTarget

    def statement(self, keys: ColumnElement[Any]) -> Select[Any]:
        return count_linked(self.linked, keys)

    def by_key(self, keys: Iterable[Any], rows: Sequence[Any]) -> dict[Any, CountFigure]:
        numbers = {key: number for number, key in rows}
        return {key: count_up_to(numbers.get(key, 0)) for key in keys}


class LinkedFacetQuery(NamedTuple):
    """How many of those rows have each word of a column."""

    linked: LinkTarget
    facet: FacetColumn

    def statement(self, keys: ColumnElement[Any]) -> Select[Any]:
        words = list(self.facet.words)
        return count_linked_by_word(self.linked, self.facet.column, words, keys)

    def by_key(self, keys: Iterable[Any], rows: Sequence[Any]) -> dict[Any, list[Facet[Any]]]:
        numbers: defaultdict[Any, dict[str, int]] = defaultdict(dict)
        for word, number, key in rows:
            numbers[key][word] = number
        return {key: facets_of(self.facet, numbers[key]) for key in keys}


def linked_by(source: ToPages, noun: DeclaredNoun, role: Role) -> LinkTarget:
    """The rows to which a link leads, for a role."""
    return LinkTarget(noun, role, source.remote)


@lru_cache
def _keyset(source: ToPages, noun: DeclaredNoun) -> Keyset:
    return Keyset(noun, source.order, descending=source.newest_first, within=source.remote)


def _connection(context: Context, source: ToPages, root: Any, asked: AskedPage) -> Connection[Any]:
    """The connection of one row; it reads together with those of the other rows."""
    linked = asked.query.linked
    key = root.__dict__[hidden_label(source.local)]
    loader = context.loaders.loader

    async def page() -> Page:
        return await loader((source, asked), partial(_load_pages, context, asked)).load(key)

    async def count() -> CountFigure:
        load = partial(_load, context, LinkedCountQuery(linked))
        return await loader((source, "count"), load).load(key)

    async def facets(fields: Sequence[str]) -> list[list[Facet[Any]]]:
        queries = [LinkedFacetQuery(linked, facet_column(linked.noun, field)) for field in fields]
        return [
            await loader((source, field), partial(_load, context, query)).load(key)
            for field, query in zip(fields, queries, strict=True)
        ]

    return Connection(read_page=read_once(page), count=count, facets_by_field=DataLoader(facets))


async def _load_pages(context: Context, asked: AskedPage, keys: Sequence[Any]) -> list[Page]:
    (query, place), noun = asked, asked.query.linked.noun
    statement = query.statement(context.columns(noun), given_keys(query.linked, _KEYS), further=1)
    values: Mapping[str, Any] = {_KEYS: list(keys), **boundary_values(place, None)}
    context.note_asked(noun, keys)
    rows = await context.fetch(noun, prepare(statement, context.viewer.role), values)
    pages_by_key = query.by_key(context.services.cursors, keys, rows)
    return [pages_by_key[key] for key in keys]


async def _load(
    context: Context, query: LinkedCountQuery | LinkedFacetQuery, keys: Sequence[Any]
) -> list[Any]:
    statement = query.statement(given_keys(query.linked, _KEYS))
    prepared = prepare(statement, context.viewer.role)
    [rows] = await context.session.fetch(prepared.bind(context.viewer, {_KEYS: list(keys)}))
    found = query.by_key(keys, rows)
    return [found[key] for key in keys]


# --- The statements ----------------------------------------------------------------------------


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
        select(*labelled(page, only), parents.c.value.label(LOADED_BY))
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
