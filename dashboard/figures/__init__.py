"""Volumes as pictures: pure functions from volumes to what Plotly draws.

Colours of text, land and grid are left to the style sheet, which knows dark from light.
"""

from typing import Any

from dashboard.texts import Texts

# Both keep a contrast of 3:1 on light and on dark, and differ to every kind of colour vision.
SERIES_COLOUR = "#1d7fa8"
CHOSEN_COLOUR = "#d0661b"
QUIET_COLOUR = "#7d8b97"
FONT = '"Source Sans 3", system-ui, sans-serif'

#: What every graph is drawn with; without the address a map would ask a foreign server.
GRAPH_CONFIG: Any = {
    "topojsonURL": "/assets/topojson/",
    "displayModeBar": False,
    "displaylogo": False,
    "scrollZoom": False,
}


def rate_axis(top: float) -> dict[str, Any]:
    """An upright axis of rates, from none to ``top``."""
    return {
        "range": [0, top],
        "tickformat": ".0%" if top > 0.04 else ".1%",
        "nticks": 5,
        "fixedrange": True,
        "zeroline": False,
    }


def layout_of(say: Texts, margin: dict[str, int], **more: Any) -> dict[str, Any]:
    """What all pictures share; without animations, and stable while their data change."""
    for axis in ("xaxis", "yaxis"):
        if axis in more:
            # All labels have room. Plotly would measure each of them, and the browser lay out the
            # whole page for that.
            more[axis] = {**more[axis], "ticklabeloverflow": "allow"}
    return {
        "margin": margin,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13},
        "hoverlabel": {
            "bgcolor": "#14222e",
            "bordercolor": "#14222e",
            "font": {"family": FONT, "color": "#ffffff"},
        },
        "separators": ",." if say.language == "id" else ".,",
        "uirevision": "steady",
        "dragmode": False,
        "showlegend": False,
        **more,
    }
