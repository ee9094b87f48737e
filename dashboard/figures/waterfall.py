"""The waterfall: what each group brought to a change, from nothing to the whole of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dashboard.figures import CHOSEN_COLOUR, QUIET_COLOUR, SERIES_COLOUR, layout_of
from dashboard.texts import Texts

#: The height of a bar with its gap, and of the axis below, in pixels.
BAR, AXIS = 34, 46
#: A letter in pixels, and the most that names may take of a picture.
LETTER, WIDEST_NAME = 7, 150


class Step(NamedTuple):
    """One bar: the name, how far it goes up or down, and what to write at its end."""

    name: str
    size: float
    text: str


def waterfall(steps: Sequence[Step], total: Step, tick_format: str, say: Texts) -> dict[str, Any]:
    """Bars that begin where the last one ended; the total stands below, from nothing again."""
    starts = [sum(step.size for step in steps[:number]) for number in range(len(steps))]
    bars = [*steps, total]
    colours = [CHOSEN_COLOUR if step.size < 0 else SERIES_COLOUR for step in steps]
    low, high = _reach([*starts, 0.0], bars)
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": [f"{number} {step.name}" for number, step in enumerate(bars)],
                "base": [*starts, 0.0],
                "x": [step.size for step in bars],
                "text": [step.text for step in bars],
                "textposition": "outside",
                "cliponaxis": False,
                "marker": {"color": [*colours, QUIET_COLOUR]},
                "hovertemplate": "%{customdata}<extra></extra>",
                "customdata": [f"{step.name}: {step.text}" for step in bars],
            }
        ],
        "layout": layout_of(
            say,
            {"l": _room(bars), "r": 12, "t": 6, "b": AXIS - 14},
            height=BAR * len(bars) + AXIS,
            bargap=0.35,
            xaxis={
                "zeroline": True,
                "zerolinewidth": 1.5,
                "fixedrange": True,
                "range": [low, high],
                "tickformat": tick_format,
                "nticks": 5,
            },
            yaxis={
                "autorange": "reversed",
                "fixedrange": True,
                "tickvals": [f"{number} {step.name}" for number, step in enumerate(bars)],
                "ticktext": [_short(step.name) for step in bars],
                "showgrid": False,
            },
        ),
    }


def _reach(starts: Sequence[float], bars: Sequence[Step]) -> tuple[float, float]:
    """The axis, with room for what is written beside the bars."""
    ends = [start + step.size for start, step in zip(starts, bars, strict=True)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = 0.22 * ((high - low) or 1.0)
    # Text stands at the left of a bar that goes down, and at the right of one that goes up.
    has_down, has_up = any(bar.size < 0 for bar in bars), any(bar.size >= 0 for bar in bars)
    return low - room * has_down - 0.02 * room, high + room * has_up + 0.02 * room


def _short(name: str) -> str:
    most = WIDEST_NAME // LETTER
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _room(bars: Sequence[Step]) -> int:
    return LETTER * max(len(_short(bar.name)) for bar in bars) + 14
