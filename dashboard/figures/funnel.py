"""The funnel: rates by number of decisions, between the limits that are usual for that number."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

from dashboard.figures import CHOSEN_COLOUR, QUIET_COLOUR, SERIES_COLOUR, layout_of, rate_axis
from dashboard.model.findings import Claim
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
    places: Sequence[Claim], limits: Sequence[Claim], chosen: Sequence[str], say: Texts
) -> dict[str, Any]:
    """A point for each place; those outside are filled and the first of them named."""
    numbers = [each["CONTROL_LIMITS"].n or 1 for each in limits]
    outside = sorted(filter(_is_outside, places), key=lambda each: -_excess(each))
    inside = [each for each in places if not _is_outside(each)]
    named = {each.code for each in outside[:MOST_NAMED]} | set(chosen)
    rate = places[0]["OVERALL"].amount if places else 0.0
    top = _height(places, limits, rate)
    lowest, highest = (numbers[0], numbers[-1]) if numbers else (1, 10)
    ends = (log10(max(lowest, 1)) - 0.05, log10(highest) + 0.2)
    warning, control = (
        list(zip(*(each[name].ends for each in limits), strict=True)) or [(), ()]
        for name in ("WARNING_LIMITS", "CONTROL_LIMITS")
    )
    return {
        "data": [
            _limit(numbers, warning[0], "", "0"),
            _limit(numbers, warning[1], say("today.limit_95"), "band"),
            _limit(numbers, control[0], "", "dot"),
            _limit(numbers, control[1], say("today.limit_998"), "dot"),
            _points(inside, named, SERIES_COLOUR, say("today.inside"), say, is_open=True),
            _points(outside, named, CHOSEN_COLOUR, say("today.outside"), say),
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
            shapes=[_rate(rate)],
            annotations=[_rate_name(places, rate, ends, top, say)],
            hovermode="closest",
        ),
    }


def _is_outside(place: Claim) -> bool:
    """Whether it stands out, more than chance brings."""
    return place.direction != "USUAL"


def _excess(place: Claim) -> float:
    """How many cases there are beyond those at the rate of all, on either side."""
    number = place["NOW"]
    return abs(number.amount - place["OVERALL"].amount) * (number.n or 0)


def _limit(numbers: list[int], rates: Sequence[float], name: str, kind: str) -> dict[str, Any]:
    line = {
        "0": {"width": 0, "color": SERIES_COLOUR},
        "band": {"width": 0, "color": SERIES_COLOUR},
        "dot": {"width": 1.2, "color": QUIET_COLOUR, "dash": "4px,3px"},
    }[kind]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": numbers,
        "y": list(rates),
        "name": name,
        "line": line,
        "hoverinfo": "skip",
        **({"fill": "tonexty", "fillcolor": BAND} if kind == "band" else {}),
    }


def _points(
    places: Sequence[Claim],
    named: set[str | None],
    colour: str,
    name: str,
    say: Texts,
    *,
    is_open: bool = False,
) -> dict[str, Any]:
    return {
        "type": "scatter",
        # Were all to have a text, Plotly would make an element for each.
        "mode": "markers+text" if any(place.code in named for place in places) else "markers",
        "x": [place["NOW"].n for place in places],
        "y": [place["NOW"].value for place in places],
        "name": name,
        "text": [place.name if place.code in named else "" for place in places],
        "textposition": "top center",
        "cliponaxis": False,
        "customdata": [point_text(place.name, place, say) for place in places],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "size": 7 if is_open else 10,
            "color": colour,
            "opacity": 0.75 if is_open else 1,
            "symbol": "circle" if is_open else "diamond",
        },
    }


def point_text(name: str, finding: Claim, say: Texts) -> str:
    """What is behind a point, in words."""
    number = finding["NOW"]
    low, high = number.ends
    return say(
        "today.point",
        name=name,
        rate=percent_text(number.amount, say),
        count=count_text(number.n or 0, say),
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


def _rate_name(
    places: Sequence[Claim], rate: float, ends: tuple[float, float], top: float, say: Texts
) -> dict[str, Any]:
    """The name of the rate on its line, where the fewest points lie under it."""
    beside = [
        (log10(place["NOW"].n or 1) - ends[0]) / (ends[1] - ends[0])
        for place in places
        if 0 <= place["NOW"].amount - rate <= top * NAME_HEIGHT
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


def _height(places: Sequence[Claim], limits: Sequence[Claim], rate: float) -> float:
    """The height of the picture: enough for every place outside, for all rates with enough
    decisions, and for the line of 99.8 % from where decisions are enough."""
    rates = [
        place["NOW"].amount
        for place in places
        if _is_outside(place) or (place["NOW"].n or 0) >= TELLING
    ]
    alarms = [
        each["CONTROL_LIMITS"].ends[1]
        for each in limits
        if (each["CONTROL_LIMITS"].n or 0) >= TELLING
    ]
    return min(1.0, max([*rates, *alarms[:1], rate * 2]) * 1.15) or 1.0


def _powers(lowest: int, highest: int) -> list[int]:
    first, last = floor(log10(max(lowest, 1))), ceil(log10(max(highest, 2)))
    return [10**power for power in range(first, last + 1)]
