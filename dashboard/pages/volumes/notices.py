"""What the page says in place of figures, or above them."""

from typing import Any

from dash import html

from dashboard.components.notice import notice
from dashboard.pages.volumes.filter_bar import link_without_filters
from dashboard.pages.volumes.view import View
from dashboard.texts.wording import period_text


def no_applications(view: View) -> Any:
    """Why there is nothing, and the way out if filters are the reason."""
    say = view.say
    period = period_text(view.period, say)
    if not view.subject:
        return notice(say("empty.title"), say("empty.why", period=period))
    return notice(
        say("empty.title"),
        say("empty.filtered", subject=view.subject, period=period),
        html.A(say("filters.clear"), href=link_without_filters(view.address), className="button"),
    )
