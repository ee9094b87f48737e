"""The shapes of a plan: in which form the rows that it fetched are answered."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import Any

from gateway.execution.plan.fetches import (
    AnyFetch,
    ColumnSet,
    CountFetch,
    Fetch,
    PageFetch,
    Row,
)
from gateway.mapping.connections import Page
from gateway.mapping.facets import Facet
from gateway.mapping.figures import Count
from gateway.mapping.ids import GlobalId

Object = dict[str, Any]


@dataclass(frozen=True, eq=False)
class FollowedLink:
    """A selected link from a row to one other row, or to a list of rows."""

    key: str
    column_set: ColumnSet
    #: The column of the row that holds the key of the linked rows.
    local_label: str
    fetch: Fetch
    shape: "RowShape"

    @cached_property
    def key_of(self) -> Callable[[Row], Any]:
        """Gets the key of the linked rows from a row."""
        return itemgetter(self.column_set.index(self.local_label))

    @property
    def fetches(self) -> Sequence[AnyFetch]:
        return (self.fetch,)


@dataclass(frozen=True, eq=False)
class FollowedPages:
    """A selected link from a row to a page of rows."""

    key: str
    column_set: ColumnSet
    #: The column of the row that holds the key of the linked rows.
    local_label: str
    shape: "PageShape"
    #: What is read of the page, if anything is.
    page: PageFetch | None
    count: CountFetch | None
    #: By the field of each facet.
    facets: Mapping[str, CountFetch]

    @cached_property
    def key_of(self) -> Callable[[Row], Any]:
        """Gets the key of the linked rows from a row."""
        return itemgetter(self.column_set.index(self.local_label))

    @property
    def fetches(self) -> Sequence[AnyFetch]:
        some = (self.page, self.count, *self.facets.values())
        return [fetch for fetch in some if fetch is not None]


class RowShape:
    """What a selection set selects of a row."""

    def __init__(
        self,
        column_set: ColumnSet,
        labels: Mapping[str, str],
        computed: Mapping[str, Callable[[Row], Any]],
        links: Iterable[FollowedLink | FollowedPages],
    ) -> None:
        """``labels`` maps each response key, in order, to a column of the row.

        Computed values and links are filled in afterwards, over the value under their key.
        """
        self.column_set = column_set
        self._labels = labels
        self._computed = tuple(computed.items())
        self.links = tuple(links)

    def render(self, rows: Sequence[Row]) -> list[Object]:
        """An object for each row; its links are filled in by the next level."""
        values = map(self._values, rows)
        objects = [dict(zip(self._labels, of_row, strict=True)) for of_row in values]
        for key, make in self._computed:
            for object_, row in zip(objects, rows, strict=True):
                object_[key] = make(row)
        return objects

    @property
    def width(self) -> int:
        """How many values each object has."""
        return len(self._labels)

    @cached_property
    def _values(self) -> Callable[[Row], tuple[Any, ...]]:
        """Built at the first rendering: other selections may add columns until then."""
        indexes = [self.column_set.index(label) for label in self._labels.values()]
        if len(indexes) > 1:
            return itemgetter(*indexes)
        return lambda row: tuple(row[index] for index in indexes)


@dataclass(frozen=True, slots=True)
class RenderedRows:
    """Rows of one shape, each with the object rendered from it."""

    shape: RowShape
    rows: Sequence[Row]
    objects: Sequence[Object]
    #: How often each object occurs in the answer; None means once.
    times: Sequence[int] | None
    #: The response key of the root field that it belongs to.
    root: str


class ResultLevel:
    """The rendered rows of one level, whose links lead to the next."""

    def __init__(self) -> None:
        self.parts: list[RenderedRows] = []
        #: How many values this level adds to the answer.
        self.values = 0
        #: The response key of the root field that is rendered.
        self.root = ""

    def render(
        self, shape: RowShape, rows: Sequence[Row], times: Sequence[int] | None = None
    ) -> list[Object]:
        """An object for each row; ``times`` says how often each occurs in the answer."""
        objects = shape.render(rows)
        self.values += shape.width * (len(rows) if times is None else sum(times))
        if shape.links and objects:
            self.parts.append(RenderedRows(shape, rows, objects, times, self.root))
        return objects

    def absorb(self, other: "ResultLevel", times: int) -> None:
        """Add what was rendered once, and occurs several times in the answer."""
        self.values += times * other.values
        self.parts += [
            replace(part, times=[times * each for each in part.times or [1] * len(part.rows)])
            for part in other.parts
        ]


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What was fetched of a connection: a page, the total count, facets by field."""

    page: Page | None
    count: Count | None
    facets: Mapping[str, list[Facet[Any]]]

    @property
    def rows(self) -> Sequence[Row]:
        return self.page.rows if self.page else ()

    @property
    def cursors(self) -> list[str]:
        return list(map(self.page.cursor, self.page.rows)) if self.page else []


#: Renders one field of a connection.
Part = Callable[[FetchedPage, ResultLevel], Any]


@dataclass(frozen=True, eq=False, slots=True)
class PageShape:
    """What a selection set selects of a connection."""

    column_set: ColumnSet
    parts: Mapping[str, Part]
    is_read: bool
    is_counted: bool
    #: The fields of the facets that are selected.
    facets: Sequence[str]

    def render(self, read: FetchedPage, level: ResultLevel) -> Object:
        """The object of the connection."""
        level.values += len(self.parts)
        return {key: part(read, level) for key, part in self.parts.items()}


#: Renders one field of all edges of a page.
EdgePart = Callable[[FetchedPage, ResultLevel], Iterable[Any]]


def render_edges(
    parts: Mapping[str, EdgePart], read: FetchedPage, level: ResultLevel
) -> list[Object]:
    """The edges of a page."""
    if not parts:  # @skip or @include removed every field
        return [{} for _ in read.rows]
    level.values += len(parts) * len(read.rows)
    columns = [part(read, level) for part in parts.values()]
    return [dict(zip(parts, values, strict=True)) for values in zip(*columns, strict=True)]


def render_rows(shape: RowShape, read: FetchedPage, level: ResultLevel) -> list[Object]:
    """The rows of a page, as its nodes."""
    return level.render(shape, read.rows)


def render_facets(
    renders: Mapping[str, tuple[str, Callable[[Any, ResultLevel], Any]]],
    read: FetchedPage,
    level: ResultLevel,
) -> Object:
    """The facets of a list: for each response key the field, and how its facets are rendered."""
    level.values += len(renders)
    return {key: render(read.facets.get(name), level) for key, (name, render) in renders.items()}


def global_id(type_name: str, row: Row) -> str:
    """The global id of a row."""
    return GlobalId(type_name, str(row[0])).encode()
