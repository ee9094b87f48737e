"""The trend: one measure month by month, the year before, the target and what happened."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, log10
from typing import Any

from dashboard.figures import CHOSEN_COLOUR, QUIET_COLOUR, SERIES_COLOUR, layout_of
from dashboard.model.events import Event
from dashboard.model.measures import INTAKE, STOCKS, Measure, MeasureKind
from dashboard.model.period import MONTHS_OF_A_YEAR, Period, month_end, month_start
from dashboard.model.rows import Reading
from dashboard.model.volumes import Choice, Volumes
from dashboard.texts import Texts
from dashboard.texts.wording import HOURS_AS_DAYS, count_text, height_text, month_text, value_text

SHADE = "rgba(29, 127, 168, 0.09)"
TICKS = 4
MONTHS_NAMED = 8
QUARTERS_NAMED = 36
HOURS_OF_A_DAY = 24
#: The width of one, in pixels, in the size of an axis.
LETTER = 7
#: Of several members: all keep a contrast of 3:1 on light and on dark; dash and mark tell them
#: apart where colour does not.
MEMBER_COLOURS = (
    "#1d7fa8", "#d0661b", "#2f8f5b", "#a8559b", "#8a7b22", "#c4485c", "#5f74c4", "#7d8b97",
)  # fmt: skip
DASHES = ("solid", "6px,3px", "2px,2px", "9px,3px,2px,3px")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
PALE_COLOUR = "rgba(125, 139, 151, 0.35)"


def trend_months(volumes: Volumes, period: Period) -> tuple[date, ...]:
    """The months that a trend shows."""
    starts = (line.starts_on for line in volumes.months)
    return tuple(start for start in starts if start and start >= period.trend_from_on)


def trend(
    volumes: Volumes, measure: Measure, period: Period, events: Sequence[Event], say: Texts
) -> dict[str, Any]:
    """The figure of one line with the year before, with the chosen period as a shade."""
    months = trend_months(volumes, period)
    now = [volumes.month(month)[measure] for month in months]
    before = [volumes.month(month_start(month, -MONTHS_OF_A_YEAR))[measure] for month in months]
    targets = _targets(volumes, measure, months)
    lines = [
        _line(months, before, measure, say("trend.year_before"), QUIET_COLOUR, say, dash="4px,3px"),
        _line(months, targets, measure, say("trend.target"), CHOSEN_COLOUR, say, dash="1px,3px"),
        _line(months, now, measure, say(f"measures.{measure.id}.label"), SERIES_COLOUR, say),
    ]
    lines = [line for line in lines if _is_drawn(line)] or lines[-1:]
    return _figure(lines, months, measure, period, events, say, order="reversed")


def trend_of_several(
    volumes: Volumes,
    measure: Measure,
    period: Period,
    members: Sequence[Choice],
    say: Texts,
    *,
    is_indexed: bool = False,
    events: Sequence[Event] = (),
) -> dict[str, Any]:
    """A line for each member, distinguished by colour, dash and the name at its end."""
    months = trend_months(volumes, period)
    lines = [
        _member_line(volumes, measure, months, member, n, say, is_indexed=is_indexed)
        for n, member in enumerate(members)
    ]
    return _figure(lines, months, measure, period, events, say, is_indexed=is_indexed)


def small_multiples(
    volumes: Volumes,
    measure: Measure,
    period: Period,
    members: Sequence[Choice],
    say: Texts,
    *,
    is_indexed: bool = False,
) -> list[dict[str, Any]]:
    """A figure for each member with the others pale behind it, all on the same scale."""
    months = trend_months(volumes, period)
    lines = [
        _member_line(volumes, measure, months, member, n, say, is_indexed=is_indexed)
        for n, member in enumerate(members)
    ]
    figures: list[dict[str, Any]] = []
    for line in lines:
        others = [_pale(each) for each in lines if each is not line]
        figure = _figure(
            [*others, line | {"line": line["line"] | {"dash": "solid"}}],
            months, measure, period, (), say, is_indexed=is_indexed,
        )  # fmt: skip
        figure["layout"] |= {"showlegend": False}
        figure["layout"]["margin"] |= {"t": 8, "b": 34}
        figures.append(figure)
    return figures


def index_of(values: Sequence[float | None]) -> list[float | None]:
    """Each against the average of all, which is 100: small and large go side by side."""
    known = [value for value in values if value is not None]
    average = sum(known) / len(known) if known else 0
    if not average:
        return [None for _ in values]
    return [None if value is None else value / average * 100 for value in values]


def _figure(
    lines: list[dict[str, Any]],
    months: Sequence[date],
    measure: Measure,
    period: Period,
    events: Sequence[Event],
    say: Texts,
    *,
    is_indexed: bool = False,
    order: str = "normal",
) -> dict[str, Any]:
    highest = max((value or 0 for line in lines for value in line["y"]), default=0)
    heights = _index_heights(highest, say) if is_indexed else _heights(highest, measure, say)
    return {
        "data": lines,
        "layout": layout_of(
            say,
            # Room for two lines of names above: in one, long ones would not fit.
            {"l": _room_for(heights["ticktext"]), "r": 14, "t": 54, "b": 42},
            xaxis=_month_axis(months, say),
            yaxis=heights,
            hovermode="x unified",
            showlegend=True,
            legend={
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yref": "container",
                "yanchor": "top",
                "traceorder": order,
            },
            shapes=[*_shade(months, period), *(_moment(event, months) for event in events)],
            annotations=[_number(n, event, months) for n, event in enumerate(events, 1)],
        ),
    }


def _month_axis(months: Sequence[date], say: Texts) -> dict[str, Any]:
    ticks = _month_ticks(months)
    return {
        "type": "category",
        "tickvals": [month_text(day, say) for day in ticks],
        "ticktext": [_tick_text(day, ticks, say) for day in ticks],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "range": [-0.5, max(len(months), 1) - 0.5],
        "spikecolor": "#8496a5",
        "spikethickness": -1,  # negative: without the white edge that suits light paper
        "spikedash": "solid",
    }


def _is_drawn(line: dict[str, Any]) -> bool:
    return any(value is not None for value in line["y"])


def _member_line(
    volumes: Volumes,
    measure: Measure,
    months: Sequence[date],
    member: Choice,
    number: int,
    say: Texts,
    *,
    is_indexed: bool,
) -> dict[str, Any]:
    readings = [volumes.month(month, member.code)[measure] for month in months]
    colour = MEMBER_COLOURS[number % len(MEMBER_COLOURS)]
    line = _line(months, readings, measure, member.name, colour, say)
    dash = DASHES[number // 2 % len(DASHES)]
    line["line"] |= {"dash": dash}
    line["marker"] |= {"symbol": SYMBOLS[number % len(SYMBOLS)]}
    line["hovertemplate"] = f"%{{customdata}}<extra>{member.name}</extra>"
    if is_indexed:
        line["y"] = index_of(line["y"])
    return line


def _pale(line: dict[str, Any]) -> dict[str, Any]:
    """One of the others, behind: to compare with, not to read."""
    return line | {
        "mode": "lines",
        "line": {"width": 1, "color": PALE_COLOUR},
        "hoverinfo": "skip",
        "hovertemplate": None,
    }


def _line(
    months: Sequence[date],
    readings: Sequence[Reading],
    measure: Measure,
    name: str,
    colour: str,
    say: Texts,
    dash: str = "solid",
) -> dict[str, Any]:
    is_main = dash == "solid"
    return {
        "type": "scatter",
        "x": [month_text(month, say) for month in months],
        "y": [reading.value for reading in readings],
        "name": name,
        "customdata": [value_text(measure, reading, say) for reading in readings],
        "hovertemplate": "%{customdata}",
        "mode": "lines+markers" if is_main else "lines",
        "marker": {"size": 6, "color": colour},
        "line": {"width": 2.5 if is_main else 1.75, "color": colour, "dash": dash},
    }


def _targets(volumes: Volumes, measure: Measure, months: Sequence[date]) -> list[Reading]:
    """The target in force as each month begins, where one visa type was chosen."""
    if not measure.id.startswith("turnaround"):
        return [Reading() for _ in months]
    return [
        Reading(
            next(
                (
                    None if target.hours is None else float(target.hours)
                    for target in reversed(volumes.targets)
                    if target.from_on <= month
                ),
                None,
            )
        )
        for month in months
    ]


def _shade(months: Sequence[date], period: Period) -> list[dict[str, Any]]:
    chosen = [n for n, month in enumerate(months) if period.from_on <= month <= period.to_on]
    if not chosen or len(chosen) == len(months):
        return []
    return [
        {
            "type": "rect",
            "x0": chosen[0] - 0.5,
            "x1": chosen[-1] + 0.5,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "fillcolor": SHADE,
            "line": {"width": 0},
            "layer": "below",
        }
    ]


def _moment(event: Event, months: Sequence[date]) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": _on_axis(max(event.began_on, months[0]), months),
        "x1": _on_axis(min(event.ended_on, month_end(months[-1])), months),
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "fillcolor": SHADE,
        "line": {"width": 1, "color": QUIET_COLOUR, "dash": "2px,2px"},
    }


def _number(number: int, event: Event, months: Sequence[date]) -> dict[str, Any]:
    """By it the list below the trend says what happened."""
    return {
        "x": _on_axis(max(event.began_on, months[0]), months),
        "y": 1,
        "yref": "paper",
        "yanchor": "top",
        "xanchor": "left",
        "text": f"<b>{number}</b>",
        "showarrow": False,
    }


def _on_axis(day: date, months: Sequence[date]) -> float:
    """A month stands at its number; its days lie half a step before and after."""
    month = month_start(day)
    length = (month_start(day, 1) - month) / timedelta(days=1)
    return months.index(month) - 0.5 + (day.day - 1) / length


def _month_ticks(starts: Sequence[date]) -> list[date]:
    """Every month of a short trend, every quarter of a longer one, else every year."""
    step = 1 if len(starts) <= MONTHS_NAMED else 3 if len(starts) <= QUARTERS_NAMED else 12
    return [day for day in starts if (day.month - 1) % step == 0]


def _tick_text(day: date, ticks: Sequence[date], say: Texts) -> str:
    """The year stands only where it begins or comes first."""
    text = month_text(day, say, is_short=True)
    name, _, year = text.rpartition(" ")
    return f"{name}<br>{year}" if day == ticks[0] or day.month == 1 else name


def _heights(highest: float, measure: Measure, say: Texts) -> dict[str, Any]:
    heights = _ticks(highest, measure)
    return {
        "tickvals": heights,
        "ticktext": [height_text(measure, height, highest, say) for height in heights],
        "range": [0, max(highest * 1.06, heights[-1])],
        "zeroline": False,
        "fixedrange": True,
    }


def _index_heights(highest: float, say: Texts) -> dict[str, Any]:
    heights = _ticks(highest, INTAKE)
    return {
        "tickvals": heights,
        "ticktext": [count_text(height, say) for height in heights],
        "range": [0, max(highest * 1.06, heights[-1])],
        "zeroline": False,
        "fixedrange": True,
    }


def _room_for(texts: Sequence[str]) -> int:
    """Pixels beside an axis; were Plotly to measure them, it would draw everything twice."""
    return LETTER * max(map(len, texts)) + 10


def _ticks(highest: float, measure: Measure) -> list[float]:
    """Round heights from zero to the highest value; days where hours would be many."""
    if highest <= 0:
        return [0, 1]
    has_days = measure.kind is MeasureKind.DURATION and highest >= HOURS_AS_DAYS
    unit = HOURS_OF_A_DAY if has_days else 1
    rough = highest / unit / TICKS
    power = 10.0 ** ceil(log10(rough) - 1)
    step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= rough * 0.999)
    if measure.kind is MeasureKind.COUNT or measure in STOCKS:
        step = max(1, ceil(step))
    step *= unit
    return [round(step * number, 10) for number in range(int(highest // step) + 2)]
