"""A partner's own part of the work: by centre and visa type, last month beside what is usual.

How cases ended has no place here; what a partner can mend has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dash import html

from dashboard.analysis.attention import PAST_MONTHS, Count, control_chart, usual_range
from dashboard.analysis.intervals import Interval, wilson
from dashboard.components.html_part import aria
from dashboard.model.filters import FILTER
from dashboard.model.measures import (
    BACKLOG,
    HANDOVER_P90,
    INFO_REQUEST_RATE,
    TURNAROUND_P90,
    Measure,
    MeasureKind,
)
from dashboard.model.page_state import Address
from dashboard.pages.today.answers import key_of, month_of
from dashboard.pages.today.findings import Finding, volumes_link
from dashboard.texts import Texts
from dashboard.texts.wording import (
    NO_VALUE,
    count_text,
    duration_text,
    list_text,
    month_text,
    percent_text,
)

MEASURES = (HANDOVER_P90, INFO_REQUEST_RATE, TURNAROUND_P90, BACKLOG)
VISA = "visa"
#: A month with less behind it says nothing.
ENOUGH = 10
#: Findings that a sentence names.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one group in the last month, beside its own months before."""

    measure: Measure
    value: float
    #: What it is measured by: cases that were handed over, received, decided, or are open.
    n: int
    #: Of a share: what rate the cases are compatible with.
    interval: Interval | None = None
    #: Where the month would lie with nothing behind it; None where too little is known.
    usual: Interval | None = None

    @property
    def is_enough(self) -> bool:
        """Whether it can be judged."""
        return self.n >= ENOUGH and self.usual is not None

    @property
    def is_worse(self) -> bool:
        """Whether it is beyond what is usual, on the side that is worse: all four are."""
        return self.is_enough and self.usual is not None and self.value > self.usual.high


@dataclass(frozen=True, slots=True)
class Group:
    """A place or a visa type, and its figures."""

    kind: str
    code: str
    figures: Mapping[str, Figure] = field(default_factory=dict[str, Figure])


@dataclass(frozen=True, slots=True)
class OwnWork:
    """All groups in the last month that is over."""

    month: date
    groups: tuple[Group, ...]

    @property
    def telling_groups(self) -> tuple[Group, ...]:
        """Those with enough behind a figure."""
        return tuple(
            group
            for group in self.groups
            if any(each.n >= ENOUGH for each in group.figures.values())
        )

    @property
    def judged_count(self) -> int:
        """How many figures were held against their own past."""
        return sum(each.is_enough for group in self.groups for each in group.figures.values())

    @property
    def worse(self) -> list[tuple[Group, Figure]]:
        """Those that are beyond what is usual, the furthest first."""
        found = [
            (group, each)
            for group in self.groups
            for each in group.figures.values()
            if each.is_worse
        ]
        return sorted(found, key=lambda pair: -_excess(pair[1]))


def read_own_work(data: Mapping[str, Any], place: str, last: date) -> OwnWork:
    """From the months of the page's answer; places come first, then visa types."""
    tables = {place: "placeMonths"} | ({} if place == VISA else {VISA: "visaMonths"})
    groups: list[Group] = []
    for kind, table in tables.items():
        months: dict[str, dict[date, Mapping[str, Any]]] = {}
        for row in data[table]["rows"]:
            months.setdefault(key_of(row, FILTER[kind].field, {}), {})[month_of(row)] = row
        found = [Group(kind, code, _figures(rows, last)) for code, rows in months.items()]
        groups += sorted(
            (group for group in found if group.figures),
            key=lambda group: (-max(each.n for each in group.figures.values()), group.code),
        )
    return OwnWork(last, tuple(groups))


def own_work_finding(
    work: OwnWork, names: Mapping[str, str], address: Address, say: Texts
) -> Finding:
    """The sentence: what was beyond its own past, and of how many that were looked at."""
    month, worse = month_text(work.month, say), work.worse
    if not work.judged_count:
        return Finding(say("today.work_unknown", month=month, enough=str(ENOUGH)))
    looked = [
        say("today.work_looked", count=count_text(work.judged_count, say), enough=str(ENOUGH)),
        *_left_out(work, say),
    ]
    if not worse:
        return Finding(say("today.work_usual", month=month), tuple(looked))
    named = [
        say(
            "today.work_one",
            place=group_text(group, names, say),
            measure=say(f"today.work_{each.measure.id}"),
            value=figure_text(each, each.value, say),
            usual=figure_text(each, each.usual.high if each.usual else 0, say),
        )
        for group, each in worse[:NAMED]
    ]
    group, first = worse[0]
    href = volumes_link(
        address, by=group.kind, measure=first.measure.id, sort=first.measure.id, measures="all"
    )
    title = say("today.work_worse", month=month, count=count_text(len(worse), say))
    return Finding(
        title, (say("today.work_names", names=list_text(named, say)), *looked), href, True
    )


def _left_out(work: OwnWork, say: Texts) -> list[str]:
    count = len(work.groups) - len(work.telling_groups)
    return [say("today.work_small", count=count_text(count, say), enough=str(ENOUGH))] * bool(count)


def group_text(group: Group, names: Mapping[str, str], say: Texts) -> str:
    """What a group is called: a visa type by its code, what has no centre in words."""
    if not group.code:
        return say(f"today.nowhere_{group.kind}")
    return names.get(group.code, group.code) if group.kind != VISA else group.code


def figure_text(figure: Figure, value: float, say: Texts) -> str:
    """A value of the kind of a figure."""
    if figure.measure.kind is MeasureKind.DURATION:
        return duration_text(value, say, is_short=True)
    return percent_text(value, say)


def _figures(rows: Mapping[date, Mapping[str, Any]], last: date) -> dict[str, Figure]:
    ordered = [rows[month] for month in sorted(rows) if month <= last]
    if last not in rows:
        return {}
    found = (_figure(measure, ordered) for measure in MEASURES)
    return {each.measure.id: each for each in found if each}


def _figure(measure: Measure, rows: Sequence[Mapping[str, Any]]) -> Figure | None:
    """The last of these months by those before it."""
    if measure.kind is MeasureKind.DURATION:
        return _duration(measure, rows)
    counts = [_count(measure, row) for row in rows]
    last = counts[-1]
    if not last.n:
        return None
    figure = Figure(measure, last.rate, last.n, wilson(last.cases, last.n))
    points = control_chart(counts)
    if not points or points[-1].count is not last:
        return figure
    limits = points[-1].alarm
    usual = Interval(limits.lower / last.n, min(limits.upper / last.n, 1.0))
    return Figure(measure, last.rate, last.n, figure.interval, usual)


def _duration(measure: Measure, rows: Sequence[Mapping[str, Any]]) -> Figure | None:
    *past, last = (row[measure.field] for row in rows)
    if last["hours"] is None:
        return None
    known = [each["hours"] for each in past[-PAST_MONTHS:] if (each["measured"] or 0) >= ENOUGH]
    return Figure(measure, last["hours"], last["measured"] or 0, usual=usual_range(known))


def _count(measure: Measure, row: Mapping[str, Any]) -> Count:
    """A share as the counts that it is of: the gateway answers the one or the other."""
    if measure is BACKLOG:
        return Count("", row["wip"]["value"] or 0, row["backlog"]["value"] or 0)
    rate = row[measure.field]
    n = rate["denominator"] or 0
    return Count("", n, round((rate["value"] or 0) * n))


def _excess(figure: Figure) -> float:
    high = figure.usual.high if figure.usual else 0.0
    return figure.value / high if high else figure.value


def own_work_table(work: OwnWork, names: Mapping[str, Mapping[str, str]], say: Texts) -> html.Div:
    """Each figure with what it rests on and with what is usual; a mark says which is beyond."""
    heads = [say("today.work_group"), *(say(f"today.work_{each.id}") for each in MEASURES)]
    return html.Div(
        html.Table(
            [
                html.Caption(say("today.question_work"), className="unseen"),
                html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
                html.Tbody([_row(group, names, say) for group in work.telling_groups]),
            ]
        ),
        className="scroll promises work",
        tabIndex=0,
        role="region",
        **aria(label=say("today.question_work")),
    )


def _row(group: Group, names: Mapping[str, Mapping[str, str]], say: Texts) -> html.Tr:
    name: list[Any] = [group_text(group, names["place"], say)]
    if group.kind == VISA and group.code:
        name.append(html.Span(names["visa"].get(group.code, ""), className="name"))
    return html.Tr(
        [
            html.Th(name, scope="row"),
            *(_cell(measure.id, group.figures.get(measure.id), say) for measure in MEASURES),
        ]
    )


def _cell(id_: str, figure: Figure | None, say: Texts) -> html.Td:
    label: dict[str, Any] = {"data-label": say(f"today.work_{id_}")}
    if figure is None:
        return html.Td(NO_VALUE, **label)
    value = figure_text(figure, figure.value, say)
    if figure.n < ENOUGH:
        few = say("today.work_few", count=count_text(figure.n, say))
        return html.Td([value, html.Span(few, className="interval")], className="few", **label)
    if figure.interval:
        low, high = (figure_text(figure, end, say) for end in figure.interval)
        value = [value, html.Span(f" ({low}–{high})", className="between")]
    parts = [say("today.work_of", count=count_text(figure.n, say))]
    if figure.usual:
        low, high = (figure_text(figure, end, say) for end in figure.usual)
        parts.append(say("today.work_range", low=low, high=high))
    mark = [html.Span("▲ ", **aria(hidden="true"))] if figure.is_worse else []
    unseen = [html.Span(say("today.work_beyond"), className="unseen")] if figure.is_worse else []
    return html.Td(
        [*mark, *(value if isinstance(value, list) else [value]), *unseen,
         html.Span(" · ".join(parts), className="interval")],
        className="missed" if figure.is_worse else None,
        **label,
    )  # fmt: skip
