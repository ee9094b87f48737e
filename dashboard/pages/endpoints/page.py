"""The page Endpoints: where the partner's systems are told of their files, whom a manager lets be
told, and what could not be."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes
from dashboard.components.notice import failure_part
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import ask_for_page
from dashboard.components.panels import (
    Answer,
    ShowPanel,
    panel,
    panel_part,
    panels_layout,
    scrolling_table,
)
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, written_instant

PAGE_NAME, QUESTION = "endpoints", "endpoints/question"
MANAGERS = frozenset({"PARTNER_MANAGER"})
_COLUMNS = ("number", "file", "endpoint", "written", "attempts", "failure")
_ENDPOINT = Field("endpointId")
CHANGES = Changes(
    PAGE_NAME,
    {
        "approveWebhook": (_ENDPOINT,),
        "pauseWebhook": (_ENDPOINT,),
        "resumeWebhook": (_ENDPOINT,),
        "removeWebhook": (_ENDPOINT,),
        "redeliverNotices": (
            _ENDPOINT,
            Field("fromNumber", FieldKind.NUMBER),
            Field("throughNumber", FieldKind.NUMBER),
        ),
    },
)


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    panels = [panel(PAGE, name, say(f"endpoints.{name}")) for name in PANELS]
    lead = say("endpoints.lead")
    return panels_layout(PAGE, say("endpoints.title"), lead, panels, *CHANGES.stores())


async def read_endpoints(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    return await ask_for_page(state, QUESTION, {})


PAGE = Page(name=PAGE_NAME, path="/endpoints", layout=layout, roles=MANAGERS, read=read_endpoints)
follow_address(PAGE.name)
CHANGES.follow()


def list_endpoints(answer: Answer, say: Texts) -> list[Any]:
    """Each endpoint, how it does, and what can be done about it."""
    nodes = answer["webhookEndpoints"]["nodes"]
    return [_endpoint(each, say) for each in nodes] or [html.P(say("endpoints.none"))]


def _endpoint(one: Answer, say: Texts) -> html.Article:
    about = {"endpointId": one["id"]}
    delivery = one["delivery"] or {}
    is_disabled = bool(delivery.get("disabledAt"))
    state = "DISABLED" if is_disabled else one["state"]
    at = written_instant(one["registeredAt"], say)
    facts = [say(f"endpoints.state.{state}"), say("endpoints.registered", at=at)]
    if delivery.get("failingSince"):
        since = written_instant(delivery["failingSince"], say)
        facts.append(say("endpoints.failing", since=since, why=delivery["failure"] or ""))
    elif delivery.get("deliveredAt"):
        taken = written_instant(delivery["deliveredAt"], say)
        facts.append(
            say("endpoints.taken", at=taken, number=count_text(delivery["lastNumber"], say))
        )
    steps = {
        "PROPOSED": ("approveWebhook", "removeWebhook"),
        "LIVE": ("pauseWebhook", "redeliverNotices", "removeWebhook"),
        "PAUSED": ("resumeWebhook", "removeWebhook"),
        "DISABLED": ("resumeWebhook", "redeliverNotices", "removeWebhook"),
    }[state]
    return html.Article(
        [
            html.P([html.B(one["country"]["name"]), " · ", html.Code(one["url"])]),
            html.P(html.Small(" · ".join(facts))),
            *(CHANGES.folded(step, say, about=about) for step in steps),
        ]
    )


def list_dead(answer: Answer, say: Texts) -> list[Any]:
    """What nobody took for days, the newest first."""
    notices = answer["webhookNotices"]
    if not notices["nodes"]:
        return [html.P(say("endpoints.no_dead"))]
    columns = [say(f"endpoints.column.{each}") for each in _COLUMNS]
    rows = [_row(each, say) for each in notices["nodes"]]
    return [scrolling_table(say("endpoints.dead"), columns, rows)]


def _row(one: Answer, say: Texts) -> html.Tr:
    cells = (
        (one["application"] or {}).get("reference"),
        one["endpoint"]["url"],
        written_instant(one["writtenAt"], say),
        count_text(one["attempts"], say),
        one["failure"],
    )
    number = html.Th(count_text(one["number"], say), scope="row")
    return html.Tr([number, *(html.Td(each or "") for each in cells)])


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {"listed": list_endpoints, "dead": list_dead}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
