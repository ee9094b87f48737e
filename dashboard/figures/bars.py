"""Bars, for what lies on no map: partners, centres, visa types, purposes, channels."""

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.figures import CHOSEN_COLOUR, SERIES_COLOUR, layout_of
from dashboard.model.intervals import has_enough, rank_rows
from dashboard.model.measures import Measure
from dashboard.model.rows import Line
from dashboard.texts import Texts
from dashboard.texts.wording import value_text

MOST_BARS = 12
LETTER, LONGEST_NAME = 7, 26
#: Of the room of a bar and its gap: how much is the bar, and how much of the whole picture at most.
THICK, THICKEST = 0.58, 0.08


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
    room = LETTER * max((len(name) for name in names), default=0) + 12
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": values,
                "y": [line.code for line in shown],
                "width": min(THICK, THICKEST * len(shown)),
                "marker": {
                    "color": [
                        CHOSEN_COLOUR if line.code in chosen else SERIES_COLOUR for line in shown
                    ]
                },
                "text": texts,
                "textposition": "outside",
                "textfont": {"size": 13},
                "constraintext": "none",
                "cliponaxis": False,
                "customdata": [
                    [line.code, f"{name}: {text}"]
                    for line, name, text in zip(shown, names, texts, strict=True)
                ],
                "hovertemplate": "%{customdata[1]}<extra></extra>",
            }
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


def _short(name: str) -> str:
    """What has room beside a bar on a telephone."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
