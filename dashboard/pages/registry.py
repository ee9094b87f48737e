"""Every page there is, registered once: for its route, the navigation, the gate and its title."""

from typing import Any

from dash import Input, Output, State, callback, dcc, html, no_update

from dashboard.components.definition import definition_drawer
from dashboard.components.html_part import html_of, html_output
from dashboard.components.notice import failure_notice, notice
from dashboard.components.page import Page, title_output
from dashboard.components.page_request import (
    PageRequest,
    gateway_error,
    mark_of,
    page_request,
)
from dashboard.components.shell import account, navigation, role_buttons, role_text, shell
from dashboard.gateway.client import GatewayError
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.pages.access.page import PAGE as ACCESS
from dashboard.pages.administration.page import PAGE as ADMINISTRATION
from dashboard.pages.backlog.page import PAGE as BACKLOG
from dashboard.pages.case.page import PAGE as CASE
from dashboard.pages.complaints.page import PAGE as COMPLAINTS
from dashboard.pages.decisions.page import PAGE as DECISIONS
from dashboard.pages.definitions.page import PAGE as DEFINITIONS
from dashboard.pages.desk.page import PAGE as DESK
from dashboard.pages.endpoints.page import PAGE as ENDPOINTS
from dashboard.pages.installation.page import PAGE as INSTALLATION
from dashboard.pages.my_data.page import PAGE as MY_DATA
from dashboard.pages.place.page import PAGE as PLACE
from dashboard.pages.screening.page import PAGE as SCREENING
from dashboard.pages.stays.page import PAGE as STAYS
from dashboard.pages.subscriptions.page import PAGE as SUBSCRIPTIONS
from dashboard.pages.supervision.page import PAGE as SUPERVISION
from dashboard.pages.today.page import PAGE as TODAY
from dashboard.pages.treasury.page import PAGE as TREASURY
from dashboard.pages.views.page import PAGE as VIEWS
from dashboard.pages.volumes.page import PAGE as VOLUMES
from dashboard.texts import Texts, texts
from dashboard.web.visit import current_visit

#: In the order of the navigation. The first that somebody may open is their home.
PAGES = (
    TODAY,
    DESK,
    SUPERVISION,
    ACCESS,
    SCREENING,
    TREASURY,
    VOLUMES,
    PLACE,
    CASE,
    SUBSCRIPTIONS,
    ENDPOINTS,
    VIEWS,
    BACKLOG,
    DECISIONS,
    STAYS,
    COMPLAINTS,
    ADMINISTRATION,
    INSTALLATION,
    MY_DATA,
    DEFINITIONS,
)
PATHS = frozenset(page.path for page in PAGES)
#: Those on which something is drawn, by their paths.
DRAWN = frozenset(page.path for page in (TODAY, VOLUMES, PLACE))
#: What to read when a page is opened, by its path.
READS = {page.path: page.read for page in PAGES if page.read}


def title_of(path: str, language: str) -> str:
    """What a document is called before its figures are known."""
    say = texts(language)
    names = (say(f"pages.{page.name}.title") for page in PAGES if page.path == path)
    return " · ".join((*names, say("page.product")))


def document() -> Any:
    """The shell around every page, as Dash asks for it once for each document."""
    visit = current_visit.get()
    viewer, say = visit.session.viewer, texts(visit.language)
    links = navigation(PAGES, viewer, "", say) if viewer else None
    return shell(links, account(viewer, "/", "", say), say)


@callback(
    Output("page", "children"),
    title_output("page"),
    Output("page", "data-drawn-for"),
    html_output("navigation"),
    html_output("account"),
    Input("address", "pathname"),
    State("address", "search"),
    prevent_initial_call=True,
)
async def show_page(path: str | None, search: str | None) -> tuple[Any, ...]:
    """The page at an address, before its figures are known, and who is looking.

    A page follows the query of its address by itself.
    """
    query = search or ""
    request = page_request({"search": query})
    say = request.say
    page = next((each for each in PAGES if each.path == path), PAGES[0])
    title = title_of(page.path, say.language)
    try:
        viewer = await request.drawn_for()
        shown = (
            page.layout(request.address, viewer, say)
            if page.is_open_to(viewer)
            else _elsewhere(page, request.address, viewer, say)
        )
    except Exception as error:
        around = html_of(account(None, page.path, query, say))
        failed = _nobody_known(gateway_error(error), page, query, request)
        return failed, title, "", no_update, around
    return (
        shown,
        title,
        mark_of(viewer, request.session),
        html_of(navigation(PAGES, viewer, page.path, say)),
        html_of(account(viewer, page.path, query, say)),
    )


@callback(
    Output("definition", "title"),
    Output("definition", "children"),
    Output("definition", "opened"),
    Input("defined", "data"),
    prevent_initial_call=True,
)
async def show_definition(defined: Any) -> tuple[Any, Any, bool]:
    """The drawer with the definition that somebody asked for."""
    say = texts(current_visit.get().language)
    id_ = defined[0] if isinstance(defined, list) and defined else ""
    return (*definition_drawer(str(id_), say), True)


def _nobody_known(error: GatewayError, page: Page, search: str, request: PageRequest) -> Any:
    """The notice for a visitor whom the gateway does not recognise, or who must choose a role."""
    if error.held_roles:
        return _role_choice(error.held_roles, page.path, search, request.say)
    back = f"{page.path}{request.address.link()}"
    return failure_notice(error, back, request.say, html.H1)


def _elsewhere(page: Page, address: Address, viewer: User, say: Texts) -> Any:
    """From the first page everybody is led to their own; a page of others says whose it is."""
    homes = [each for each in PAGES if each.roles and each.is_open_to(viewer)]
    if page.path == "/" and homes:
        href = f"{homes[0].path}{address.link()}"
        # Reloads the page: otherwise Dash does not follow an address that is set from the start.
        return dcc.Location(id="home", href=href, refresh=True)
    role = role_text(viewer.role, say)
    links = [
        dcc.Link(say(f"pages.{each.name}.link"), href=f"{each.path}{Address(say.language).link()}")
        for each in PAGES
        if each.is_listed and each.is_open_to(viewer)
    ]
    why = (
        say(f"welcome.{viewer.role}")
        if f"welcome.{viewer.role}" in say.by_key
        else say("no_figures.why", role=role)
    )
    return notice(
        say("no_figures.title", name=viewer.name or role),
        say("no_figures.what"),
        why,
        html.P(links, className="ways"),
        heading=html.H1,
    )


def _role_choice(roles: tuple[str, ...], path: str, search: str, say: Texts) -> Any:
    return notice(
        say("choose.title"),
        say("choose.why"),
        role_buttons(roles, path, search, say),
        heading=html.H1,
    )
