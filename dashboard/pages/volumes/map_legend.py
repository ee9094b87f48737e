"""What the circles and the shades of the map mean, in words and beside it."""

from typing import Any

from dash import html

from dashboard.components.html_part import aria
from dashboard.figures.regions import class_of
from dashboard.figures.world import MapPlaces
from dashboard.model.intervals import ENOUGH
from dashboard.model.rows import Reading
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, value_text

SIZES = (1.0, 0.25, 0.05)


def map_legend(shown: MapPlaces, say: Texts) -> html.Ul:
    rows = _classes(shown, say) if shown.is_areas else _sizes(shown, say)
    name = say(f"measures.{shown.measure.id}.label")
    return html.Ul(rows, className="legend", **aria(label=say("map.legend", measure=name)))


def _sizes(shown: MapPlaces, say: Texts) -> list[html.Li]:
    """A few circles with round values, as they are drawn."""
    values = dict.fromkeys(_round(shown.largest * share) for share in SIZES)
    return [
        html.Li(
            [
                _sign("size", width=f"{shown.diameter(value):.0f}px"),
                value_text(shown.measure, Reading(value), say, is_short=True),
            ]
        )
        for value in values
        if value
    ]


def _round(value: float) -> float:
    """To one digit, so that it can be remembered."""
    digits = len(str(int(value))) - 1
    return round(value, -digits) if value >= 1 else 1


def _classes(shown: MapPlaces, say: Texts) -> list[html.Li]:
    counts = [0] * (len(shown.limits) + 1)
    for line in shown.lines:
        counts[class_of(line.amount(shown.measure), shown.limits)] += 1
    shades = shown.shades
    classes = [
        html.Li(
            [
                _sign(f"shade shade-{shade[1:]}", backgroundColor=shade),
                _limits(n, shown, say),
                html.Span(say("map.count", count=count_text(counts[n], say)), className="count"),
            ]
        )
        for n, shade in enumerate(shades)
        if shown.lines
    ]
    way = html.Li(say(f"map.way_{shown.measure.better.lower()}"), className="way")
    few = html.Li(
        [
            _sign("shade few shade-b8bec6"),
            say("map.few", enough=str(ENOUGH)),
            html.Span(say("map.count", count=count_text(len(shown.few), say)), className="count"),
        ]
    )
    nothing = html.Li([_sign("shade no-data"), say("map.no_data")])
    return [
        *([way] if len(classes) > 1 else []),
        *classes,
        *([few] if shown.few else []),
        nothing,
    ]


def _limits(n: int, shown: MapPlaces, say: Texts) -> str:
    def text(limit: float) -> str:
        return value_text(shown.measure, Reading(limit), say, is_short=True)

    limits = shown.limits
    if not limits:
        return text(shown.lines[0].amount(shown.measure))
    if n == 0:
        return say("map.below", limit=text(limits[0]))
    if n == len(limits):
        return say("map.above", limit=text(limits[-1]))
    return say("map.between", low=text(limits[n - 1]), high=text(limits[n]))


def _sign(kind: str, **style: Any) -> html.Span:
    return html.Span(className=f"sign {kind}", style=style, **aria(hidden="true"))
