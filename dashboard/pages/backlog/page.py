"""The page Backlog: what is open and how old it is, whose turn it is, and when it clears."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dash import html

from dashboard.components.case_link import case_link
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
from dashboard.model.page_state import Address
from dashboard.model.period import today
from dashboard.model.user import User
from dashboard.texts import Texts
from dashboard.texts.wording import (
    NO_VALUE,
    count_text,
    duration_text,
    percent_text,
    written_day,
    written_instant,
)

QUESTION = "backlog/question"
#: By where files wait, as a role reads it: by status, or by stage.
STATUSES, STAGES = "backlog/statuses", "backlog/stages"
STATUS_READERS = frozenset({"SUPERVISOR", "AUDITOR"})
STAGE_READERS = frozenset({"PARTNER_MANAGER"})
READERS = STATUS_READERS | STAGE_READERS | {"LEADERSHIP"}
#: The pace of the work is that of the last four weeks until yesterday.
DAYS = 28
#: With fewer closed in that time, no pace is told.
FEWEST_CLOSED = 20
#: A pace by which it takes longer is none.
LONGEST_DAYS = 90
MOST_ROWS = 25
_LATE_HOURS, _SOON_HOURS = 72, 24
#: Of what had nothing open until today.
_NO_PACE: Mapping[str, Any] = {
    **{field: {"hours": None} for field in ("wipAgeP50", "wipAgeP90", "wipAgeOldest")},
    **{field: {"value": 0} for field in ("intake", "decisions", "withdrawn", "lapsed")},
}
BANDS = ("longLate", "late", "justLate", "soon", "later")


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    hidden = set[str]() if question_of(viewer.role) else {"due", "turn", "oldest", "hand_in"}
    panels = [
        panel(PAGE, name, say(f"backlog.{name}"), is_hidden=name in hidden) for name in PANELS
    ]
    return panels_layout(PAGE, say("backlog.title"), say("backlog.lead"), panels)


def question_of(role: str) -> str | None:
    """By which document a role reads where files wait; leadership reads no files."""
    return STATUSES if role in STATUS_READERS else STAGES if role in STAGE_READERS else None


def window() -> dict[str, str]:
    day = today()
    from_on, to_on = day - timedelta(days=DAYS), day - timedelta(days=1)
    return {"today": day.isoformat(), "from": from_on.isoformat(), "to": to_on.isoformat()}


def instants() -> dict[str, str]:
    """The bounds of the bands, from the last full hour."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return {
        "longLate": (now - timedelta(hours=_LATE_HOURS)).isoformat(),
        "late": (now - timedelta(hours=_SOON_HOURS)).isoformat(),
        "now": now.isoformat(),
        "soon": (now + timedelta(hours=_SOON_HOURS)).isoformat(),
    }


async def read_backlog(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    request = page_request(state)
    role = (await request.viewer()).role
    answer = {**await ask_for_page(state, QUESTION, window()), "role": role}
    if name := question_of(role):
        language = request.address.language.upper()
        variables = {**instants(), "language": language}
        answer |= await request.share(name, lambda: request.ask(name, variables))
    return answer


PAGE = Page(name="backlog", path="/backlog", layout=layout, roles=READERS, read=read_backlog)
follow_address(PAGE.name)


def show_work(answer: Answer, say: Texts) -> list[Any]:
    """What is open, how much of it is beyond its target, and when that is cleared."""
    rows = _work(answer, "all")
    if not rows:
        return [html.P(say("backlog.nothing"))]
    [row] = rows
    open_, over = (count_text(row[field]["value"] or 0, say) for field in ("wip", "backlog"))
    oldest = row["wipAgeOldest"]["hours"]
    said = [html.P(html.B(say("backlog.open", open=open_, over=over)))]
    if oldest is not None:
        p50, p90 = (
            duration_text(row[f"wipAge{each}"]["hours"] or 0, say) for each in ("P50", "P90")
        )
        ages = say("backlog.ages", p50=p50, p90=p90, oldest=duration_text(oldest, say))
        said.append(html.P(ages))
    came, closed = (count_text(number, say) for number in (_amount(row, "intake"), _closed(row)))
    said.append(html.P(say("backlog.pace", came=came, closed=closed, clears=clearing(row, say))))
    at = written_instant(answer["all"]["asOf"], say)
    return [*said, html.P(html.Small(say("backlog.as_of", at=at)))]


def _work(answer: Answer, name: str, group: str = "") -> list[Answer]:
    """What is open now, in all or by group, each with its pace."""
    pace = {_code(row, group): row for row in answer[f"{name}Pace"]["rows"]}
    return [{**_NO_PACE, **pace.get(_code(row, group), {}), **row} for row in answer[name]["rows"]]


def _code(row: Answer, group: str) -> str | None:
    found = row[group] if group else None
    return found["code"] if found else None


def _amount(row: Answer, field: str) -> int:
    return row[field]["value"] or 0


def _closed(row: Answer) -> int:
    return sum(_amount(row, field) for field in ("decisions", "withdrawn", "lapsed"))


def clearing(row: Answer, say: Texts) -> str:
    """When what is beyond its target is cleared, at the pace of the last weeks."""
    over, closed = _amount(row, "backlog"), _closed(row)
    if not over:
        return say("backlog.nothing_over")
    if closed < FEWEST_CLOSED:
        return say("backlog.few")
    faster = closed - _amount(row, "intake")
    if faster <= 0:
        return say("backlog.grows")
    days = -(-over * DAYS // faster)
    if days > LONGEST_DAYS:
        return say("backlog.hardly")
    return say("backlog.clears", days=count_text(days, say))


def show_due(answer: Answer, say: Texts) -> Any:
    """The open files by their clock."""
    if "later" not in answer:
        return None
    rows = [
        html.Tr([html.Th(say(f"backlog.band.{band}"), scope="row"), _count(answer[band], say)])
        for band in BANDS
    ]
    table = scrolling_table(say("backlog.due"), [say("backlog.due_by"), say("backlog.files")], rows)
    if answer["role"] not in STATUS_READERS:  # of whom no file extends a stay
        return table
    return [table, html.P(html.Small(say("backlog.with_extensions")))]


def _count(found: Answer, say: Texts) -> html.Td:
    total = found["totalCount"]
    count = count_text(total["value"], say)
    is_whole = total["precision"] == "EXACT"
    return html.Td(count if is_whole else say("backlog.at_least", count=count))


def show_turn(answer: Answer, say: Texts) -> Any:
    """Where the open files wait now: with whom the clock runs."""
    if "open" not in answer:
        return None
    kind = "status" if answer["role"] in STATUS_READERS else "stage"
    rows = [
        html.Tr(
            [
                html.Th(say(f"backlog.{kind}.{one['value']}"), scope="row"),
                html.Td(count_text(one["count"]["value"], say)),
            ]
        )
        for one in answer["open"]["facets"]["places"]
        if one["count"]["value"] and f"backlog.{kind}.{one['value']}" in say.by_key
    ]
    if not rows:
        return html.P(say("backlog.nothing"))
    return scrolling_table(say("backlog.turn"), [say("backlog.with"), say("backlog.files")], rows)


def list_oldest(answer: Answer, say: Texts) -> Any:
    """The open files that are late for longest, each with the way to it."""
    nodes = answer["oldest"]["nodes"] if "oldest" in answer else []
    if not nodes:
        return html.P(say("backlog.no_oldest"))
    kind = "status" if answer["role"] in STATUS_READERS else "stage"
    rows = [
        html.Tr(
            [
                html.Th(case_link(one["reference"], say), scope="row"),
                html.Td(one["visaType"]["code"] if one["visaType"] else NO_VALUE),
                html.Td(written_instant(one["targetDueAt"], say), className="bad"),
                html.Td(say(f"backlog.{kind}.{one['place']}")),
            ]
        )
        for one in nodes
    ]
    heads = [say(f"backlog.oldest_{each}") for each in ("reference", "visa_type", "due", "with")]
    return scrolling_table(say("backlog.oldest"), heads, rows)


def list_to_hand_in(answer: Answer, say: Texts) -> Any:
    """The files that leave their partner, with what it has yet to hand in here, and until when."""
    found = answer.get("toHandIn")
    if not found or not found["nodes"]:
        return html.P(say("backlog.nothing_to_hand_in"))
    rows = [
        html.Tr(
            [
                html.Th(case_link(one["reference"], say), scope="row"),
                html.Td(one["visaType"]["code"] if one["visaType"] else NO_VALUE),
                html.Td(_place_of(one)),
                html.Td(written_day(one["handInBy"], say)),
            ]
        )
        for one in found["nodes"]
    ]
    heads = [say(f"backlog.hand_in_{each}") for each in ("reference", "visa_type", "place", "by")]
    table = scrolling_table(say("backlog.hand_in"), heads, rows)
    lead = html.P(say("backlog.hand_in_lead"))
    rest = found["totalCount"]["value"] - len(rows)
    if rest <= 0:
        return [lead, table]
    return [lead, table, html.P(say("backlog.more_to_hand_in", count=count_text(rest, say)))]


def _place_of(file: Answer) -> str:
    places = (
        file["centre"] and file["centre"]["city"],
        file["country"] and file["country"]["name"],
    )
    return " · ".join(each for each in places if each) or NO_VALUE


def show_clocks(answer: Answer, say: Texts) -> list[Any]:
    """How long each part of the way took: no part is what is left of another."""
    [row] = answer["allPace"]["rows"] or [None]
    if row is None:
        return [html.P(say("backlog.nothing"))]

    def hours(field: str) -> str:
        found = row[field]["hours"]
        return NO_VALUE if found is None else duration_text(found, say)

    asked = row["infoRequestRate"]["value"]
    share = NO_VALUE if asked is None else percent_text(asked, say)
    lines = (
        ("partner", say("backlog.handed_over", p90=hours("handoverP90"))),
        ("applicant", say("backlog.asked", share=share)),
        (
            "directorate",
            say(
                "backlog.without_pauses",
                p50=hours("turnaroundAdjustedP50"),
                p90=hours("turnaroundAdjustedP90"),
            ),
        ),
        ("whole", say("backlog.whole", p50=hours("turnaroundP50"), p90=hours("turnaroundP90"))),
    )
    listed = [html.Div([html.Dt(say(f"backlog.of_{name}")), html.Dd(text)]) for name, text in lines]
    return [html.Dl(listed), html.P(html.Small(say("backlog.no_difference")))]


def list_countries(answer: Answer, say: Texts) -> Any:
    return _table("countries", "country", _work(answer, "countries", "country"), say)


def list_visa_types(answer: Answer, say: Texts) -> Any:
    return _table("visa_types", "visaType", _work(answer, "visaTypes", "visaType"), say)


def _table(name: str, group: str, rows: Sequence[Answer], say: Texts) -> Any:
    """The groups with something open, those with the most beyond its target first."""
    open_ones = [row for row in rows if _amount(row, "wip")]
    ranked = sorted(open_ones, key=lambda row: (-_amount(row, "backlog"), -_amount(row, "wip")))
    if not ranked:
        return html.P(say("backlog.nothing"))
    columns = (group, "open", "over", "p50", "p90", "oldest", "came", "closed", "clears")
    heads = [say(f"backlog.column.{each}") for each in columns]
    shown = [_row(row, group, say) for row in ranked[:MOST_ROWS]]
    table = scrolling_table(say(f"backlog.{name}"), heads, shown)
    rest = len(ranked) - len(shown)
    if not rest:
        return table
    return [table, html.P(say("backlog.more", count=count_text(rest, say)))]


def _row(row: Answer, group: str, say: Texts) -> html.Tr:
    found = row[group]
    title: Any = say("ranking.nowhere_country") if found is None else found["name"]
    if found and group == "visaType":
        title = [found["code"], " ", html.Small(found["name"])]
    ages = (row[field]["hours"] for field in ("wipAgeP50", "wipAgeP90", "wipAgeOldest"))
    over = _amount(row, "backlog")
    return html.Tr(
        [
            html.Th(title, scope="row"),
            html.Td(count_text(_amount(row, "wip"), say)),
            html.Td(count_text(over, say), className="bad" if over else ""),
            *(
                html.Td(NO_VALUE if age is None else duration_text(age, say, is_short=True))
                for age in ages
            ),
            html.Td(count_text(_amount(row, "intake"), say)),
            html.Td(count_text(_closed(row), say)),
            html.Td(html.Small(clearing(row, say))),
        ]
    )


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {
    "work": show_work,
    "due": show_due,
    "turn": show_turn,
    "oldest": list_oldest,
    "hand_in": list_to_hand_in,
    "clocks": show_clocks,
    "countries": list_countries,
    "visa_types": list_visa_types,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
