"""Reads the branches of a plan for one request: all their statements in one write."""

from collections.abc import Callable, Iterable
from uuid import UUID

from gateway.access.vault import vault_errors
from gateway.errors import FieldError
from gateway.execution.plan.branches import BranchRead
from gateway.execution.plan.reference_rows import ReferenceReads, ReferenceRows
from gateway.mapping.context import Context

#: Gives up the root fields with these keys, which could not be read in time. Raises all other
#: errors.
GiveUp = Callable[[Iterable[str], FieldError], None]


class BranchReads:
    """What is read for the root fields that have begun."""

    def __init__(self, context: Context, reference: ReferenceRows) -> None:
        self.begun: list[BranchRead] = []
        self._context = context
        self._reference = reference

    async def read(self, give_up: GiveUp) -> None:
        """Read the rows of all branches in one write and one wait.

        Where a statement takes too long, its root field is given up, and the others are read again.
        """
        session, viewer = self._context.session, self._context.viewer
        pending = [read for read in self.begun if read.plan.levels]
        # The transaction ends in the same write, unless what is read must be logged.
        is_last = not any(read.plan.logged for read in pending)
        # What is kept must be of the snapshot: once that has begun, everything is read from it.
        is_trusted = not session.statements
        while pending:
            statements = [(read, bound) for read in pending for bound in read.statements(viewer)]
            reference = ReferenceReads(
                self._reference,
                [plan for read in pending for plan in read.plan.kept],
                is_trusted=is_trusted,
            )
            sent = [*(bound for _, bound in statements), *reference.statements()]
            try:
                rows = await session.read(sent, is_last=is_last)
            except FieldError as error:
                late, _ = statements[min(session.completed, len(statements) - 1)]
                give_up([late.root], error)
                pending = [read for read in pending if read.root != late.root]
                continue
            answered = iter(rows)
            for read in pending:
                read.rows = [next(answered) for _ in read.plan.levels]
            # All are of one snapshot, and so of one version.
            version = next((read.version for read in pending if read.version), None)
            tables = reference.take(version, [*answered], self._context)
            if tables is None:  # they have changed since
                is_trusted = False
                continue
            for read in pending:
                read.kept = [tables[plan] for plan in read.plan.kept]
            break
        for read in pending:
            self._note_logged(read)
            for source, people in read.find_disclosed():
                self._context.note_disclosed(source, people)
        await self._open(pending)

    async def _open(self, reads: Iterable[BranchRead]) -> None:
        """Open what is sealed in all that was read, at once.

        Raises FieldError with UNAVAILABLE where that is impossible now.
        """
        sealed = [(read, at, cell) for read in reads for at, cell in read.cells()]
        if not sealed:
            return
        with vault_errors():
            opened = await self._context.vault.open([cell for *_, cell in sealed])
        for (read, at, _), text in zip(sealed, opened, strict=True):
            read.opened[at] = text

    def _note_logged(self, read: BranchRead) -> None:
        """Note whose identity was read: the first column of a logged noun is the applicant's id."""
        for number in read.plan.logged:
            rows = read.rows[number]
            cells = [rows.cell(row, 0) for row in range(rows.count)]
            noun = read.plan.levels[number].noun
            self._context.note_logged(noun, (UUID(bytes=cell) for cell in cells if cell))
