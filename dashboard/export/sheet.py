"""The ranked table with what belongs to it, as plain values for any kind of file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.address import Address
from dashboard.measures import INTAKE, Kind, Measure
from dashboard.pages.cards import ARROWS
from dashboard.pages.headings import facts
from dashboard.pages.ranking import in_order, order_text
from dashboard.period import Period
from dashboard.sessions import Viewer
from dashboard.texts import Texts
from dashboard.volumes import Line, Reading, Volumes
from dashboard.wording import change_of, period_text

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and how its numbers are counted; a column of words has no kind."""

    title: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, what it covers, and what its measures mean."""

    title: str
    about: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    definitions_title: str
    definitions: tuple[tuple[str, str], ...]


def sheet_of(
    volumes: Volumes,
    measures: Sequence[Measure],
    period: Period,
    address: Address,
    viewer: Viewer,
    say: Texts,
) -> Sheet:
    """Every country in the order of the page, then direct applications, then the total."""
    return Sheet(
        title=say("page.title"),
        about=(
            (say("period.label"), period_text(period, say)),
            *_compared(volumes, period, say),
            *((name or say("export.note"), text) for name, text in facts(volumes, viewer, say)),
            (say("export.order"), order_text(address, say)),
        ),
        columns=tuple(_columns(measures, say)),
        rows=tuple(_rows(volumes, measures, address, say)),
        definitions_title=say("export.definitions"),
        definitions=(
            *(
                (say(f"measures.{measure.id}.label"), say(f"measures.{measure.id}.definition"))
                for measure in measures
            ),
            (say("ranking.change"), say("ranking.note")),
        ),
    )


def _compared(volumes: Volumes, period: Period, say: Texts) -> list[tuple[str, str]]:
    if volumes.previous[INTAKE].value is None:
        return []
    return [(say("export.compared"), period_text(period.previous, say))]


def _columns(measures: Sequence[Measure], say: Texts) -> Iterator[Column]:
    yield Column(say("ranking.rank"))
    yield Column(say("export.code"))
    yield Column(say("ranking.country"))
    for measure in measures:
        label = say(f"measures.{measure.id}.label")
        yield Column(f"{label} ({say(f'export.units.{measure.kind}')})", measure.kind)
        if measure is INTAKE:
            yield Column(say("export.before"), measure.kind)
            yield Column(say("ranking.change"))


def _rows(
    volumes: Volumes, measures: Sequence[Measure], address: Address, say: Texts
) -> Iterator[tuple[Cell, ...]]:
    def row(rank: int | None, name: str, line: Line, before: Line) -> tuple[Cell, ...]:
        return (rank, line.code, name, *_values(line, before, measures, say))

    for rank, line in enumerate(in_order(volumes.countries, address), 1):
        yield row(rank, line.name or "", line, volumes.before(line))
    if volumes.direct:
        yield row(None, say("ranking.direct"), volumes.direct, volumes.before(volumes.direct))
    yield row(None, say("ranking.total"), volumes.total, volumes.previous)


def _values(line: Line, before: Line, measures: Sequence[Measure], say: Texts) -> Iterator[Cell]:
    for measure in measures:
        yield _value(line[measure], say)
        if measure is INTAKE:
            change = change_of(INTAKE, line[INTAKE], before[INTAKE], say)
            yield _value(before[INTAKE], say)
            yield f"{ARROWS[change.direction]} {change.text}" if change else None


def _value(reading: Reading, say: Texts) -> Cell:
    return say("measures.suppressed") if reading.is_suppressed else reading.value
