"""What surrounds every page: its name, the way to the other pages, and who is looking."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.components.html_part import aria, html_part
from dashboard.components.page import Page
from dashboard.components.page_request import MISTAKE, mark_of_opening
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, country_name, list_text

NAMED_COUNTRIES = 4
THEME: Any = {
    "fontFamily": '"Source Sans 3", system-ui, -apple-system, "Segoe UI", sans-serif',
    "primaryColor": "sea",
    "primaryShade": {"light": 7, "dark": 5},
    "defaultRadius": "md",
    "cursorType": "pointer",
    "respectReducedMotion": True,
    # Shades of the colour of a link, the eighth of which is the link by day.
    "colors": {
        "sea": [
            *("#eef7fb", "#e3f0f6", "#c0dfec", "#9fcbe0", "#74c1e2"),
            *("#3d9cc4", "#1d7fa8", "#125f80", "#0e4a68", "#0f3346"),
        ]
    },
}


def shell(navigation: Any, account: Any, say: Texts) -> dmc.MantineProvider:
    """The whole document around the page, which ``show_page`` of the registry fills."""
    close: Any = aria(label=say("page.close"))
    return dmc.MantineProvider(
        [
            dcc.Location(id="address", refresh="callback-nav"),
            dcc.Store(id="asked", data=mark_of_opening()),
            dcc.Store(id="defined"),
            html.A(say("page.skip"), href="#main", className="skip"),
            html.Header(
                [
                    _brand(say),
                    html_part(html.Nav, navigation, "navigation", **aria(label=say("page.pages"))),
                    html_part(html.Div, account, "account", className="account"),
                ],
                className="masthead",
            ),
            html_part(html.Aside, None, MISTAKE, className="mistake", role="alert"),
            html.Main(html.Div(id="page"), id="main", tabIndex=-1),
            dmc.Drawer(
                id="definition",
                position="right",
                size="md",
                lockScroll=False,
                closeButtonProps=close,
            ),
        ],
        id="theme",
        theme=THEME,
        defaultColorScheme="auto",
        getStyleNonce={"function": "nonce"},
    )


def navigation(pages: Sequence[Page], viewer: User, path: str, say: Texts) -> list[dcc.Link]:
    """The pages that this viewer may open; the one that is open is marked."""
    return [
        dcc.Link(
            say(f"pages.{page.name}.link"),
            href=f"{page.path}{Address(say.language).link()}",
            className="is-here" if page.path == path else "",
        )
        for page in pages
        if page.is_listed and page.is_open_to(viewer)
    ]


def account(viewer: User | None, path: str, search: str, say: Texts) -> list[Any]:
    """Who is looking and in which role, the other language, and the way out."""
    out = html.Form(
        html.Button(say("masthead.sign_out"), type="submit", className="quiet"),
        action="/sign-out",
        method="post",
    )
    return [
        *([_who(viewer, path, search, say)] if viewer else []),
        _other_language(path, search, say),
        out,
    ]


def scope_text(viewer: User, say: Texts) -> str:
    """What the figures cover: everything, or the countries of a partner's manager."""
    if not viewer.partner:
        return say("masthead.scope_all")
    if len(viewer.countries) > NAMED_COUNTRIES:
        count = count_text(len(viewer.countries), say)
        return say("masthead.scope_count", count=count, partner=viewer.partner)
    names = [country_name(code, say.language) for code in viewer.countries]
    return say("masthead.scope_partner", countries=list_text(names, say), partner=viewer.partner)


def role_text(role: str, say: Texts) -> str:
    """What a role is called; its id where the language has no name for it."""
    key = f"roles.{role}"
    return say(key) if key in say.by_key else role


def raiser_role_text(role: str, say: Texts) -> str:
    """What the role of whom an alert names is called; a job of the system has none."""
    return say("roles.SYSTEM") if role == "ANONYMOUS" else role_text(role, say)


def on_paper(viewer: User, say: Texts) -> html.P:
    """On paper alone: who printed it, and where it is (``assets/print.js`` knows)."""
    role = role_text(viewer.role, say)
    reader = say("print.reader", name=viewer.name or role, role=role)
    here: dict[str, Any] = {"data-here": ""}
    return html.P([reader, " · ", html.Span(**here)], className="on-paper")


def role_buttons(
    roles: tuple[str, ...], path: str, search: str, say: Texts, acting: str = ""
) -> html.Form:
    """The roles that somebody holds; the one that acts is pressed."""
    return html.Form(
        [
            html.Button(
                role_text(role, say),
                type="submit",
                formAction=f"/role?{_query(search, role=role, page=path)}",
                **aria(pressed="true" if role == acting else "false"),
            )
            for role in roles
        ],
        method="post",
        className="roles",
    )


def _brand(say: Texts) -> html.A:
    return html.A(
        [
            html.Span(className="brand-gate", **aria(hidden="true")),
            html.Span(say("page.product"), className="brand-name"),
        ],
        href="/" + Address(say.language).link(),
        title=say("page.tagline"),
        className="brand",
    )


def _who(viewer: User, path: str, search: str, say: Texts) -> html.Div:
    name = viewer.name or ""
    roles = (
        role_buttons(viewer.held_roles, path, search, say, viewer.role)
        if len(viewer.held_roles) > 1
        else html.Span(role_text(viewer.role, say), className="role")
    )
    return html.Div(
        [html.Span(name, className="name", title=say("masthead.signed_in", name=name)), roles],
        className="who",
    )


def _other_language(path: str, search: str, say: Texts) -> html.A:
    """A whole new page, since the language of a document cannot change halfway."""
    other = "en" if say.language == "id" else "id"
    return html.A(
        [
            html.Span(say("masthead.other_language"), className="language-name"),
            html.Span(other, className="language-code", **aria(hidden="true")),
        ],
        href=f"{path}?{_query(search, language=other)}",
        lang=other,
        className="quiet",
    )


def _query(search: str, **changes: str) -> str:
    """The query of an address with some values changed, and nothing else of it."""
    return urlencode(dict(parse_qsl(search.lstrip("?"))) | changes, safe=",")
