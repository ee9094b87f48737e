"""Bars, for what lies on no map: partners, centres, visa types, channels."""

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.figures import CHOSEN_COLOUR, SERIES_COLOUR, layout_of
from dashboard.model.evidence import has_enough, ranked
from dashboard.model.measures import Measure
from dashboard.model.rows import Line
from dashboard.texts import Texts
from dashboard.texts.wording import value_text

MOST_BARS = 12
LETTER, LONGEST_NAME = 7, 26


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
    shown = ranked(weighty, measure, falls=True)[:MOST_BARS]
    names = [_short(name_of(line)) for line in shown]
    values = [line[measure].value or 0 for line in shown]
    texts = [value_text(measure, line[measure], say, is_short=True) for line in shown]
    room = LETTER * max((len(name) for name in names), default=0) + 12
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": [line.code for line in shown],
                "x": values,
                "text": texts,
                "textposition": "outside",
                "cliponaxis": False,
                "customdata": [
                    [line.code, f"{name}: {text}"]
                    for line, name, text in zip(shown, names, texts, strict=True)
                ],
                "hovertemplate": "%{customdata[1]}<extra></extra>",
                "marker": {
                    "color": [
                        CHOSEN_COLOUR if line.code in chosen else SERIES_COLOUR for line in shown
                    ]
                },
            }
        ],
        "layout": layout_of(
            say,
            {"l": room, "r": 64, "t": 8, "b": 8},
            xaxis={
                "visible": False,
                "fixedrange": True,
                "range": [0, max(values, default=1) * 1.05],
            },
            yaxis={
                "type": "category",
                "autorange": "reversed",
                "fixedrange": True,
                "showgrid": False,
                "tickvals": [line.code for line in shown],
                "ticktext": names,
            },
            bargap=0.3,
        ),
    }


def _short(name: str) -> str:
    """What has room beside a bar on a telephone."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
