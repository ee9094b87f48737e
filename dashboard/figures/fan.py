"""The fan: what came in month by month, and the range in which the coming months are expected."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard.figures import CHOSEN_COLOUR, SERIES_COLOUR, layout_of
from dashboard.figures.funnel import BAND
from dashboard.model.findings import Claim, Number
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, month_text

COMING_BAND = "rgba(208, 102, 27, 0.18)"
#: So many months of the past are drawn, so that a season can be seen twice.
PAST = 18


def fan_figure(received: Sequence[Claim], expected: Sequence[Claim], say: Texts) -> dict[str, Any]:
    """The past with the ranges that it had been given, and the coming months with theirs; the
    month that is under way is the first of these."""
    shown = [each for each in received if each.starts_on][-PAST:]
    past = [each.starts_on for each in shown if each.starts_on]
    known = [each["RECEIVED"].amount for each in shown]
    ahead = [(each.starts_on, each["EXPECTED"]) for each in expected if each.starts_on]
    coming = [month for month, _ in ahead]
    judged = [
        (each.starts_on, each["EXPECTED"])
        for each in shown
        if each.starts_on and "EXPECTED" in each.numbers
    ]
    highest = max([*known, *(range_.ends[1] for _, range_ in judged + ahead)], default=1)
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
    past: Sequence[date], known: Sequence[float], names: dict[date, str], say: Texts
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
    ahead: Sequence[tuple[date, Number]], names: dict[date, str], say: Texts
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [names[month] for month, _ in ahead],
        "y": [range_.value for _, range_ in ahead],
        "name": say("today.middle"),
        "customdata": [range_text(month, range_, say) for month, range_ in ahead],
        "hovertemplate": "%{customdata}<extra></extra>",
        "line": {"width": 2, "color": CHOSEN_COLOUR, "dash": "4px,3px"},
        "marker": {"size": 8, "color": CHOSEN_COLOUR, "symbol": "diamond"},
    }


def range_text(month: date, range_: Number, say: Texts) -> str:
    """The range of a month in words."""
    return say(
        "today.month_range",
        month=month_text(month, say),
        low=count_text(range_.ends[0], say),
        high=count_text(range_.ends[1], say),
    )


def _band(
    ranges: Sequence[tuple[date, Number]], names: dict[date, str], name: str, colour: str
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
