"""Pages of panels, each of which shows a part of the answer to the one question of its page."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from dash import dcc, html

from dashboard.components.html_part import aria, html_output, html_part, skeleton
from dashboard.components.notice import missing_part
from dashboard.components.page import Page, Part, part
from dashboard.components.page_request import page_request
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text

Answer = Mapping[str, Any]
#: A number, with its unit, or none.
_NUMBER = re.compile(rf"(?:Rp\s?)?[\d.,]+(?:\s?%|\s[^\W\d]+)?|{NO_VALUE}")
#: What a panel shows of the answer, as plain elements.
ShowPanel = Callable[[Answer, Texts], Any]


def panels_layout(
    page: Page, title: str, lead: str, panels: Sequence[Any], *before: Any
) -> html.Div:
    """A page before its figures are known; ``before`` stands above its panels."""
    marks: dict[str, Any] = {"data-live": ""} if page.is_live else {}
    return html.Div(
        [
            *page.stores(),
            html.H1(title),
            html.P(lead, className="compared"),
            *before,
            html_part(html.Div, None, f"{page.name}-notice"),
            *panels,
        ],
        className="definitions panels",
        **marks,
    )


def panel(
    page: Page, name: str, heading: str, *below: Any, is_hidden: bool = False
) -> html.Section:
    """A panel under its heading; ``below`` stands under what is answered."""
    content = html_part(html.Div, skeleton(120), f"{page.name}-{name}")
    forms = [html_part(html.Div, [*below], f"{page.name}-{name}-forms")] if below else []
    return html.Section(
        [html.H2(heading), content, *forms],
        className="panel",
        id=f"panel-{name}",
        hidden=is_hidden,
    )


def fixed_panel(name: str, heading: str, *content: Any) -> html.Section:
    """A panel that is the same whatever is answered."""
    shown = [html.H2(heading), *content]
    return html_part(html.Section, shown, f"panel-{name}", className="panel")


def panel_part(page: Page, name: str, show: ShowPanel) -> Part:
    """The part that fills a panel from the answer that the page reads."""

    @part(html_output(f"{page.name}-{name}"), otherwise=missing_part)
    async def show_panel(state: Any) -> Any:
        assert page.read, "a page of panels has a question"
        return show(await page.read(state), page_request(state).say)

    return show_panel


def cursors_named(about: str, lists: Collection[str]) -> dict[str, str]:
    """Behind which cursor a list goes on, by what the address says behind its ``#``."""
    name, _, cursor = about.partition(":")
    return {name: cursor} if name in lists and cursor else {}


def turning(name: str, called: str, connection: Answer, say: Texts) -> list[Any]:
    """The ways to the next rows of a list, and back to its first ones."""
    info, links = connection["pageInfo"], list[Any]()
    what = html.Span(f" \N{MIDDLE DOT} {called}", className="unseen")
    if info["hasPreviousPage"]:
        links.append(dcc.Link([say("panels.first"), what], href=f"#of={name}"))
    if info["hasNextPage"]:
        place = quote(f"{name}:{info['endCursor']}")
        links.append(dcc.Link([say("panels.next"), what], href=f"#of={place}"))
    return [each for link in links for each in (" \N{MIDDLE DOT} ", link)]


def count_waiting(name: str, called: str, connection: Answer, say: Texts) -> html.P:
    """How many wait in a list, and the ways through it."""
    total = connection["totalCount"]
    key = "panels.waiting" if total["precision"] == "EXACT" else "panels.waiting_at_least"
    count = say(key, count=count_text(total["value"], say))
    return html.P([count, *turning(name, called, connection, say)], className="counted")


def scrolling_table(label: str, columns: Sequence[Any], rows: Sequence[html.Tr]) -> html.Div:
    """A table that scrolls by itself where it is wider than its panel. Numbers below each other
    end at the same place."""
    heads: list[Any] = [html.Th(each, scope="col") for each in columns]
    for head, *cells in zip(heads, *(row.children for row in rows), strict=False):
        if cells and all(_is_number(cell) for cell in cells):
            for cell in (head, *cells):
                cell.className = "number"
    head = html.Tr(heads)
    return html.Div(
        html.Table([html.Thead(head), html.Tbody([*rows])]),
        className="scrolls",
        role="region",
        tabIndex=0,
        **aria(label=label),
    )


def _is_number(cell: Any) -> bool:
    shown = getattr(cell, "children", None)
    return isinstance(shown, str) and _NUMBER.fullmatch(shown) is not None
