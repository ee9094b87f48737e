"""The page Stays: who is in the country by a visa, who overstays, which visas nobody used, and how
many stays were extended."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dash import html

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
from dashboard.model.period import last_months, today
from dashboard.model.user import User
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, country_name, month_text, written_instant

QUESTION = "stays/question"
READERS = frozenset({"LEADERSHIP", "SUPERVISOR"})
#: Those that are over, before the one that runs.
MONTHS = 12
#: In the order of their columns.
_COUNTS = ("inCountry", "overstays", "unused", "extensions")


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    panels = [panel(PAGE, name, say(f"stays.{name}")) for name in PANELS]
    return panels_layout(PAGE, say("stays.title"), say("stays.lead"), panels)


def window() -> dict[str, str]:
    """Of the months before, until today."""
    return {
        "from": last_months(MONTHS, today()).from_on.isoformat(),
        "to": today().isoformat(),
    }


async def read_stays(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    return await ask_for_page(state, QUESTION, window())


PAGE = Page(name="stays", path="/stays", layout=layout, roles=READERS, read=read_stays)
follow_address(PAGE.name)


def list_months(answer: Answer, say: Texts) -> list[Any]:
    """The newest first: it is of now."""
    rows = reversed(answer["months"]["rows"])
    named = [(month_text(date.fromisoformat(row["period"]["startsOn"]), say), row) for row in rows]
    at = written_instant(answer["months"]["asOf"], say)
    return [_table("month", named, say), html.P(html.Small(say("backlog.as_of", at=at)))]


def list_nationalities(answer: Answer, say: Texts) -> Any:
    """Where most overstay first, then where most are in the country."""
    rows = sorted(answer["nationalities"]["rows"], key=_most)
    named = [(country_name(row["nationality"], say.language), row) for row in rows]
    return _table("nationality", named, say)


def list_types(answer: Answer, say: Texts) -> Any:
    names = {one["code"]: one["name"] for one in answer["visaTypes"]["nodes"]}
    rows = sorted(answer["types"]["rows"], key=_most)
    named = [(f"{code} {names.get(code, '')}", row) for row in rows for code in (row["visaType"],)]
    return _table("visa_type", named, say)


def _most(row: Answer) -> tuple[int, ...]:
    return tuple(-row[each]["value"] for each in ("overstays", "inCountry", "unused"))


def _table(group: str, named: Sequence[tuple[str, Answer]], say: Texts) -> Any:
    if not named:
        return html.P(say("stays.none"))
    heads = [say(f"stays.column.{each}") for each in (group, *_COUNTS)]
    shown = [
        html.Tr(
            [
                html.Th(name, scope="row"),
                *(html.Td(count_text(row[each]["value"], say)) for each in _COUNTS),
            ]
        )
        for name, row in named
    ]
    return scrolling_table(say(f"stays.column.{group}"), heads, shown)


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {
    "months": list_months,
    "nationalities": list_nationalities,
    "types": list_types,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
