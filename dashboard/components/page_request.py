"""The request of one callback: the viewer, the address of the page, and how it reads figures.

Parts of a page that ask the gateway the same are answered by one fetch. It starts while the browser
still loads the scripts that ask: the layout carries the same mark as what was prefetched, by which
the parts find the answers. A part that finds none asks as usual.
"""

import asyncio
import logging
import secrets
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from dash import html, set_props

from dashboard.components.html_part import HTML, html_of
from dashboard.gateway.client import GatewayError
from dashboard.gateway.last_good import LastGood
from dashboard.gateway.session import Session
from dashboard.model.page_state import Address, read_address
from dashboard.model.user import User
from dashboard.texts import Texts, texts
from dashboard.web.visit import current_visit

log = logging.getLogger(__name__)

#: How long a read answers the other parts as well: a page asks for all of them at once.
SHARED_SECONDS = 1.0

#: In a state: its address is not what was chosen, but what was shown before.
INSTEAD = "instead"
PACKAGE = Path(__file__).parents[1]
#: The element of the shell that shows a mistake to whoever works on a page.
MISTAKE = "mistake"
ABOUT_CODE = (ArithmeticError, AttributeError, ImportError, NameError)

T = TypeVar("T")


class ViewerChangedError(Exception):
    """The page was drawn for somebody else, or for another role or scope: it has to be reloaded."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request of one part, by the state of its page."""

    address: Address
    session: Session
    gateway: LastGood
    say: Texts
    #: Changes when the page wants news.
    mark: float | None = None
    #: Whether this is shown in place of what was chosen, which could not be read.
    is_instead: bool = False
    #: What the page is about, where its address says so behind the ``#``.
    about: str = ""

    async def viewer(self) -> User:
        """Who looks. Raises GatewayError, and ViewerChangedError unless the page was drawn for
        them."""
        viewer = await self.drawn_for()
        refuse_other_viewer(viewer)
        return viewer

    async def drawn_for(self) -> User:
        """Who looks, for whom the page is drawn now. Raises GatewayError."""
        return await self.gateway.viewer(self.session)

    async def ask(self, name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of a document of ours. Raises GatewayError."""
        return await self.gateway.ask(name, variables, self.session.access_token, self.session.role)

    async def share(self, what: Hashable, read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What ``read`` gives, read once for all parts that ask for it at the same address.

        A failure is shared only with the parts that wait for it already.
        """
        shared = self.session.cache.shared
        key = what, self.address, self.about, self.mark, self.session.role
        task = shared.get(key)
        if task is None:
            task = shared[key] = asyncio.ensure_future(read())
            task.add_done_callback(lambda done: _end_sharing(shared, key, done))
        return await asyncio.shield(task)


def _end_sharing(
    shared: dict[Hashable, asyncio.Task[Any]], key: Hashable, done: asyncio.Task[Any]
) -> None:
    is_good = not done.cancelled() and not done.exception()
    seconds = SHARED_SECONDS if is_good else 0
    asyncio.get_running_loop().call_later(seconds, shared.pop, key, None)


def refuse_other_viewer(viewer: User) -> None:
    """Raises ViewerChangedError unless the page that asks was drawn for this viewer."""
    visit = current_visit.get()
    if visit.drawn_for is not None and visit.drawn_for != mark_of(viewer, visit.session):
        raise ViewerChangedError


def mark_of(viewer: User, session: Session) -> str:
    """What a page carries to say for whom it was drawn: this sign-in, role and scope."""
    return blake2b(f"{session.id_token} {viewer}".encode(), digest_size=16).hexdigest()


async def ask_for_page(
    state: Any, name: str, variables: Mapping[str, Any] = MappingProxyType({})
) -> Mapping[str, Any]:
    """The answer to the one question of a page, asked once for all of its parts, in its language.

    Raises GatewayError, and ViewerChangedError unless the page was drawn for whoever looks.
    """
    request = page_request(state)
    await request.viewer()
    asked = {"language": request.say.language.upper(), **variables}
    return await request.share(name, lambda: request.ask(name, asked))


def page_request(state: Any) -> PageRequest:
    """The request of a state that the browser sent, which may contain anything."""
    visit = current_visit.get()
    given: dict[str, Any] = state if isinstance(state, dict) else {}
    search, asked = given.get("search"), given.get("asked")
    address = read_address(search if isinstance(search, str) else "", visit.language)
    mark = asked if isinstance(asked, int | float) else None
    has_other = isinstance(given.get("good"), str)
    gateway = LastGood(visit.gateway, visit.session, mark, has_other=has_other)
    say, is_instead = texts(address.language), given.get(INSTEAD) is True
    about = given.get("about")
    return PageRequest(
        *(address, visit.session, gateway, say, mark, is_instead),
        about if isinstance(about, str) else "",
    )


def shown_instead(state: Any) -> str | None:
    """The link to what is shown, where that is not what was chosen."""
    request = page_request(state)
    return request.address.link() if request.is_instead else None


def gateway_error(error: Exception) -> GatewayError:
    """Why a part has no figures. An unexpected error is logged, since Dash would not log it, and in
    development shown on the page."""
    if isinstance(error, ViewerChangedError):
        raise error
    if isinstance(error, GatewayError):
        return error
    trace_id, lines = secrets.token_hex(16), describe_error(error)
    log.error("a part of the page failed (trace %s): %s", trace_id, " | ".join(lines))
    if current_visit.get().is_development:
        set_props(MISTAKE, {HTML: html_of(html.Pre("\n".join(lines)))})
    return GatewayError("INTERNAL", type(error).__name__, trace_id)


def describe_error(error: Exception) -> list[str]:
    """Its type and where in our code it was raised, with the code. The message is left out unless
    its type says that it is about code alone: any other may hold what somebody's answer held."""
    message = f": {error}" if isinstance(error, ABOUT_CODE) else ""
    return [
        f"{type(error).__name__}{message}",
        *(
            f"{file.relative_to(PACKAGE.parent)}:{frame.lineno} in {frame.name}: {frame.line}"
            for frame in traceback.extract_tb(error.__traceback__)
            if (file := Path(frame.filename)).is_relative_to(PACKAGE)
        ),
    ]


#: The event loop alone does not keep a task alive.
_under_way: set[asyncio.Task[None]] = set()


def prefetch(read: Callable[[Any], Awaitable[Any]], search: str) -> None:
    """Start prefetching for a page that is opened at an address with this query."""
    mark = _now()
    current_visit.get().session.cache.opened_with = mark
    task = asyncio.create_task(_prefetch(read, {"search": search, "asked": mark}))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


def mark_of_opening() -> int:
    """The mark of a page whose layout is being made: that of its document, or a new one."""
    cache = current_visit.get().session.cache
    mark, cache.opened_with = cache.opened_with, None
    return mark or _now()


async def _prefetch(read: Callable[[Any], Awaitable[Any]], state: dict[str, Any]) -> None:
    with suppress(GatewayError):  # the parts ask again, and say why there are no figures
        await read(state)


def _now() -> int:
    return round(time.time() * 1_000)
