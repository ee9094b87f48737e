"""The fan: what came in month by month, and the range in which the coming months are expected."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard.analysis.expected import ExpectedRange, Outlook
from dashboard.figures import CHOSEN_COLOUR, SERIES_COLOUR, layout_of
from dashboard.figures.funnel import BAND
from dashboard.model.period import month_start
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, month_text

COMING_BAND = "rgba(208, 102, 27, 0.18)"
#: So many months of the past are drawn, so that a season can be seen twice.
PAST = 18


def fan_figure(counts: Sequence[int], first: date, outlook: Outlook, say: Texts) -> dict[str, Any]:
    """The past with the ranges that it had been given, and the coming months with theirs."""
    past = [month_start(first, shift) for shift in range(len(counts))][-PAST:]
    coming = [month_start(past[-1], shift + 1) for shift in range(len(outlook.coming))]
    known = list(counts)[-PAST:]
    ranges = list(outlook.past)[-PAST:]
    ahead = list(zip(coming, outlook.coming, strict=True))
    judged = [(month, range_) for month, range_ in zip(past, ranges, strict=True) if range_]
    highest = max([*known, *(range_.high for _, range_ in judged + ahead)], default=1)
    months = [*past, *coming]
    names = {month: month_text(month, say, is_short=True) for month in months}
    ticks = [month for month in months if (month.month - 1) % 3 == 0]
    return {
        "data": [
            *_band(judged, names, say("today.past_range"), BAND),
            *_band(ahead, names, say("today.range"), COMING_BAND),
            _past_line(past, known, names, say),
            _coming_line(ahead, names, say),
        ],
        "layout": layout_of(
            say,
            {"l": 60, "r": 14, "t": 8, "b": 42},
            xaxis={
                "type": "category",
                "categoryarray": list(names.values()),
                "tickvals": [names[month] for month in ticks],
                "ticktext": [names[month].replace(" ", "<br>", 1) for month in ticks],
                "range": [-0.5, len(months) - 0.5],
                "fixedrange": True,
                "showgrid": False,
            },
            yaxis={
                "range": [0, highest * 1.08],
                "tickformat": ",.0f",
                "nticks": 5,
                "fixedrange": True,
                "zeroline": False,
            },
            hovermode="closest",
        ),
    }


def _past_line(
    past: Sequence[date], known: Sequence[int], names: dict[date, str], say: Texts
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [names[month] for month in past],
        "y": known,
        "name": say("measures.intake.label"),
        "customdata": [
            f"{month_text(month, say)}: {count_text(count, say)}"
            for month, count in zip(past, known, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
        "line": {"width": 2.5, "color": SERIES_COLOUR},
        "marker": {"size": 6, "color": SERIES_COLOUR},
    }


def _coming_line(
    ahead: Sequence[tuple[date, ExpectedRange]], names: dict[date, str], say: Texts
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [names[month] for month, _ in ahead],
        "y": [range_.middle for _, range_ in ahead],
        "name": say("today.middle"),
        "customdata": [range_text(month, range_, say) for month, range_ in ahead],
        "hovertemplate": "%{customdata}<extra></extra>",
        "line": {"width": 2, "color": CHOSEN_COLOUR, "dash": "4px,3px"},
        "marker": {"size": 8, "color": CHOSEN_COLOUR, "symbol": "diamond"},
    }


def range_text(month: date, range_: ExpectedRange, say: Texts) -> str:
    """The range of a month in words."""
    return say(
        "today.month_range",
        month=month_text(month, say),
        low=count_text(range_.low, say),
        high=count_text(range_.high, say),
    )


def _band(
    ranges: Sequence[tuple[date, ExpectedRange]], names: dict[date, str], name: str, colour: str
) -> list[dict[str, Any]]:
    """Two edges without a line, and what lies between them filled."""
    along = [names[month] for month, _ in ranges]
    edge = {
        "type": "scatter",
        "mode": "lines",
        "x": along,
        "line": {"width": 0, "color": CHOSEN_COLOUR},
        "hoverinfo": "skip",
    }
    return [
        {**edge, "y": [range_.low for _, range_ in ranges], "name": ""},
        {
            **edge,
            "y": [range_.high for _, range_ in ranges],
            "name": name,
            "fill": "tonexty",
            "fillcolor": colour,
        },
    ]
