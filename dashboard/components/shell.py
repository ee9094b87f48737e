"""What surrounds every page: who is looking, in which scope and language, and plain notices."""

from typing import Any

from dash import html

from dashboard.components.aria import aria
from dashboard.model.page_state import Address
from dashboard.model.viewer import Viewer
from dashboard.texts import Texts
from dashboard.texts.wording import country_name, list_text

NAMED_COUNTRIES = 4
DEFINITIONS = "/definitions"


def masthead(address: Address, viewer: Viewer | None, say: Texts, page: str = "/") -> list[Any]:
    """The bar at the top."""
    return [
        html.A(say("page.skip"), href="#main", className="skip"),
        html.A(
            [
                html.Span(className="brand-gate", **aria(hidden="true")),
                html.Span(say("page.product"), className="brand-name"),
                html.Span(say("page.tagline"), className="brand-tagline"),
            ],
            href="/" + Address(address.language).link(),
            className="brand",
        ),
        html.Div(
            [
                *([_who(viewer, address, say)] if viewer else []),
                _other_language(address, say, page),
                html.Form(
                    html.Button(say("masthead.sign_out"), type="submit", className="quiet"),
                    action="/sign-out",
                    method="post",
                ),
            ],
            className="masthead-tools",
        ),
    ]


def scope_text(viewer: Viewer, say: Texts) -> str:
    """What the figures cover: everything, or the countries of a partner's manager."""
    if not viewer.partner:
        return say("masthead.scope_all")
    if len(viewer.countries) > NAMED_COUNTRIES:
        count = str(len(viewer.countries))
        return say("masthead.scope_count", count=count, partner=viewer.partner)
    names = [country_name(code, say.language) for code in viewer.countries]
    return say("masthead.scope_partner", countries=list_text(names, say), partner=viewer.partner)


def role_text(role: str, say: Texts) -> str:
    key = f"roles.{role}"
    return say(key) if key in say.by_key else role


def role_buttons(
    roles: tuple[str, ...], address: Address, say: Texts, acting: str = ""
) -> html.Form:
    """The roles that somebody holds; the one that acts is pressed."""
    return html.Form(
        [
            html.Button(
                role_text(role, say),
                type="submit",
                formAction=f"/role{address.link()}&role={role}",
                **aria(pressed="true" if role == acting else "false"),
            )
            for role in roles
        ],
        method="post",
        className="roles",
    )


def notice(
    title: str, *words: str | html.A | html.Form, kind: str = "info", heading: Any = html.H1
) -> html.Section:
    """Something to be said in place of figures; it has the page's heading if nothing else has.

    Where the gateway is ``away``, the page asks again by itself.
    """
    spoken = [html.P(word) if isinstance(word, str) else word for word in words]
    is_wrong = kind in ("failed", "away")
    asks_again: dict[str, Any] = {"data-again": ""} if kind == "away" else {}
    return html.Section(
        [heading(title), *spoken],
        className=f"notice {'failed' if is_wrong else kind}",
        role="alert" if is_wrong else "status",
        **asks_again,
    )


def _who(viewer: Viewer, address: Address, say: Texts) -> html.Div:
    name = viewer.name or ""
    roles = (
        role_buttons(viewer.held_roles, address, say, viewer.role)
        if len(viewer.held_roles) > 1
        else html.Span(role_text(viewer.role, say), className="role")
    )
    return html.Div(
        [html.Span(name, className="name", title=say("masthead.signed_in", name=name)), roles],
        className="who",
    )


def footer(address: Address, say: Texts) -> html.P:
    """The way to what the figures mean."""
    link = html.A(say("definitions.link"), href=DEFINITIONS + address.link())
    return html.P(link, className="ending")


def definition_link(id_: str, say: Texts) -> html.A:
    """From a measure to all that is said of it."""
    href = f"{DEFINITIONS}?language={say.language}#{id_}"
    return html.A(say("definitions.link"), href=href)


def _other_language(address: Address, say: Texts, page: str) -> html.A:
    """A whole new page, since the language of a document cannot change halfway."""
    other = "en" if say.language == "id" else "id"
    return html.A(
        [
            html.Span(say("masthead.other_language"), className="language-name"),
            html.Span(other, className="language-code", **aria(hidden="true")),
        ],
        href=page + address.link(language=other),
        lang=other,
        className="quiet",
    )
