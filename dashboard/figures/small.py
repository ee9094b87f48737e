"""Pictures as small as a word: each is the address of an image that carries its own drawing."""

from collections.abc import Sequence
from urllib.parse import quote

from dashboard.figures import CHOSEN_COLOUR, QUIET_COLOUR, SERIES_COLOUR

#: A line, and the room around it.
WIDTH, HEIGHT, ROOM = 84, 22, 3
#: The width of a mark with its gap, and the height of a row of marks.
MARK_WIDTH, MARK_HEIGHT = 11, 16


def sparkline(values: Sequence[float]) -> str:
    """A line of these values, from zero up, with a dot on the last."""
    highest = max(values, default=0) or 1
    step = (WIDTH - 2 * ROOM) / max(len(values) - 1, 1)
    points = [
        f"{ROOM + n * step:.1f},{HEIGHT - ROOM - value / highest * (HEIGHT - 2 * ROOM):.1f}"
        for n, value in enumerate(values)
    ]
    x, _, y = (points or ["0,0"])[-1].partition(",")
    line = (
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{SERIES_COLOUR}"'
        f' stroke-width="1.6" stroke-linejoin="round"/>'
        f'<circle cx="{x}" cy="{y}" r="2.4" fill="{SERIES_COLOUR}"/>'
    )
    return _image(WIDTH, HEIGHT, line)


def month_marks(is_met: Sequence[bool | None]) -> str:
    """A mark for each month: filled where kept, hollow where missed, a dot where unknown."""
    marks = "".join(_month_mark(number, month) for number, month in enumerate(is_met))
    return _image(width_of(is_met), MARK_HEIGHT, marks)


def width_of(is_met: Sequence[bool | None]) -> int:
    """In pixels."""
    return MARK_WIDTH * max(len(is_met), 1)


def _month_mark(number: int, is_kept: bool | None) -> str:
    x, middle = number * MARK_WIDTH + 1, MARK_HEIGHT / 2
    if is_kept is None:
        return f'<circle cx="{x + 4}" cy="{middle}" r="1.6" fill="{QUIET_COLOUR}"/>'
    if is_kept:
        return f'<rect x="{x}" y="{middle - 4}" width="8" height="8" fill="{SERIES_COLOUR}"/>'
    return (
        f'<rect x="{x + 0.8}" y="{middle - 3.2}" width="6.4" height="6.4" fill="none"'
        f' stroke="{CHOSEN_COLOUR}" stroke-width="1.6"/>'
    )


def _image(width: int, height: int, shapes: str) -> str:
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{shapes}</svg>'
    )
    return f"data:image/svg+xml,{quote(drawing, safe=' =:/,.')}"
