"""The map: circles for what is counted, areas in classes for rates and durations."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from dashboard.figures import CHOSEN_COLOUR, SERIES_COLOUR, layout_of
from dashboard.figures.regions import (
    Frame,
    class_limits,
    class_of,
    frame_of,
    places_to_name,
    shades_of,
)
from dashboard.model.intervals import has_enough
from dashboard.model.measures import RELATIVE, Measure
from dashboard.model.places import places
from dashboard.model.rows import Line
from dashboard.texts import Texts
from dashboard.texts.wording import value_text

LARGEST_CIRCLE = 40
SMALLEST_CIRCLE = 4
SMALL_TERRITORY = 9
HANDFUL = 6
EDGE = "#ffffff"
#: Of places with too few cases for a class.
FEW_COLOUR = "#b8bec6"


@dataclass(frozen=True, slots=True)
class MapPlaces:
    """The places that a map can show, and how it shows them."""

    measure: Measure
    lines: tuple[Line, ...]
    #: With a value that rests on too little to be in a class.
    few: tuple[Line, ...]
    limits: tuple[float, ...]
    largest: float

    @property
    def shades(self) -> tuple[str, ...]:
        return shades_of(self.limits, self.measure.better)

    @property
    def everything(self) -> tuple[Line, ...]:
        return (*self.lines, *self.few)

    def colour(self, line: Line) -> str:
        """Of an area: its class, or that it has none."""
        reading = line[self.measure]
        if reading.value is None or not has_enough(self.measure, reading):
            return FEW_COLOUR
        return self.shades[class_of(reading.value, self.limits)]

    @property
    def is_areas(self) -> bool:
        return self.measure.kind in RELATIVE

    def diameter(self, value: float) -> float:
        """Of the circle of a value, in pixels: its area is the value."""
        return max(SMALLEST_CIRCLE, LARGEST_CIRCLE * sqrt(max(value, 0) / self.largest))


def places_on_map(lines: Sequence[Line], measure: Measure) -> MapPlaces:
    """Large circles come first, so that small ones lie on top."""
    known = [line for line in lines if line.code in places()]
    is_areas = measure.kind in RELATIVE
    shown = [
        line
        for line in known
        if line[measure].value is not None and (is_areas or line.amount(measure) > 0)
    ]
    weighty = [line for line in shown if has_enough(measure, line[measure])]
    return MapPlaces(
        measure,
        lines=tuple(sorted(weighty, key=lambda line: -line.amount(measure))),
        few=tuple(line for line in shown if not has_enough(measure, line[measure])),
        limits=class_limits([line.amount(measure) for line in weighty]) if is_areas else (),
        largest=max((line.amount(measure) for line in shown), default=0) or 1,
    )


def world_map(
    shown: MapPlaces, measures: Sequence[Measure], chosen: Sequence[str], region: str, say: Texts
) -> dict[str, Any]:
    """The figure: of the chosen region, else of the chosen places, else of all places.

    ``chosen`` holds their codes. A handful of places is shown without the rest of the world.
    """
    codes = [line.code or "" for line in shown.everything]
    is_local = region == "selection" or len(codes) <= HANDFUL
    frame = frame_of(region, [*chosen] or (codes if is_local else []))
    draw = _areas if shown.is_areas else _circles
    return {
        "data": [*draw(shown, measures, chosen, say), _names(shown, chosen, frame)],
        "layout": layout_of(
            say,
            dict.fromkeys("lrtb", 0),
            geo={
                "projection": {
                    "type": "equal earth",
                    "rotation": {"lon": (frame.west + frame.east) / 2},
                },
                "resolution": 110,
                "lataxis": {"range": [frame.south, frame.north]},
                "lonaxis": {"range": [frame.west, frame.east]},
                "showframe": False,
                # In our geography these are the borders between countries, each drawn once.
                "showcoastlines": True,
                "showcountries": False,
                "showlakes": False,
                "showland": True,
                "bgcolor": "rgba(0,0,0,0)",
            },
        )
        # A map that shows another part of the world is another map.
        | {"uirevision": f"{frame}"},
    }


def _circles(
    shown: MapPlaces, measures: Sequence[Measure], chosen: Sequence[str], say: Texts
) -> list[dict[str, Any]]:
    circles = _points(shown.lines, measures, say) | {
        "marker": {
            "size": [round(shown.diameter(line.amount(shown.measure)), 1) for line in shown.lines],
            "color": [
                CHOSEN_COLOUR if line.code in chosen else SERIES_COLOUR for line in shown.lines
            ],
            "opacity": 0.78,
            "line": {"width": 1, "color": EDGE},
        },
    }
    return [circles]


def _areas(
    shown: MapPlaces, measures: Sequence[Measure], chosen: Sequence[str], say: Texts
) -> list[dict[str, Any]]:
    lines = shown.everything
    colours = list(dict.fromkeys((*shown.shades, FEW_COLOUR)))
    scale = [
        [edge, shade]
        for n, shade in enumerate(colours)
        for edge in (n / len(colours), (n + 1) / len(colours))
    ]
    large = [line for line in lines if not places()[line.code or ""].is_small]
    small = [line for line in lines if places()[line.code or ""].is_small]
    areas = {
        "type": "choropleth",
        "locations": [line.iso3 for line in large],
        "z": [colours.index(shown.colour(line)) + 0.5 for line in large],
        "zmin": 0,
        "zmax": len(colours),
        "colorscale": scale,
        "showscale": False,
        "marker": {
            "line": {
                "width": [2.5 if line.code in chosen else 0.6 for line in large],
                "color": [CHOSEN_COLOUR if line.code in chosen else EDGE for line in large],
            }
        },
        **_hover(large, measures, say),
    }
    circles = _points(small, measures, say) | {
        "marker": {
            "size": SMALL_TERRITORY,
            "color": [shown.colour(line) for line in small],
            "opacity": 1,
            "line": {
                "width": [2.5 if line.code in chosen else 1 for line in small],
                "color": [CHOSEN_COLOUR if line.code in chosen else "#52616e" for line in small],
            },
        },
    }
    return [areas, circles]


def _points(lines: Sequence[Line], measures: Sequence[Measure], say: Texts) -> dict[str, Any]:
    return {
        "type": "scattergeo",
        "mode": "markers",
        "lat": [places()[line.code or ""].latitude for line in lines],
        "lon": [places()[line.code or ""].longitude for line in lines],
        "ids": [line.code for line in lines],
        **_hover(lines, measures, say),
    }


def _hover(lines: Sequence[Line], measures: Sequence[Measure], say: Texts) -> dict[str, Any]:
    """What a pointer reads, and the code by which a click chooses."""

    def text(line: Line) -> str:
        readings = (
            f"{say(f'measures.{measure.id}.label')}: {value_text(measure, line[measure], say)}"
            for measure in measures
        )
        return "<br>".join((f"<b>{line.name}</b>", *readings))

    return {
        "customdata": [[line.code, text(line)] for line in lines],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }


def _names(shown: MapPlaces, chosen: Sequence[str], frame: Frame) -> dict[str, Any]:
    """Names above the places that have room for one: colour is not all that marks them.

    Their circles are drawn once more, unseen: a name keeps clear of the circle it belongs to.
    """
    lines = places_to_name(shown.everything, chosen, frame)
    return {
        "type": "scattergeo",
        "mode": "markers+text",
        "marker": {"opacity": 0, "size": [_room(shown, line) for line in lines]},
        "lat": [places()[line.code or ""].latitude for line in lines],
        "lon": [places()[line.code or ""].longitude for line in lines],
        "text": [f"<b>{line.name}</b>" if line.code in chosen else line.name for line in lines],
        "textposition": "top center",
        "textfont": {"size": 12},
        "hoverinfo": "skip",
    }


def _room(shown: MapPlaces, line: Line) -> float:
    return SMALL_TERRITORY if shown.is_areas else shown.diameter(line.amount(shown.measure))
