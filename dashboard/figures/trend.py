"""The trend: one measure month by month, the year before, the target and what happened."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, log10
from typing import Any

from dashboard.figures import CHOSEN_COLOUR, QUIET_COLOUR, SERIES_COLOUR, layout_of
from dashboard.model.events import Event
from dashboard.model.measures import STOCKS, Kind, Measure
from dashboard.model.period import MONTHS_OF_A_YEAR, Period, month_start
from dashboard.model.rows import Reading
from dashboard.model.volumes import Volumes
from dashboard.texts import Texts
from dashboard.texts.wording import HOURS_AS_DAYS, height_text, month_text, value_text

SHADE = "rgba(29, 127, 168, 0.09)"
TICKS = 4
MONTHS_NAMED = 8
QUARTERS_NAMED = 36
HOURS_OF_A_DAY = 24
#: The width of one, in pixels, in the size of an axis.
LETTER = 7


def trend_months(volumes: Volumes, period: Period) -> tuple[date, ...]:
    """The months that a trend shows."""
    starts = (line.starts_on for line in volumes.months)
    return tuple(start for start in starts if start and start >= period.trend_from_on)


def trend(
    volumes: Volumes, measure: Measure, period: Period, events: Sequence[Event], say: Texts
) -> dict[str, Any]:
    """The figure, with the chosen period as a shade."""
    months = trend_months(volumes, period)
    names = [month_text(month, say) for month in months]
    now = [volumes.month(month)[measure] for month in months]
    before = [volumes.month(month_start(month, -MONTHS_OF_A_YEAR))[measure] for month in months]
    targets = _targets(volumes, measure, months)
    lines = [
        _line(names, before, measure, say("trend.year_before"), QUIET_COLOUR, say, dash="4px,3px"),
        _line(names, targets, measure, say("trend.target"), CHOSEN_COLOUR, say, dash="1px,3px"),
        _line(names, now, measure, say(f"measures.{measure.id}.label"), SERIES_COLOUR, say),
    ]
    highest = max((reading.value or 0 for reading in (*now, *before, *targets)), default=0)
    heights = _heights(highest, measure, say)
    ticks = _month_ticks(months)
    return {
        "data": [line for line in lines if any(value is not None for value in line["y"])]
        or lines[-1:],
        "layout": layout_of(
            say,
            {"l": _room_for(heights["ticktext"]), "r": 14, "t": 34, "b": 42},
            xaxis={
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
            },
            yaxis=heights,
            hovermode="x unified",
            showlegend=True,
            legend={
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "yanchor": "bottom",
                "traceorder": "reversed",
            },
            shapes=[*_shade(months, period), *(_moment(event, months) for event in events)],
            annotations=[_number(n, event, months) for n, event in enumerate(events, 1)],
        ),
    }


def _line(
    names: Sequence[str],
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
        "x": list(names),
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
    if measure.kind is not Kind.DURATION or not measure.id.startswith("turnaround"):
        return [Reading() for _ in months]
    return [
        Reading(
            next(
                (
                    float(target.hours)
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
    place = _on_axis(event.on, months)
    return {
        "type": "line",
        "x0": place,
        "x1": place,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"width": 1, "color": QUIET_COLOUR, "dash": "2px,2px"},
    }


def _number(number: int, event: Event, months: Sequence[date]) -> dict[str, Any]:
    """By it the list below the trend says what happened."""
    return {
        "x": _on_axis(event.on, months),
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
        "ticktext": [height_text(measure, height, heights[-1], say) for height in heights],
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
    has_days = measure.kind is Kind.DURATION and highest >= HOURS_AS_DAYS
    unit = HOURS_OF_A_DAY if has_days else 1
    rough = highest / unit / TICKS
    power = 10.0 ** ceil(log10(rough) - 1)
    step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= rough * 0.999)
    if measure.kind is Kind.COUNT or measure in STOCKS:
        step = max(1, ceil(step))
    step *= unit
    return [round(step * number, 10) for number in range(int(highest // step) + 2)]
