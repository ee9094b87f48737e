"""The page Screening: the open questions, answered in batches, and the entries of the ban list
that wait for a second person."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboard.components.html_part import aria
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
    scrolling_table,
)
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.pages.screening.forms import CHANGES, PAGE_NAME, PICK, QUESTIONS
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, written_day, written_instant

QUESTION = "screening/question"
SCREENERS = frozenset({"SCREENING"})
_COLUMNS = ("picked", "case", "question", "file", "asked", "matches", "look")


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    panels = [panel(PAGE, name, say(f"screening.{name}")) for name in PANELS]
    stores = *CHANGES.stores(), *QUESTIONS.stores()
    return panels_layout(PAGE, say("screening.title"), say("screening.lead"), panels, *stores)


async def read_screening(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    return await ask_for_page(state, QUESTION, cursors_named(page_request(state).about, PANELS))


PAGE = Page(
    name=PAGE_NAME,
    path="/screening",
    layout=layout,
    roles=SCREENERS,
    is_live=True,
    read=read_screening,
)
follow_address(PAGE.name)
CHANGES.follow()
QUESTIONS.follow()


def list_questions(answer: Answer, say: Texts) -> list[Any]:
    """Those that nobody has answered yet."""
    asked = answer["screenings"]
    if not asked["totalCount"]["value"]:
        return [html.P(say("screening.no_questions"))]
    count = count_waiting("questions", say("screening.questions"), asked, say)
    fresh = [one for one in asked["nodes"] if one["proposedBy"] is None]
    if not fresh:
        return [count, html.P(say("screening.none_fresh"))]
    return [count, *_batch("recordScreenings", fresh, say)]


def list_confirmations(answer: Answer, say: Texts) -> list[Any]:
    """Those that another person has answered, and one's own that wait for another."""
    own = answer["viewer"]["subject"]
    proposed = [one for one in answer["screenings"]["nodes"] if one["proposedBy"]]
    others = [one for one in proposed if one["proposedBy"] != own]
    shown = _batch("confirmScreenings", others, say) if others else []
    if waiting := len(proposed) - len(others):
        shown.append(html.P(say("screening.own_wait", count=count_text(waiting, say))))
    return shown or [html.P(say("screening.no_confirmations"))]


def _batch(form: str, questions: Sequence[Answer], say: Texts) -> list[Any]:
    """A table whose ticked rows are answered together, and the way to the person of each."""
    rows = [_row(form, number, one, say) for number, one in enumerate(questions)]
    heads = [say(f"screening.column.{each}") for each in _COLUMNS]
    table = scrolling_table(say(f"changes.do.{form}"), heads, rows)
    looks = [
        QUESTIONS.form("whoIsIt", say, about=_about(one, say), has_button=False)
        for one in questions
    ]
    return [CHANGES.form(form, say, content=table), *looks]


def _about(one: Answer, say: Texts) -> dict[str, str]:
    case = one["application"]
    return {
        "case": case["id"],
        "question": one["id"],
        "reference": case["reference"],
        "language": say.language.upper(),
    }


def _row(form: str, number: int, one: Answer, say: Texts) -> html.Tr:
    case = one["application"]
    kind = say(f"supervision.screening.{one['kind']}")
    value = f"{case['id']} {one['kind']} {case['reference']}"
    picked: Any = {"type": "checkbox"}
    tick = dcc.Input(name=f"{PICK}{number}", value=value, **picked)
    pick = html.Span(say("screening.pick", case=case["reference"]), className="unseen")
    visa = case["visaType"]["code"] if case["visaType"] else ""
    nationality = case["nationality"]["name"] if case["nationality"] else ""
    why = [say(f"screening.referral.{one['referralReason']}")] if one["referralReason"] else []
    if one["referralNote"]:
        why.append(one["referralNote"])
    if one["proposedBy"]:
        what = say(f"changes.value.{one['proposed']}")
        why.append(say("screening.said", by=one["proposedBy"], what=what))
    if one["reason"]:
        why.append(one["reason"])
    look = "-".join(("whoIsIt", *_about(one, say).values()))
    asks: Any = {"form": look}
    seen: Any = aria(label=say("screening.look_at", case=case["reference"]))
    return html.Tr(
        [
            html.Td(html.Label([tick, pick])),
            html.Th(case["reference"], scope="row"),
            html.Td([kind, html.Br(), html.Small(" · ".join(why))]),
            html.Td(f"{visa} {nationality}"),
            html.Td(written_instant(one["requestedAt"], say)),
            html.Td(count_text(len(one["banMatches"]), say)),
            html.Td(html.Button(say("screening.look"), type="submit", **asks, **seen)),
        ]
    )


def list_bans(answer: Answer, say: Texts) -> list[Any]:
    """Entries of the ban list that are proposed, or proposed to be withdrawn."""
    own = answer["viewer"]["subject"]
    listed = answer["banEntries"]
    if not listed["totalCount"]["value"]:
        return [html.P(say("screening.no_bans"))]
    count = count_waiting("bans", say("screening.bans"), listed, say)
    return [count, *(_ban(one, own, say) for one in listed["nodes"])]


def _ban(one: Answer, own: str, say: Texts) -> html.Article:
    ground = say(f"screening.ground.{one['ground']}")
    since = written_day(one["bannedFrom"], say)
    until = written_day(one["bannedUntil"], say) if one["bannedUntil"] else say("screening.endless")
    is_withdrawal = one["state"] == "WITHDRAWAL_PROPOSED"
    by = one["withdrawalProposedBy"] if is_withdrawal else one["proposedBy"]
    why = one["withdrawalReason"] if is_withdrawal else one["reason"]
    state = say(f"screening.state.{one['state']}", by=by)
    shown: list[Any] = [
        html.P([html.B(one["reference"]), f" · {ground} · {since} \N{EN DASH} {until}"]),
        html.P(why),
        html.P(html.Small(state)),
    ]
    about = {"banId": one["id"]}
    if by == own:
        shown.append(html.P(say("screening.by_another")))
    elif is_withdrawal:
        shown.append(CHANGES.form("approveBanWithdrawal", say, about=about))
    else:
        shown.append(CHANGES.form("approveBan", say, about=about))
        shown.append(CHANGES.folded("rejectBan", say, about=about))
    return html.Article(shown)


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {
    "confirmations": list_confirmations,
    "questions": list_questions,
    "bans": list_bans,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
