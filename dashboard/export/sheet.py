"""The ranked table with what belongs to it, as plain values for any kind of file."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.model.measures import INTAKE, Kind
from dashboard.model.rows import Line, Reading
from dashboard.pages.volumes.cards import ARROWS
from dashboard.pages.volumes.headings import facts
from dashboard.pages.volumes.ranking import in_order, order_text
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts
from dashboard.texts.wording import change_of, period_text

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


def sheet_of(view: View) -> Sheet:
    """Every place in the order of the page, then direct applications, then the total."""
    say = view.say
    return Sheet(
        title=say("pages.volumes.title"),
        about=(
            (say("period.label"), period_text(view.period, say)),
            *_compared(view),
            *((say(f"filters.{key}"), name) for key, name in _narrowed(view)),
            *((name or say("export.note"), text) for name, text in facts(view)),
            (say("export.order"), order_text(view.address, say)),
        ),
        columns=tuple(_columns(view)),
        rows=tuple(_rows(view)),
        definitions_title=say("export.definitions"),
        definitions=(
            *(
                (say(f"measures.{measure.id}.label"), say(f"measures.{measure.id}.definition"))
                for measure in view.measures
            ),
            (say("ranking.change"), say("ranking.note")),
        ),
    )


def _compared(view: View) -> list[tuple[str, str]]:
    """The periods that there is something known of."""
    say, period, volumes = view.say, view.period, view.volumes
    earlier = [(volumes.everything_before, period.previous)]
    if period.year_before != period.previous:
        earlier.append((volumes.everything_year_before, period.year_before))
    return [
        (say("export.compared"), period_text(each, say))
        for line, each in earlier
        if line[INTAKE].value is not None
    ]


def _narrowed(view: View) -> list[tuple[str, str]]:
    """The filters of the rows; a place that was chosen among them leaves the others in."""
    return [(key, name) for key, name in view.chosen.items() if key != view.address.by]


def _columns(view: View) -> Iterator[Column]:
    say = view.say
    yield Column(say("ranking.rank"))
    yield Column(say("export.code"))
    yield Column(say(f"filters.{view.address.by}"))
    for measure in view.measures:
        label = say(f"measures.{measure.id}.label")
        yield Column(f"{label} ({say(f'export.units.{measure.kind}')})", measure.kind)
        if measure is INTAKE:
            yield Column(say("export.before"), measure.kind)
            yield Column(say("ranking.change"))
            yield Column(say("export.year_before"), measure.kind)
            yield Column(say("export.year_change"))


def _rows(view: View) -> Iterator[tuple[Cell, ...]]:
    volumes, say = view.volumes, view.say

    def row(rank: int | None, name: str, line: Line) -> tuple[Cell, ...]:
        compared = (volumes.before(line), volumes.year_before_of(line))
        return (rank, line.code, name, *_values(line, compared, view))

    for rank, line in enumerate(in_order(volumes.places, view.address), 1):
        yield row(rank, line.name or "", line)
    if volumes.direct:
        yield row(None, say("ranking.direct"), volumes.direct)
    compared = (volumes.everything_before, volumes.everything_year_before)
    total = _values(volumes.everything, compared, view)
    yield (None, None, say("ranking.total"), *total)


def _values(line: Line, compared: tuple[Line, Line], view: View) -> Iterator[Cell]:
    for measure in view.measures:
        yield _value(line[measure], view.say)
        if measure is INTAKE:
            for earlier in compared:
                change = change_of(INTAKE, line[INTAKE], earlier[INTAKE], view.say)
                yield _value(earlier[INTAKE], view.say)
                yield f"{ARROWS[change.direction]} {change.text}" if change else None


def _value(reading: Reading, say: Texts) -> Cell:
    return say("measures.suppressed") if reading.is_suppressed else reading.value
