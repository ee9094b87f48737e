"""The ranked table and its months as plain values: for people with words, for machines with ids."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dashboard.model.events import events_between
from dashboard.model.filters import COUNTRY, ON_MAP
from dashboard.model.measures import INTAKE, Measure, MeasureKind
from dashboard.model.period import month_end
from dashboard.model.rows import Line, Reading
from dashboard.pages.volumes.ranking import in_order, order_text
from dashboard.pages.volumes.titles import facts
from dashboard.pages.volumes.view import View
from dashboard.texts.wording import change_number, event_text, note_text, period_text

Cell = str | float | date | None

#: A percentile is known to one in a hundred; a rate is one count divided by another.
DIGITS = {MeasureKind.RATE: 5, MeasureKind.DURATION: 3}


@dataclass(frozen=True, slots=True)
class Column:
    """An id for machines, a heading for people, and how its numbers are counted, if it has any."""

    id: str
    title: str
    kind: MeasureKind | None = None


@dataclass(frozen=True, slots=True)
class SheetTable:
    """Columns, and rows of as many cells."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table of the page, the months behind it, and what both cover and mean."""

    table: SheetTable
    months: SheetTable
    notes_title: str
    notes: tuple[tuple[str, str], ...]


def sheet_of(view: View) -> Sheet:
    """Every group in the order of the page, then direct applications, then the total."""
    say = view.say
    return Sheet(
        table=SheetTable(say("export.table"), tuple(_columns(view)), tuple(_rows(view))),
        months=SheetTable(say("export.months"), tuple(_month_columns(view)), tuple(_months(view))),
        notes_title=say("export.notes"),
        notes=(
            (say("pages.volumes.title"), say("page.product")),
            (say("period.label"), period_text(view.period, say)),
            *_comparison_lines(view),
            *((say(f"filters.{key}"), name) for key, name in _filter_lines(view)),
            *((name or say("export.note"), text) for name, text in facts(view)),
            *((say("export.event"), event_text(event, say)) for event in view.volumes.events),
            *((say("export.noted"), note_text(note, say)) for note in view.volumes.notes),
            (say("export.order"), order_text(view.address, say)),
            *(
                (say(f"measures.{measure.id}.label"), say(f"measures.{measure.id}.definition"))
                for measure in view.measures
            ),
        ),
    )


def _comparison_lines(view: View) -> list[tuple[str, str]]:
    if view.volumes.everything_before[INTAKE].value is None:
        return []
    return [(view.say("export.compared"), period_text(view.earlier, view.say))]


def _filter_lines(view: View) -> list[tuple[str, str]]:
    """The filters of the rows; what was chosen among them leaves the others in."""
    return [(key, name) for key, name in view.chosen_filters.items() if key != view.address.by]


def _columns(view: View) -> Iterator[Column]:
    """Who and when, then each measure, with the numbers that it is compared with."""
    say = view.say
    yield Column("rank", say("ranking.rank"))
    yield from _group_columns(view)
    yield Column("from", say("period.first"))
    yield Column("to", say("period.last"))
    for measure in view.measures:
        yield from _measure_columns(measure, view)
        if measure is INTAKE:
            yield Column("intake_before", say("export.before"), MeasureKind.COUNT)
            unit = say("export.unit_change")
            yield Column("intake_change", f"{say('export.change')} ({unit})", MeasureKind.RATE)
    yield Column("events", say("export.events"))


def _month_columns(view: View) -> Iterator[Column]:
    yield from _group_columns(view)
    yield Column("from", view.say("export.month"))
    yield Column("to", view.say("period.last"))
    for measure in view.measures:
        yield from _measure_columns(measure, view)
    yield Column("events", view.say("export.events"))
    yield Column("notes", view.say("export.month_notes"))


def _group_columns(view: View) -> Iterator[Column]:
    yield Column("code", view.say("export.code"))
    if view.address.by in ON_MAP:
        yield Column("iso3", "ISO 3166-1 alpha-3")
    yield Column("name", view.say(f"filters.{view.address.by}"))


def _measure_columns(measure: Measure, view: View) -> Iterator[Column]:
    label, unit = view.say(f"measures.{measure.id}.label"), view.say(f"export.units.{measure.kind}")
    id_ = f"{measure.id}_hours" if measure.kind is MeasureKind.DURATION else measure.id
    yield Column(id_, f"{label} ({unit})", measure.kind)


def _rows(view: View) -> Iterator[tuple[Cell, ...]]:
    volumes, say = view.volumes, view.say

    def row(rank: int | None, line: Line, before: Line, name: str) -> tuple[Cell, ...]:
        span = (view.period.from_on, view.period.to_on)
        events = _events(line.code, view, *span)
        return (rank, *_group(line, name, view), *span, *_values(line, before, view), events)

    for rank, line in enumerate(in_order(volumes.groups, view), 1):
        yield row(rank, line, volumes.before_of(line), view.name_of(line))
    if volumes.direct:
        yield row(
            None,
            volumes.direct,
            volumes.before_of(volumes.direct),
            say(f"ranking.nowhere_{view.address.by}"),
        )
    yield row(None, volumes.everything, volumes.everything_before, say("ranking.total"))


def _months(view: View) -> Iterator[tuple[Cell, ...]]:
    """Each month that is known of: of everything that was chosen, and of each member of it."""
    volumes, say = view.volumes, view.say
    for line in volumes.months:
        yield _month(line, None, view.subject or say("ranking.total"), view)
    if len(view.members) > 1:
        for member in view.members:
            for line in volumes.months_by_member.get(member.code, ()):
                yield _month(line, member.code, member.name, view)


def _month(line: Line, code: str | None, name: str, view: View) -> tuple[Cell, ...]:
    first = line.starts_on or view.period.from_on
    group = _group(Line({}, code, iso3=_iso3(code, view)), name, view)
    values = (_value(measure, line[measure]) for measure in view.measures)
    last = min(month_end(first), view.read_on)
    notes = (note for note in view.volumes.notes if note.month == first)
    noted = " ".join(note_text(note, view.say) for note in notes)
    return (*group, first, last, *values, _events(code, view, first, last), noted or None)


def _events(code: str | None, view: View, first: date, last: date) -> str | None:
    """The codes of the named events that the figures of these days are to be read with."""
    is_of_country = view.address.by == COUNTRY and code is not None
    found = events_between(view.volumes.events, first, last)
    codes = [event.code for event in found if not is_of_country or event.country in (None, code)]
    return " ".join(codes) or None


def _iso3(code: str | None, view: View) -> str | None:
    return next((line.iso3 for line in view.volumes.groups if code and line.code == code), None)


def _group(line: Line, name: str, view: View) -> tuple[Cell, ...]:
    return (line.code, *([line.iso3] if view.address.by in ON_MAP else []), name)


def _values(line: Line, before: Line, view: View) -> Iterator[Cell]:
    for measure in view.measures:
        yield _value(measure, line[measure])
        if measure is INTAKE:
            yield _value(INTAKE, before[INTAKE])
            yield change_number(line[INTAKE], before[INTAKE])


def _value(measure: Measure, reading: Reading) -> Cell:
    """A number with as many digits as are known; an empty cell where there is none, never a
    word."""
    if reading.value is None:
        return None
    digits = DIGITS.get(measure.kind)
    if digits is None:
        return reading.value
    if measure.kind is MeasureKind.DURATION:
        return float(f"{reading.value:.{digits}g}")
    return round(reading.value, digits)
