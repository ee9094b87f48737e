"""Reference data to which rows link, kept in memory as it is written, by the version of the data.

Countries, visa types, partners and centres are few and change seldom, and most roles read all of
them. Where a role reads every row of a table, no statement joins it: its rows are written once, for
a role and a selection of their fields, and looked up by key. Triggers renew a version with each
change to one of these tables. The statement whose rows link to them reads that version too, so in
its own snapshot and under the row rules, and uses what is kept under the same version alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from gateway.access.rows import reads_every_row
from gateway.access.transactions.prepared import Bound
from gateway.access.transactions.reading import WireRows
from gateway.execution.plan.branches import BranchPlan
from gateway.execution.plan.cells import CellError
from gateway.execution.plan.render import KeptRows, Rendering, Table
from gateway.execution.plan.tree import Branch, DerivedValue, JoinedRow, RowShape
from gateway.execution.plan.values import ValueCount
from gateway.mapping.catalogue import DeclaredNoun
from gateway.mapping.context import Context
from gateway.mapping.kept_rows import KeptValues
from models.vocabulary import Role
from models.volumes.versions import NAMED_TABLES

#: Of all that a process keeps. Two fields of all countries take about 40 KB.
_MOST_BYTES = 16 * 1024 * 1024
#: What a row takes besides its bytes and those of its key.
_ROW_BYTES = 200
_NO_ROWS: KeptRows = MappingProxyType({})


def is_reference(noun: DeclaredNoun, role: Role) -> bool:
    """Whether rows are reference data, all of which everybody in a role may read."""
    return noun.key.class_.__tablename__ in NAMED_TABLES and reads_every_row(noun.name, role)


def is_kept_whole(branch: Branch, role: Role) -> bool:
    """Whether the version and the role decide all that a branch reads."""
    (level, *others), shape = branch.levels, branch.shape
    assert isinstance(shape, RowShape)
    joined = level.columns.tree()
    return (
        not others
        and all(is_reference(column_set.noun, role) for column_set in joined)
        and not any(_is_derived(shape))
    )


def _is_derived(shape: RowShape) -> Iterator[bool]:
    for entry in shape.entries.values():
        yield isinstance(entry, DerivedValue)
        if isinstance(entry, JoinedRow):
            yield from _is_derived(entry.shape)


class WrittenRows(NamedTuple):
    """The rows of a table by key, and the version of the data from which they come."""

    version: bytes
    rows: KeptRows


class ReferenceRows:
    """What a process keeps, for all viewers."""

    def __init__(self) -> None:
        self._kept: KeptValues[WrittenRows] = KeptValues(_MOST_BYTES)

    def find(self, plan: BranchPlan) -> WrittenRows | None:
        return self._kept.find(plan.identity, None)

    def keep(self, plan: BranchPlan, written: WrittenRows) -> None:
        size = sum(_ROW_BYTES + len(key) + len(of[0]) for key, of in written.rows.items())
        self._kept.keep(plan.identity, None, written, size)


class ReferenceReads:
    """What one request takes from memory, and what it must read as well."""

    def __init__(
        self, kept: ReferenceRows, plans: Sequence[BranchPlan], *, is_trusted: bool
    ) -> None:
        """``is_trusted`` says that the kept rows may belong to the snapshot; otherwise all are
        read."""
        self._kept = kept
        found = {plan: kept.find(plan) if is_trusted else None for plan in plans}
        self._found = {plan: written for plan, written in found.items() if written}
        self._missing = [plan for plan in found if plan not in self._found]

    def statements(self) -> list[Bound]:
        """All rows of the tables that are not kept."""
        return [Bound(plan.statements.prepared(None)[0], ()) for plan in self._missing]

    def take(
        self, version: bytes | None, tables: Sequence[WireRows], context: Context
    ) -> Mapping[BranchPlan, KeptRows] | None:
        """The rows by their plans, with those that the statements read; None if what was kept is
        of another version. Without a version there is no row that links to any of them."""
        if version is None:
            return dict.fromkeys((*self._found, *self._missing), _NO_ROWS)
        if any(written.version != version for written in self._found.values()):
            return None
        for plan, rows in zip(self._missing, tables, strict=True):
            self._found[plan] = WrittenRows(version, _write_rows(plan, rows, context))
            self._kept.keep(plan, self._found[plan])
        return {plan: written.rows for plan, written in self._found.items()}


def _write_rows(plan: BranchPlan, rows: WireRows, context: Context) -> KeptRows:
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
