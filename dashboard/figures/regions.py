"""Parts of the world that a map can show, and the classes by which it shades places: at most five,
each about as many places, with limits that people can read.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10

from dashboard.model.measures import Better
from dashboard.model.places import MapPlace, places
from dashboard.model.rows import Line

MOST_CLASSES = 5
#: Sequential, in one hue, so every kind of colour vision tells them apart; the style sheet has
#: those for the night. Blue where more is only more: the strongest is the highest.
SHADES = ("#d6e8f1", "#9fcbe0", "#5fa8c8", "#2a7da4", "#0e4a68")
#: Brown where a direction is better: the strongest is always the worst.
WORSE_SHADES = ("#f7e6cc", "#eac387", "#d3944b", "#a9602a", "#6b3716")
_STEPS_OF_SPREAD = 15


def class_limits(values: Sequence[float]) -> tuple[float, ...]:
    """Where each class but the first begins; the first holds those of zero too, however many."""
    ordered = sorted(value for value in values if value > 0)
    if not ordered or min(values) == ordered[-1]:
        return ()
    inner = [ordered[len(ordered) * part // MOST_CLASSES] for part in range(1, MOST_CLASSES)]
    step = _readable((inner[-1] - inner[0]) / _STEPS_OF_SPREAD or ordered[-1] - min(values))
    rounded = {round(round(limit / step) * step, 10) for limit in inner}
    return tuple(sorted(limit for limit in rounded if min(values) < limit <= ordered[-1]))


def class_of(value: float, limits: Sequence[float]) -> int:
    """From zero up; a value that is a limit belongs to the class that begins there."""
    return bisect_right(limits, value)


def shades_of(limits: Sequence[float], better: Better = Better.NEITHER) -> tuple[str, ...]:
    """A shade for each class, from the weakest to the strongest, however few there are."""
    shades = SHADES if better is Better.NEITHER else WORSE_SHADES
    last = len(limits) or 1
    found = [shades[round(n * (MOST_CLASSES - 1) / last)] for n in range(len(limits) + 1)]
    return tuple(reversed(found)) if better is Better.HIGHER else tuple(found)


def _readable(rough: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    unit = 10.0 ** floor(log10(rough))
    return next(unit * size for size in (1, 2, 5, 10) if unit * size >= rough * 0.999)


#: The map is cut in the Atlantic, so that Indonesia lies in its middle.
MAP_EDGE = -29
#: The smallest part that is shown, in degrees: a country with its neighbours.
LEAST_HEIGHT = 32.0
MARGIN = 9.0
#: Around the edges of a country that is drawn as an area, in degrees.
EDGE_MARGIN = 3.0
#: Of width to height, in degrees.
ASPECT = 1.9
#: A map on a desk, and the size of its letters, in pixels.
USUAL_WIDTH, USUAL_HEIGHT, LETTER_WIDTH, LETTER_HEIGHT = 620.0, 340.0, 6.6, 15.0
MOST_NAMES = 14


@dataclass(frozen=True, slots=True)
class Frame:
    """The edges of what is shown, in degrees; longitudes count on from the edge of the map."""

    west: float
    east: float
    south: float
    north: float

    @property
    def width(self) -> float:
        return self.east - self.west

    def holds(self, place: MapPlace) -> bool:
        east = _longitude(place)
        return self.west <= east <= self.east and self.south <= place.latitude <= self.north


WORLD = Frame(MAP_EDGE, MAP_EDGE + 360, -58, 84)
ASIA = Frame(62, 182, -46, 54)


def frame_of(region: str, codes: Sequence[str]) -> Frame:
    """The region that was chosen; of a selection, the places with these codes and around them."""
    known = [places()[code] for code in codes if code in places()]
    if region == "asia":
        return ASIA
    if region == "world" or not known:
        return WORLD
    wests, souths, easts, norths = zip(*(_around(place) for place in known), strict=True)
    wide, high = (min(wests), max(easts)), (min(souths), max(norths))
    # As wide and as high as a map is, so that a row of countries from north to south is no strip.
    west, east = _stretch(wide, max(LEAST_HEIGHT, high[1] - high[0]) * ASPECT, WORLD.width)
    south, north = _stretch(high, (east - west) / ASPECT, WORLD.north - WORLD.south)
    return Frame(
        *_inside(west, east, WORLD.west, WORLD.east),
        *_inside(south, north, WORLD.south, WORLD.north),
    )


def _around(place: MapPlace) -> tuple[float, float, float, float]:
    """West, south, east and north of a place and a little around it."""
    x, y = _longitude(place), place.latitude
    west, south, east, north = place.extent or (x, y, x, y)
    return (
        min(x - MARGIN, west - EDGE_MARGIN),
        min(y - MARGIN, south - EDGE_MARGIN),
        max(x + MARGIN, east + EDGE_MARGIN),
        max(y + MARGIN, north + EDGE_MARGIN),
    )


def _stretch(span: tuple[float, float], least: float, most: float) -> tuple[float, float]:
    low, high = span
    missing = max(min(least, most) - (high - low), 0) / 2
    return low - missing, high + missing


def _inside(low: float, high: float, lowest: float, highest: float) -> tuple[float, float]:
    """Moved, not cut, so that it keeps its size."""
    shift = max(lowest - low, 0) - max(high - highest, 0)
    return max(low + shift, lowest), min(high + shift, highest)


def places_to_name(lines: Iterable[Line], chosen: Sequence[str], frame: Frame) -> list[Line]:
    """Those whose names fit beside each other: the chosen ones, then the largest first."""
    per_degree = min(USUAL_WIDTH / frame.width, USUAL_HEIGHT / (frame.north - frame.south))
    taken: list[tuple[float, float, float]] = []
    found: list[Line] = []
    for line in sorted(lines, key=lambda each: each.code not in chosen):
        place = places().get(line.code or "")
        if place is None or not line.name or not frame.holds(place):
            continue
        x, y = _longitude(place) * per_degree, place.latitude * per_degree
        half = len(line.name) * LETTER_WIDTH / 2
        is_free = frame.west * per_degree + half < x < frame.east * per_degree - half and all(
            abs(x - other_x) > half + other_half or abs(y - other_y) > LETTER_HEIGHT
            for other_x, other_y, other_half in taken
        )
        if line.code in chosen or (is_free and len(found) < MOST_NAMES):
            taken.append((x, y, half))
            found.append(line)
    return found


def _longitude(place: MapPlace) -> float:
    """East of the edge of the map, so that the Pacific lies between Asia and America."""
    return (place.longitude - MAP_EDGE) % 360 + MAP_EDGE
