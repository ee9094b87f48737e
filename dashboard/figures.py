"""Volumes as pictures: pure functions from lines to Plotly figures.

Colours of text, land and grid are left to the style sheet, which knows dark from light.
"""

from collections.abc import Sequence
from datetime import date
from math import ceil, log10
from typing import Any

import plotly.graph_objects as go

from dashboard.measures import INTAKE, Measure
from dashboard.period import Period, month_start
from dashboard.places import places
from dashboard.texts import Texts
from dashboard.volumes import Line
from dashboard.wording import count_text, month_text, value_text

# Both keep a contrast of 3:1 on light and on dark, and differ to every kind of colour vision.
SERIES_COLOURS = ("#1d7fa8", "#d0661b")
SERIES_DASHES = ("solid", "4px,3px")
SHADE = "rgba(29, 127, 168, 0.09)"
FONT = '"Source Sans 3", system-ui, sans-serif'
LARGEST_CIRCLE = 52
SMALLEST_CIRCLE = 4
TICKS = 4

#: What every graph is drawn with; without the address a map would ask a foreign server.
GRAPH_CONFIG = {
    "topojsonURL": "/assets/topojson/",
    "displayModeBar": False,
    "displaylogo": False,
    "scrollZoom": False,
}


def world_map(countries: Sequence[Line], measures: Sequence[Measure], say: Texts) -> go.Figure:
    """A circle for each partner country, its area the applications received; small ones on top."""
    shown = sorted(
        (line for line in countries if line.code in places() and line.amount(INTAKE) > 0),
        key=lambda line: -line.amount(INTAKE),
    )
    largest = max((line.amount(INTAKE) for line in shown), default=1)
    figure = go.Figure(
        go.Scattergeo(
            lat=[places()[line.code or ""].latitude for line in shown],
            lon=[places()[line.code or ""].longitude for line in shown],
            ids=[line.code for line in shown],
            customdata=[[line.code, _told(line, measures, say)] for line in shown],
            hovertemplate="%{customdata[1]}<extra></extra>",
            marker={
                "size": [line.amount(INTAKE) for line in shown],
                "sizemode": "area",
                "sizeref": 2 * largest / LARGEST_CIRCLE**2,
                "sizemin": SMALLEST_CIRCLE,
                "color": SERIES_COLOURS[0],
                "opacity": 0.72,
                "line": {"width": 1, "color": "#ffffff"},
            },
        )
    )
    figure.update_geos(
        projection_type="equal earth",
        resolution=110,
        lataxis_range=[-58, 84],
        lonaxis_range=[-180, 180],
        showframe=False,
        showcoastlines=False,
        showcountries=True,
        showland=True,
        bgcolor="rgba(0,0,0,0)",
    )
    figure.update_layout(**_layout(say), dragmode=False)
    return figure


def trend(
    months: Sequence[Line], measures: Sequence[Measure], period: Period, say: Texts
) -> go.Figure:
    """A line for each measure, month by month, over the chosen period as a shade."""
    starts = [line.starts_on for line in months if line.starts_on]
    figure = go.Figure(
        [
            _series(months, starts, measure, colour, dash, say)
            for measure, colour, dash in zip(measures, SERIES_COLOURS, SERIES_DASHES, strict=True)
        ]
    )
    figure.add_vrect(
        x0=_mid_month_before(period.from_on),
        x1=_mid_month_before(month_start(period.to_on, 1)),
        fillcolor=SHADE,
        line_width=0,
        layer="below",
    )
    ticks = _month_ticks(starts)
    highest = max((line.amount(measure) for line in months for measure in measures), default=0)
    heights = _ticks(highest)
    figure.update_xaxes(
        tickvals=ticks,
        ticktext=[_tick_text(day, ticks, say) for day in ticks],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        tickvals=heights,
        ticktext=[count_text(height, say) for height in heights],
        range=[0, max(highest * 1.06, heights[-1])],
        zeroline=False,
        fixedrange=True,
        automargin=True,
    )
    figure.update_layout(
        **_layout(say) | {"margin": {"l": 8, "r": 12, "t": 34, "b": 24}},
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
    return figure


def _series(
    months: Sequence[Line],
    starts: Sequence[date],
    measure: Measure,
    colour: str,
    dash: str,
    say: Texts,
) -> go.Scatter:
    lines = [line for line in months if line.starts_on]
    return go.Scatter(
        x=starts,
        y=[line[measure].value for line in lines],
        name=say(f"measures.{measure.id}.label"),
        customdata=[value_text(measure, line[measure], say) for line in lines],
        hovertemplate="%{customdata}",
        xhoverformat="%Y-%m",
        mode="lines+markers",
        marker={"size": 5, "color": colour},
        line={"width": 2.25, "color": colour, "dash": dash},
    )


def _layout(say: Texts) -> dict[str, Any]:
    return {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13},
        "hoverlabel": {"bgcolor": "#14222e", "font": {"family": FONT, "color": "#ffffff"}},
        "showlegend": None,
        "separators": ",." if say.language == "id" else ".,",
    }


def _told(line: Line, measures: Sequence[Measure], say: Texts) -> str:
    readings = (
        f"{say(f'measures.{measure.id}.label')}: {value_text(measure, line[measure], say)}"
        for measure in measures
    )
    return "<br>".join((f"<b>{line.name}</b>", *readings))


def _mid_month_before(day: date) -> date:
    """Points stand at the first of their month, so a month's shade begins half a month before."""
    return month_start(day, -1).replace(day=16)


def _month_ticks(starts: Sequence[date]) -> list[date]:
    """Every month of a short trend, every quarter of a long one."""
    return [day for day in starts if len(starts) <= 8 or day.month % 3 == 1]


def _tick_text(day: date, ticks: Sequence[date], say: Texts) -> str:
    """The year stands only where it begins or comes first."""
    text = month_text(day, say, is_short=True)
    name, _, year = text.rpartition(" ")
    return f"{name}<br>{year}" if day == ticks[0] or day.month == 1 else name


def _ticks(highest: float) -> list[float]:
    """Round heights from zero to the highest value."""
    if highest <= 0:
        return [0, 1]
    rough = highest / TICKS
    unit = 10 ** int(log10(rough)) if rough >= 1 else 1
    step = next(unit * size for size in (1, 2, 2.5, 5, 10) if unit * size >= rough)
    step = max(1, ceil(step))
    return [step * number for number in range(int(highest // step) + 2)]
