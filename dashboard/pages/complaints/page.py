"""The page Complaints: what applicants complain of, who answers it by when, and how many came."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dash import html

from dashboard.components.case_link import case_link
from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes, Questions
from dashboard.components.notice import failure_part
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import ask_for_page, page_request
from dashboard.components.panels import (
    Answer,
    ShowPanel,
    panel,
    panel_part,
    panels_layout,
    scrolling_table,
)
from dashboard.components.shell import role_text
from dashboard.model.page_state import Address
from dashboard.model.period import last_months, month_start, today
from dashboard.model.user import User
from dashboard.pages.access.forms import clock_of
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, month_text, written_instant

PAGE_NAME, QUESTION, COUNTS = "complaints", "complaints/question", "complaints/counts"
AUDITORS = frozenset({"AUDITOR"})
READERS = frozenset({"AUDITOR", "SUPERVISOR", "PARTNER_MANAGER"})
#: Whoever reads how many there are.
COUNT_READERS = READERS | {"LEADERSHIP"}
#: Those that are over, before the one that runs.
MONTHS = 12
_COMPLAINT = Field("complaintId")
KINDS = ("UNSORTED", "SERVICE", "INTEGRITY")
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
    hidden = set[str]() if viewer.role in READERS else PANELS.keys() - {"months"}
    panels = [
        panel(PAGE, name, say(f"complaints.{name}"), is_hidden=name in hidden) for name in PANELS
    ]
    lead = say(f"complaints.lead.{viewer.role}")
    stores = (*CHANGES.stores(), *READING.stores())
    return panels_layout(PAGE, say("complaints.title"), lead, panels, *stores)


def window() -> dict[str, str]:
    """Whole months, until the end of the one that runs."""
    ends_on = month_start(today(), 1) - timedelta(days=1)
    return {
        "from": last_months(MONTHS, today()).from_on.isoformat(), "to": ends_on.isoformat()
    }  # fmt: skip


async def read_complaints(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    request = page_request(state)
    answer = {**await ask_for_page(state, COUNTS, window())}
    if (await request.viewer()).role in READERS:
        asked = {"language": request.say.language.upper()}
        answer |= await request.share(QUESTION, lambda: request.ask(QUESTION, asked))
    return answer


PAGE = Page(
    name=PAGE_NAME, path="/complaints", layout=layout, roles=COUNT_READERS, read=read_complaints
)
follow_address(PAGE.name)
CHANGES.follow()
READING.follow()


def list_open(answer: Answer, say: Texts) -> list[Any]:
    """Those that wait, each with its clock and what is next to do."""
    if "open" not in answer:  # of leadership, which reads how many there are
        return []
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
    if "answered" not in answer:
        return []
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


def list_months(answer: Answer, say: Texts) -> list[Any]:
    """How many were lodged in each month, the newest first, by the kinds that the viewer reads."""
    rows = answer["counts"]["rows"]
    if not rows:
        return [html.P(say("complaints.none_lodged"))]
    lodged = {(row["period"]["startsOn"], row["kind"]): row["lodged"]["value"] for row in rows}
    this_month = month_start(today())
    months = [month_start(this_month, -ago).isoformat() for ago in range(MONTHS + 1)]
    kinds = [kind for kind in KINDS if kind in {kind for _, kind in lodged}]
    shown = [
        html.Tr(
            [
                html.Th(month_text(date.fromisoformat(month), say), scope="row"),
                *(html.Td(count_text(lodged.get((month, kind), 0), say)) for kind in kinds),
            ]
        )
        for month in months
    ]
    heads = [say("complaints.month"), *(say(f"complaints.kind.{kind}") for kind in kinds)]
    return [scrolling_table(say("complaints.months"), heads, shown)]


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {
    "waiting": list_open,
    "answered": list_answered,
    "months": list_months,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
