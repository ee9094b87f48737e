"""The page Volumes: how many applications came in, from where, and how fast they were decided.

Each part waits for the questions that it shows; most of them are answered together.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from dash import ClientsideFunction, Input, Output, clientside_callback, html, no_update

from dashboard.components.html_part import html_output
from dashboard.components.notice import (
    failure_notice,
    missing_part,
    not_here,
    outage_notice,
    partly_absent,
)
from dashboard.components.page import Page, follow_address, part, title_output
from dashboard.components.page_request import gateway_error, page_request, shown_instead
from dashboard.components.saved_views import saved_views
from dashboard.figures.bars import bars
from dashboard.figures.trend import small_multiples, trend, trend_months, trend_of_several
from dashboard.figures.world import places_on_map, world_map
from dashboard.gateway.volumes_query import CHOICES, MONTHS, NAMES, NETWORK, PLACES, SUMMARY
from dashboard.model.events import Event, events_between
from dashboard.model.filters import FILTERS
from dashboard.model.measures import AUDIENCES
from dashboard.model.page_state import APART, Address
from dashboard.model.period import month_end
from dashboard.model.query_text import query_of_groups, query_of_months
from dashboard.model.reach import is_elsewhere
from dashboard.model.user import User
from dashboard.pages.volumes.cards import cards
from dashboard.pages.volumes.filter_bar import (
    CONTROLS,
    OFFERED,
    filter_chips,
    filter_options,
    link_without_filters,
    no_applications,
)
from dashboard.pages.volumes.layout import NO_FIGURE, below, failed_heading, page_body, small_graphs
from dashboard.pages.volumes.map_legend import map_legend
from dashboard.pages.volumes.outcomes import outcomes
from dashboard.pages.volumes.ranking import ranking
from dashboard.pages.volumes.titles import document_title, map_title, page_heading, trend_title
from dashboard.pages.volumes.trend_table import trend_notes, trend_table
from dashboard.pages.volumes.view import View, read_view
from dashboard.texts import Texts


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    """The page before its figures are known."""
    return html.Div([*PAGE.stores(), *page_body(address, viewer, say)], className="volumes")


#: The questions that parts read, as they read them.
MAIN = ((NAMES, SUMMARY), (NAMES, MONTHS), (PLACES,))
TOGETHER = (*MAIN, (NETWORK,))
OFFERS = (NAMES, CHOICES)


async def _read(state: Any) -> None:
    """Read all that the page shows."""
    await asyncio.gather(*(read_view(state, *each) for each in (*TOGETHER, OFFERS)))


async def _read_main(state: Any) -> None:
    await asyncio.gather(*(read_view(state, *each) for each in MAIN))


PAGE = Page(
    name="volumes",
    path="/volumes",
    layout=layout,
    roles=frozenset(AUDIENCES),
    usual={
        key: value
        for key, value in {each: getattr(Address(""), each, "") for each in CONTROLS}.items()
        if value
    },
    many=tuple(each.key for each in FILTERS),
    read=_read,
    read_main=_read_main,
)

follow_address(PAGE.name, CONTROLS)
clientside_callback(
    ClientsideFunction("gerbang", "choosePlace"),
    Output("map", "clickData"),
    Input("map", "clickData"),
    PAGE.kept_state,
    prevent_initial_call=True,
)


@part(
    html_output("volumes-heading"),
    title_output("volumes-heading"),
    otherwise=lambda say: (failed_heading(say), say("pages.volumes.title")),
)
async def show_heading(state: Any) -> tuple[Any, str]:
    view = await read_view(state, NAMES, SUMMARY)
    return page_heading(view), document_title(view)


@part(
    *(Output(f"volumes-{key}", "data") for key in OFFERED),
    otherwise=lambda say: (no_update,) * len(OFFERED),
)
async def show_choices(state: Any) -> tuple[Any, ...]:
    """What is offered hardly ever changes, and is long."""
    view = await read_view(state, *OFFERS)
    return tuple(filter_options(key, view) for key in OFFERED)


@part(html_output("volumes-chips"), otherwise=lambda say: no_update)
async def show_chips(state: Any) -> Any:
    return filter_chips(await read_view(state, NAMES, SUMMARY))


@part(
    html_output("volumes-notice"),
    Output("figures", "hidden"),
    otherwise=lambda say: (missing_part(say), False),
)
async def show_notice(state: Any) -> tuple[Any, bool]:
    """What holds for the whole page: nothing to show, or figures that are not of now."""
    try:
        views = await asyncio.gather(*(read_view(state, *each) for each in TOGETHER))
    except Exception as error:
        request = page_request(state)
        back = f"{PAGE.path}{request.address.link()}"
        failed = gateway_error(error)
        return failure_notice(failed, back, request.say), False
    view = views[0]
    outage = next((each.outage for each in views if each.outage), None)
    if is_elsewhere(view.address, view.absent):
        return not_here(
            view.absent, view.name, view.viewer, link_without_filters(view.address), view.say
        ), True
    back = shown_instead(state)
    if outage or back:
        return outage_notice(outage, view.volumes.as_of, view.say, back), view.volumes.is_empty
    if view.volumes.is_empty:
        return no_applications(view), True
    asked = page_request(state).address.measure
    who = (view.absent, view.name, view.viewer, view.say)
    return partly_absent(*who, asked, view.measure.id), False


@part(html_output("cards"), otherwise=missing_part)
async def show_cards(state: Any) -> Any:
    return cards(await read_view(state, SUMMARY))


@part(
    html_output("map-title"),
    Output("map", "figure"),
    Output("map-picture", "className"),
    html_output("map-note"),
    otherwise=lambda say: (say("failed.part"), NO_FIGURE, no_update, None),
)
async def show_map(state: Any) -> tuple[Any, ...]:
    view = await read_view(state, PLACES)
    address, say = view.address, view.say
    query = query_of_groups(view.period, [view.measure], address)
    if not address.has_map:
        figure = bars(view.volumes.groups, view.measure, address.members, view.name_of, say)
        return map_title(view), figure, "panel picture-map bars", below("map", query, say)
    on_map = places_on_map(view.volumes.groups, view.measure)
    return (
        map_title(view),
        world_map(on_map, view.audience.main, address.members, address.region, say),
        f"panel picture-map {'areas' if on_map.is_areas else 'circles'} {_nearness(address)}",
        [
            map_legend(on_map, say),
            html.P(say("map.note_areas" if on_map.is_areas else "map.note")),
            below("map", query, say),
        ],
    )


def _nearness(address: Address) -> str:
    """Whether the map shows the world, in which a telephone has no room for names."""
    return "near" if address.region in ("asia", "selection") or address.members else "far"


@part(
    html_output("trend-title"),
    Output("trend", "figure"),
    Output("trend-apart", "children"),
    Output("trend-picture", "className"),
    Output("trend-controls", "hidden"),
    html_output("trend-note"),
    html_output("trend-table"),
    otherwise=lambda say: (
        *(say("failed.part"), NO_FIGURE, None),
        *("panel picture-trend", True, None, ""),
    ),
)
async def show_trend(state: Any) -> tuple[Any, ...]:
    view = await read_view(state, NAMES, MONTHS)
    months = trend_months(view.volumes, view.period)
    known = view.volumes.events
    happened = events_between(known, months[0], month_end(months[-1])) if months else ()
    is_several = len(view.members) > 1
    is_apart = is_several and view.address.lines == APART
    kind = "apart" if is_apart else "together" if is_several else "alone"
    first = months[0] if months else view.period.from_on
    query = query_of_months(first, view.period, [view.measure], view.address)
    return (
        trend_title(view),
        NO_FIGURE if is_apart else _trend(view, happened),
        small_graphs(_apart(view)) if is_apart else None,
        f"panel picture-trend {kind}",
        not is_several,
        [*trend_notes(view, happened), below("" if is_apart else "trend", query, view.say)],
        trend_table(view),
    )


def _trend(view: View, happened: Sequence[Event]) -> dict[str, Any]:
    shared = view.volumes, view.measure, view.period
    if len(view.members) < 2:
        return trend(*shared, happened, view.say)
    is_indexed = view.address.is_indexed
    return trend_of_several(*shared, view.members, view.say, is_indexed=is_indexed, events=happened)


def _apart(view: View) -> list[tuple[str, dict[str, Any]]]:
    shared = view.volumes, view.measure, view.period, view.members, view.say
    figures = small_multiples(*shared, is_indexed=view.address.is_indexed)
    return [(each.name, figure) for each, figure in zip(view.members, figures, strict=True)]


@part(
    html_output("ranking-title"),
    html_output("ranking-table"),
    html_output("ranking-below"),
    otherwise=lambda say: (say("failed.part"), "", None),
)
async def show_ranking(state: Any) -> tuple[Any, ...]:
    return ranking(await read_view(state, PLACES))


@part(html_output("volumes-views"), otherwise=lambda say: no_update)
async def show_views(state: Any) -> Any:
    view = await read_view(state, NAMES)
    return saved_views(view.volumes.views, view.address, view.say)


@part(html_output("outcomes"), otherwise=missing_part)
async def show_outcomes(state: Any) -> Any:
    return outcomes(await read_view(state, NETWORK))


PAGE.shows(show_choices, is_steady=True)
PAGE.shows(show_heading, show_chips, show_cards, show_map, show_ranking, show_trend)
PAGE.shows(show_notice, show_views, show_outcomes)
