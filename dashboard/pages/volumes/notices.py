"""What the page says in place of figures."""

from dash import html

from dashboard.components.shell import notice, role_buttons, role_text
from dashboard.gateway.client import AWAY, INSIDE, UNREACHABLE
from dashboard.model.page_state import Address
from dashboard.model.viewer import Viewer
from dashboard.pages.volumes.filter_bar import cleared
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts
from dashboard.texts.wording import period_text

ENDED = "UNAUTHENTICATED"


def no_applications(view: View) -> html.Section:
    """Why there is nothing, and the way out if filters are the reason."""
    say = view.say
    period = period_text(view.period, say)
    if not view.subject:
        return notice(say("empty.title"), say("empty.why", period=period), heading=html.H2)
    return notice(
        say("empty.title"),
        say("empty.filtered", subject=view.subject, period=period),
        html.A(say("filters.clear"), href=cleared(view.address), className="button"),
        heading=html.H2,
    )


def no_figures(viewer: Viewer, say: Texts) -> html.Section:
    """For roles that this page has nothing for."""
    role = role_text(viewer.role, say)
    return notice(
        say("no_figures.title", name=viewer.name or role), say("no_figures.why", role=role)
    )


def role_choice(held_roles: tuple[str, ...], address: Address, say: Texts) -> html.Section:
    return notice(say("choose.title"), say("choose.why"), role_buttons(held_roles, address, say))


def failure(code: str, trace_id: str, address: Address, say: Texts) -> html.Section:
    """What went wrong, the trace id that finds it in the logs, and the way on."""
    if code == ENDED:
        link = html.A(say("failed.sign_in"), href="/sign-in" + address.link(), className="button")
        return notice(say("failed.title"), say("failed.ended"), link, kind="failed")
    return notice(
        say("failed.title"),
        say(f"failed.{reason(code)}"),
        f"{say('failed.trace')}: {trace_id}",
        html.A(say("failed.retry"), href="/" + address.link(), className="button"),
        kind="away" if code in AWAY else "failed",
    )


def reason(code: str) -> str:
    """The key of the text that explains a code of the gateway."""
    if code == UNREACHABLE:
        return "unreachable"
    return "inside" if code in INSIDE else "refused"
