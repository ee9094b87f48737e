"""The breaches on the page Access: each with its clock, its notices, and what is next to do."""

from typing import Any

from dash import html

from dashboard.components.panels import Answer
from dashboard.pages.access.forms import CHANGES, QUESTIONS, clock_of
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, written_instant


def list_breaches(answer: Answer, say: Texts) -> list[Any]:
    """Those that are open, the most urgent first, and those closed last."""
    oneself = answer["viewer"]["subject"]
    shown: list[Any] = [html.P(say("access.breach_why"))]
    shown += [_breach(each, oneself, say) for each in answer["breaches"]["nodes"]]
    if closed := answer["closedBreaches"]["nodes"]:
        shown.append(html.H3(say("access.breaches_closed")))
        shown += [html.Article([_heading(each, say), *_notices(each, say)]) for each in closed]
    return shown


def _breach(one: Answer, oneself: str, say: Texts) -> html.Article:
    about = {"breachId": one["id"]}
    window = {"from": one["windowFrom"], "before": one["windowBefore"]}
    of_account = {"viewer": one["viewer"]} if one["viewer"] else {}
    people = QUESTIONS.form(
        "peopleRead", say, about={**window, "viewer": "", **of_account, "after": ""}
    )
    shown: list[Any] = [_heading(one, say), people, *_notices(one, say)]
    told = one["institutionNotifiedAt"], one["peopleNotifiedAt"]
    if None in told:
        shown.insert(1, html.P(clock_of(one["dueAt"], say)))
    for name, is_told in zip(("notifyInstitution", "notifyPeople"), told, strict=True):
        if not is_told:
            shown.append(CHANGES.folded(name, say, about=about))
    if None not in told:
        had_part = one["recordedBy"], one["institutionNotifiedBy"], one["peopleNotifiedBy"]
        shown.append(
            html.P(say("access.breach_another"))
            if oneself in had_part
            else CHANGES.folded("closeBreach", say, about=about)
        )
    return html.Article(shown)


def _heading(one: Answer, say: Texts) -> html.P:
    at = written_instant(one["noticedAt"], say)
    noticed = say("access.breach_noticed", at=at, by=one["recordedBy"])
    account = f" · {one['viewer']}" if one["viewer"] else ""
    return html.P([html.B(one["description"]), f"{account} · ", html.Small(noticed)])


def _notices(one: Answer, say: Texts) -> list[html.P]:
    """Who told whom and how, as far as it was done, and what came of the breach."""
    steps = (
        ("institution_told", one["institutionNotifiedBy"], one["institutionNotifiedAt"],
         one["institutionNotice"]),
        ("people_told", one["peopleNotifiedBy"], one["peopleNotifiedAt"], one["peopleNotice"]),
        ("closed_by", one["closedBy"], one["closedAt"], one["closeReason"]),
    )  # fmt: skip
    count = count_text(one["peopleNotified"] or 0, say)
    shown = [
        html.P(say(f"access.{key}", by=by, at=written_instant(at, say), why=why, count=count))
        for key, by, at, why in steps
        if at
    ]
    if one["inWords"]:
        shown.append(html.P(html.Q(one["inWords"])))
    return shown
