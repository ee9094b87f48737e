"""How cases ended, as it is published to partner managers: protected, and by whole quarters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboard.model.measures import DECISIONS, REFUSAL_RATE
from dashboard.model.rows import Line, Reading, line_of, reading_of

OUTCOMES = (DECISIONS, REFUSAL_RATE)


@dataclass(frozen=True, slots=True)
class Published:
    """The newest quarter of those asked for that was published, and by which rules."""

    edition: int
    published_at: datetime
    rounding: int
    threshold: int
    #: A refusal rate needs as many decisions.
    fewest: int
    from_on: date
    lines: tuple[Line, ...]
    #: The refusal rate of the whole country in the same quarter.
    national: Reading


def read_published(table: Mapping[str, Any] | None) -> Published | None:
    """None where this viewer reads exact figures, or where nothing was published yet."""
    told = table and table["published"]
    if not table or not told or told["edition"] is None:
        return None
    rows = [row for row in table["rows"] if row["edition"] is not None]
    lines = [line_of(row, "country") for row in rows]
    starts = [line.starts_on for line in lines if line.starts_on]
    if not starts:
        return None
    newest = max(starts)
    national = next(row for row in rows if row["period"]["startsOn"] == newest.isoformat())
    return Published(
        edition=told["edition"],
        published_at=datetime.fromisoformat(told["publishedAt"]),
        rounding=told["rounding"],
        threshold=told["threshold"],
        fewest=told["fewestDecisions"],
        from_on=newest,
        lines=tuple(line for line in lines if line.starts_on == newest),
        national=reading_of(national["nationalRefusalRate"]),
    )
