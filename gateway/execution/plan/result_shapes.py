"""What a planned operation answers with: which values of a row or a page, in which order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from gateway.execution.plan.fetches import ColumnSet, Fetch, Row
from gateway.mapping.connections import Page
from gateway.mapping.figures import Count

Object = dict[str, Any]


@dataclass(frozen=True, eq=False)
class FollowedLink:
    """A link of a row, to one row or to all that belong to it."""

    key: str
    column_set: ColumnSet
    #: The label of the value in a row that the other rows have in the column they are read by.
    local_label: str
    fetch: Fetch
    shape: "RowShape"

    @cached_property
    def key_of(self) -> Callable[[Row], Any]:
        """That value of a row."""
        return itemgetter(self.column_set.index(self.local_label))


class RowShape:
    """The values of one row of a noun that a selection asks for."""

    def __init__(
        self,
        column_set: ColumnSet,
        labels: Mapping[str, str],
        computed: Mapping[str, Callable[[Row], Any]],
        links: Iterable[FollowedLink],
    ) -> None:
        """``labels`` says for each key of the answer, in order, which value of a row is there.

        What is made of a row, or followed from it, takes the place of the value under its key.
        """
        self.column_set = column_set
        self._labels = labels
        self._computed = tuple(computed.items())
        self.links = tuple(links)

    def render(self, rows: Sequence[Row]) -> list[Object]:
        """The object of each row, with nothing yet of what is followed from it."""
        values = map(self._values, rows)
        objects = [dict(zip(self._labels, of_row, strict=True)) for of_row in values]
        for key, make in self._computed:
            for found, row in zip(objects, rows, strict=True):
                found[key] = make(row)
        return objects

    @property
    def width(self) -> int:
        """How many values each object has."""
        return len(self._labels)

    @cached_property
    def _values(self) -> Callable[[Row], tuple[Any, ...]]:
        """Made when a row is drawn: only then is it known what else is read with it."""
        places = [self.column_set.index(label) for label in self._labels.values()]
        if len(places) > 1:
            return itemgetter(*places)
        return lambda row: tuple(row[place] for place in places)


@dataclass(frozen=True, slots=True)
class RenderedRows:
    """Rows of one shape, and the object of each."""

    shape: RowShape
    rows: Sequence[Row]
    objects: Sequence[Object]
    #: How often each object stands in the answer; without it, once.
    times: Sequence[int] | None


class ResultLevel:
    """What was drawn of one level, and is followed to the next."""

    def __init__(self) -> None:
        self.parts: list[RenderedRows] = []
        #: How many values the answer holds of what was drawn here.
        self.values = 0

    def render(
        self, shape: RowShape, rows: Sequence[Row], times: Sequence[int] | None = None
    ) -> list[Object]:
        """An object for each row, which stands in the answer so many times."""
        objects = shape.render(rows)
        self.values += shape.width * (len(rows) if times is None else sum(times))
        if shape.links and objects:
            self.parts.append(RenderedRows(shape, rows, objects, times))
        return objects


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What was read of a list: a page of it, its length, or both."""

    page: Page | None
    count: Count | None

    @property
    def rows(self) -> Sequence[Row]:
        return self.page.rows if self.page else ()

    @property
    def cursors(self) -> list[str]:
        return list(map(self.page.cursor, self.page.rows)) if self.page else []


#: A part of a connection: the value of one of its fields.
Part = Callable[[FetchedPage, ResultLevel], Any]


@dataclass(frozen=True, eq=False, slots=True)
class PageShape:
    """What a selection asks of a list in pages."""

    column_set: ColumnSet
    parts: Mapping[str, Part]
    is_read: bool
    is_counted: bool

    def render(self, read: FetchedPage, level: ResultLevel) -> Object:
        """The object of the connection."""
        level.values += len(self.parts)
        return {key: part(read, level) for key, part in self.parts.items()}
