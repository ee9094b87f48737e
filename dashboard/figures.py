"""Volumes as pictures: pure functions from lines to Plotly figures.

Colours of text, land and grid are left to the style sheet, which knows dark from light.
"""

from collections.abc import Sequence
from datetime import date
from math import ceil, log10
from typing import Any

import plotly.graph_objects as go

from dashboard.measures import INTAKE, Measure
from dashboard.period import Period
from dashboard.places import places
from dashboard.texts import Texts
from dashboard.volumes import Line, Reading
from dashboard.wording import count_text, month_text, value_text

# Both keep a contrast of 3:1 on light and on dark, and differ to every kind of colour vision.
SERIES = (("#1d7fa8", "solid"), ("#d0661b", "4px,3px"))
SHADE = "rgba(29, 127, 168, 0.09)"
FONT = '"Source Sans 3", system-ui, sans-serif'
LARGEST_CIRCLE = 44
SMALLEST_CIRCLE = 4
TICKS = 4
MONTHS_NAMED = 8
QUARTERS_NAMED = 36
#: The map is cut in the Atlantic, so that Indonesia lies in its middle.
MAP_EDGE = -29

#: What every graph is drawn with; without the address a map would ask a foreign server.
GRAPH_CONFIG: Any = {
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
                "color": SERIES[0][0],
                "opacity": 0.78,
                "line": {"width": 1, "color": "#ffffff"},
            },
        )
    )
    figure.update_geos(
        projection_type="equal earth",
        resolution=110,
        lataxis_range=[-58, 84],
        lonaxis_range=[MAP_EDGE, MAP_EDGE + 360],
        projection_rotation_lon=MAP_EDGE + 180,
        showframe=False,
        showcoastlines=False,
        showcountries=True,
        showlakes=False,
        showland=True,
        bgcolor="rgba(0,0,0,0)",
    )
    figure.update_layout(**_layout(say, margin=dict.fromkeys("lrtb", 0)), dragmode=False)
    return figure


def trend(
    months: Sequence[Line], measures: Sequence[Measure], period: Period, say: Texts
) -> go.Figure:
    """A line for each measure, month by month, over the chosen period as a shade."""
    dated = [(line.starts_on, line) for line in months if line.starts_on]
    names = [month_text(start, say) for start, _ in dated]
    chosen = [n for n, (start, _) in enumerate(dated) if period.from_on <= start <= period.to_on]
    figure = go.Figure(
        [
            _series(names, [line[measure] for _, line in dated], measure, style, say)
            for measure, style in zip(measures, SERIES, strict=True)
        ]
    )
    if chosen:
        figure.add_vrect(
            x0=chosen[0] - 0.5,
            x1=chosen[-1] + 0.5,
            fillcolor=SHADE,
            line_width=0,
            layer="below",
        )
    ticks = _month_ticks([start for start, _ in dated])
    highest = max((line.amount(measure) for line in months for measure in measures), default=0)
    heights = _ticks(highest)
    figure.update_xaxes(
        type="category",
        tickvals=[month_text(day, say) for day in ticks],
        ticktext=[_tick_text(day, ticks, say) for day in ticks],
        spikecolor="#8496a5",
        spikethickness=-1,  # negative: without the white edge that suits light paper only
        spikedash="solid",
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
        **_layout(say, margin={"l": 8, "r": 12, "t": 34, "b": 42}),
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
    return figure


def _series(
    names: Sequence[str],
    readings: Sequence[Reading],
    measure: Measure,
    style: tuple[str, str],
    say: Texts,
) -> go.Scatter:
    colour, dash = style
    return go.Scatter(
        x=names,
        y=[reading.value for reading in readings],
        name=say(f"measures.{measure.id}.label"),
        customdata=[value_text(measure, reading, say) for reading in readings],
        hovertemplate="%{customdata}",
        mode="lines+markers",
        marker={"size": 5, "color": colour},
        line={"width": 2.25, "color": colour, "dash": dash},
    )


def _layout(say: Texts, margin: dict[str, int]) -> dict[str, Any]:
    return {
        "template": "none",
        "margin": margin,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13},
        "hoverlabel": {"bgcolor": "#14222e", "font": {"family": FONT, "color": "#ffffff"}},
        "separators": ",." if say.language == "id" else ".,",
    }


def _told(line: Line, measures: Sequence[Measure], say: Texts) -> str:
    readings = (
        f"{say(f'measures.{measure.id}.label')}: {value_text(measure, line[measure], say)}"
        for measure in measures
    )
    return "<br>".join((f"<b>{line.name}</b>", *readings))


def _month_ticks(starts: Sequence[date]) -> list[date]:
    """Every month of a short trend, every quarter of a longer one, else every year."""
    step = 1 if len(starts) <= MONTHS_NAMED else 3 if len(starts) <= QUARTERS_NAMED else 12
    return [day for day in starts if (day.month - 1) % step == 0]


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
