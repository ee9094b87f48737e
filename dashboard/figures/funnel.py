"""The funnel: rates by number of decisions, between the limits that are usual for that number."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

from dashboard.analysis.attention import Funnel, Limits, Point
from dashboard.figures import CHOSEN_COLOUR, QUIET_COLOUR, SERIES_COLOUR, layout_of, rate_axis
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, percent_text

BAND = "rgba(29, 127, 168, 0.12)"
#: So many places beyond the limits have their name beside them.
MOST_NAMED = 5
#: A rate on fewer decisions than this is not what the height of the picture is chosen by.
TELLING = 100
#: Where on its line the name of the rate may stand: an anchor, and how far from the left.
NAME_PLACES = {"left": 0.005, "center": 0.5, "right": 0.995}
#: How much of the picture that name covers.
NAME_WIDTH, NAME_HEIGHT = 0.33, 0.07


def funnel_figure(
    funnel: Funnel, names: Mapping[str, str], chosen: Sequence[str], say: Texts
) -> dict[str, Any]:
    """A point for each place; those outside are filled and the first of them named."""
    lines = funnel.limits()
    numbers = [line.n for line in lines]
    named = {point.count.key for point in funnel.outside[:MOST_NAMED]} | set(chosen)
    inside = [point for point in funnel.points if not point.is_outside]
    top = _height(funnel, lines)
    lowest, highest = (numbers[0], numbers[-1]) if numbers else (1, 10)
    ends = (log10(max(lowest, 1)) - 0.05, log10(highest) + 0.2)
    return {
        "data": [
            _limit(numbers, [line.low_warning for line in lines], "", "0"),
            _limit(numbers, [line.high_warning for line in lines], say("today.limit_95"), "band"),
            _limit(numbers, [line.low_alarm for line in lines], "", "dot"),
            _limit(numbers, [line.high_alarm for line in lines], say("today.limit_998"), "dot"),
            _points(inside, names, named, SERIES_COLOUR, say("today.inside"), say, is_open=True),
            _points(funnel.outside, names, named, CHOSEN_COLOUR, say("today.outside"), say),
        ],
        "layout": layout_of(
            say,
            {"l": 52, "r": 14, "t": 8, "b": 48},
            xaxis={
                "type": "log",
                "range": list(ends),
                "tickvals": (ticks := _powers(lowest, highest)),
                "ticktext": [count_text(tick, say) for tick in ticks],
                "title": {"text": say("today.by_decisions"), "standoff": 6},
                "fixedrange": True,
                "showgrid": False,
            },
            yaxis=rate_axis(top),
            shapes=[_rate(funnel.model.rate)],
            annotations=[_rate_name(funnel, ends, top, say)],
            hovermode="closest",
        ),
    }


def _limit(numbers: list[int], rates: list[float], name: str, kind: str) -> dict[str, Any]:
    line = {
        "0": {"width": 0, "color": SERIES_COLOUR},
        "band": {"width": 0, "color": SERIES_COLOUR},
        "dot": {"width": 1.2, "color": QUIET_COLOUR, "dash": "4px,3px"},
    }[kind]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": numbers,
        "y": rates,
        "name": name,
        "line": line,
        "hoverinfo": "skip",
        **({"fill": "tonexty", "fillcolor": BAND} if kind == "band" else {}),
    }


def _points(
    points: Sequence[Point],
    names: Mapping[str, str],
    named: set[str],
    colour: str,
    name: str,
    say: Texts,
    *,
    is_open: bool = False,
) -> dict[str, Any]:
    return {
        "type": "scatter",
        # Were all to have a text, Plotly would make an element for each.
        "mode": "markers+text" if any(p.count.key in named for p in points) else "markers",
        "x": [point.count.n for point in points],
        "y": [point.count.rate for point in points],
        "name": name,
        "text": [
            names.get(point.count.key, point.count.key) if point.count.key in named else ""
            for point in points
        ],
        "textposition": "top center",
        "cliponaxis": False,
        "customdata": [point_text(point, names, say) for point in points],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "size": 7 if is_open else 10,
            "color": colour,
            "opacity": 0.75 if is_open else 1,
            "symbol": "circle" if is_open else "diamond",
        },
    }


def point_text(point: Point, names: Mapping[str, str], say: Texts) -> str:
    """What is behind a point, in words."""
    low, high = point.interval
    return say(
        "today.point",
        name=names.get(point.count.key, point.count.key),
        rate=percent_text(point.count.rate, say),
        count=count_text(point.count.n, say),
        low=percent_text(low, say),
        high=percent_text(high, say),
    )


def _rate(rate: float) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": rate,
        "y1": rate,
        "line": {"width": 1.5, "color": QUIET_COLOUR},
    }


def _rate_name(funnel: Funnel, ends: tuple[float, float], top: float, say: Texts) -> dict[str, Any]:
    """The name of the rate on its line, where the fewest points lie under it."""
    rate = funnel.model.rate
    beside = [
        (log10(point.count.n) - ends[0]) / (ends[1] - ends[0])
        for point in funnel.points
        if 0 <= point.count.rate - rate <= top * NAME_HEIGHT
    ]
    covered = {anchor: _count_covered(anchor, beside) for anchor in NAME_PLACES}
    anchor = min(covered, key=lambda each: covered[each])
    return {
        "xref": "paper",
        "x": NAME_PLACES[anchor],
        "xanchor": anchor,
        "y": rate,
        "yanchor": "bottom",
        "text": say("today.rate_of_all", rate=percent_text(rate, say)),
        "showarrow": False,
    }


def _count_covered(anchor: str, places: list[float]) -> int:
    """How many of these places, from left to right, a name would cover that is anchored so."""
    left = {"left": 0.0, "center": 0.5 - NAME_WIDTH / 2, "right": 1 - NAME_WIDTH}[anchor]
    return sum(left <= place <= left + NAME_WIDTH for place in places)


def _height(funnel: Funnel, limits: Sequence[Limits]) -> float:
    """The height of the picture: enough for every place outside, for all rates with enough
    decisions, and for the line of 99.8 % where it is lowest."""
    rates = [
        point.count.rate for point in funnel.points if point.is_outside or point.count.n >= TELLING
    ]
    lowest_alarm = min((line.high_alarm for line in limits), default=0.0)
    tops = [_limit_at(limits, TELLING), *rates, funnel.model.rate * 2, lowest_alarm]
    return min(1.0, max(tops) * 1.15) or 1.0


def _limit_at(lines: Sequence[Limits], n: int) -> float:
    return next((line.high_warning for line in lines if line.n >= n), 0.0)


def _powers(lowest: int, highest: int) -> list[int]:
    first, last = floor(log10(max(lowest, 1))), ceil(log10(max(highest, 2)))
    return [10**power for power in range(first, last + 1)]
