"""The waterfall: what each group brought to a change, from nothing to the whole of it."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from dashboard.figures import CHOSEN_COLOUR, QUIET_COLOUR, SERIES_COLOUR, layout_of
from dashboard.texts import Texts

#: The height of a bar with its gap, of the axis below, and of a bar alone, in pixels.
BAR, AXIS, THICK = 34, 46, 20
#: A letter in pixels, and the most that names may take of a picture.
LETTER, WIDEST_NAME = 7, 150


class Bar(NamedTuple):
    """One bar: the name, how far it goes up or down, and what to write at its end."""

    name: str
    size: float
    text: str
    #: What a table has in place of the name, such as the way to its page.
    title: Any = None


def waterfall(steps: Sequence[Bar], total: Bar, tick_format: str, say: Texts) -> dict[str, Any]:
    """Bars that begin where the last one ended; the total stands below, from nothing again."""
    bars = [*steps, total]
    low, high = _reach(steps, total)
    texts = [f"{bar.name}: {bar.text}" for bar in bars]
    return {
        "data": [
            {
                "type": "waterfall",
                "orientation": "h",
                "measure": [*("relative" for _ in steps), "absolute"],
                "x": [bar.size for bar in bars],
                "y": list(range(len(bars))),
                "width": THICK / BAR,
                "increasing": {"marker": {"color": SERIES_COLOUR}},
                "decreasing": {"marker": {"color": CHOSEN_COLOUR}},
                "totals": {"marker": {"color": QUIET_COLOUR}},
                "connector": {"mode": "between", "line": {"color": QUIET_COLOUR, "width": 1}},
                "text": [bar.text for bar in bars],
                "textposition": "outside",
                "textfont": {"size": 13},
                "constraintext": "none",
                "cliponaxis": False,
                "customdata": texts,
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        ],
        "layout": layout_of(
            say,
            {"l": _room(bars), "r": 12, "t": 6, "b": AXIS - 14},
            height=BAR * len(bars) + AXIS,
            xaxis={
                "zeroline": True,
                "zerolinewidth": 1.5,
                "fixedrange": True,
                "range": [low, high],
                "tickformat": tick_format,
                "nticks": 5,
            },
            yaxis={
                "range": [len(bars) - 0.4, -0.6],
                "fixedrange": True,
                "tickvals": list(range(len(bars))),
                "ticktext": [_short(bar.name) for bar in bars],
                "showgrid": False,
                "zeroline": False,
            },
            hovermode="closest",
        ),
    }


def _reach(steps: Sequence[Bar], total: Bar) -> tuple[float, float]:
    """The axis, with room for what is written beside the bars."""
    ends = [*accumulate(step.size for step in steps), total.size]
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = 0.22 * ((high - low) or 1.0)
    # Text stands at the left of a bar that goes down, and at the right of one that goes up.
    bars = [*steps, total]
    has_down, has_up = any(bar.size < 0 for bar in bars), any(bar.size >= 0 for bar in bars)
    return low - room * has_down - 0.02 * room, high + room * has_up + 0.02 * room


def _short(name: str) -> str:
    most = WIDEST_NAME // LETTER
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _room(bars: Sequence[Bar]) -> int:
    return LETTER * max(len(_short(bar.name)) for bar in bars) + 14
