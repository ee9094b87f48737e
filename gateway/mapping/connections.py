"""Lists in pages: Relay connections over keyset cursors."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from aiodataloader import DataLoader
from sqlalchemy import func, literal, select

from gateway.access.fields import readable_fields
from gateway.access.rows import select_reachable, vouch_for
from gateway.errors import ArgumentError
from gateway.mapping.arguments import (
    FieldArguments,
    checked_by,
    decoding_mistakes,
    raise_first,
)
from gateway.mapping.catalogue import Columns, DeclaredNoun
from gateway.mapping.context import Context
from gateway.mapping.declare import KEY
from gateway.mapping.enums import Direction
from gateway.mapping.facets import MOST_COUNTED, Facet, count_up_to, read_facets
from gateway.mapping.figures import Count
from gateway.mapping.filters import Condition
from gateway.mapping.keyset import LARGEST_PAGE, ORDER_LABEL, Boundary, Keyset
from gateway.mapping.list_inputs import order_input, where_input
from gateway.mapping.listing import (
    ListQuery,
    most_of_walk,
    parameter_values,
    prepare_listing,
)
from gateway.mapping.scalars import Cursor
from gateway.mapping.walks import Walks, mistakes_in_walk
from gateway.strawberry_bridge import input_of

Row = TypeVar("Row")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether rows follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether rows precede this page.")
    start_cursor: Cursor | None = strawberry.field(description="Cursor of the first row.")
    end_cursor: Cursor | None = strawberry.field(description="Cursor of the last row.")


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


#: Reads the page once; takes the columns to select, by default all that the role may read.
ReadPage = Callable[..., Awaitable["Page"]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows from the driver, the function that makes their cursors, its page info."""

    noun: DeclaredNoun
    rows: Sequence[Any]
    cursor: Callable[[Any], str]
    info: PageInfo

    @property
    def records(self) -> list[Any]:
        """The rows as instances of their noun."""
        return [self.noun.record(row.labels, tuple(row)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class PageArguments:
    """The paging arguments of a connection: `first` and `after`, or `last` and `before`."""

    size: int
    from_front: bool
    after: str | None
    before: str | None

    @classmethod
    def parse(
        cls, first: int | None, after: str | None, last: int | None, before: str | None
    ) -> "PageArguments":
        """Raises FieldError with INVALID_INPUT unless just one of `first` and `last` is valid."""
        raise_first(size_mistakes(first, last))
        size = last if first is None else first
        assert size is not None
        return cls(size, first is not None, after, before)


#: Fields of a connection for which its page is read.
_OF_A_PAGE = frozenset({"nodes", "edges", "pageInfo"})


def size_mistakes(first: int | None, last: int | None) -> Iterator[ArgumentError]:
    if first is None and last is None:
        yield ArgumentError(
            ("first",), f"Say how many rows: give `first` or `last`, from 1 to {LARGEST_PAGE}."
        )
    if first is not None and last is not None:
        yield ArgumentError(("last",), "Give either `first` or `last`, not both.")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 1 <= size <= LARGEST_PAGE:
            yield ArgumentError(
                (name,), f"A page has from 1 to {LARGEST_PAGE} rows: give `{name}` such a number."
            )


def connection_field(
    cls: type[Any],
    description: str,
    *,
    order: str,
    newest_first: bool = False,
    walks: Walks | None = None,
) -> Any:
    """A connection field for a noun, with its `where` and `orderBy` arguments.

    ``order`` is the default order. Without ``walks`` any filters go together: only lists that are
    short may do without.
    """
    where_type, order_type = where_input(cls), order_input(cls)
    default = (order, Direction.DESCENDING if newest_first else Direction.ASCENDING)

    def resolve(
        info: strawberry.Info,
        first: Annotated[
            int | None, strawberry.argument(description=f"Rows from the front: 1-{LARGEST_PAGE}.")
        ] = strawberry.UNSET,
        after: Annotated[
            Cursor | None, strawberry.argument(description="Begin after the row of this cursor.")
        ] = strawberry.UNSET,
        last: Annotated[
            int | None, strawberry.argument(description=f"Rows from the back: 1-{LARGEST_PAGE}.")
        ] = strawberry.UNSET,
        before: Annotated[
            Cursor | None, strawberry.argument(description="End before the row of this cursor.")
        ] = strawberry.UNSET,
        where: Any = strawberry.UNSET,
        order_by: Any = strawberry.UNSET,
    ) -> Any:
        context: Context = info.context
        field, direction = (order_by.field.value, order_by.direction) if order_by else default
        noun = context.catalogue.nouns[cls.__name__]
        keyset = keyset_of(noun, field, direction)
        conditions = where.conditions() if where else []
        if walks and where:
            readable = readable_fields(noun.name, context.viewer.role)
            raise_first(mistakes_in_walk(walks, where.filter_names(), field, readable))

        async def page(columns: Columns | None = None) -> Page:
            arguments = PageArguments.parse(
                _or_none(first), _or_none(after), _or_none(last), _or_none(before)
            )
            return await _page(context, noun, columns, conditions, keyset, arguments)

        return Connection(
            read_page=read_once(page),
            count=partial(_count, context, noun, conditions),
            facets_by_field=DataLoader(partial(read_facets, context, noun, conditions)),
        )

    resolve.__annotations__ |= {
        "where": Annotated[
            where_type | None, strawberry.argument(description="Only rows that meet this.")
        ],
        "order_by": Annotated[
            order_type | None, strawberry.argument(description="The order of the rows.")
        ],
    }

    def check(arguments: FieldArguments) -> Iterator[ArgumentError]:
        values, context = arguments.values, arguments.context
        order_by = values.get("orderBy")
        field, direction = (order_by["field"].value, order_by["direction"]) if order_by else default
        if where_type and (where := values.get("where")) is not None:
            readable = readable_fields(cls.__name__, context.viewer.role)
            yield from _where_mistakes(input_of(where_type, where), walks, field, readable)
        if _OF_A_PAGE.isdisjoint(arguments.selected):
            return  # `totalCount` alone reads no page
        yield from size_mistakes(values.get("first"), values.get("last"))
        keyset = keyset_of(context.catalogue.nouns[cls.__name__], field, direction)
        decode = partial(context.cursors.decode, keyset=keyset)
        yield from decoding_mistakes("after", values.get("after"), decode)
        yield from decoding_mistakes("before", values.get("before"), decode)

    return strawberry.field(resolver=resolve, description=description, metadata=checked_by(check))


def _where_mistakes(
    where: Any, walks: Walks | None, order: str, readable: Collection[str]
) -> Iterator[ArgumentError]:
    mistakes = list(where.mistakes())
    yield from mistakes
    if walks and not mistakes:
        yield from mistakes_in_walk(walks, where.filter_names(), order, readable)


@lru_cache
def keyset_of(noun: DeclaredNoun, field: str, direction: Direction) -> Keyset:
    return Keyset.of_field(noun, field, descending=direction is Direction.DESCENDING)


async def _page(
    context: Context,
    noun: DeclaredNoun,
    columns: Columns | None,
    conditions: list[Condition],
    keyset: Keyset,
    arguments: PageArguments,
) -> Page:
    """Read a page, and one row more: that row tells whether another page follows."""
    after, before = (
        context.cursors.decode(cursor, keyset) if cursor is not None else None
        for cursor in (arguments.after, arguments.before)
    )
    listing = ListQuery(
        noun,
        context.viewer.role,
        columns or context.columns(noun),
        tuple((condition.column, condition.relation) for condition in conditions),
        keyset,
        Boundary.at(after),
        Boundary.at(before),
        arguments.from_front,
        most_of_walk(arguments.size + 1),
    )
    values = parameter_values(conditions, after, before, arguments.size + 1)
    rows = await context.fetch(noun, prepare_listing(listing), values)
    return make_page(
        noun,
        rows,
        lambda row: context.cursors.encode(keyset.name, (row.value(ORDER_LABEL), row.value(KEY))),
        arguments,
        has_after=after is not None,
        has_before=before is not None,
    )


def make_page(
    noun: DeclaredNoun,
    rows: Sequence[Any],
    cursor: Callable[[Any], str],
    arguments: PageArguments,
    *,
    has_after: bool,
    has_before: bool,
) -> Page:
    """A page from its rows and one row more, if there is one."""
    has_more = len(rows) > arguments.size
    rows = rows[: arguments.size]
    if not arguments.from_front:
        rows = rows[::-1]
    info = PageInfo(
        has_next_page=has_more if arguments.from_front else has_before,
        has_previous_page=has_after if arguments.from_front else has_more,
        start_cursor=Cursor(cursor(rows[0])) if rows else None,
        end_cursor=Cursor(cursor(rows[-1])) if rows else None,
    )
    return Page(noun, rows, cursor, info)


async def _count(context: Context, noun: DeclaredNoun, conditions: list[Condition]) -> Count:
    rows = select_reachable(noun.name, context.viewer, literal(1)).select_from(noun.key.class_)
    clauses = (condition.clause() for condition in conditions)
    capped = rows.where(*clauses).limit(MOST_COUNTED + 1).subquery()
    total = vouch_for(select(func.count()).select_from(capped), noun.name)
    ((counted_rows,),) = await context.session.rows(total)
    return count_up_to(counted_rows, MOST_COUNTED)


def read_once(read: ReadPage) -> ReadPage:
    """Read the page on the first call, and return that page on every call."""
    lock = asyncio.Lock()
    pages: list[Page] = []

    async def read_page(columns: Columns | None = None) -> Page:
        async with lock:
            if not pages:
                pages.append(await read(columns))
        return pages[0]

    return read_page


def _or_none(value: Any) -> Any:
    return None if value is strawberry.UNSET else value
