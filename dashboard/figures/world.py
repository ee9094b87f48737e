"""The map: circles for what is counted, areas in classes for rates and durations."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from dashboard.figures import CHOSEN_COLOUR, SERIES_COLOUR, layout_of
from dashboard.figures.classes import class_limits, class_of, shades_of
from dashboard.model.measures import RELATIVE, Measure
from dashboard.model.places import places
from dashboard.model.rows import Line
from dashboard.texts import Texts
from dashboard.texts.wording import value_text

LARGEST_CIRCLE = 44
SMALLEST_CIRCLE = 4
SMALL_TERRITORY = 9
EDGE = "#ffffff"
#: Of places whose value is withheld.
WITHHELD_COLOUR = "#8f8196"
#: The map is cut in the Atlantic, so that Indonesia lies in its middle.
MAP_EDGE = -29


@dataclass(frozen=True, slots=True)
class Mapped:
    """The places that a map can show, and how it shows them."""

    measure: Measure
    lines: tuple[Line, ...]
    withheld: tuple[Line, ...]
    limits: tuple[float, ...]
    largest: float

    @property
    def is_areas(self) -> bool:
        return self.measure.kind in RELATIVE

    def diameter(self, value: float) -> float:
        """Of the circle of a value, in pixels: its area is the value."""
        return max(SMALLEST_CIRCLE, LARGEST_CIRCLE * sqrt(max(value, 0) / self.largest))


def mapped(lines: Sequence[Line], measure: Measure) -> Mapped:
    """Large circles come first, so that small ones lie on top."""
    known = [line for line in lines if line.code in places()]
    is_areas = measure.kind in RELATIVE
    shown = [
        line
        for line in known
        if line[measure].value is not None and (is_areas or line.amount(measure) > 0)
    ]
    return Mapped(
        measure,
        lines=tuple(sorted(shown, key=lambda line: -line.amount(measure))),
        withheld=tuple(line for line in known if line[measure].is_suppressed),
        limits=class_limits([line.amount(measure) for line in shown]) if is_areas else (),
        largest=max((line.amount(measure) for line in shown), default=0) or 1,
    )


def world_map(
    shown: Mapped, measures: Sequence[Measure], chosen: Collection[str], say: Texts
) -> dict[str, Any]:
    """The figure; some of the places may be chosen."""
    draw = _areas if shown.is_areas else _circles
    return {
        "data": draw(shown, measures, chosen, say),
        "layout": layout_of(
            say,
            dict.fromkeys("lrtb", 0),
            geo={
                "projection": {
                    "type": "equal earth",
                    "rotation": {"lon": MAP_EDGE + 180},
                },
                "resolution": 110,
                "lataxis": {"range": [-58, 84]},
                "lonaxis": {"range": [MAP_EDGE, MAP_EDGE + 360]},
                "showframe": False,
                "showcoastlines": False,
                "showcountries": True,
                "showlakes": False,
                "showland": True,
                "bgcolor": "rgba(0,0,0,0)",
            },
        ),
    }


def _circles(
    shown: Mapped, measures: Sequence[Measure], chosen: Collection[str], say: Texts
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
    return [circles, *_named(shown, chosen)]


def _areas(
    shown: Mapped, measures: Sequence[Measure], chosen: Collection[str], say: Texts
) -> list[dict[str, Any]]:
    lines = (*shown.lines, *shown.withheld)
    shades = shades_of(shown.limits)

    def colour(line: Line) -> str:
        if line[shown.measure].is_suppressed:
            return WITHHELD_COLOUR
        return shades[class_of(line.amount(shown.measure), shown.limits)]

    colours = list(dict.fromkeys((*shades, WITHHELD_COLOUR)))
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
        "z": [colours.index(colour(line)) + 0.5 for line in large],
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
        **_told(large, measures, say),
    }
    circles = _points(small, measures, say) | {
        "marker": {
            "size": SMALL_TERRITORY,
            "color": [colour(line) for line in small],
            "opacity": 1,
            "line": {
                "width": [2.5 if line.code in chosen else 1 for line in small],
                "color": [CHOSEN_COLOUR if line.code in chosen else "#52616e" for line in small],
            },
        },
    }
    return [areas, circles, *_named(shown, chosen)]


def _points(lines: Sequence[Line], measures: Sequence[Measure], say: Texts) -> dict[str, Any]:
    return {
        "type": "scattergeo",
        "mode": "markers",
        "lat": [places()[line.code or ""].latitude for line in lines],
        "lon": [places()[line.code or ""].longitude for line in lines],
        "ids": [line.code for line in lines],
        **_told(lines, measures, say),
    }


def _told(lines: Sequence[Line], measures: Sequence[Measure], say: Texts) -> dict[str, Any]:
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


def _named(shown: Mapped, chosen: Collection[str]) -> list[dict[str, Any]]:
    """The names of chosen places above them, so that colour is not all that marks them.

    The circle is drawn once more, unseen: a name keeps clear of the circle that it belongs to.
    """
    return [
        {
            "type": "scattergeo",
            "mode": "markers+text",
            "marker": {"opacity": 0, "size": _room(shown, line)},
            "lat": [places()[line.code or ""].latitude],
            "lon": [places()[line.code or ""].longitude],
            "text": [f"<b>{line.name}</b>"],
            "textposition": "top center",
            "textfont": {"size": 14},
            "hoverinfo": "skip",
        }
        for line in (*shown.lines, *shown.withheld)
        if line.code in chosen
    ]


def _room(shown: Mapped, line: Line) -> float:
    return SMALL_TERRITORY if shown.is_areas else shown.diameter(line.amount(shown.measure))
