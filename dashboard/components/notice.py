"""Notices: what a page says in place of figures, or above them."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import html

from dashboard.components.html_part import html_output
from dashboard.components.page import Page, Part, part
from dashboard.components.page_request import gateway_error, page_request
from dashboard.components.shell import scope_text
from dashboard.gateway.client import AWAY, INSIDE, UNREACHABLE, GatewayError
from dashboard.gateway.session import Outage
from dashboard.model.page_state import sign_in_link
from dashboard.model.reach import Absence, Absent
from dashboard.model.user import User
from dashboard.texts import Texts
from dashboard.texts.wording import instant_text, list_text

#: What signing in again mends, and what is said of it.
_SIGN_IN = {"UNAUTHENTICATED": "ended", "INSUFFICIENT_USER_AUTHENTICATION": "weak_sign_in"}
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
    """What went wrong, the trace id that finds it in the logs, and the way on: ``back`` is the page
    with its query."""
    if why := _SIGN_IN.get(error.code):
        path, _, query = back.partition("?")
        link = html.A(say("failed.sign_in"), href=sign_in_link(path, query), className="button")
        return notice(
            say("failed.title"), say(f"failed.{why}"), link, kind="failed", heading=heading
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


def failure_part(page: Page) -> Part:
    """The part of a page, in ``<name>-notice``, that says why its other parts show nothing."""

    @part(html_output(f"{page.name}-notice"), otherwise=lambda _: None)
    async def show_failure(state: Any) -> html.Section | None:
        request = page_request(state)
        try:
            if page.read:
                await page.read(state)
        except Exception as error:
            back = f"{page.path}{request.address.link()}"
            return failure_notice(gateway_error(error), back, request.say)
        return None

    return show_failure


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


#: What a value of a filter is called, by the filter's key and the code.
Name = Callable[[str, str], str]


def not_here(absent: Sequence[Absent], name: Name, viewer: User, back: str, say: Texts) -> Any:
    """Why a link shows no figures to this reader, and the way to those that it has."""
    way = html.A(say("absent.clear"), href=back, className="button")
    return notice(say("absent.title"), *_words(absent, name, viewer, say), way)


def partly_absent(
    absent: Sequence[Absent], name: Name, viewer: User, say: Texts, asked: str, shown: str
) -> html.Section | None:
    """A notice above figures that are not all that the address names: of fewer values of a filter,
    or of another measure, ``shown`` in place of the one that was ``asked`` for."""
    sentences = _words(absent, name, viewer, say)
    if shown != asked:
        measure, other = (say(f"measures.{each}.label") for each in (asked, shown))
        sentences.append(say("absent.measure", measure=measure, shown=other))
    if not sentences:
        return None
    words = [html.P(sentence) for sentence in sentences]
    return html.Section(words, className="stale partly", role="status")


def _words(absent: Sequence[Absent], name: Name, viewer: User, say: Texts) -> list[str]:
    """A sentence for each reason, naming what the figures leave out."""
    words: list[str] = []
    for why in Absence:
        names = [name(each.key, each.code) for each in absent if each.why is why]
        if names:
            scope = scope_text(viewer, say)
            words.append(say(f"absent.{why}_why", names=list_text(names, say), scope=scope))
    return words
