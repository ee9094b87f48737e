"""What the page says above figures that are the last good ones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import html

from dashboard.gateway.answer_cache import Outage
from dashboard.texts import Texts
from dashboard.texts.wording import instant_text


def above(
    page: Mapping[str, Any], outage: Outage | None, as_of: datetime, say: Texts
) -> dict[str, Any]:
    """The page, with that notice before any other if there is an outage."""
    if outage is None:
        return dict(page)
    return {**page, "notice": [stale_notice(outage, as_of, say), page["notice"]]}


def stale_notice(outage: Outage, as_of: datetime, say: Texts) -> html.Section:
    """Since when, and as of when; the page goes on asking while this stands on it."""
    asks_again: dict[str, Any] = {"data-again": ""}
    return html.Section(
        [
            html.H2(say("stale.title")),
            html.P(
                say(
                    "stale.why",
                    since=instant_text(outage.since, say),
                    as_of=instant_text(as_of, say),
                )
            ),
            html.P(f"{say('failed.trace')}: {outage.trace_id}"),
        ],
        className="stale",
        role="status",
        **asks_again,
    )
