"""The page My data: what is on file about the viewer, who read it, and the requests about it."""

from typing import Any

from dash import html

from dashboard.components.html_part import html_output, html_part, skeleton
from dashboard.components.notice import missing_part
from dashboard.components.page import Page, follow_address, part
from dashboard.components.page_request import page_request
from dashboard.model.page_state import Address
from dashboard.model.viewer import Viewer
from dashboard.pages.my_data.content import content
from dashboard.pages.my_data.reading import READERS, ask_my_data
from dashboard.texts import Texts
from dashboard.web.visit import current_visit


def layout(address: Address, viewer: Viewer, say: Texts) -> html.Div:
    part = html_part(html.Div, skeleton(600), "my-data")
    return html.Div(
        [
            *PAGE.stores(),
            html.H1(say("my_data.title")),
            html.P(say("my_data.lead"), className="compared"),
            part,
        ],
        className="definitions my-data",
    )


PAGE = Page(name="my_data", path="/my-data", layout=layout, roles=READERS)
follow_address(PAGE.name)


@part(html_output("my-data"), otherwise=missing_part)
async def show_my_data(state: Any) -> list[Any]:
    visit, request = current_visit.get(), page_request(state)
    say = request.say
    await request.viewer()  # whose data these are is whom the page was drawn for
    return content(await ask_my_data(visit.gateway, visit.session, say.language), say)


PAGE.shows(show_my_data)
