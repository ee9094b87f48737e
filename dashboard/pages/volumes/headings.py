"""The heading of the page: the finding, what it is compared with, and what it covers."""

from typing import Any

from dash import html

from dashboard.components.shell import on_paper, scope_text
from dashboard.pages.volumes.titles import comparison_line, finding
from dashboard.pages.volumes.view import View
from dashboard.texts.wording import instant_text


def page_heading(view: View) -> list[Any]:
    """The finding, what it covers, and the period."""
    say = view.say
    return [
        html.P(say("pages.volumes.title"), className="kicker"),
        html.H1(finding(view)),
        html.P(comparison_line(view), className="compared"),
        html.Ul(
            [
                html.Li([html.Span(f"{name}: "), text] if name else text)
                for name, text in facts(view)
            ],
            className="facts",
        ),
        on_paper(view.viewer, say),
    ]


def facts(view: View) -> tuple[tuple[str, str], ...]:
    """Scope, time and protection of the figures, some with a name before them."""
    say = view.say
    return (
        (say("masthead.scope"), scope_text(view.viewer, say)),
        *_as_of(view),
        ("", say("masthead.partly" if view.audience.publishes else "masthead.exact")),
    )


def _as_of(view: View) -> list[tuple[str, str]]:
    as_of, say = view.volumes.as_of, view.say
    return [("", say("masthead.as_of", instant=instant_text(as_of, say)))] if as_of else []
