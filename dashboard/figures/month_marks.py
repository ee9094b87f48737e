"""A mark for each month, as an image that carries its own drawing: kept, missed, or too few."""

from collections.abc import Sequence
from urllib.parse import quote

from dashboard.figures import CHOSEN_COLOUR, QUIET_COLOUR, SERIES_COLOUR

#: The width of a mark with its gap, and the height of the image.
STEP, HEIGHT = 11, 16


def month_marks(is_met: Sequence[bool | None]) -> str:
    """The address of an image: filled where kept, hollow where missed, a dot where unknown."""
    marks = "".join(_mark(number, month) for number, month in enumerate(is_met))
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width_of(is_met)} {HEIGHT}">'
        f"{marks}</svg>"
    )
    return f"data:image/svg+xml,{quote(drawing, safe=' =:/,.')}"


def width_of(is_met: Sequence[bool | None]) -> int:
    """In pixels."""
    return STEP * max(len(is_met), 1)


def _mark(number: int, is_kept: bool | None) -> str:
    x, middle = number * STEP + 1, HEIGHT / 2
    if is_kept is None:
        return f'<circle cx="{x + 4}" cy="{middle}" r="1.6" fill="{QUIET_COLOUR}"/>'
    if is_kept:
        return f'<rect x="{x}" y="{middle - 4}" width="8" height="8" fill="{SERIES_COLOUR}"/>'
    return (
        f'<rect x="{x + 0.8}" y="{middle - 3.2}" width="6.4" height="6.4" fill="none"'
        f' stroke="{CHOSEN_COLOUR}" stroke-width="1.6"/>'
    )
