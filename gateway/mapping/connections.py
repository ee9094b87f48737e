"""Lists in pages: Relay connections over keyset cursors."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import strawberry
from aiodataloader import DataLoader

from gateway.access.transactions.prepared import Planning, prepare
from gateway.mapping.arguments import FieldArguments, Parsing, asked_of, decoded, parsed_by
from gateway.mapping.catalogue import DeclaredNoun
from gateway.mapping.context import Context
from gateway.mapping.declare import KEY
from gateway.mapping.enums import Direction
from gateway.mapping.facets import Facet, count_up_to, read_facets
from gateway.mapping.figure_types import CountFigure
from gateway.mapping.filters import Condition, Where, parse_where
from gateway.mapping.keyset import LARGEST_PAGE, ORDER_LABEL, Keyset
from gateway.mapping.list_inputs import order_input, where_input
from gateway.mapping.listing import (
    MOST_COUNTED,
    ListQuery,
    condition_values,
    count_list,
    count_query,
    list_query,
    prepare_listing,
)
from gateway.mapping.pages import (
    Page,
    PageBounds,
    PageInfo,
    make_page,
    parse_size,
)
from gateway.mapping.scalars import Cursor
from gateway.viewer import Viewer

Row = TypeVar("Row")


@strawberry.type(description="A row of a list and its place there.")
class Edge(Generic[Row]):
    cursor: Cursor = strawberry.field(description="Place of the row: for `after` and `before`.")
    node: Row = strawberry.field(description="The row.")


@strawberry.type(description="A list, read one page at a time.")
class Connection(Generic[Row]):
    """Reads its page only if rows are selected, and counts only if `totalCount` is."""

    read_page: strawberry.Private["ReadPage"]
    count: strawberry.Private[Callable[[], Awaitable[CountFigure]]]
    #: The facets of a field, by its name in Python.
    facets_by_field: strawberry.Private[DataLoader[str, list[Facet[Any]]]]

    @strawberry.field(description="The rows of the page with their cursors.")
    async def edges(self) -> list[Edge[Row]]:
        page = await self.read_page()
        cursors = map(page.cursor, page.rows)
        return [
            Edge(cursor=Cursor(c), node=record)
            for c, record in zip(cursors, page.records, strict=True)
        ]

    @strawberry.field(description="The rows of the page.")
    async def nodes(self) -> list[Row]:
        return (await self.read_page()).records

    @strawberry.field(description="Where the page lies.")
    async def page_info(self) -> PageInfo:
        return (await self.read_page()).info

    @strawberry.field(
        description=f"How many rows the whole list has; counting stops at {MOST_COUNTED}."
    )
    async def total_count(self) -> CountFigure:
        return await self.count()


#: Reads the page once, with all columns that the role may read.
ReadPage = Callable[[], Awaitable["Page"]]


#: Fields of a connection for which its page is read.
_OF_A_PAGE = frozenset({"nodes", "edges", "pageInfo"})


class PageQuery(NamedTuple):
    """A page that is asked for: the shape of its statement, the values, and where it lies."""

    listing: ListQuery
    values: dict[str, Any]
    bounds: PageBounds


class AskedList(NamedTuple):
    """What the arguments of a list ask for."""

    noun: DeclaredNoun
    conditions: tuple[Condition, ...]
    #: None where the list is only counted.
    page: PageQuery | None


#: The conditions that a list has whatever its `where` says, from the values of the arguments.
Standing = Callable[[Mapping[str, Any], Viewer], Iterable[Condition]]
#: The name of a field in Python, and the direction.
Order = tuple[str, Direction]


@dataclass(frozen=True, eq=False)
class RootList:
    """The list of a connection field."""

    cls: type[Any]
    default_order: Order
    where: type[Where] | None = None
    standing: Standing = lambda *_: ()

    def parse(self, arguments: FieldArguments) -> Parsing[AskedList]:
        """What the arguments ask for."""
        values, _, context = arguments
        noun = context.services.catalogue.nouns[self.cls.__name__]
        narrowed = yield from parse_where(self.where, values.get("where"))
        conditions = (*narrowed, *self.standing(values, context.viewer))
        if _OF_A_PAGE.isdisjoint(arguments.selected):
            return AskedList(noun, conditions, None)  # `totalCount` alone reads no page
        size = yield from parse_size(values.get("first"), values.get("last"))
        order_by = values.get("orderBy")
        order = (order_by["field"].value, order_by["direction"]) if order_by else None
        keyset = keyset_of(noun, *(order or self.default_order))
        decode = partial(context.services.cursors.decode, keyset=keyset)
        after = yield from decoded("after", values.get("after"), decode)
        before = yield from decoded("before", values.get("before"), decode)
        from_front = values.get("first") is not None
        bounds = PageBounds(keyset, size, from_front, after is not None, before is not None)
        query, parameters = list_query(
            context.services.statistics_of(noun),
            context.viewer,
            conditions,
            keyset,
            bounds=(after, before),
            from_front=from_front,
            size=size,
        )
        return AskedList(noun, conditions, PageQuery(query, parameters, bounds))


#: The arguments that every list takes.
PAGE_ARGUMENTS: dict[str, Any] = {
    "first": Annotated[
        int | None, strawberry.argument(description=f"Rows from the front: 1-{LARGEST_PAGE}.")
    ],
    "after": Annotated[
        Cursor | None, strawberry.argument(description="Begin after the row of this cursor.")
    ],
    "last": Annotated[
        int | None, strawberry.argument(description=f"Rows from the back: 1-{LARGEST_PAGE}.")
    ],
    "before": Annotated[
        Cursor | None, strawberry.argument(description="End before the row of this cursor.")
    ],
}

#: The key under which a connection field keeps its `RootList` in `metadata`.
LIST = "list"


def connection_field(
    cls: type[Any],
    description: str,
    *,
    order: str,
    newest_first: bool = False,
    standing: Standing = lambda *_: (),
) -> Any:
    """A connection field for a noun, with its `where` and `orderBy` arguments. Any filters go
    together, in any order.

    ``order`` is the default order, and ``standing`` the conditions that all rows meet.
    """
    default = (order, Direction.DESCENDING if newest_first else Direction.ASCENDING)
    listed = RootList(cls, default, where_input(cls), standing)

    def resolve(
        info: strawberry.Info,
        first: Any = strawberry.UNSET,
        after: Any = strawberry.UNSET,
        last: Any = strawberry.UNSET,
        before: Any = strawberry.UNSET,
        where: Any = strawberry.UNSET,
        order_by: Any = strawberry.UNSET,
    ) -> Any:
        return connection(info)

    resolve.__annotations__ |= PAGE_ARGUMENTS | {
        "where": Annotated[
            listed.where | None, strawberry.argument(description="Only rows that meet this.")
        ],
        "order_by": Annotated[
            order_input(cls) | None, strawberry.argument(description="The order of the rows.")
        ],
    }
    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={LIST: listed, **parsed_by(listed.parse)},
    )


@lru_cache
def keyset_of(noun: DeclaredNoun, field: str, direction: Direction) -> Keyset:
    return Keyset.of_field(noun, field, descending=direction is Direction.DESCENDING)


def connection(info: strawberry.Info) -> Connection[Any]:
    """The list that the arguments of the resolved field ask for."""
    context: Context = info.context
    noun, conditions, page = asked_of(info)
    return Connection(
        read_page=read_once(partial(read_page, context, page)),
        count=partial(count_rows, context, noun, conditions),
        facets_by_field=DataLoader(partial(read_facets, context, noun, conditions)),
    )


async def read_page(context: Context, query: PageQuery) -> Page:
    """Read a page, and one row more: that row tells whether another page follows."""
    noun = query.listing.noun
    prepared = prepare_listing(query.listing, context.columns(noun))
    rows = await context.fetch(noun, prepared, query.values)
    keyset = query.bounds.keyset
    return make_page(
        noun,
        rows,
        lambda row: context.services.cursors.encode(
            keyset.name, (row.value(ORDER_LABEL), row.value(KEY))
        ),
        query.bounds,
    )


async def count_rows(
    context: Context, noun: DeclaredNoun, conditions: Sequence[Condition]
) -> CountFigure:
    viewer = context.viewer
    query = count_query(context.services.statistics_of(noun), viewer, noun.name, conditions)
    statement = count_list(noun, viewer.role, query)
    prepared = prepare(statement, viewer.role, Planning.EACH_TIME, is_list=True)
    bound = prepared.bind(viewer, condition_values(conditions))
    [[(number,)]] = await context.session.fetch(bound)
    return count_up_to(number)


def read_once(read: ReadPage) -> ReadPage:
    """Read the page on the first call, and return that page on every call."""
    lock = asyncio.Lock()
    pages: list[Page] = []

    async def read_page() -> Page:
        async with lock:
            if not pages:
                pages.append(await read())
        return pages[0]

    return read_page
