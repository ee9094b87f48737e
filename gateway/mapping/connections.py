"""Lists in pages: Relay connections over keyset cursors."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import strawberry
from aiodataloader import DataLoader

from gateway.access.transactions.prepared import Planning, prepare
from gateway.errors import ArgumentError
from gateway.mapping.access_paths import choose_path
from gateway.mapping.arguments import FieldArguments, checked_by, decoding_mistakes
from gateway.mapping.catalogue import Catalogue, DeclaredNoun
from gateway.mapping.context import Context
from gateway.mapping.declare import KEY
from gateway.mapping.enums import Direction
from gateway.mapping.facets import Facet, count_up_to, read_facets
from gateway.mapping.figure_types import Count
from gateway.mapping.filters import (
    Condition,
    GivenWhere,
    condition_shapes,
    given_filters,
    mistakes_in_filters,
)
from gateway.mapping.keyset import LARGEST_PAGE, ORDER_LABEL, Boundary, Keyset
from gateway.mapping.list_inputs import (
    Where,
    conditions_in,
    order_input,
    where_input,
)
from gateway.mapping.listing import (
    MOST_COUNTED,
    ListQuery,
    condition_values,
    count_list,
    count_query,
    most_of_part,
    parameter_values,
    prepare_listing,
)
from gateway.mapping.pages import (
    Page,
    PageArguments,
    PageBounds,
    PageInfo,
    make_page,
    size_mistakes,
)
from gateway.mapping.scalars import Cursor

Row = TypeVar("Row")


@strawberry.type(description="A row of a list and its place there.")
class Edge(Generic[Row]):
    cursor: Cursor = strawberry.field(description="Place of the row: for `after` and `before`.")
    node: Row = strawberry.field(description="The row.")


@strawberry.type(description="A list, read one page at a time.")
class Connection(Generic[Row]):
    """Reads its page only if rows are selected, and counts only if `totalCount` is."""

    read_page: strawberry.Private["ReadPage"]
    count: strawberry.Private[Callable[[], Awaitable[Count]]]
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
    async def total_count(self) -> Count:
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


#: The name of a field in Python, and the direction.
Order = tuple[str, Direction]


@dataclass(frozen=True, eq=False)
class RootList:
    """The list of a connection field: says what the arguments of the field ask for."""

    cls: type[Any]
    default_order: Order
    where: type[Where] | None

    def noun(self, catalogue: Catalogue) -> DeclaredNoun:
        return catalogue.nouns[self.cls.__name__]

    def page(self, context: Context, arguments: Mapping[str, Any]) -> PageQuery:
        """The page that checked arguments ask for."""
        page = PageArguments.parse(*map(arguments.get, ("first", "after", "last", "before")))
        keyset = keyset_of(self.noun(context.catalogue), *self._order(arguments))
        return page_query(context, self.conditions(context, arguments), keyset, page)

    def conditions(self, context: Context, arguments: Mapping[str, Any]) -> list[Condition]:
        """The conditions of checked arguments."""
        return conditions_in(self.where, given_filters(arguments.get("where")))

    def mistakes(self, arguments: FieldArguments) -> Iterator[ArgumentError]:
        """What is wrong with the arguments."""
        values, context = arguments.values, arguments.context
        field, direction = self._order(values)
        yield from mistakes_in_filters(given_filters(values.get("where")))
        if _OF_A_PAGE.isdisjoint(arguments.selected):
            return  # `totalCount` alone reads no page
        yield from size_mistakes(values.get("first"), values.get("last"))
        keyset = keyset_of(self.noun(context.catalogue), field, direction)
        decode = partial(context.cursors.decode, keyset=keyset)
        yield from decoding_mistakes("after", values.get("after"), decode)
        yield from decoding_mistakes("before", values.get("before"), decode)

    def _order(self, arguments: Mapping[str, Any]) -> Order:
        order_by = arguments.get("orderBy")
        if not order_by:
            return self.default_order
        return order_by["field"].value, order_by["direction"]


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
) -> Any:
    """A connection field for a noun, with its `where` and `orderBy` arguments. Any filters go
    together, in any order.

    ``order`` is the default order.
    """
    default = (order, Direction.DESCENDING if newest_first else Direction.ASCENDING)
    listed = RootList(cls, default, where_input(cls))

    def resolve(
        info: strawberry.Info,
        first: Any = strawberry.UNSET,
        after: Any = strawberry.UNSET,
        last: Any = strawberry.UNSET,
        before: Any = strawberry.UNSET,
        where: Any = strawberry.UNSET,
        order_by: Any = strawberry.UNSET,
    ) -> Any:
        context: Context = info.context
        field, direction = (order_by.field.value, order_by.direction) if order_by else default
        noun = listed.noun(context.catalogue)
        given: GivenWhere = where.comparisons() if where else {}
        conditions = where.conditions(given) if where else []

        async def page() -> Page:
            arguments = PageArguments.parse(*map(_or_none, (first, after, last, before)))
            keyset = keyset_of(noun, field, direction)
            return await read_page(context, page_query(context, conditions, keyset, arguments))

        return Connection(
            read_page=read_once(page),
            count=partial(count_rows, context, noun, conditions),
            facets_by_field=DataLoader(partial(read_facets, context, noun, conditions)),
        )

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
        metadata={LIST: listed, **checked_by(listed.mistakes)},
    )


@lru_cache
def keyset_of(noun: DeclaredNoun, field: str, direction: Direction) -> Keyset:
    return Keyset.of_field(noun, field, descending=direction is Direction.DESCENDING)


def page_query(
    context: Context, conditions: list[Condition], keyset: Keyset, page: PageArguments
) -> PageQuery:
    """Raises FieldError with INVALID_CURSOR."""
    after, before = (
        context.cursors.decode(cursor, keyset) if cursor is not None else None
        for cursor in (page.after, page.before)
    )
    path = choose_path(
        context.statistics_of(keyset.noun), context.viewer, conditions, keyset, page.size + 1
    )
    listing = ListQuery(
        keyset.noun,
        context.viewer.role,
        condition_shapes(conditions),
        keyset,
        Boundary.at(after),
        Boundary.at(before),
        page.from_front,
        path,
        most_of_part(page.size + 1),
    )
    values = parameter_values(conditions, after, before, page.size)
    has_after, has_before = after is not None, before is not None
    return PageQuery(
        listing, values, PageBounds(keyset, page.size, page.from_front, has_after, has_before)
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
        lambda row: context.cursors.encode(keyset.name, (row.value(ORDER_LABEL), row.value(KEY))),
        query.bounds,
    )


async def count_rows(context: Context, noun: DeclaredNoun, conditions: list[Condition]) -> Count:
    viewer = context.viewer
    query = count_query(context.statistics_of(noun), viewer, noun.name, conditions)
    statement = count_list(noun, viewer.role, query)
    prepared = prepare(statement, viewer.role, Planning.EACH_TIME, is_list=True)
    arguments = prepared.arguments(viewer, condition_values(conditions))
    ((number,),) = await context.session.fetch(prepared, arguments)
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


def _or_none(value: Any) -> Any:
    return None if value is strawberry.UNSET else value
