"""Notices: what a page says in place of figures, or above them."""

from typing import Any

from dash import html

from dashboard.gateway.answer_cache import Outage
from dashboard.gateway.client import AWAY, INSIDE, UNREACHABLE, GatewayError
from dashboard.texts import Texts
from dashboard.texts.wording import instant_text

ENDED = "UNAUTHENTICATED"
SUSPENDED = "SUSPENDED"


def notice(title: str, *words: Any, kind: str = "info", heading: Any = html.H2) -> html.Section:
    """A title, sentences, and a way on. Where the gateway is ``away`` the page asks again."""
    spoken = [html.P(word) if isinstance(word, str) else word for word in words]
    is_wrong = kind in ("failed", "away")
    asks_again: dict[str, Any] = {"data-again": ""} if kind == "away" else {}
    return html.Section(
        [heading(title), *spoken],
        className=f"notice {'failed' if is_wrong else kind}",
        role="alert" if is_wrong else "status",
        **asks_again,
    )


def failure_notice(error: GatewayError, back: str, say: Texts, heading: Any = html.H2) -> Any:
    """What went wrong, the trace id that finds it in the logs, and the way on."""
    if error.code == ENDED:
        link = html.A(say("failed.sign_in"), href=f"/sign-in{back}", className="button")
        return notice(
            say("failed.title"), say("failed.ended"), link, kind="failed", heading=heading
        )
    if error.code == SUSPENDED:  # asking again, or signing in again, changes nothing
        return notice(
            say("failed.suspended_title"), say("failed.suspended"), kind="failed", heading=heading
        )
    return notice(
        say("failed.title"),
        say(f"failed.{reason(error.code)}"),
        f"{say('failed.trace')}: {error.trace_id}",
        html.A(say("failed.retry"), href=back, className="button"),
        kind="away" if error.code in AWAY else "failed",
        heading=heading,
    )


def outage_notice(
    outage: Outage | None, as_of: Any, say: Texts, back: str | None = None
) -> html.Section:
    """Above last good figures: since when, and as of when; the page goes on asking meanwhile.

    ``back`` leads to what is shown, where that is not what was chosen last.
    """
    asks_again: dict[str, Any] = {"data-again": ""}
    words: list[Any] = []
    if outage:
        since = instant_text(outage.since, say)
        words += (
            say("stale.why", since=since, as_of=instant_text(as_of, say))
            if as_of
            else say("stale.why_some", since=since),
            f"{say('failed.trace')}: {outage.trace_id}",
        )
    if back is not None:
        words.append([say("stale.instead"), " ", html.A(say("stale.back"), href=back)])
    return html.Section(
        [html.H2(say("stale.title")), *map(html.P, words)],
        className="stale",
        role="status",
        **asks_again,
    )


def missing_part(say: Texts) -> html.P:
    """In the place of a part whose figures could not be had; a notice above says why."""
    return html.P(say("failed.part"), className="missing")


def reason(code: str) -> str:
    """The key of the text that explains a code of the gateway."""
    if code == UNREACHABLE:
        return "unreachable"
    return "inside" if code in INSIDE else "refused"
