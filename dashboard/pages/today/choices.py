"""What can be chosen on the page Today: period, filters, and how a change is broken down."""

from datetime import date
from typing import Any

from dash import html

from dashboard.components.aria import aria
from dashboard.components.controls import choices, period_choice, segments
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


def labelled_segments(
    key: str, label: str, chosen: str, options: list[tuple[str, str]]
) -> html.Div:
    """A few alternatives beside each other, and what they are of."""
    known = [value for value, _ in options]
    chosen = chosen if chosen in known else known[0]
    return html.Div(
        [
            html.Span(label, className="what", **aria(hidden="true")),
            segments(f"today-{key}", label, options, chosen, size="xs"),
        ]
    )
