"""The requests of people on the page Access, who looked for them, and the last look-ups."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard.components.case_link import case_link
from dashboard.components.panels import Answer
from dashboard.components.shell import role_text
from dashboard.pages.access.forms import CHANGES, QUESTIONS, clock_of, table_of
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, written_instant


def list_requests(answer: Answer, say: Texts) -> list[Any]:
    """Those that wait, each with its clock and what can be done, and those answered last."""
    waiting = [_request(each, say) for each in answer["requests"]["nodes"]]
    shown: list[Any] = waiting or [html.P(say("access.no_requests"))]
    if answered := answer["answered"]["nodes"]:
        shown.append(html.H3(say("access.answered")))
        shown += [_answered(each, say) for each in answered]
    return shown


def _request(one: Answer, say: Texts) -> html.Article:
    about = {"dataRequestId": one["id"]}
    shown: list[Any] = [
        _request_heading(one, say),
        html.P(clock_of(one["dueAt"], say)),
        html.P(html.Small(one["legalBasis"])),
    ]
    if one["applicant"]:
        shown.append(html.P([say("access.about"), " ", html.Code(one["applicant"]["id"])]))
        shown += _opening(one, about, say)
    else:
        named = {"reference": one["reference"]}
        shown += (
            html.P(say("access.nobody_named")),
            QUESTIONS.folded("findByPassport", say, about=named),
            QUESTIONS.folded("findByName", say, about=named),
        )
    return html.Article([*shown, CHANGES.folded("answerDataRequest", say, about=about)])


def _opening(one: Answer, about: Mapping[str, str], say: Texts) -> list[Any]:
    """Who looked for the person: two auditors open that together."""
    if one["lookupsComparedAt"]:
        return _opened(one, say)
    if one["lookupsApprovedBy"]:
        return [html.P(say("access.opening_waits"))]
    if by := one["lookupsProposedBy"]:
        form = CHANGES.folded("approveLookupOpening", say, about=about)
        return [html.P(say("access.opening_proposed", by=by)), form]
    return [CHANGES.folded("proposeLookupOpening", say, about=about)]


def _opened(one: Answer, say: Texts) -> list[Any]:
    by, other = one["lookupsProposedBy"], one["lookupsApprovedBy"]
    at = written_instant(one["lookupsComparedAt"], say)
    opened = html.P(say("access.opened", by=by, other=other, at=at))
    if one["lookups"] is None:
        return [opened, html.P(say("access.opened_unreadable"))]
    return [opened, _look_ups(one["lookups"], say)]


def _request_heading(one: Answer, say: Texts) -> html.P:
    at = written_instant(one["lodgedAt"], say)
    lodged = say("access.lodged" if one["lodgedRole"] == "APPLICANT" else "access.by_letter", at=at)
    return html.P(
        [
            html.B(say(f"my_data.kind.{one['kind']}")),
            f" · {one['reference']} · ",
            html.Small(lodged),
        ]
    )


def _answered(one: Answer, say: Texts) -> html.Article:
    state = say(f"my_data.state.{one['state']}")
    at = written_instant(one["answeredAt"], say)
    by = say("access.answered_by", state=state, by=one["answeredBy"], at=at)
    opened = _opened(one, say) if one["lookupsComparedAt"] else []
    answer = html.P([f"{by}: ", one["reason"]])
    return html.Article([_request_heading(one, say), answer, *opened])


def list_look_ups(answer: Answer, say: Texts) -> Any:
    return _look_ups(answer["lookUps"]["nodes"], say)


def _look_ups(nodes: Sequence[Answer], say: Texts) -> Any:
    if not nodes:
        return html.P(say("access.nothing"))
    rows = [
        html.Tr(
            [
                html.Td(written_instant(one["occurredAt"], say)),
                html.Th(one["actor"], scope="row"),
                html.Td(role_text(one["actorRole"], say)),
                html.Td(say(f"access.by.{one['by']}")),
                html.Td(case_link(one["caseReference"], say)),
                html.Td(count_text(one["found"], say)),
            ]
        )
        for one in nodes
    ]
    columns = ("at", "reader", "role", "by", "case", "found")
    return table_of(say("access.look_ups"), columns, rows, say)
