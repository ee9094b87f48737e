"""The waterfall: what each group brought to a change, from nothing to the whole of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dashboard.figures import CHOSEN_COLOUR, QUIET_COLOUR, SERIES_COLOUR, layout_of
from dashboard.texts import Texts

#: The height of a bar with its gap, of the axis below, and of a bar alone, in pixels.
BAR, AXIS, THICK = 34, 46, 20
#: A letter in pixels, and the most that names may take of a picture.
LETTER, WIDEST_NAME = 7, 150


class Step(NamedTuple):
    """One bar: the name, how far it goes up or down, and what to write at its end."""

    name: str
    size: float
    text: str


def waterfall(steps: Sequence[Step], total: Step, tick_format: str, say: Texts) -> dict[str, Any]:
    """Bars that begin where the last one ended; the total stands below, from nothing again."""
    starts = [*(sum(step.size for step in steps[:number]) for number in range(len(steps))), 0.0]
    bars = [*steps, total]
    low, high = _reach(starts, bars)
    return {
        "data": [
            _bar(number, bar, start, is_total=number == len(steps))
            for number, (bar, start) in enumerate(zip(bars, starts, strict=True))
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


def _bar(number: int, bar: Step, start: float, *, is_total: bool) -> dict[str, Any]:
    """A thick line: the picture library that is served here draws no bars."""
    colour = QUIET_COLOUR if is_total else CHOSEN_COLOUR if bar.size < 0 else SERIES_COLOUR
    return {
        "type": "scatter",
        "mode": "lines+text",
        "x": [start, start + bar.size],
        "y": [number, number],
        "text": ["", f" {bar.text} "],
        "textposition": "middle left" if bar.size < 0 else "middle right",
        "cliponaxis": False,
        "line": {"width": THICK, "color": colour},
        "customdata": [f"{bar.name}: {bar.text}"] * 2,
        "hovertemplate": "%{customdata}<extra></extra>",
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
