"""The page Access: who read whom and why, what people ask of their data, whom a breach reached."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from dash import html

from dashboard.components.case_link import case_link
from dashboard.components.notice import failure_part
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import ask_for_page
from dashboard.components.panels import Answer, ShowPanel, panel, panel_part, panels_layout
from dashboard.components.shell import raiser_role_text, role_text
from dashboard.model.page_state import Address
from dashboard.model.period import WIB, today
from dashboard.model.user import User
from dashboard.pages.access.breaches import list_breaches
from dashboard.pages.access.forms import (
    CASE_ROLES,
    CHANGES,
    PAGE_NAME,
    QUESTIONS,
    READING_ROLES,
    ROLES,
    list_of_reads,
    table_of,
)
from dashboard.pages.access.requests import list_look_ups, list_requests
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, written_day, written_instant

QUESTION = "access/question"
AUDITORS = frozenset({"AUDITOR"})
#: Over how many days readers are compared.
_DAYS = 30
#: How far back the window of a breach reaches at first.
_BREACH_HOURS = 72
#: By it somebody outside the database verifies the account.
_VERIFY = "gerbang audit verify"


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    panels = [panel(PAGE, name, say(f"access.{name}"), *_below(name, say)) for name in PANELS]
    return panels_layout(
        PAGE,
        say("access.title"),
        say("access.lead"),
        panels,
        *CHANGES.stores(),
        *QUESTIONS.stores(),
    )


def variables_of() -> dict[str, str]:
    """What the question is sent with, beside the language."""
    day = today()
    return {"from": (day - timedelta(days=_DAYS - 1)).isoformat(), "to": day.isoformat()}


async def read_access(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    return await ask_for_page(state, QUESTION, variables_of())


PAGE = Page(
    name=PAGE_NAME, path="/access", layout=layout, roles=AUDITORS, is_live=True, read=read_access
)
follow_address(PAGE.name)
CHANGES.follow()
QUESTIONS.follow()


def _below(name: str, say: Texts) -> list[Any]:
    """What is asked by a form, below what a panel shows."""
    now = datetime.now(WIB)
    window = {
        "from": f"{now - timedelta(hours=_BREACH_HOURS):%Y-%m-%dT%H:%M}",
        "before": f"{now:%Y-%m-%dT%H:%M}",
    }
    match name:
        case "requests":
            return [CHANGES.folded("registerDataRequest", say)]
        case "breach":
            first = {"after": ""}
            roles = {ROLES: _roles(READING_ROLES, say)}
            lasted = {"windowFrom": window["from"], "windowBefore": window["before"]}
            return [
                CHANGES.folded("recordBreach", say, usual=lasted),
                QUESTIONS.folded("peopleRead", say, about=first, usual=window),
                QUESTIONS.folded("peopleInReach", say, about=first, usual=window, listed=roles),
            ]
        case "reads":
            return [
                QUESTIONS.folded("readsOfAccount", say, usual=window),
                QUESTIONS.folded("readsOfCase", say),
                QUESTIONS.folded("why", say, listed={ROLES: _roles(CASE_ROLES, say)}),
            ]
        case _:
            return []


def _roles(roles: Iterable[str], say: Texts) -> dict[str, str]:
    """What they are called, by code."""
    return {role: role_text(role, say) for role in roles}


def list_readers(answer: Answer, say: Texts) -> list[Any]:
    """Who read the most people, beside the others of the role; the unusual first."""
    rows = answer["readers"]["rows"]
    if not rows:
        return [html.P(say("access.nobody_read"))]
    listed = sorted(rows, key=lambda one: not one["isUnusual"])  # else as they came: most first
    unusual = sum(1 for one in rows if one["isUnusual"])
    count = count_text(unusual, say)
    said = say("access.unusual" if unusual else "access.none_unusual", count=count)
    columns = ("reader", "role", "people", "others", "unusual", "budget")
    table = table_of(say("access.readers"), columns, [_reader(one, say) for one in listed], say)
    return [html.P(said), table]


def _reader(one: Answer, say: Texts) -> html.Tr:
    if one["median"] is None:
        others, verdict = say("access.few_others"), ""
    else:
        others = say(
            "access.of_others",
            median=count_text(one["median"], say),
            upper=count_text(one["upperQuartile"], say),
            others=count_text(one["others"], say),
        )
        verdict = say("access.is_unusual" if one["isUnusual"] else "access.is_usual")
    counted = count_text(one["countedNow"], say)
    budget = one["budget"]
    spent = (
        say("access.of_budget", counted=counted, budget=count_text(budget, say))
        if budget is not None
        else counted
    )
    return html.Tr(
        [
            html.Th(one["viewer"], scope="row"),
            html.Td(role_text(one["role"], say)),
            html.Td(count_text(one["people"]["value"], say)),
            html.Td(html.Small(others)),
            html.Td(verdict, className="bad" if one["isUnusual"] else ""),
            html.Td(spent),
        ]
    )


def list_alerts(answer: Answer, say: Texts) -> Any:
    """What viewers did that others look into: spent budgets and inquiries among them."""
    nodes = answer["alerts"]["nodes"]
    if not nodes:
        return html.P(say("access.no_alerts"))
    rows = [
        html.Tr(
            [
                html.Td(written_instant(one["raisedAt"], say)),
                html.Th(one["actor"], scope="row"),
                html.Td(raiser_role_text(one["actorRole"], say)),
                html.Td([say(f"supervision.alert.{one['kind']}"), *_case_of(one, say)]),
                html.Td(_closing(one, say)),
            ]
        )
        for one in nodes
    ]
    columns = ("at", "whom", "role", "what", "closed")
    return table_of(say("access.alerts"), columns, rows, say)


def _case_of(alert: Answer, say: Texts) -> list[Any]:
    case = alert["application"]
    return [" · ", case_link(case["reference"], say)] if case else []


def _closing(alert: Answer, say: Texts) -> str:
    if not alert["closedAt"]:
        return say("access.is_open")
    at = written_instant(alert["closedAt"], say)
    return say("access.closed_by", by=alert["closedBy"], at=at, why=alert["closeReason"])


def list_reads(answer: Answer, say: Texts) -> list[Any]:
    return list_of_reads(answer["reads"], say)


def list_erasures(answer: Answer, say: Texts) -> list[Any]:
    """Erasures with how far each has come, and the legal holds that stop them."""
    holds, nodes = answer["legalHolds"]["nodes"], answer["erasures"]["nodes"]
    shown: list[Any] = []
    if nodes:
        columns = ("ordered", "cause", "erased", "copies", "index")
        rows = [_erasure(one, say) for one in nodes]
        shown.append(table_of(say("access.erasures"), columns, rows, say))
    else:
        shown.append(html.P(say("access.no_erasures")))
    shown.append(html.H3(say("access.legal_holds")))
    if not holds:
        shown.append(html.P(say("access.no_holds")))
    for one in holds:
        at = written_instant(one["heldAt"], say)
        case = case_link(one["application"]["reference"], say) if one["application"] else ""
        by = say("access.held_by", by=one["heldBy"], at=at)
        shown.append(html.Article([html.P(html.B(case)), html.P(one["reason"]), html.P(by)]))
    return shown


def _erasure(one: Answer, say: Texts) -> html.Tr:
    return html.Tr(
        [
            html.Th(written_instant(one["orderedAt"], say), scope="row"),
            html.Td(say(f"access.cause.{one['cause']}")),
            html.Td(_reached(one["erasedAt"], say)),
            html.Td(_reached(one["copiesEndAt"], say)),
            html.Td(_reached(one["indexRemovedAt"], say)),
        ]
    )


def _reached(instant: str | None, say: Texts) -> str:
    return written_instant(instant, say) if instant else say("access.not_yet")


def list_payments(answer: Answer, say: Texts) -> Any:
    """Payments that fitted no bill, and what the treasury did with each."""
    nodes = answer["payments"]["nodes"]
    if not nodes:
        return html.P(say("access.nothing"))
    rows = [
        html.Tr(
            [
                html.Td(written_instant(one["keptAt"], say)),
                html.Th(one["receiptNumber"], scope="row"),
                html.Td(one["billingCode"]),
                html.Td(count_text(one["paid"]["amount"], say)),
                html.Td(one["keptBy"]),
                html.Td(_came_of(one, say)),
            ]
        )
        for one in nodes
    ]
    columns = ("at", "receipt", "code", "rupiah", "kept_by", "outcome")
    return table_of(say("access.payments"), columns, rows, say)


def _came_of(payment: Answer, say: Texts) -> str:
    if payment["assignedTo"]:
        return say("access.payment_assigned", code=payment["assignedTo"])
    if bill := payment["recommendedBill"]:
        by, why = payment["recommendedBy"], payment["reason"] or ""
        return say("access.payment_bill", bill=bill, by=by, why=why)
    people = ((payment["recommendedBy"], payment["reason"]),
              (payment["secondedBy"], payment["secondReason"]))  # fmt: skip
    said = [say("access.payment_refund", by=by, why=why or "") for by, why in people if by]
    if payment["orderNumber"]:
        on = written_day(payment["orderedOn"], say) if payment["orderedOn"] else ""
        said.append(say("access.payment_ordered", number=payment["orderNumber"], on=on))
    return " ".join(said) or say("access.payment_waits")


def show_account(answer: Answer, say: Texts) -> html.P:
    """How far the account is signed."""
    last = answer["installation"]["checkpoint"]
    if last is None:
        return html.P(say("access.never_signed"))
    signed = say(
        "access.signed",
        at=written_instant(last["signedAt"], say),
        entries=count_text(last["entries"], say),
        waiting=count_text(last["waiting"], say),
    )
    return html.P([signed, " ", html.Code(_VERIFY)])


#: In the order of the page: what has a clock first.
PANELS: Mapping[str, ShowPanel] = {
    "requests": list_requests,
    "breach": list_breaches,
    "readers": list_readers,
    "alerts": list_alerts,
    "reads": list_reads,
    "look_ups": list_look_ups,
    "erasures": list_erasures,
    "payments": list_payments,
    "account": show_account,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
