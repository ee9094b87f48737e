"""Findings as the gateway answers them: claims with their numbers, by what they are about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from dashboard.model.measures import BY_FIELD, Measure


class Number(NamedTuple):
    """One number of a finding: of n, and between which ends it lies."""

    value: float | None = None
    n: int | None = None
    low: float | None = None
    high: float | None = None

    @property
    def amount(self) -> float:
        """The value where nothing counts as zero."""
        return self.value or 0.0

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends, where it has them."""
        return self.low or 0.0, self.high or 0.0


NOTHING = Number()


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim about figures of the viewer's scope."""

    kind: str
    direction: str
    is_concern: bool = False
    measure: Measure | None = None
    #: The code of its group; None where it is about all, or what has no such group.
    code: str | None = None
    name: str = ""
    starts_on: date | None = None
    numbers: Mapping[str, Number] = field(default_factory=dict[str, Number])
    sentence: str = ""
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Number:
        return self.numbers.get(name, NOTHING)


def read_findings(rows: Iterable[Mapping[str, Any]], language: str) -> dict[str, list[Claim]]:
    """The findings of each kind, in their order."""
    found: dict[str, list[Claim]] = {}
    for row in rows:
        found.setdefault(row["kind"], []).append(_finding(row, language))
    return found


def of_measure(found: Sequence[Claim], measure: Measure) -> list[Claim]:
    """Those about one measure."""
    return [each for each in found if each.measure is measure]


def _finding(row: Mapping[str, Any], language: str) -> Claim:
    subject, period = row.get("subject") or {}, row.get("period")
    return Claim(
        kind=row["kind"],
        direction=row["direction"],
        is_concern=row.get("isConcern", False),
        measure=BY_FIELD.get(row.get("measure") or ""),
        code=subject.get("code"),
        name=_text(subject.get("name"), language),
        starts_on=date.fromisoformat(period["startsOn"]) if period else None,
        numbers={
            each["name"]: Number(each["value"], each["n"], each["low"], each["high"])
            for each in row.get("numbers", ())
        },
        sentence=_text(row.get("sentence"), language),
        notes=tuple(_text(note, language) for note in row.get("notes", ())),
    )


def _text(both: Mapping[str, str] | None, language: str) -> str:
    """A text in the language of the page, which alone was asked for."""
    return (both or {}).get("indonesian" if language == "id" else "english", "")
