"""The page Installation: what is wrong and how it is mended, what works behind what people see, and
what the process that answers says of itself."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
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
    """What is wrong, by the word that readiness, the log and doctor have for it; and what runs."""
    installed = answer["installation"]
    well = [html.P(say("installation.well"))]
    faults = [
        html.Div(
            [
                html.H3(html.Code(one["name"])),
                html.P([_how_bad(one, say), " ", one["why"]]),
                html.P(one["remedy"]),
            ],
            className="fault",
        )
        for one in installed["faults"]
    ]
    database = installed["database"]
    versions = say(
        "installation.release",
        version=installed["version"],
        dashboard=version("gerbang"),
        revision=database["revision"],
        postgres=database["postgres"],
    )
    return [*(faults or well), html.P(versions)]


def _how_bad(fault: Answer, say: Texts) -> html.B:
    return html.B(say("installation.stops" if fault["stops"] else "installation.warns"))


def list_jobs(answer: Answer, say: Texts) -> Any:
    """What the keeper does, by the name that its metrics and its log have, late ones first."""
    jobs = answer["installation"]["jobs"]
    if not jobs:
        return html.P(say("installation.no_jobs"))
    rows = [
        html.Tr(
            [
                html.Th(html.Code(one["name"]), scope="row"),
                html.Td(_instant(one["lastPassedAt"], say)),
                html.Td(count_text(one["milliseconds"], say)),
                html.Td(count_text(one["failures"], say)),
                _state(one, say),
            ]
        )
        for one in sorted(jobs, key=lambda one: not one["isLate"])
    ]
    return _table("jobs", ("job", "done", "took", "failures", "state"), rows, say)


def _state(one: Answer, say: Texts) -> html.Td:
    is_late = one["isLate"]
    return html.Td(
        say("installation.late" if is_late else "installation.in_time"),
        className="bad" if is_late else "",
    )


def _table(name: str, columns: Iterable[str], rows: list[Any], say: Texts) -> Any:
    heads = [say(f"installation.column.{each}") for each in columns]
    return scrolling_table(say(f"installation.{name}"), heads, rows)


def list_work(answer: Answer, say: Texts) -> Any:
    """What is done behind what people see: how much waits, since when, and when it was done."""
    rows = [
        html.Tr(
            [
                html.Th(say(f"installation.kind.{one['kind']}"), scope="row"),
                html.Td(count_text(one["waiting"], say)),
                html.Td(_instant(one["waitingSince"], say)),
                html.Td(_instant(one["lastDoneAt"], say)),
                _state(one, say),
            ]
        )
        for one in answer["installation"]["work"]
    ]
    return _table("work", ("work", "waiting", "since", "done", "state"), rows, say)


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
    return _table("keys", ("used_for", "key", "added", "age"), rows, say)


def _age(since: str, say: Texts) -> str:
    days = (datetime.now(UTC) - datetime.fromisoformat(since)) // _DAY
    return say("installation.days", days=count_text(days, say))


def show_process(answer: Answer, say: Texts) -> list[Any]:
    """What the process that answers does, and the budgets that its viewers have used."""
    process = answer["installation"]["process"]
    if not process:
        return [html.P(say("installation.no_process"))]
    numbers = {
        name: count_text(process[name], say)
        for name in ("running", "waiting", "connections", "connectionsInUse", "budget")
    }
    rows = [
        html.Tr(
            [
                html.Th(say(f"roles.{one['role']}"), scope="row"),
                html.Td(count_text(one["viewers"], say)),
                html.Td(count_text(one["leastLeft"], say)),
            ]
        )
        for one in process["budgetUse"]
    ]
    return [
        html.P(say("installation.since", at=written_instant(process["startedAt"], say))),
        html.P(say("installation.load", **numbers)),
        html.P(say("installation.budget", **numbers)),
        *([_table("budgets", ("role", "viewers", "left"), rows, say)] if rows else []),
    ]


def list_documents(answer: Answer, say: Texts) -> Any:
    """The registered documents that take longest, with the client that sends them."""
    process = answer["installation"]["process"]
    rows = [
        html.Tr(
            [
                html.Th(one["operation"], scope="row"),
                html.Td(one["client"] or say("installation.no_client")),
                html.Td(count_text(one["times"], say)),
                *(
                    html.Td(count_text(round(one[each]), say))
                    for each in ("meanMilliseconds", "mostMilliseconds")
                ),
            ]
        )
        for one in (process["slowDocuments"] if process else ())
    ]
    if not rows:
        return html.P(say("installation.no_documents"))
    return _table("documents", ("operation", "client", "times", "mean", "most"), rows, say)


#: In the order of the page.
PANELS: Mapping[str, ShowPanel] = {
    "health": show_health,
    "jobs": list_jobs,
    "work": list_work,
    "process": show_process,
    "documents": list_documents,
    "keys": list_keys,
}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
