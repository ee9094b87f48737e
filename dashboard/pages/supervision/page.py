"""The page Supervision: what waits, the most urgent first, and a supervisor's answers to it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dash import html

from dashboard.components.case_link import case_link
from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes
from dashboard.components.notice import failure_part
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import ask_for_page, page_request
from dashboard.components.panels import (
    Answer,
    ShowPanel,
    count_waiting,
    cursors_named,
    panel,
    panel_part,
    panels_layout,
)
from dashboard.components.shell import role_text
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, written_day, written_instant

QUESTION = "supervision/question"
SUPERVISORS = frozenset({"SUPERVISOR"})

_REASON = Field("reason", FieldKind.REASON)
_CASE = Field("applicationId")
#: Whose budgets two supervisors widen.
ROLES = (
    *("PARTNER_AGENT", "PARTNER_MANAGER", "OFFICER", "SUPERVISOR", "SCREENING", "AUDITOR"),
    "PARTNER_SERVICE",
)
CHANGES = Changes(
    "supervision",
    {
        "closeAlert": (Field("alertId"), _REASON),
        "resolveHit": (
            _CASE,
            Field("kind"),
            Field("resolution", FieldKind.CHOICE, ("NO_MATCH", "MATCH")),
            _REASON,
        ),
        "openInquiry": (
            Field("minutes", FieldKind.NUMBER),
            Field("mostPeople", FieldKind.NUMBER),
            _REASON,
        ),
        "approveInquiry": (Field("inquiryId"),),
        "reviewInquiry": (
            Field("inquiryId"),
            Field("verdict", FieldKind.CHOICE, ("JUSTIFIED", "UNJUSTIFIED")),
            _REASON,
        ),
        "proposeBudgetException": (
            Field("viewer", called="subject"),
            Field("role", FieldKind.CHOICE, "roles"),
            Field("mostPeople", FieldKind.NUMBER),
            Field("minutes", FieldKind.NUMBER),
            _REASON,
        ),
        "approveBudgetException": (Field("exceptionId"),),
        "releaseApplication": (_CASE, _REASON),
    },
)

#: How long a proposed exception waits for another supervisor.
_WAITS = timedelta(hours=1)
#: The statuses in which a case has yet to be decided.
_UNDER_WAY = ("PAID", "IN_VERIFICATION", "INFO_REQUESTED", "SCREENING")


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    panels = [panel(PAGE, name, say(f"supervision.{name}")) for name in PANELS]
    return panels_layout(
        PAGE, say("supervision.title"), say("supervision.lead"), panels, *CHANGES.stores()
    )


async def read_supervision(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    return await ask_for_page(state, QUESTION, cursors_named(page_request(state).about, PANELS))


PAGE = Page(
    name="supervision",
    path="/supervision",
    layout=layout,
    roles=SUPERVISORS,
    is_live=True,
    read=read_supervision,
)
follow_address(PAGE.name)
CHANGES.follow()


def list_alerts(answer: Answer, say: Texts) -> list[Any]:
    return [_alert(each, answer["viewer"]["subject"], say) for each in answer["alerts"]["nodes"]]


def _alert(alert: Answer, own: str, say: Texts) -> html.Article:
    by, role, at = (
        alert["actor"],
        role_text(alert["actorRole"], say),
        written_instant(alert["raisedAt"], say),
    )
    shown: list[Any] = [
        html.P(html.B(say(f"supervision.alert.{alert['kind']}"))),
        html.P(say("supervision.alert_of", by=by, role=role, at=at)),
    ]
    if alert["application"]:
        shown.append(html.P(case_link(alert["application"]["reference"], say)))
    if alert["kind"] == "READ_BUDGET" and alert["actorRole"] in ROLES:
        reader = {"viewer": by, "role": alert["actorRole"]}
        shown.append(CHANGES.folded("proposeBudgetException", say, about=reader))
    if by != own:
        shown.append(CHANGES.folded("closeAlert", say, about={"alertId": alert["id"]}))
    return html.Article(shown)


def list_hits(answer: Answer, say: Texts) -> list[Any]:
    """Each case with its open hits: who it is stands in the case itself, not here."""
    return [
        html.Article([*case_lines(each, say), *(_hit(each, one, say) for one in _open_hits(each))])
        for each in answer["hits"]["nodes"]
    ]


def _open_hits(case: Answer) -> Sequence[Answer]:
    screenings = case["screenings"]["nodes"]
    return [each for each in screenings if each["result"] == "HIT" and not each["voidedAt"]]


def _hit(case: Answer, hit: Answer, say: Texts) -> html.Div:
    """A hit, and what somebody said of it already: a question of its own beside it."""
    facts = [
        say(f"supervision.screening.{hit['kind']}"),
        say("supervision.since", at=written_instant(hit["requestedAt"], say)),
    ]
    for each in case["screenings"]["nodes"]:
        if each["kind"] == hit["kind"] and each["result"] == "PENDING" and each["proposed"]:
            what = say(f"changes.value.{each['proposed']}")
            facts.append(say("supervision.proposed", what=what, by=each["proposedBy"]))
    about = {"applicationId": case["id"], "kind": hit["kind"]}
    return html.Div([html.P(" · ".join(facts)), CHANGES.folded("resolveHit", say, about=about)])


def list_inquiries(answer: Answer, say: Texts) -> list[Any]:
    own, found = answer["viewer"]["subject"], answer["inquiries"]["nodes"]
    shown = [_inquiry(each, own, say) for each in found]
    return [*shown, CHANGES.folded("openInquiry", say)]


def _inquiry(one: Answer, own: str, say: Texts) -> html.Article:
    seen, most = count_text(one["seen"], say), count_text(one["mostPeople"], say)
    opened = say(
        "supervision.opened_by", by=one["openedBy"], at=written_instant(one["openedAt"], say)
    )
    about = {"inquiryId": one["id"]}
    shown: list[Any] = [
        html.P(html.B(one["reference"])),
        html.P(one["reason"]),
        html.P(html.Small(f"{opened} · {say('supervision.seen', seen=seen, most=most)}")),
    ]
    ends, due = one["endsAt"], one["reviewDueAt"]
    if ends and datetime.fromisoformat(ends) > datetime.now(UTC):
        shown.append(html.P(say("supervision.open_until", at=written_instant(ends, say))))
    elif due:
        shown.append(html.P(say("supervision.review_by", at=written_instant(due, say))))
        if own not in (one["openedBy"], one["approvedBy"]):
            shown.append(CHANGES.folded("reviewInquiry", say, about=about))
    elif own != one["openedBy"]:
        shown.append(CHANGES.form("approveInquiry", say, about=about))
    if own in (one["openedBy"], one["approvedBy"]):
        shown.append(html.P(say("supervision.own_inquiry")))
    return html.Article(shown)


def list_exceptions(answer: Answer, say: Texts) -> list[Any]:
    own, found = answer["viewer"]["subject"], answer["exceptions"]["nodes"]
    roles = {role: role_text(role, say) for role in ROLES}
    form = CHANGES.folded("proposeBudgetException", say, listed={"roles": roles})
    return [*(_exception(each, own, say) for each in found), form]


def _exception(one: Answer, own: str, say: Texts) -> html.Article:
    """For whom, how far and by whom; the form to agree for who may, while they may."""
    seen, most = count_text(one["seen"], say), count_text(one["mostPeople"], say)
    minutes, at = count_text(one["minutes"], say), written_instant(one["proposedAt"], say)
    widens = say("supervision.widens", most=most, minutes=minutes)
    proposed = say("supervision.proposed_by", by=one["proposedBy"], at=at)
    shown: list[Any] = [
        html.P(html.B(f"{one['viewer']}, {role_text(one['role'], say)}")),
        html.P(one["reason"]),
        html.P(html.Small(f"{widens} · {proposed}")),
    ]
    since = datetime.now(UTC) - datetime.fromisoformat(one["proposedAt"])
    if one["endsAt"]:
        by, until = one["approvedBy"], written_instant(one["endsAt"], say)
        shown.append(html.P(say("supervision.widened", by=by, until=until, seen=seen)))
    elif since >= _WAITS:
        shown.append(html.P(say("supervision.not_widened")))
    elif own not in (one["proposedBy"], one["viewer"]):
        about = {"exceptionId": one["id"]}
        shown.append(CHANGES.form("approveBudgetException", say, about=about))
    else:
        shown.append(html.P(say("supervision.waits_for_another")))
    return html.Article(shown)


def list_held(answer: Answer, say: Texts) -> list[Any]:
    return [
        html.Article(
            [
                *case_lines(each, say),
                CHANGES.folded("releaseApplication", say, about={"applicationId": each["id"]})
                if each["isHeld"]
                else html.P(say("supervision.visa_held")),
            ]
        )
        for each in answer["held"]["nodes"]
    ]


def list_overdue(answer: Answer, say: Texts) -> list[Any]:
    return [html.Article(case_lines(each, say)) for each in answer["overdue"]["nodes"]]


def list_overstays(answer: Answer, say: Texts) -> list[Any]:
    """Visas alone: whose they are stands in the case."""
    return [
        html.Article([html.P(html.B(each["visaNumber"])), html.P(_stay(each, say))])
        for each in answer["overstays"]["nodes"]
    ]


def _stay(stay: Answer, say: Texts) -> str:
    """From when until when; days are gone once a person is erased."""
    if not (stay["enteredOn"] and stay["until"]):
        return ""
    entered, until = (written_day(stay[name], say) for name in ("enteredOn", "until"))
    if stay["confirmedAt"]:
        at = written_instant(stay["confirmedAt"], say)
        return say("supervision.confirmed", entered=entered, until=until, at=at)
    return say("supervision.stayed", entered=entered, until=until)


def list_crossings(answer: Answer, say: Texts) -> list[Any]:
    return [
        html.Article(
            [
                html.P(html.B(each["visaNumber"])),
                html.P(
                    say(
                        f"supervision.crossing.{each['direction']}",
                        at=written_instant(each["crossedAt"], say),
                        port=each["port"],
                    )
                ),
                html.P(
                    html.Small(
                        say("supervision.reported", named=each["reportKey"], by=each["reportedBy"])
                    )
                ),
            ]
        )
        for each in answer["crossings"]["nodes"]
    ]


def list_reversals(answer: Answer, say: Texts) -> list[Any]:
    """Cases whose payment the treasury has no longer: decided ones stay as they are."""
    return [
        html.Article(
            [
                *(case_lines(each["application"], say) if each["application"] else ()),
                html.P(
                    say(
                        "supervision.reversed",
                        amount=count_text(each["fee"]["amount"], say),
                        at=written_instant(each["reversedAt"], say) if each["reversedAt"] else "",
                        number=each["reversalNumber"] or "",
                    )
                ),
            ]
        )
        for each in answer["reversals"]["nodes"]
    ]


def case_lines(case: Answer, say: Texts) -> list[Any]:
    """A case by its reference, and where it stands: never who it is about."""
    visa_type, country = case["visaType"], case["country"]
    due = case["targetDueAt"] if case["status"] in _UNDER_WAY else None
    facts = [
        visa_type["code"] if visa_type else "",
        country["name"] if country else "",
        say(f"supervision.status.{case['status']}"),
        say("supervision.due", at=written_instant(due, say)) if due else "",
    ]
    return [
        html.P(html.B(case_link(case["reference"], say))),
        html.P(html.Small(" · ".join(each for each in facts if each))),
    ]


def _queue(name: str, show: Callable[[Answer, Texts], list[Any]]) -> ShowPanel:
    """How many wait, and each with the answers that there are to it."""

    def show_queue(answer: Answer, say: Texts) -> list[Any]:
        shown = show(answer, say)
        if not answer[name]["totalCount"]["value"]:
            return [html.P(say("supervision.nothing")), *shown]
        return [count_waiting(name, say(f"supervision.{name}"), answer[name], say), *shown]

    return show_queue


def show_links(answer: Answer, say: Texts) -> list[Any]:
    """Which links count, and how many wait for the verdict of an officer."""
    figures = answer["linkFigures"]
    names = ("waiting", "certain", "confirmed", "rejected")
    return [
        html.P(say(f"supervision.link.{name}", count=count_text(figures[name], say)))
        for name in names
    ]


_LISTS = {
    "alerts": list_alerts,
    "hits": list_hits,
    "inquiries": list_inquiries,
    "held": list_held,
    "overdue": list_overdue,
    "overstays": list_overstays,
    "crossings": list_crossings,
    "reversals": list_reversals,
}
#: What waits, the most urgent first: an alert is about somebody who reads people now.
PANELS = {name: _queue(name, show) for name, show in _LISTS.items()} | {
    "exceptions": list_exceptions,
    "links": show_links,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
