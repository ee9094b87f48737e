"""The page Installation: what works behind what people see, what of it is late, and its keys."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dash import html

from dashboard.components.notice import failure_part
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import page_request
from dashboard.components.panels import (
    Answer,
    ShowPanel,
    panel,
    panel_part,
    panels_layout,
    scrolling_table,
)
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text, written_instant

QUESTION = "installation/question"
OPERATORS = frozenset({"ADMINISTRATOR"})
_DAY = timedelta(days=1)


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    panels = [panel(PAGE, name, say(f"installation.{name}")) for name in PANELS]
    return panels_layout(PAGE, say("installation.title"), say("installation.lead"), panels)


async def read_installation(state: Any) -> Answer:
    """Everything the page shows. Raises GatewayError."""
    request = page_request(state)
    await request.viewer()
    return await request.share(QUESTION, lambda: request.ask(QUESTION, {}))


PAGE = Page(
    name="installation",
    path="/installation",
    layout=layout,
    roles=OPERATORS,
    read=read_installation,
)
follow_address(PAGE.name)


def show_health(answer: Answer, say: Texts) -> list[Any]:
    """Whether anything is late, with the word that doctor and readiness have for it."""
    installed = answer["installation"]
    late = [one for one in installed["work"] if one["isLate"]]
    release = html.P(say("installation.release", version=installed["version"]))
    if not late:
        return [html.P(say("installation.well")), release]
    return [
        *(
            html.P([html.B(say(f"installation.fault.{one['kind']}")), " ", _mending(one, say)])
            for one in late
        ),
        release,
    ]


def _mending(one: Answer, say: Texts) -> str:
    return say(f"installation.mend.{one['kind']}")


def list_work(answer: Answer, say: Texts) -> Any:
    """What is done behind what people see: how much waits, since when, and when it was done."""
    rows = [
        html.Tr(
            [
                html.Th(say(f"installation.kind.{one['kind']}"), scope="row"),
                html.Td(count_text(one["waiting"], say)),
                html.Td(_instant(one["waitingSince"], say)),
                html.Td(_instant(one["lastDoneAt"], say)),
                html.Td(
                    say("installation.late" if one["isLate"] else "installation.in_time"),
                    className="bad" if one["isLate"] else "",
                ),
            ]
        )
        for one in answer["installation"]["work"]
    ]
    columns = ("work", "waiting", "since", "done", "state")
    heads = [say(f"installation.column.{each}") for each in columns]
    return scrolling_table(say("installation.work"), heads, rows)


def _instant(instant: str | None, say: Texts) -> str:
    return written_instant(instant, say) if instant else NO_VALUE


def list_keys(answer: Answer, say: Texts) -> Any:
    """The keys that write now, and how old each is."""
    keys = answer["installation"]["keys"]
    if not keys:
        return html.P(say("installation.no_keys"))
    rows = [
        html.Tr(
            [
                html.Th(say(f"installation.used_for.{one['usedFor']}"), scope="row"),
                html.Td(html.Code(one["key"])),
                html.Td(written_instant(one["since"], say)),
                html.Td(_age(one["since"], say)),
            ]
        )
        for one in keys
    ]
    heads = [say(f"installation.column.{each}") for each in ("used_for", "key", "added", "age")]
    return scrolling_table(say("installation.keys"), heads, rows)


def _age(since: str, say: Texts) -> str:
    days = (datetime.now(UTC) - datetime.fromisoformat(since)) // _DAY
    return say("installation.days", days=count_text(days, say))


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {
    "health": show_health,
    "work": list_work,
    "keys": list_keys,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
