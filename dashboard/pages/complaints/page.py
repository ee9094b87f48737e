"""The page Complaints: what applicants complain of, who sorts it, and by when it is answered."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.case_link import case_link
from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes, Questions
from dashboard.components.notice import failure_part
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import ask_for_page
from dashboard.components.panels import Answer, ShowPanel, panel, panel_part, panels_layout
from dashboard.components.shell import role_text
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.pages.access.forms import clock_of
from dashboard.texts import Texts
from dashboard.texts.wording import written_instant

PAGE_NAME, QUESTION = "complaints", "complaints/question"
AUDITORS = frozenset({"AUDITOR"})
READERS = frozenset({"AUDITOR", "SUPERVISOR", "PARTNER_MANAGER"})
_COMPLAINT = Field("complaintId")
#: Those of auditors alone, and those of whoever reads a complaint.
SORTING = ("sortComplaint", "entrustComplaint")
CHANGES = Changes(
    PAGE_NAME,
    {
        "sortComplaint": (_COMPLAINT, Field("kind", FieldKind.CHOICE, ("SERVICE", "INTEGRITY"))),
        "entrustComplaint": (_COMPLAINT, Field("supervisor")),
        "answerComplaint": (_COMPLAINT, Field("answer", FieldKind.REASON)),
    },
)


def show_text(answer: Answer, _: Mapping[str, Any], say: Texts) -> list[Any]:
    """What a complaint says, and what it was answered."""
    text = (answer["node"] or {}).get("text")
    if not text or not text["complaint"]:
        return [html.P(say("complaints.unreadable"))]
    answered = [html.P(html.Q(text["answer"]))] if text["answer"] else []
    return [html.P(html.Q(text["complaint"])), *answered]


READING = Questions(
    PAGE_NAME, {"readComplaint": (_COMPLAINT, Field("reference"))}, {"readComplaint": show_text}
)


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    panels = [panel(PAGE, name, say(f"complaints.{name}")) for name in PANELS]
    lead = say(f"complaints.lead.{viewer.role}")
    stores = (*CHANGES.stores(), *READING.stores())
    return panels_layout(PAGE, say("complaints.title"), lead, panels, *stores)


async def read_complaints(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    return await ask_for_page(state, QUESTION, {})


PAGE = Page(name=PAGE_NAME, path="/complaints", layout=layout, roles=READERS, read=read_complaints)
follow_address(PAGE.name)
CHANGES.follow()
READING.follow()


def list_open(answer: Answer, say: Texts) -> list[Any]:
    """Those that wait, each with its clock and what is next to do."""
    nodes, role = answer["open"]["nodes"], answer["viewer"]["role"]
    return [_open(each, role, say) for each in nodes] or [html.P(say("complaints.none"))]


def _open(one: Answer, role: str, say: Texts) -> html.Article:
    about = {"complaintId": one["id"]}
    steps = {
        ("AUDITOR", "UNSORTED"): ("sortComplaint",),
        ("AUDITOR", "INTEGRITY"): ("entrustComplaint", "answerComplaint"),
        ("AUDITOR", "SERVICE"): (),
    }.get((role, one["kind"]), ("answerComplaint",))
    return html.Article(
        [
            *_heading(one, say),
            html.P(clock_of(one["dueAt"], say)),
            _reading(one, say),
            *(CHANGES.folded(step, say, about=about) for step in steps),
        ]
    )


def list_answered(answer: Answer, say: Texts) -> list[Any]:
    """Those that were answered last."""
    nodes = answer["answered"]["nodes"]
    return [_answered(each, say) for each in nodes] or [html.P(say("complaints.none_answered"))]


def _answered(one: Answer, say: Texts) -> html.Article:
    at, role = written_instant(one["answeredAt"], say), role_text(one["answeredRole"], say)
    return html.Article(
        [*_heading(one, say), html.P(say("complaints.by", at=at, role=role)), _reading(one, say)]
    )


def _heading(one: Answer, say: Texts) -> list[Any]:
    place = (one["centre"] or {}).get("city"), (one["country"] or {}).get("name")
    partner = (one["partner"] or {}).get("name")
    where = ", ".join(each for each in (*place, partner) if each)
    case = [" · ", case_link(one["application"]["reference"], say)] if one["application"] else []
    of_whom = where or say("complaints.directorate")
    lodged = say("complaints.lodged", at=written_instant(one["lodgedAt"], say))
    kind = html.B(say(f"complaints.kind.{one['kind']}"))
    return [html.P([kind, f" · {of_whom}", *case]), html.P(html.Small(lodged))]


def _reading(one: Answer, say: Texts) -> html.Form:
    about = {"complaintId": one["id"], "reference": one["reference"]}
    return READING.form("readComplaint", say, about=about)


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {"waiting": list_open, "answered": list_answered}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
