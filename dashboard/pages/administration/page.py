"""The page Administration: what is in force and will be, what waits for a second person, and the
forms by which an administrator changes it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from dash import html

from dashboard.components.html_part import html_output
from dashboard.components.notice import failure_part, missing_part
from dashboard.components.page import Page, follow_address, part
from dashboard.components.page_request import ask_for_page, page_request
from dashboard.components.panels import Answer, ShowPanel, panel, panel_part, panels_layout
from dashboard.model.page_state import Address
from dashboard.model.period import today
from dashboard.model.user import User
from dashboard.pages.administration.forms import CHANGES, PARTNERS, PROPOSALS, STOPS, VISA_TYPES
from dashboard.pages.administration.tables import (
    days_off,
    documents,
    list_closing,
    list_pools,
    named_events,
    partners,
    visa_types,
)
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text, written_day, written_instant

QUESTION, TOUCHED = "administration/question", "administration/touched"
DOCUMENTS = "administration/documents"
AUDITOR = "AUDITOR"
#: Who approves what administrators do not approve among themselves.
APPROVERS = {"NAMED_EVENT": AUDITOR, "GRANT_RULE": "SUPERVISOR", "POOL": "SUPERVISOR"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ADMINISTRATORS = frozenset({"ADMINISTRATOR"})
#: Auditors approve events, supervisors rules that grant, and both read the rest.
READERS = ADMINISTRATORS | {*APPROVERS.values()}


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    hidden = set[str]() if viewer.role in ADMINISTRATORS else {"propose", "documents"}
    panels = [
        panel(PAGE, name, say(f"administration.{name}"), is_hidden=name in hidden)
        for name in (*PANELS, "documents")
    ]
    lead = say(f"administration.lead_{viewer.role}")
    return panels_layout(PAGE, say("administration.title"), lead, panels, *CHANGES.stores())


async def read_administration(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    request = page_request(state)
    answer = await ask_for_page(state, QUESTION)
    if (await request.viewer()).role not in ADMINISTRATORS:
        return answer
    touched = await request.share(TOUCHED, lambda: request.ask(TOUCHED, {}))
    return {**answer, **touched}


PAGE = Page(
    name="administration",
    path="/administration",
    layout=layout,
    roles=READERS,
    read=read_administration,
)
follow_address(PAGE.name)
CHANGES.follow()


def list_events(answer: Answer, say: Texts) -> Any:
    nodes = answer["namedEvents"]["nodes"]
    return named_events(nodes, say) if nodes else html.P(say("administration.no_events"))


def list_days_off(answer: Answer, say: Texts) -> Any:
    """Those of the year and of what comes."""
    year = today().replace(month=1, day=1).isoformat()
    coming = [each for each in answer["daysOff"]["nodes"] if each["day"] >= year]
    return days_off(coming, say) if coming else html.P(say("administration.no_days_off"))


def list_grant_rules(answer: Answer, say: Texts) -> Any:
    """Each version, the newest of its visa type first; a supervisor stops what is in force."""
    may_stop = answer["viewer"]["role"] == APPROVERS["GRANT_RULE"]
    shown = [
        _grant_rule(rule, say, is_newest=number == 0, may_stop=may_stop)
        for one in answer["visaTypes"]["nodes"]
        for number, rule in enumerate(one["grantRules"])
    ]
    return shown or html.P(say("administration.no_grant_rules"))


def _grant_rule(rule: Answer, say: Texts, *, is_newest: bool, may_stop: bool) -> html.Article:
    stop, is_in_force = rule["stop"], is_newest and not rule["stop"]
    state = "in_force" if is_in_force else "stopped" if stop else "replaced"
    facts: list[Any] = [
        html.P([html.B(rule["code"]), " · ", say(f"administration.rule.{state}")]),
        html.P(
            say(
                "administration.rule.says",
                countries=", ".join(rule["nationalities"]),
                hours=count_text(rule["hoursAfterPayment"], say),
                percent=count_text(rule["samplePercent"], say),
                official=rule["official"],
                decree=rule["decree"],
            )
        ),
    ]
    if stop:
        at = written_instant(stop["stoppedAt"], say)
        by = say("administration.rule.stopped_by", by=stop["stoppedBy"], at=at, why=stop["reason"])
        facts.append(html.P(html.Small(by)))
    if is_in_force and may_stop:
        facts.append(CHANGES.folded(STOPS, say, about={"code": rule["code"]}))
    return html.Article(facts)


def list_visa_types(answer: Answer, say: Texts) -> Any:
    return visa_types(answer["visaTypes"]["nodes"], today(), say)


def list_partners(answer: Answer, say: Texts) -> Any:
    return partners(answer["partners"]["nodes"], say)


def offer_proposals(answer: Answer, say: Texts) -> Any:
    listed = listed_names(answer)
    return [CHANGES.folded(change, say, listed=listed) for change in PROPOSALS]


def list_settled(answer: Answer, say: Texts) -> Any:
    shown = [_change(each, say) for each in answer["settled"]["nodes"]]
    return shown or html.P(say("administration.nothing_settled"))


def listed_names(answer: Answer) -> dict[str, dict[str, str]]:
    """The visa types and partners to choose from: their names by code."""
    return {
        name: {each["code"]: f"{each['code']} · {each['name']}" for each in answer[of]["nodes"]}
        for name, of in ((VISA_TYPES, "visaTypes"), (PARTNERS, "partners"))
    }


def list_proposals(answer: Answer, say: Texts) -> Any:
    """What somebody proposed, with the answers that this viewer may give to it."""
    viewer, changes = answer["viewer"], answer["proposed"]["nodes"]
    touched = {one["changeId"]: one for one in answer.get("touchedFiles") or ()}
    waiting = [
        html.Article(
            [
                _change(each, say),
                *_touched(each, touched.get(each["id"]), say),
                *_answers(each, viewer, say),
            ]
        )
        for each in changes
    ]
    waiting += [
        html.Article([*_suspension_facts(each, say), *_lifting(each, viewer, say)])
        for each in answer["suspensions"]["nodes"]
        if each["liftProposedBy"] and not each["liftedAt"]
    ]
    return waiting or html.P(say("administration.nothing_waits"))


def _lifting(suspension: Answer, viewer: Answer, say: Texts) -> Iterable[Any]:
    """Administrators lift what another of them proposed to lift."""
    if viewer["role"] not in ADMINISTRATORS:
        yield html.P(say("administration.by_others"))
    elif suspension["liftProposedBy"] == viewer["subject"]:
        yield html.P(say("administration.second_person"))
    else:
        yield CHANGES.form("liftSuspension", say, about={"suspensionId": suspension["id"]})


def _touched(change: Answer, touched: Answer | None, say: Texts) -> Iterable[Any]:
    """Whom the change touches, before anybody approves it."""
    if touched is None or change["kind"] in APPROVERS:
        return
    open_files, keep = touched["open"], touched["keep"]
    if not open_files:
        key = "nobody"
    elif keep is None:
        key = f"of_{change['kind']}"
    else:
        key = "all_keep" if keep == open_files else "some_keep"
    counts = {"open": count_text(open_files, say), "keep": count_text(keep or 0, say)}
    yield html.P(say(f"administration.touches.{key}", **counts), className="touched")
    if files := touched.get("toHandIn"):
        yield html.P(say("administration.touches.to_hand_in", files=count_text(files, say)))


def _answers(change: Answer, viewer: Answer, say: Texts) -> Iterable[Any]:
    """Auditors answer events, supervisors rules; administrators approve the rest of each other's,
    and stop any."""
    about, approver = {"changeId": change["id"]}, APPROVERS.get(change["kind"])
    is_for_viewer = viewer["role"] == approver
    if not is_for_viewer and (approver or viewer["role"] not in ADMINISTRATORS):
        yield html.P(say(f"administration.by_{approver or 'others'}"))
    elif change["proposedBy"] == viewer["subject"]:
        yield html.P(say("administration.second_person"))
    else:
        yield CHANGES.form("approveReferenceChange", say, about=about)
    if is_for_viewer or viewer["role"] in ADMINISTRATORS:
        yield CHANGES.folded("cancelReferenceChange", say, about=about)


def _change(change: Answer, say: Texts) -> html.Div:
    """A change with what it changes, its decree, and who stands for it."""
    kind = say(f"administration.kind.{change['kind']}")
    at = written_instant(change["proposedAt"], say)
    facts = [
        say("administration.by_decree", decree=change["decree"] or ""),
        change["reason"] or "",
        say("administration.proposed_by", by=change["proposedBy"] or "", at=at),
    ]
    if change["approvedBy"]:
        facts.append(say("administration.approved_by", by=change["approvedBy"]))
    if change["cancelledBy"]:
        facts.append(
            say(
                "administration.cancelled_by",
                by=change["cancelledBy"],
                why=change["cancelReason"] or "",
            )
        )
    state = say(f"administration.state.{change['state']}")
    heading = [html.B(f"{kind} {change['subject']}"), f" · {state}"]
    if change["effectiveOn"]:
        day = written_day(change["effectiveOn"], say)
        heading.append(f" · {say('administration.from', day=day)}")
    return html.Div(
        [
            html.P(heading),
            html.Ul([html.Li(_value(each, say)) for each in change["values"]]),
            html.P(html.Small(" · ".join(each for each in facts if each))),
        ],
        className="changed",
    )


def _value(value: Answer, say: Texts) -> str:
    name = _field_name(value["name"], say)
    before, after = (_spoken(value[side], say) for side in ("before", "after"))
    if value["before"] is None:
        return say("administration.sets", name=name, after=after)
    return say("administration.changes", name=name, before=before, after=after)


def _field_name(name: str, say: Texts) -> str:
    key = f"changes.field.{name}"
    return say(key) if key in say.by_key else name


def _spoken(text: str | None, say: Texts) -> str:
    """A value in words, where there are words for it."""
    if text is None:
        return NO_VALUE
    if _DAY.fullmatch(text):
        return written_day(text, say)
    if text.isdecimal():
        return count_text(int(text), say)
    for key in (f"changes.value.{text}", f"changes.truth.{text}"):
        if key in say.by_key:
            return say(key)
    return text


def list_suspensions(answer: Answer, say: Texts) -> list[Any]:
    """Those that are not lifted, with the clock of the second person; and the way to a new one."""
    own, role = answer["viewer"]["subject"], answer["viewer"]["role"]
    open_ones = [each for each in answer["suspensions"]["nodes"] if not each["liftedAt"]]
    if role not in ADMINISTRATORS:
        shown = [html.Article(_suspension_facts(each, say)) for each in open_ones]
        return shown or [html.P(say("administration.nobody_suspended"))]
    shown = [_suspension(each, say, is_own=each["suspendedBy"] == own) for each in open_ones]
    forms = [
        CHANGES.folded(change, say, listed=listed_names(answer))
        for change in ("suspendPartner", "suspendViewer")
    ]
    return [*(shown or [html.P(say("administration.nobody_suspended"))]), *forms]


def _suspension(one: Answer, say: Texts, *, is_own: bool) -> html.Article:
    about, facts = {"suspensionId": one["id"]}, _suspension_facts(one, say)
    if not one["confirmedBy"] and one["endsAt"] and not is_own:
        facts.append(CHANGES.form("confirmSuspension", say, about=about))
    if not one["liftProposedBy"]:
        facts.append(CHANGES.folded("proposeLifting", say, about=about))
    return html.Article(facts)


def _suspension_facts(one: Answer, say: Texts) -> list[Any]:
    partner = one["partner"]
    whom = f"{partner['code']} · {partner['name']}" if partner else one["subject"]
    since = written_instant(one["suspendedAt"], say)
    facts: list[Any] = [
        html.P(html.B(whom)),
        html.P(one["reason"]),
        html.P(html.Small(say("administration.suspended_by", by=one["suspendedBy"], at=since))),
    ]
    if one["confirmedBy"]:
        facts.append(html.P(say("administration.confirmed_by", by=one["confirmedBy"])))
    elif one["endsAt"]:
        ends = written_instant(one["endsAt"], say)
        facts.append(html.P(say("administration.ends_unless", at=ends)))
    if one["liftProposedBy"]:
        at = written_instant(one["liftProposedAt"], say)
        by = one["liftProposedBy"]
        facts.append(
            html.P(say("administration.lift_proposed", by=by, at=at, why=one["liftReason"]))
        )
    return facts


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {
    "waiting": list_proposals,
    "suspensions": list_suspensions,
    "events": list_events,
    "grant_rules": list_grant_rules,
    "pools": list_pools,
    "visa_types": list_visa_types,
    "days_off": list_days_off,
    "partners": list_partners,
    "closing": list_closing,
    "propose": offer_proposals,
    "settled": list_settled,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))


@part(html_output("administration-documents"), otherwise=missing_part)
async def show_documents(state: Any) -> Any:
    """By itself: a gateway that was just started examines each document for each role."""
    request = page_request(state)
    if (await request.viewer()).role not in ADMINISTRATORS:
        return None
    answer = await request.share(DOCUMENTS, lambda: request.ask(DOCUMENTS, {}))
    registered = answer["trustedDocuments"]
    if not registered:
        return html.P(request.say("administration.no_documents"))
    return documents(registered, request.say)


PAGE.shows(show_documents, is_steady=True)
