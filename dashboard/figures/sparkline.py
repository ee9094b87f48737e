"""A line as small as a word, as an image that carries its own drawing."""

from collections.abc import Sequence
from urllib.parse import quote

from dashboard.figures import SERIES_COLOUR

WIDTH, HEIGHT, ROOM = 84, 22, 3


def sparkline(values: Sequence[float]) -> str:
    """The address of an image of these values, from zero up, with a dot on the last."""
    highest = max(values, default=0) or 1
    step = (WIDTH - 2 * ROOM) / max(len(values) - 1, 1)
    points = [
        f"{ROOM + n * step:.1f},{HEIGHT - ROOM - value / highest * (HEIGHT - 2 * ROOM):.1f}"
        for n, value in enumerate(values)
    ]
    x, _, y = (points or ["0,0"])[-1].partition(",")
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{SERIES_COLOUR}"'
        f' stroke-width="1.6" stroke-linejoin="round"/>'
        f'<circle cx="{x}" cy="{y}" r="2.4" fill="{SERIES_COLOUR}"/></svg>'
    )
    return f"data:image/svg+xml,{quote(drawing, safe=' =:/,.')}"
