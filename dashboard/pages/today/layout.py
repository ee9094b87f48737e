"""The page Today before its figures are known: its heading, and a panel for each question."""

from typing import Any

from dash import html

from dashboard.components.html_part import html_part, skeleton
from dashboard.components.shell import on_paper
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.pages.today.answers import AGENT, CHANGES, MANAGER
from dashboard.pages.today.parts import (
    figures_of,
    labelled_segments,
    panel,
    picture,
    promise_waiting,
)
from dashboard.pages.today.reading import PARTNERS, reasons_of
from dashboard.texts import Texts


def heading(viewer: User, say: Texts) -> html.Div:
    return html.Div(
        [
            html.P(say("pages.today.title"), className="kicker"),
            html_part(html.H1, say(heading_of(viewer)), "today-heading"),
            html_part(html.P, skeleton(22, "60%"), "today-facts"),
            on_paper(viewer, say),
        ],
        className="heading",
    )


def heading_of(viewer: User, *, is_of_files: bool = False) -> str:
    """The text that says how many answers there are, or that each application stands by itself."""
    if is_of_files:
        return "today.heading_files"
    return "today.heading_partner" if viewer.role in PARTNERS else "today.heading"


def _change_choices(address: Address, viewer: User, say: Texts) -> html.Div:
    """Which measure changed, and by what its change is explained."""
    labels = [(each.id, say(f"measures.{each.id}.label")) for each in CHANGES]
    reasons = [(key, say(f"today.why_{key}")) for key in reasons_of(viewer)]
    return html.Div(
        [
            labelled_segments("measure", say("today.what"), address.measure, labels),
            labelled_segments("why", say("today.why"), address.why, reasons),
        ],
        className="choices",
    )


def panels(address: Address, viewer: User, say: Texts) -> list[Any]:
    """The panels, in their order."""
    return [
        panel(
            "change",
            "contribution",
            say,
            _change_choices(address, viewer, say),
            picture("waterfall"),
            figures_of("steps", say("today.question_change"), say),
        ),
        panel(
            "attention",
            "control_limits",
            say,
            html_part(html.Div, promise_waiting(), "today-places"),
            # An agent's centre has too few visa types to compare, as a rule.
            picture("funnel", " ", hidden=viewer.role == AGENT),
            html_part(html.Div, skeleton(44), "today-waiting", className="waiting-now"),
        ),
        panel("coming", "expected", say, picture("fan", say("today.fan"))),
        panel(
            "promise",
            "promised_share",
            say,
            html_part(html.Div, promise_waiting(), "today-promises"),
            picture("control", " "),
        ),
        *_files_panel(viewer, say),
        *_work_panel(viewer, say),
    ]


def _work_panel(viewer: User, say: Texts) -> list[Any]:
    """A fifth question, for those who can answer it by their own work."""
    if viewer.role not in PARTNERS:
        return []
    waiting = html_part(html.Div, promise_waiting(), "today-work-table")
    return [panel("work", "control_limits", say, waiting)]


def _files_panel(viewer: User, say: Texts) -> list[Any]:
    """Each application by itself, for a manager who has very few; else it stays hidden."""
    if viewer.role != MANAGER:
        return []
    waiting = html_part(html.Div, None, "today-files-table")
    return [panel("files", "target_rate", say, waiting, hidden=True)]
