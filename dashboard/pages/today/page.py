"""The page Today: how many applications came in, and how that compares, in one look."""

from typing import Any

import dash_mantine_components as dmc
from dash import Output, callback, dcc, html

from dashboard.components.notice import missing
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import instead
from dashboard.gateway.volumes_query import CHOICES, SUMMARY
from dashboard.model.page_state import Address
from dashboard.model.viewer import Viewer
from dashboard.pages.volumes.headings import page_heading
from dashboard.pages.volumes.reading import read_view
from dashboard.texts import Texts


def layout(address: Address, viewer: Viewer, say: Texts) -> html.Div:
    return html.Div(
        [
            PAGE.store(),
            dcc.Store(id="today-title"),
            html.Div(dmc.Skeleton(height=160), id="today-heading", className="heading"),
        ],
        className="today",
    )


PAGE = Page(
    name="today", path="/", layout=layout, roles=frozenset({"LEADERSHIP", "PARTNER_MANAGER"})
)
follow_address(PAGE.name)


@callback(Output("today-heading", "children"), PAGE.state, on_error=instead(missing))
async def show_heading(state: Any) -> Any:
    return page_heading(await read_view(state, SUMMARY, CHOICES))
