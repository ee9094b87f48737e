"""The control chart: a rate month by month, between the limits of its own past."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard.figures import CHOSEN_COLOUR, QUIET_COLOUR, SERIES_COLOUR, layout_of, rate_axis
from dashboard.figures.funnel import BAND, point_text
from dashboard.model.findings import Claim
from dashboard.texts import Texts
from dashboard.texts.wording import month_text


def control_figure(points: Sequence[Claim], say: Texts) -> dict[str, Any]:
    """A point a month; those beyond the limits of 99.8 % are marked."""
    months = [point.starts_on for point in points if point.starts_on]
    names = [month_text(month, say, is_short=True) for month in months]
    rates = [point["NOW"].amount for point in points]
    lows, highs = zip(*(point["CONTROL_LIMITS"].ends for point in points), strict=True)
    top = max([*rates, *highs], default=0) * 1.12 or 1.0
    ticks = [n for n, month in enumerate(months) if (month.month - 1) % 3 == 0]
    return {
        "data": [
            _edge(names, lows, "", fills=False),
            _edge(names, highs, say("today.limit_998"), fills=True),
            _own_rate(points, names, say),
            _rates(points, months, names, say),
        ],
        "layout": layout_of(
            say,
            {"l": 52, "r": 14, "t": 8, "b": 42},
            xaxis={
                "type": "category",
                "tickvals": [names[n] for n in ticks],
                "ticktext": [names[n].replace(" ", "<br>", 1) for n in ticks],
                "fixedrange": True,
                "showgrid": False,
            },
            yaxis=rate_axis(min(top, 1.0)),
            hovermode="closest",
        ),
    }


def _own_rate(points: Sequence[Claim], names: list[str], say: Texts) -> dict[str, Any]:
    """The rate of the past that each month is compared with."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": names,
        "y": [point["OVERALL"].value for point in points],
        "name": say("today.own_rate"),
        "line": {"width": 1.5, "color": QUIET_COLOUR, "dash": "4px,3px"},
        "hoverinfo": "skip",
    }


def _rates(
    points: Sequence[Claim], months: Sequence[date], names: list[str], say: Texts
) -> dict[str, Any]:
    colours = [CHOSEN_COLOUR if _is_alarming(point) else SERIES_COLOUR for point in points]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": names,
        "y": [point["NOW"].value for point in points],
        "name": say("today.rate"),
        "customdata": [
            point_text(month_text(month, say), point, say)
            for point, month in zip(points, months, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
        "line": {"width": 2.2, "color": SERIES_COLOUR},
        "marker": {
            "size": [11 if _is_alarming(point) else 6 for point in points],
            "symbol": ["diamond" if _is_alarming(point) else "circle" for point in points],
            "color": colours,
        },
    }


def _edge(names: list[str], rates: Sequence[float], name: str, *, fills: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": names,
        "y": list(rates),
        "name": name,
        "line": {"width": 0, "color": SERIES_COLOUR, "shape": "linear"},
        "hoverinfo": "skip",
        **({"fill": "tonexty", "fillcolor": BAND} if fills else {}),
    }


def _is_alarming(point: Claim) -> bool:
    """Beyond the limits of its own past."""
    return point.direction != "USUAL"
