"""The page Saved views and notes: what the visitor saved and noted, and the forms for more."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes
from dashboard.components.notice import failure_part
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import ask_for_page, page_request
from dashboard.components.panels import Answer, ShowPanel, panel, panel_part, panels_layout
from dashboard.components.saved_views import PATHS, view_href
from dashboard.model.events import read_notes
from dashboard.model.measures import AUDIENCES
from dashboard.model.page_state import VIEWS, Address
from dashboard.model.period import month_start, today
from dashboard.model.user import User
from dashboard.texts import Texts
from dashboard.texts.wording import month_text, note_text

QUESTION = "views/question"
READERS = frozenset(AUDIENCES)
#: Who writes notes.
NOTERS = frozenset({"LEADERSHIP", "PARTNER_MANAGER"})
#: Months that a note can be on, at this page.
OFFERED_MONTHS = 36
MONTHS, PARTNERS = "months", "partners"
CHANGES = Changes(
    "views",
    {
        "saveView": (
            Field("name", called="view_name"),
            Field("page", FieldKind.CHOICE, tuple(PATHS)),
            Field("query", is_required=False),
        ),
        "renameSavedView": (Field("viewId"), Field("name", called="view_name")),
        "removeSavedView": (Field("viewId"),),
        "noteMonth": (
            Field("month", FieldKind.CHOICE, MONTHS),
            Field("text", FieldKind.REASON, called="note"),
            Field("country", FieldKind.COUNTRY, is_required=False),
            Field("partner", FieldKind.CHOICE, PARTNERS, is_required=False),
        ),
        "removeMonthNote": (Field("noteId"),),
    },
)


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    panels = [
        panel(PAGE, name, say(f"views.{name}"), is_hidden=name == "note" and not _notes(viewer))
        for name in PANELS
    ]
    return panels_layout(PAGE, say("views.title"), say("views.lead"), panels, *CHANGES.stores())


def _notes(viewer: User) -> bool:
    return viewer.role in NOTERS


async def read_views(state: Any) -> Answer:
    """Everything the page shows, and what its address asks. Raises GatewayError."""
    answer = await ask_for_page(state, QUESTION)
    return {**answer, "address": page_request(state).address}


PAGE = Page(
    name="views", path=VIEWS, layout=layout, roles=READERS, is_listed=False, read=read_views
)
follow_address(PAGE.name)
CHANGES.follow()


def list_views(answer: Answer, say: Texts) -> list[Any]:
    """The own views, each a link, with what can be done about it."""
    nodes = answer["savedViews"]["nodes"]
    return [_view(each, say) for each in nodes] or [html.P(say("views.none"))]


def _view(one: Answer, say: Texts) -> html.Article:
    about, page = {"viewId": one["id"]}, say(f"changes.value.{one['page']}")
    link = dcc.Link(one["name"], href=view_href(one, say))
    return html.Article(
        [
            html.P([html.B(link), f" · {page}"]),
            CHANGES.folded("renameSavedView", say, about=about),
            CHANGES.form("removeSavedView", say, about=about),
        ]
    )


def offer_saving(answer: Answer, say: Texts) -> list[Any]:
    """The form for what the address asks; Today and Volumes lead here with their own."""
    address: Address = answer["address"]
    query = address.in_any_language.link().removeprefix("?")
    form = CHANGES.form("saveView", say, about={"query": query})
    return [form, html.P(html.Small(say("views.how")))]


def list_notes(answer: Answer, say: Texts) -> list[Any]:
    """The notes in the visitor's scope, the newest month first; the own can be removed."""
    nodes = answer["monthNotes"]["nodes"]
    own = answer["viewer"]["subject"]
    shown = [
        html.Article(
            [
                html.P(note_text(note, say)),
                *(
                    [CHANGES.form("removeMonthNote", say, about={"noteId": note.id})]
                    if note.author == own
                    else []
                ),
            ]
        )
        for note in read_notes(nodes)
    ]
    return shown or [html.P(say("views.no_notes"))]


def offer_noting(answer: Answer, say: Texts) -> list[Any]:
    """The form for a note in the own scope."""
    viewer = answer["viewer"]
    if viewer["role"] not in NOTERS:
        return []
    now = today()
    months = [month_start(now, -number) for number in range(OFFERED_MONTHS)]
    partners = {each["code"]: each["name"] for each in answer["partners"]["nodes"]}
    about = {} if viewer["role"] == "LEADERSHIP" else {"partner": ""}
    if about and len(viewer["countries"]) == 1:
        about["country"] = viewer["countries"][0]
    listed = {
        MONTHS: {each.isoformat(): month_text(each, say) for each in months},
        PARTNERS: partners,
    }
    form = CHANGES.form("noteMonth", say, about=about, listed=listed)
    return [form, html.P(html.Small(say("views.note_how")))]


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {
    "saved": list_views,
    "save": offer_saving,
    "notes": list_notes,
    "note": offer_noting,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
