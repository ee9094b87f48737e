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
from dashboard.components.shell import raiser_role_text, role_text
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.pages.supervision.lists import (
    case_lines,
    list_crossings,
    list_overdue,
    list_overstays,
    list_reversals,
    show_links,
)
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, written_instant

QUESTION = "supervision/question"
SUPERVISORS = frozenset({"SUPERVISOR"})

_REASON = Field("reason", FieldKind.REASON)
_CASE = Field("applicationId")
#: Whose budgets two supervisors widen.
WIDENED_ROLES = (
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
        "replayScreening": (),
    },
)

#: How long a proposed exception waits for another supervisor.
_WAITS = timedelta(hours=1)


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
        raiser_role_text(alert["actorRole"], say),
        written_instant(alert["raisedAt"], say),
    )
    shown: list[Any] = [
        html.P(html.B(say(f"supervision.alert.{alert['kind']}"))),
        html.P(say("supervision.alert_of", by=by, role=role, at=at)),
    ]
    if alert["application"]:
        shown.append(html.P(case_link(alert["application"]["reference"], say)))
    if alert["kind"] == "READ_BUDGET" and alert["actorRole"] in WIDENED_ROLES:
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
    roles = {role: role_text(role, say) for role in WIDENED_ROLES}
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


def _queue(name: str, show: Callable[[Answer, Texts], list[Any]]) -> ShowPanel:
    """How many wait, and each with the answers that there are to it."""

    def show_queue(answer: Answer, say: Texts) -> list[Any]:
        shown = show(answer, say)
        if not answer[name]["totalCount"]["value"]:
            return [html.P(say("supervision.nothing")), *shown]
        return [count_waiting(name, say(f"supervision.{name}"), answer[name], say), *shown]

    return show_queue


def show_replays(answer: Answer, say: Texts) -> list[Any]:
    """What replays of screening found, and how to start one: one goes on at a time."""
    replays = answer["replays"]["nodes"]
    shown = [_replay(each, say) for each in replays]
    if all(each["completedAt"] for each in replays):
        return [
            html.P(say("supervision.replay.what")),
            CHANGES.form("replayScreening", say),
            *shown,
        ]
    return [html.P(say("supervision.replay.goes_on")), *shown]


def _replay(one: Answer, say: Texts) -> html.Article:
    asked, until = (at and written_instant(at, say) for at in (one["askedAt"], one["completedAt"]))
    found = [html.P(_replayed(each, say)) for each in one["lines"]["nodes"]]
    return html.Article(
        [
            html.P(html.B(say("supervision.replay.asked", by=one["askedBy"], at=asked))),
            *(found or ([html.P(say("supervision.replay.nobody"))] if until else [])),
            *([html.P(html.Small(say("supervision.replay.completed", at=until)))] if until else []),
        ]
    )


def _replayed(line: Answer, say: Texts) -> str:
    counts = {each: count_text(line[each], say) for each in ("files", "candidates", "unread")}
    named = {"list": line["listVersion"], "rule": line["ruleVersion"]}
    return say("supervision.replay.line", **named, **counts)


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
    "replays": show_replays,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
