"""The page Decisions: grounds of refusal, what was taken back, what rules granted, the sample that
people decided, and, for supervisors and auditors, each officer beside what is expected of them."""

from collections.abc import Mapping
from typing import Any

from dash import html

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
from dashboard.model.period import last_months, today
from dashboard.model.user import User
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text, percent_text, written_instant

QUESTION, OFFICERS = "decisions/question", "decisions/officers"
#: The policy shows officers one by one to these.
OFFICER_READERS = frozenset({"SUPERVISOR", "AUDITOR"})
READERS = OFFICER_READERS | {"LEADERSHIP"}
MONTHS = 12
#: Where an officer stands among the limits, from the most telling on.
_BEYOND = ("ABOVE_CONTROL", "BELOW_CONTROL", "ABOVE_WARNING", "BELOW_WARNING", "WITHIN")


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    hidden = set[str]() if viewer.role in OFFICER_READERS else {"officers"}
    panels = [
        panel(PAGE, name, say(f"decisions.{name}"), is_hidden=name in hidden) for name in PANELS
    ]
    return panels_layout(PAGE, say("decisions.title"), say("decisions.lead"), panels)


def window() -> dict[str, str]:
    period = last_months(MONTHS, today())
    return {"from": period.from_on.isoformat(), "to": period.to_on.isoformat()}


def window_until_today() -> dict[str, str]:
    """A supervisor does not wait for the end of the month to see what an officer does."""
    return {**window(), "to": today().isoformat()}


async def read_decisions(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    request = page_request(state)
    answer = {**await ask_for_page(state, QUESTION, window())}
    if (await request.viewer()).role in OFFICER_READERS:
        asked = window_until_today()
        answer |= await request.share(OFFICERS, lambda: request.ask(OFFICERS, asked))
    return answer


PAGE = Page(name="decisions", path="/decisions", layout=layout, roles=READERS, read=read_decisions)
follow_address(PAGE.name)


def list_grounds(answer: Answer, say: Texts) -> list[Any]:
    """On which grounds how many were refused, the most first."""
    rows = [row for row in answer["refusalGrounds"]["rows"] if row["refused"]["value"]]
    if not rows:
        return [html.P(say("decisions.none_refused"))]
    total = sum(row["refused"]["value"] for row in rows)
    ranked = sorted(rows, key=lambda row: -row["refused"]["value"])
    shown = [
        html.Tr(
            [
                html.Th(say(f"decisions.ground.{row['ground']}"), scope="row"),
                html.Td(count_text(row["refused"]["value"], say)),
                html.Td(percent_text(row["refused"]["value"] / total, say)),
            ]
        )
        for row in ranked
    ]
    heads = [say(f"decisions.column.{each}") for each in ("ground", "refused", "share")]
    at = written_instant(answer["all"]["asOf"], say)
    return [
        scrolling_table(say("decisions.grounds"), heads, shown),
        html.P(html.Small(say("backlog.as_of", at=at))),
    ]


def list_visa_types(answer: Answer, say: Texts) -> Any:
    """What was decided of each visa type, and taken back later."""
    rows = [*answer["visaTypes"]["rows"], *answer["all"]["rows"]]
    decided = [row for row in rows if row["decisions"]["value"]]
    if not decided:
        return html.P(say("decisions.none_decided"))
    columns = ("visa_type", "decisions", "granted", "refused", "rate", "overturned")
    heads = [say(f"decisions.column.{each}") for each in columns]
    return scrolling_table(
        say("decisions.visa_types"), heads, [_decided(row, say) for row in decided]
    )


def _decided(row: Answer, say: Texts) -> html.Tr:
    visa_type, rate = row.get("visaType"), row["refusalRate"]["value"]
    named = f"{visa_type['code']} {visa_type['name']}" if visa_type else say("ranking.total")
    counts = (row[field]["value"] or 0 for field in ("decisions", "granted", "refused"))
    return html.Tr(
        [
            html.Th(named, scope="row"),
            *(html.Td(count_text(count, say)) for count in counts),
            html.Td(NO_VALUE if rate is None else percent_text(rate, say)),
            html.Td(count_text(row["overturned"]["value"] or 0, say)),
        ]
    )


def list_rules(answer: Answer, say: Texts) -> Any:
    """What was granted by rule, beside what is refused of the sample that people decide."""
    rows = answer["grantRuleFigures"]["rows"]
    if not rows:
        return html.P(say("decisions.none_by_rule"))
    decided = {
        row["visaType"]["code"]: (row["visaType"]["name"], row["decisions"]["value"])
        for row in answer["visaTypes"]["rows"]
        if row["visaType"]
    }
    columns = (
        *("visa_type", "by_rule", "share", "sampled", "sample_refused", "rate"),
        *("decided_twice", "differing"),
    )
    heads = [say(f"decisions.column.{each}") for each in columns]
    shown = [_by_rule(row, *decided.get(row["visaType"], ("", None)), say) for row in rows]
    return [scrolling_table(say("decisions.rules"), heads, shown), html.P(say("decisions.sample"))]


def _by_rule(row: Answer, name: str, decided: int | None, say: Texts) -> html.Tr:
    by_rule, sampled, refused, twice, differing = (
        row[each]["value"]
        for each in ("byRule", "sampled", "sampleRefused", "decidedTwice", "differing")
    )
    return html.Tr(
        [
            html.Th(f"{row['visaType']} {name}", scope="row"),
            html.Td(count_text(by_rule, say)),
            html.Td(percent_text(by_rule / decided, say) if decided else NO_VALUE),
            html.Td(count_text(sampled, say)),
            html.Td(count_text(refused, say)),
            html.Td(percent_text(refused / sampled, say) if sampled else NO_VALUE),
            html.Td(count_text(twice, say)),
            html.Td(count_text(differing, say)),
        ]
    )


def list_officers(answer: Answer, say: Texts) -> Any:
    """Each officer with n and interval, beside what is expected; those beyond limits first."""
    if "officers" not in answer:
        return None
    rows = answer["officers"]["rows"]
    if not rows:
        return html.P(say("decisions.no_officers"))
    ranked = sorted(rows, key=lambda row: (_place(row), -row["decisions"]["value"]))
    columns = ("officer", "desk", "decisions", "rate", "expected", "limits", "given_back")
    heads = [say(f"decisions.column.{each}") for each in columns]
    return scrolling_table(say("decisions.officers"), heads, [_officer(row, say) for row in ranked])


def _place(row: Answer) -> int:
    """By what is most telling of an officer: what they refuse, or what they pass on."""
    refusals = row["expectedRefusalRate"]
    positions = [refusals["position"]] if refusals else []
    if _is_passing_on(row):
        positions.append(row["expectedGivenBackAfterReadingRate"]["position"])
    return min(map(_BEYOND.index, positions), default=len(_BEYOND))


def _is_passing_on(row: Answer) -> bool:
    """Whether they give back, after a look at who applies, more than would be chance."""
    usual = row["expectedGivenBackAfterReadingRate"]
    return usual is not None and usual["position"].startswith("ABOVE")


def _officer(row: Answer, say: Texts) -> html.Tr:
    rate, expected = row["refusalRate"], row["expectedRefusalRate"]
    back, usual = row["givenBackAfterReadingRate"], row["expectedGivenBackAfterReadingRate"]
    desk = count_text(row["onDesk"]["value"], say)
    overdue = count_text(row["overdue"]["value"], say)
    is_beyond = expected is not None and expected["position"].endswith("CONTROL")
    limits = say(f"decisions.position.{expected['position']}") if expected else NO_VALUE
    given = _observed(back, say)
    is_passing_on = _is_passing_on(row)
    if is_passing_on:
        given += [html.Br(), say(f"decisions.position.{usual['position']}")]
    return html.Tr(
        [
            html.Th(row["officer"], scope="row"),
            html.Td(say("decisions.on_desk", desk=desk, overdue=overdue)),
            html.Td(count_text(row["decisions"]["value"], say)),
            html.Td(_observed(rate, say)),
            html.Td(percent_text(expected["value"], say) if expected else NO_VALUE),
            html.Td(limits, className="bad" if is_beyond else ""),
            html.Td(given, className="bad" if is_passing_on else ""),
        ]
    )


def _observed(rate: Answer, say: Texts) -> list[Any]:
    """A share with the interval that its few cases leave."""
    if rate["value"] is None:
        return [NO_VALUE]
    low, high = (percent_text(rate[end], say) for end in ("low", "high"))
    interval = say("decisions.interval", n=count_text(rate["of"], say), low=low, high=high)
    return [percent_text(rate["value"], say), html.Br(), html.Small(interval)]


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {
    "grounds": list_grounds,
    "visa_types": list_visa_types,
    "rules": list_rules,
    "officers": list_officers,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
