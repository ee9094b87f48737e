"""The page Desk: what is on an officer's own desk and what waits, and where the work is done."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.notice import failure_part
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import ask_for_page
from dashboard.components.panels import (
    Answer,
    ShowPanel,
    fixed_panel,
    panel,
    panel_part,
    panels_layout,
)
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.pages.access.forms import list_of_reads
from dashboard.pages.supervision.lists import case_lines
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, list_text, written_instant
from dashboard.web.visit import current_visit

QUESTION = "desk/question"
OFFICERS = frozenset({"OFFICER"})


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    panels = [
        *(panel(PAGE, name, say(f"desk.{name}")) for name in PANELS),
        fixed_panel("where", say("desk.where"), html.P(say("desk.where_why")), *way_to_work(say)),
    ]
    return panels_layout(PAGE, say("desk.title"), say("desk.lead"), panels)


def way_to_work(say: Texts) -> list[Any]:
    """The link to the front end of officers, where the installation names one."""
    url = current_visit.get().officers_url
    return [html.P(html.A(say("desk.open"), href=url, className="button"))] if url else []


async def read_desk(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    return await ask_for_page(state, QUESTION)


PAGE = Page(name="desk", path="/desk", layout=layout, roles=OFFICERS, is_live=True, read=read_desk)
follow_address(PAGE.name)


def list_own(answer: Answer, say: Texts) -> list[Any]:
    """The cases on the own desk, in order of the due time."""
    nodes = answer["mine"]["nodes"]
    if not nodes:
        return [html.P(say("desk.empty"))]
    count = say("desk.cases", count=count_text(answer["mine"]["totalCount"]["value"], say))
    cases = [
        html.Article([*case_lines(each, say), *_heard(each, say), *_changed(each, say)])
        for each in nodes
    ]
    return [html.P(count, className="counted"), *cases]


def _heard(case: Answer, say: Texts) -> list[Any]:
    """That an announced refusal waits for nobody but the officer: it was answered, or ran out."""
    announced = case["refusalIntention"]
    if not (announced and announced["endedAt"]):
        return []
    how = "heard" if announced["answeredAt"] else "unheard"
    at = written_instant(announced["endedAt"], say)
    return [html.P(html.Strong(say(f"desk.{how}", at=at)))]


def _changed(case: Answer, say: Texts) -> list[Any]:
    """The documents that are no longer what the partner's system had registered."""
    kinds = [each["kind"] for each in case["uploads"] if each["state"] == "CHANGED"]
    what = list_text([say(f"changes.value.{kind}") for kind in kinds], say)
    return [html.P(say("desk.changed", what=what), className="bad")] if kinds else []


def show_waiting(answer: Answer, say: Texts) -> list[Any]:
    """How many can be taken: which one comes next is not chosen here."""
    free, overdue = (
        count_text(answer[queue]["totalCount"]["value"], say) for queue in ("free", "overdue")
    )
    said = [html.P(say("desk.free", count=free)), html.P(say("desk.overdue", count=overdue))]
    pools = [
        say("desk.pool", pool=one["code"], count=count_text(one["waiting"], say))
        for one in answer["viewer"]["pools"]
    ]
    if pools:
        said.append(html.P(say("desk.pools", pools=list_text(pools, say))))
    due = [each["targetDueAt"] for each in answer["free"]["nodes"] if each["targetDueAt"]]
    if due:
        said.append(html.P(say("desk.next", at=written_instant(due[0], say))))
    return said


def list_own_reads(answer: Answer, say: Texts) -> list[Any]:
    """What the log says that one has read oneself."""
    return list_of_reads(answer["reads"], say)


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {
    "mine": list_own,
    "waiting": show_waiting,
    "reads": list_own_reads,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
