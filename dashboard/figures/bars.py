"""Bars, for what lies on no map: partners, centres, visa types, purposes, channels."""

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.figures import CHOSEN_COLOUR, SERIES_COLOUR, layout_of
from dashboard.model.evidence import has_enough, rank_rows
from dashboard.model.measures import Measure
from dashboard.model.rows import Line
from dashboard.texts import Texts
from dashboard.texts.wording import value_text

MOST_BARS = 12
LETTER, LONGEST_NAME = 7, 26
#: Pixels in which all bars share their height, with as much between them.
ROOM = 190


def bars(
    lines: Sequence[Line],
    measure: Measure,
    chosen: Sequence[str],
    name_of: Callable[[Line], str],
    say: Texts,
) -> dict[str, Any]:
    """The largest first, from zero, each with its value; without those that rest on too little."""
    known = [line for line in lines if line[measure].value is not None]
    weighty = [line for line in known if has_enough(measure, line[measure])]
    shown = rank_rows(weighty, measure, falls=True)[:MOST_BARS]
    names = [_short(name_of(line)) for line in shown]
    values = [line[measure].value or 0 for line in shown]
    texts = [value_text(measure, line[measure], say, is_short=True) for line in shown]
    rows = [*zip(shown, values, names, texts, strict=True)]
    room = LETTER * max((len(name) for name in names), default=0) + 12
    return {
        "data": [
            *(
                _bar(row, len(rows), CHOSEN_COLOUR if row[0].code in chosen else SERIES_COLOUR)
                for row in rows
            ),
            _values_beside(rows),
        ],
        "layout": layout_of(
            say,
            {"l": room, "r": 72, "t": 8, "b": 8},
            xaxis={
                "visible": False,
                "fixedrange": True,
                "range": [0, max(values, default=0) * 1.02 or 1],
            },
            yaxis={
                "type": "category",
                "range": [len(shown) - 0.5, -0.5],
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
                "tickvals": [line.code for line in shown],
                "ticktext": names,
                "ticklabelstandoff": 8,
            },
            hovermode="closest",
        ),
    }


def _bar(row: tuple[Line, float, str, str], count: int, colour: str) -> dict[str, Any]:
    """A thick line: the bundle of Plotly that we serve draws lines and maps, no bars."""
    line, value, name, text = row
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [0, value],
        "y": [line.code, line.code],
        "line": {"width": max(8, min(26, ROOM // max(count, 1))), "color": colour},
        "customdata": [[line.code, f"{name}: {text}"]] * 2,
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }


def _values_beside(rows: Sequence[tuple[Line, float, str, str]]) -> dict[str, Any]:
    """The value of each bar, at its end."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [value for _, value, _, _ in rows],
        "y": [line.code for line, _, _, _ in rows],
        "text": [f" {text}" for _, _, _, text in rows],
        "textposition": "middle right",
        "textfont": {"size": 13},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _short(name: str) -> str:
    """What has room beside a bar on a telephone."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
