"""Signed records of entries that were dropped because of their age: they name the leaves whose rows
are gone."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from models.account.notes import Checkpoint
from models.account.tables import FEWEST_DAYS_KEPT
from models.signatures import is_signed

#: The first line of what is signed, so that no checkpoint is taken for a record, nor vice versa.
_KIND = "gerbang/account dropped"


@dataclass(frozen=True, slots=True)
class Drop:
    """Entries that were dropped together: none was younger than ``before``."""

    id: UUID
    before: datetime
    kept_days: int
    firsts: tuple[int, ...]
    lasts: tuple[int, ...]

    @classmethod
    def from_row(cls, row: Any) -> "Drop":
        return cls(
            *(row["id"], row["before"], row["kept_days"]),
            *(tuple(row["firsts"]), tuple(row["lasts"])),
        )

    def text(self) -> str:
        """What is signed."""
        runs = ",".join(f"{one}-{last}" for one, last in zip(self.firsts, self.lasts, strict=True))
        at = self.before.astimezone(UTC).isoformat(timespec="microseconds")
        return f"{_KIND}\n{self.id}\nbefore {at}\nkept {self.kept_days}\n{runs}\n"

    def is_signed(self, public_key: bytes, signature: bytes, known: Iterable[bytes]) -> bool:
        """Whether one of the known keys signed it."""
        return public_key in known and is_signed(public_key, self.text().encode(), signature)

    @property
    def entries(self) -> int:
        return sum(last - one + 1 for one, last in zip(self.firsts, self.lasts, strict=True))


def runs_of(positions: Sequence[int]) -> tuple[list[int], list[int]]:
    """The first and the last of each run of positions, which are in order."""
    gaps = [(one, other) for one, other in pairwise(positions) if other != one + 1]
    firsts = [positions[0], *(other for _, other in gaps)]
    return firsts, [*(one for one, _ in gaps), positions[-1]]


@dataclass(slots=True)
class DroppedLeaves:
    """The places of all leaves whose rows may be gone."""

    _runs: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def from_drops(cls, drops: Iterable[Drop]) -> "DroppedLeaves":
        return cls(sorted(run for one in drops for run in zip(one.firsts, one.lasts, strict=True)))

    def __contains__(self, position: int) -> bool:
        at = bisect_right(self._runs, (position, position)) - 1
        # A longer run that starts at this very position sorts behind the pair: so look at two runs.
        return any(
            first <= position <= last for first, last in self._runs[max(at, 0) : max(at, 0) + 2]
        )


def find_early(drop: Drop, written_at: int, days: Sequence[Checkpoint]) -> str | None:
    """Why entries were dropped too early; None where they were not.

    ``days`` are the last checkpoints of all days outside, the oldest first; ``written_at`` is the
    place of the record in the tree, which dates it. A record from before all of them is believed:
    the folder before can tell.
    """
    if drop.kept_days < FEWEST_DAYS_KEPT:
        return f"after {drop.kept_days:,} days"
    if not days or written_at < days[0].size:
        return None
    written_by = next((day.signed_at for day in days if day.size > written_at), None)
    if written_by and written_by < drop.before + timedelta(days=drop.kept_days):
        return f"before {drop.kept_days:,} days were over"
    of_age = max((day.size for day in days if day.signed_at <= drop.before), default=0)
    if of_age <= drop.lasts[-1]:
        return f"though it was signed after {drop.before:%Y-%m-%d %H:%M:%S} UTC"
    return None
