"""What was done to the account, by name."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from models.account.notes import Checkpoint

#: Of each kind, so many are named one by one.
MOST_NAMED = 20


class Tampering(StrEnum):
    """What somebody did who wrote to the database past the gateway and the keeper."""

    CHANGED = "changed"
    REMOVED = "removed"
    CUT_OFF = "cut off"
    REORDERED = "reordered"
    FORGED = "forged"
    UNRECORDED = "unrecorded"
    ROLLED_BACK = "rolled back"
    DROPPED_EARLY = "dropped early"
    CONTRADICTED = "contradicted"
    #: The key service opened somebody of whom the log of reads says nothing.
    UNLOGGED = "unlogged"
    #: The log of reads says something for which nobody was opened.
    UNOPENED = "unopened"
    ALTERED = "altered"
    #: A witness has not cosigned the newest checkpoint.
    UNCOSIGNED = "uncosigned"


@dataclass(frozen=True, slots=True)
class AccountFinding:
    """One thing that is not as it was signed."""

    kind: Tampering
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


@dataclass(slots=True)
class Report:
    """What a verification looked at, and what it found."""

    #: The checkpoint against which it was done.
    checkpoint: Checkpoint | None = None
    entries: int = 0
    #: How many are sealed by each key, by its id.
    sealed_by: Counter[str] = field(default_factory=Counter)
    #: How many entries the keeper dropped because of their age, and before when they were written.
    dropped: int = 0
    dropped_before: datetime | None = None
    #: Entries that no checkpoint covers yet.
    unsigned: int = 0
    #: How many receipts of the key service were compared with the log of reads.
    receipts: int = 0
    seconds: float = 0.0
    findings: list[AccountFinding] = field(default_factory=list)

    def add(self, kind: Tampering, what: str) -> None:
        self.findings.append(AccountFinding(kind, what))

    def add_rows(self, kind: Tampering, rows: Iterable[tuple[str, UUID]], why: str) -> None:
        """Name rows by table and key: the first of them, and how many more there are."""
        self.add_some(kind, [f"{table} {key} {why}" for table, key in sorted(rows)])

    def add_some(self, kind: Tampering, listed: Sequence[str]) -> None:
        """Name the first of these, and how many more there are."""
        for what in listed[:MOST_NAMED]:
            self.add(kind, what)
        if len(listed) > MOST_NAMED:
            self.add(kind, f"{len(listed) - MOST_NAMED:,} more, of {len(listed):,}")
