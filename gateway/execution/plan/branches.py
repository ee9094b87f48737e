"""The branches of a plan: each with its statements and its program, and the rows that a request
reads by it."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from gateway.access.transactions.prepared import Bound, PreparedStatement
from gateway.access.transactions.reading import WireRows
from gateway.execution.plan.backend import renderer
from gateway.execution.plan.cells import CellError
from gateway.execution.plan.levels import Level, ListCount, ListPage
from gateway.execution.plan.program import compile_branch
from gateway.execution.plan.render import KeptRows, Rendering, Table
from gateway.execution.plan.statements import (
    Places,
    Shape,
    Statements,
)
from gateway.execution.plan.tree import Branch, Root
from gateway.execution.plan.values import ValueCount
from gateway.execution.selections import Fragments
from gateway.mapping.connections import AskedList
from gateway.mapping.context import Context
from gateway.mapping.declare import KEY, RuledValue
from gateway.mapping.listing import condition_values, count_query
from gateway.mapping.pages import PageBounds
from gateway.viewer import Viewer
from models.person.sealed import Sealed
from models.person.vault import Cell
from models.vocabulary import Role


class BranchPlan:
    """A branch with its statements and its program."""

    def __init__(self, branch: Branch, role: Role, *, is_compiled: bool) -> None:
        self.levels = branch.levels
        #: The level whose rows hold the version of the reference data that is linked to.
        self.with_version = _first_with_rows(branch.levels) if branch.kept else None
        places = {level: Places(level) for level in branch.levels}
        self.statements = Statements(places, role, with_version=self.with_version)
        self._program = compile_branch(branch, places)
        self.render = renderer(self._program, is_compiled=is_compiled)
        #: The levels that read somebody's identity; a count reads nobody's.
        self.logged = [
            level.number
            for level in branch.levels
            if level.noun.storage.is_logged and level.column_set
        ]
        #: The places of sealed cells in the rows of those levels, with what they hold.
        self.sealed = {
            number: _sealed_places(branch.levels[number], places[branch.levels[number]])
            for number in self.logged
        }
        #: The places of values whose disclosure is recorded: those with row rules of their own.
        self.ruled = [
            place for level in branch.levels for place in _ruled_places(level, places[level])
        ]
        #: The place of the key by which a row was found; None in levels that are found otherwise.
        self.keys = [places[level].key for level in branch.levels]
        #: The plans of the whole tables whose rows it links to.
        self.kept = [BranchPlan(each, role, is_compiled=is_compiled) for each in branch.kept]

    @cached_property
    def identity(self) -> Hashable:
        """The same for branches without arguments that read and write the same."""
        texts = tuple(each.text for each in self.statements.prepared(*[None] * len(self.levels)))
        return texts, self._program


class RuledPlace(NamedTuple):
    """The place, in the rows of a level, of a value that has row rules of its own."""

    source: RuledValue
    level: int
    #: The columns of the value, and of the key of the row that it belongs to.
    value: int
    key: int


class Plan(NamedTuple):
    """The root fields of an operation by response key, and what was made of their branches."""

    roots: Mapping[str, Root]
    branches: Mapping[Branch, BranchPlan]
    #: Those of the document; resolvers of root fields may read them.
    fragments: Fragments


class Question(NamedTuple):
    """What a request asks of a level: what its statement depends on, and the parameters."""

    shape: Shape = None
    values: Mapping[str, Any] = {}
    bounds: PageBounds | None = None


def ask_list(context: Context, asked: AskedList, level: Level) -> Question:
    """The question for a list, or for its count."""
    match level.reading:
        case ListPage() if asked.page:
            return Question(*asked.page)
        case ListCount(facet):
            noun, conditions, _ = asked
            column = facet.column if facet else None
            statistics = context.statistics_of(noun)
            query = count_query(statistics, context.viewer, noun.name, conditions, column)
            return Question(query, condition_values(conditions))
        case _:
            raise TypeError(level.reading)


@dataclass(slots=True)
class BranchRead:
    """The rows of a branch for one request."""

    #: The response key of its root field.
    root: str
    plan: BranchPlan
    questions: list[Question]
    rows: list[WireRows] = field(default_factory=list)
    #: The whole tables whose rows it links to.
    kept: list[KeptRows] = field(default_factory=list)
    #: What sealed cells hold, by level, row and column.
    opened: dict[tuple[int, int, int], str] = field(default_factory=dict)

    def cells(self) -> Iterator[tuple[tuple[int, int, int], Cell]]:
        """The sealed cells that were read, by level, row and column."""
        for level, places in self.plan.sealed.items():
            cell = self.rows[level].cell
            for row in range(self.rows[level].count):
                subject = UUID(bytes=cell(row, 0))
                for place, column in places:
                    if (text := cell(row, place)) is not None:
                        yield (level, row, place), Cell(subject, column, text.decode())

    def find_disclosed(self) -> Iterator[tuple[RuledValue, set[UUID]]]:
        """Each value that has row rules of its own, with the people whose value it discloses."""
        for source, level, value, key in self.plan.ruled:
            rows, answered = self.rows[level], self._answered_rows(level)
            cells = (rows.cell(row, key) for row in answered if rows.cell(row, value) is not None)
            yield source, {UUID(bytes=cell) for cell in cells if cell is not None}

    def _answered_rows(self, level: int) -> Iterator[int]:
        """The rows of the answer: for a page, one more row is read, to know whether another page
        follows."""
        rows, bounds, by = self.rows[level], self.questions[level].bounds, self.plan.keys[level]
        found: Counter[bytes | None] = Counter()
        for row in range(rows.count):
            above = None if by is None else rows.cell(row, by)
            found[above] += 1
            if bounds is None or found[above] <= bounds.size:
                yield row

    @property
    def version(self) -> bytes | None:
        """The version of the reference data in the snapshot; None where no row links to any.

        Raises CellError where there should be one.
        """
        level = self.plan.with_version
        if level is None or not (rows := self.rows[level.number]).count:
            return None
        version = rows.cell(0, rows.columns - 1)
        if version is None:
            raise CellError("reference data without a version")
        return version

    def prepared(self) -> tuple[PreparedStatement, ...]:
        """The statement of each level."""
        return self.plan.statements.prepared(*(asked.shape for asked in self.questions))

    def statements(self, viewer: Viewer) -> list[Bound]:
        prepared = self.prepared()
        given = {name: value for asked in self.questions for name, value in asked.values.items()}
        return [Bound(statement, statement.arguments(viewer, given)) for statement in prepared]

    def rendering(self, context: Context, count: ValueCount) -> Rendering:
        parts = zip(self.rows, self.plan.keys, self.questions, strict=True)
        tables = [Table(rows, key=key, bounds=asked.bounds) for rows, key, asked in parts]
        return Rendering(context, tables, count, self.kept, self.opened)


def _first_with_rows(levels: Sequence[Level]) -> Level:
    """The level below which all others lie that have rows; counts have none."""
    return next(level for level in levels if level.column_set)


def _ruled_places(level: Level, places: Places) -> Iterator[RuledPlace]:
    for column_set in level.column_set.tree() if level.column_set else ():
        for label, source in column_set.ruled.items():
            at = places.of(column_set, label), places.of(column_set, KEY)
            yield RuledPlace(source, level.number, *at)


def _sealed_places(level: Level, places: Places) -> list[tuple[int, str]]:
    types = {column.key: column.type for column in level.columns.columns}
    selected = enumerate(types.get(label) for _, label in places.columns)
    return [(place, type_.column) for place, type_ in selected if isinstance(type_, Sealed)]
