"""How many people each viewer read in a window, and how many others in the same role did."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles
from typing import Any

from sqlalchemy import func, select

from models.vocabulary import Role
from models.volumes.lines import AnySelect

#: Of fewer others, quartiles say nothing.
FEWEST_OTHERS = 4
#: How far above the upper quartile is unusual, in distances between the quartiles (Tukey).
_FENCE = 1.5


@dataclass(frozen=True, slots=True)
class ViewerReads:
    """What one viewer read in one role, beside the people that each of the others read."""

    viewer: str
    role: Role
    people: int
    reads: int
    others: int
    #: Lower quartile, median and upper quartile of the others; None where they are too few.
    quartiles: tuple[float, float, float] | None

    @property
    def fence(self) -> float | None:
        if self.quartiles is None:
            return None
        lower, _, upper = self.quartiles
        return upper + _FENCE * (upper - lower)


def people_read(role: Role, since: datetime, before: datetime) -> AnySelect:
    """Rows of ``reader``, ``reader_role``, ``people`` and ``reads``, as a role may read them."""
    rows = func.viewer.people_read(role.value, since, before).table_valued(
        "reader", "reader_role", "people", "reads"
    )
    return select(rows.c.reader, rows.c.reader_role, rows.c.people, rows.c.reads)


def compare_viewers(rows: Iterable[Any]) -> Iterator[ViewerReads]:
    """Each viewer compared with the others of the role, the one who read the most people first."""
    counts: defaultdict[Role, list[int]] = defaultdict(list)
    found = [(row.reader, Role(row.reader_role), row.people, row.reads) for row in rows]
    for _, role, people, _ in found:
        counts[role].append(people)
    for viewer, role, people, reads in sorted(found, key=lambda one: (-one[2], one[1], one[0])):
        others = [*counts[role]]
        others.remove(people)
        yield ViewerReads(viewer, role, people, reads, len(others), _quartiles(others))


def _quartiles(others: list[int]) -> tuple[float, float, float] | None:
    if len(others) < FEWEST_OTHERS:
        return None
    lower, median, upper = quantiles(others, n=4, method="inclusive")
    return lower, median, upper
