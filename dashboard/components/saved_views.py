"""The views that the visitor saved, as links; and the way to save what a page shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboard.model.page_state import VIEWS, Address
from dashboard.texts import Texts

#: The pages of which a view can be saved, by the word of the gateway.
PATHS = {"TODAY": "/", "VOLUMES": "/volumes"}
#: Views that a page names; the others are a click away.
NAMED = 5


def saved_views(nodes: Sequence[Mapping[str, Any]], address: Address, say: Texts) -> html.Span:
    """The newest views by their names, then the page that has all of them and saves this one."""
    links = [dcc.Link(each["name"], href=view_href(each, say)) for each in nodes[:NAMED]]
    all_of_them = dcc.Link(say("views.link"), href=VIEWS + address.link())
    shown = [part for link in links for part in (link, ", ")]
    return html.Span([f"{say('views.title')}: ", *shown, all_of_them], className="report")


def view_href(view: Mapping[str, Any], say: Texts) -> str:
    """Where a view leads: to its page, in the language of now."""
    query = f"&{view['query']}" if view["query"] else ""
    return f"{PATHS[view['page']]}?language={say.language}{query}"
