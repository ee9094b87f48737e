"""What can be chosen on the page Today: period, filters, and how a change is told apart."""

from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.components.aria import aria
from dashboard.components.controls import choices, options_of, period_choice
from dashboard.model.filters import FILTER
from dashboard.model.page_state import Address
from dashboard.texts import Texts

#: Filters that are offered here; the page Volumes has them all.
OFFERED = ("country", "partner", "visa", "purpose", "channel")


def filter_bar(address: Address, now: date, say: Texts) -> html.Div:
    def filter_(key: str) -> Any:
        chosen = address.filters[key]
        words = [(code, say(f"words.{key}.{code}")) for code in FILTER[key].words]
        options = words or [(code, code) for code in chosen]
        return choices(f"today-{key}", say(f"filters.{key}"), options, chosen, say)

    return html.Div(
        [
            period_choice("today", address, now, say),
            html.Div([filter_(key) for key in OFFERED], className="filters"),
        ],
        role="search",
        **aria(label=say("today.filters")),
    )


def segments(key: str, label: str, chosen: str, options: list[tuple[str, str]]) -> Any:
    """A few alternatives beside each other."""
    known = [value for value, _ in options]
    control: dict[str, Any] = {
        "id": f"today-{key}",
        "data": options_of(options),
        "value": chosen if chosen in known else known[0],
        "className": "segments",
        "size": "xs",
        **aria(label=label),
    }
    return html.Div(
        [html.Span(label, className="what", **aria(hidden="true")), dmc.SegmentedControl(**control)]
    )
