"""Reads the branches of a plan for one request: all their statements in one write.

Countries, visa types, partners and centres are few and change seldom, and most roles read all of
them. Where a role reads every row of a table, no statement joins it: its rows are written once, for
a role and a selection of their fields, cached, and looked up by key. Triggers renew a version with
each change to one of these tables. The statement whose rows link to them reads that version too, so
in its own snapshot and under the row rules, and only rows of the same version are used.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from graphql import VariableValues

from gateway.access.transactions.prepared import Bound, PreparedStatement
from gateway.access.transactions.reading import WireRows
from gateway.access.vault import vault_errors
from gateway.cache import WeightedCache
from gateway.errors import FieldError
from gateway.execution.plan.cells import CellError
from gateway.execution.plan.levels import Level, ListCount, ListPage
from gateway.execution.plan.plans import BranchPlan
from gateway.execution.plan.render import Rendering, RowsByKey, Table
from gateway.execution.plan.statements import Shape
from gateway.execution.plan.values import ValueCount
from gateway.mapping.connections import AskedList
from gateway.mapping.context import Context
from gateway.mapping.declare import RuledValue
from gateway.mapping.listing import condition_values, count_query
from gateway.mapping.pages import PageBounds
from gateway.viewer import Viewer
from models.person.vault import Cell

#: Of all that a process caches. Two fields of all countries take about 40 KB.
_MOST_BYTES = 16 * 1024 * 1024
#: What a row takes besides its bytes and those of its key.
_ROW_BYTES = 200
#: Gives up the root fields with these keys, which could not be read in time. Raises all other
#: errors.
GiveUp = Callable[[Iterable[str], FieldError], None]


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
            statistics = context.services.statistics_of(noun)
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
    questions: Sequence[Question]
    rows: list[WireRows] = field(default_factory=list)
    #: Those of each branch of reference data to which its rows link.
    reference: Sequence[RowsByKey] = ()
    #: What sealed cells hold, by level, row and column.
    opened: dict[tuple[int, int, int], str] = field(default_factory=dict)

    def prepared(self) -> tuple[PreparedStatement, ...]:
        """The statement of each level."""
        return self.plan.statements.prepared(*[asked.shape for asked in self.questions])

    def bind(self, viewer: Viewer) -> list[Bound]:
        """The statements with their arguments."""
        given = {name: value for asked in self.questions for name, value in asked.values.items()}
        return [Bound(each, each.arguments(viewer, given)) for each in self.prepared()]

    def render(self, context: Context, count: ValueCount, variables: VariableValues) -> Rendering:
        """What the program of its plan runs on."""
        parts = zip(self.rows, self.plan.keys, self.questions, strict=True)
        tables = [Table(rows, key=key, bounds=asked.bounds) for rows, key, asked in parts]
        return Rendering(context, tables, count, self.reference, self.opened, variables)

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

    def logged_keys(self) -> Iterator[tuple[Level, list[UUID]]]:
        """Whose identity was read: the first column of a logged noun is the applicant's id."""
        for number in self.plan.logged:
            rows = self.rows[number]
            cells = [rows.cell(row, 0) for row in range(rows.count)]
            yield self.plan.levels[number], [UUID(bytes=cell) for cell in cells if cell]

    def sealed_cells(self) -> Iterator[tuple[tuple[int, int, int], Cell]]:
        """The sealed cells that were read, by level, row and column."""
        for level, places in self.plan.sealed.items():
            cell = self.rows[level].cell
            for row in range(self.rows[level].count):
                subject = UUID(bytes=cell(row, 0))
                for place, column in places:
                    if (text := cell(row, place)) is not None:
                        yield (level, row, place), Cell(subject, column, text.decode())

    def disclosed(self) -> Iterator[tuple[RuledValue, set[UUID]]]:
        """Each value that has row rules of its own, with the people whose value it discloses."""
        for source, level, value, key in self.plan.ruled:
            rows, answered = self.rows[level], self._answered_rows(level)
            cells = [rows.cell(row, key) for row in answered if rows.cell(row, value) is not None]
            yield source, {UUID(bytes=cell) for cell in cells if cell is not None}

    def _answered_rows(self, level: int) -> Iterable[int]:
        """The rows of the answer: for a page, one more row is read, to know whether another page
        follows."""
        rows, bounds, by = self.rows[level], self.questions[level].bounds, self.plan.keys[level]
        if bounds is None or by is None:
            return range(rows.count if bounds is None else min(rows.count, bounds.size))
        found: Counter[bytes | None] = Counter()
        answered: list[int] = []
        for row in range(rows.count):
            above = rows.cell(row, by)
            found[above] += 1
            if found[above] <= bounds.size:
                answered.append(row)
        return answered


class ReferenceTable(NamedTuple):
    """The rows of reference data as they are written, and the version from which they come."""

    version: bytes
    rows: RowsByKey


#: The tables that a process caches for all viewers, by the identity of their plans.
ReferenceCache = WeightedCache[Any, ReferenceTable]


def reference_cache() -> ReferenceCache:
    return WeightedCache(_MOST_BYTES)


class BranchReads:
    """What is read for the root fields that have begun."""

    def __init__(self, context: Context, reference: ReferenceCache) -> None:
        self.begun: list[BranchRead] = []
        self._context = context
        self._reference = reference

    async def read(self, give_up: GiveUp) -> None:
        """Read the rows of all branches that have begun, in one write and one wait.

        Where a statement takes too long, its root field is given up, and the others are read again.
        """
        session, viewer = self._context.session, self._context.viewer
        pending = [read for read in self.begun if read.plan.levels]
        self.begun.clear()
        # The transaction ends in the same write, unless what is read must be logged.
        is_last = not [read for read in pending if read.plan.logged]
        # What is cached must be of the snapshot: once that has begun, everything is read from it.
        may_use_cache = not session.statements
        while pending:
            statements = [(read, bound) for read in pending for bound in read.bind(viewer)]
            tables = {
                plan: self._reference.get(plan.identity) if may_use_cache else None
                for read in pending
                for plan in read.plan.reference
            }
            missing = [plan for plan, table in tables.items() if table is None]
            sent = [bound for _, bound in statements]
            sent += [Bound(plan.statements.prepared(None)[0], ()) for plan in missing]
            try:
                rows = iter(await session.read(sent, is_last=is_last))
            except FieldError as error:
                late, _ = statements[min(session.completed, len(statements) - 1)]
                give_up([late.root], error)
                pending = [read for read in pending if read.root != late.root]
                continue
            for read in pending:
                read.rows = [next(rows) for _ in read.plan.levels]
            if tables and not self._link(pending, tables, dict(zip(missing, rows, strict=True))):
                may_use_cache = False  # what is cached has changed since
                continue
            break
        await self._account(pending)

    def _link(
        self,
        reads: Sequence[BranchRead],
        tables: dict[BranchPlan, ReferenceTable | None],
        read_now: Mapping[BranchPlan, WireRows],
    ) -> bool:
        """Give the reads the reference data to which they link; False where what was cached is of
        another version."""
        # All are of one snapshot, and so of one version. Without one, no row links to any.
        version = next(filter(None, [read.version() for read in reads]), None)
        if version is None:
            tables = dict.fromkeys(tables, ReferenceTable(b"", {}))
        elif [table for table in tables.values() if table and table.version != version]:
            return False
        else:
            for plan, rows in read_now.items():
                table = ReferenceTable(version, _write_rows(plan, rows, self._context))
                size = sum([_ROW_BYTES + len(key) + len(of[0]) for key, of in table.rows.items()])
                self._reference.put(plan.identity, table, size)
                tables[plan] = table
        for read in reads:
            read.reference = [table.rows for plan in read.plan.reference if (table := tables[plan])]
        return True

    async def _account(self, reads: Sequence[BranchRead]) -> None:
        """Open what is sealed, all at once, and note whose identity was read and whose ruled values
        were disclosed.

        Raises FieldError with UNAVAILABLE where that is impossible now.
        """
        context = self._context
        logged = [read for read in reads if read.plan.logged]
        sealed = [(read, at, cell) for read in logged for at, cell in read.sealed_cells()]
        if sealed:
            with vault_errors():
                opened = await context.vault.open([cell for *_, cell in sealed])
            for (read, at, _), text in zip(sealed, opened, strict=True):
                read.opened[at] = text
        for read in logged:
            for level, keys in read.logged_keys():
                context.note_logged(level.noun, keys)
        for read in reads:
            for source, people in read.disclosed() if read.plan.ruled else ():
                context.note_disclosed(source, people)


def _write_rows(plan: BranchPlan, rows: WireRows, context: Context) -> RowsByKey:
    count = ValueCount()
    rendering = Rendering(context, [Table(rows)], count)
    written: dict[bytes, tuple[bytes, int]] = {}
    for row in range(rows.count):
        key, before = rows.cell(row, 0), count.values
        if key is None:
            raise CellError("a row without a key")
        text = plan.render(rendering, 0, row)
        written[key] = text, count.values - before
    return written
