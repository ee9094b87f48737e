"""The client of the gateway over HTTP, on behalf of a viewer.

A page asks several questions, and many open one at the same moment. All of them at the gateway at
once would fill its queue, and it would refuse some (OVERLOADED, with the seconds after which to
come again). So they wait here, in the order in which they came, and one that is refused because of
the load is asked again.
"""

import asyncio
import re
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from importlib import resources
from time import monotonic
from typing import Any

import httpx2
import orjson

from dashboard.gateway.session import Session
from dashboard.model.user import User

#: Fewer than a gateway runs at once by default (GERBANG_OPERATIONS), which has other clients too.
MOST_AT_ONCE = 8
#: How long a visitor waits before the page says that it has no figures.
PATIENCE_SECONDS = 45.0
#: Where the gateway, or a balancer before it, does not say after how many seconds to come again.
USUAL_WAIT_SECONDS = 1.0


class QueueTimeoutError(Exception):
    """No turn came in time."""


class Turns:
    """The turns of one process; made once, used by everybody's questions."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(MOST_AT_ONCE)

    async def answer(self, ask: Callable[[], Awaitable[httpx2.Response]]) -> httpx2.Response:
        """The response of the gateway; the question is repeated while the gateway is only
        overloaded.

        Only for what may be asked twice. Raises QueueTimeoutError where no turn came in time,
        and what ``ask`` raises; the last refusal is returned when the time is up.
        """
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            async with self._turn(ends_at):
                response = await ask()
            wait = _wait_seconds(response)
            if wait is None or time.monotonic() + wait > ends_at:
                return response
            await asyncio.sleep(wait)

    @asynccontextmanager
    async def _turn(self, ends_at: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(ends_at - time.monotonic()):
                await self._free.acquire()
        except TimeoutError:
            raise QueueTimeoutError from None
        try:
            yield
        finally:
            self._free.release()


def _wait_seconds(response: httpx2.Response) -> float | None:
    """After how many seconds to ask again; None for any response but an overload."""
    if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE or b'"OVERLOADED"' not in (
        response.content
    ):
        return None
    seconds = response.headers.get("retry-after", "")
    return float(seconds) if seconds.isdecimal() else USUAL_WAIT_SECONDS


UNREACHABLE = "UNREACHABLE"
#: The code by which the gateway says that it does not know a document by its id.
NOT_REGISTERED = "DOCUMENT_NOT_FOUND"
#: For how long documents are then sent whole.
WHOLE_SECONDS = 60.0
OVERLOADED = "OVERLOADED"
#: Codes by which the gateway says that something broke on its side.
INSIDE = ("INTERNAL", OVERLOADED, "TIMEOUT", "UNAVAILABLE")
#: After one of these codes the question may be asked again; any other code is a refusal.
AWAY = (UNREACHABLE, *INSIDE)


class GatewayError(Exception):
    """The gateway did not answer the question: its code, and the trace id that its log knows."""

    def __init__(
        self, code: str, message: str, trace_id: str, held_roles: tuple[str, ...] = ()
    ) -> None:
        super().__init__(f"{code}: {message} (trace {trace_id})")
        self.code = code
        #: In the reader's language, where one was named.
        self.message = message
        self.trace_id = trace_id
        self.held_roles = held_roles


@cache
def document(name: str) -> str:
    """A question by its name: ``viewer``, or ``volumes/summary`` of a page.

    The latter is ``pages/volumes/summary.graphql`` with those fragments of ``fragments.graphql``
    beside it that it uses.
    """
    folder, _, question = name.rpartition("/")
    home = resources.files("dashboard")
    home = home / "pages" / folder if folder else home / "gateway" / "queries"
    text = (home / f"{question}.graphql").read_text("utf-8")
    fragments = home / "fragments.graphql"
    if fragments.is_file():
        text += _used_fragments(fragments.read_text("utf-8"), text)
    return text


def _used_fragments(fragments: str, text: str) -> str:
    """Those fragments that a question spreads, or one that it spreads."""
    bodies = re.findall(r"^fragment .*?^}\n", fragments, re.MULTILINE | re.DOTALL)
    used = ""
    for body in bodies:  # one that is spread by another stands below it
        if f"...{body.split()[1]}\n" in text + used:
            used += f"\n{body}"
    return used


@cache
def document_id(name: str) -> str:
    """The id by which the gateway knows a document, where it was registered."""
    return f"sha256:{sha256(document(name).encode()).hexdigest()}"


class GatewayClient(ABC):
    """Answers documents of ours: the gateway over HTTP, or a cache in front of it."""

    @abstractmethod
    async def ask(
        self,
        name: str,
        variables: Mapping[str, Any],
        token: str,
        role: str | None = None,
        *,
        language: str = "en",
    ) -> dict[str, Any]:
        """The data of a document of ours, or GatewayError. Mistakes are told in the language."""

    async def viewer(self, session: Session) -> User:
        """Who the session's token is to the gateway; asked once for each token and role."""
        if session.viewer:
            return session.viewer
        asked = session.access_token, session.role
        answer = (await self.ask("viewer", {}, *asked))["viewer"]
        viewer = User(
            role=answer["role"],
            held_roles=tuple(answer["heldRoles"]),
            name=answer["name"],
            partner=answer["partner"] and answer["partner"]["code"],
            countries=tuple(answer["countries"]),
        )
        if (session.access_token, session.role) == asked:
            session.viewer = viewer
        return viewer


class HttpGatewayClient(GatewayClient):
    """One pool of connections to the gateway; each question brings the viewer's own token.

    One that met an overload is asked again: questions change nothing, and changes carry a key.
    """

    def __init__(
        self,
        url: str,
        transport: httpx2.AsyncBaseTransport | None = None,
        note_failure: Callable[[str], None] = lambda code: None,
    ) -> None:
        """``note_failure`` is told the code of each question that is not answered."""
        self._note_failure = note_failure
        #: Until when documents are sent whole, by the clock of this process.
        self._whole_until = 0.0
        self._client = httpx2.AsyncClient(
            base_url=url,
            timeout=httpx2.Timeout(20, connect=3),
            headers={
                "Accept": "application/graphql-response+json",
                # As its documents are registered.
                "apollographql-client-name": "dashboard",
            },
            transport=transport,
        )
        self._turns = Turns()

    async def ask(
        self,
        name: str,
        variables: Mapping[str, Any],
        token: str,
        role: str | None = None,
        *,
        language: str = "en",
    ) -> dict[str, Any]:
        trace_id = secrets.token_hex(16)
        headers = {
            "Accept-Language": language,
            "Authorization": f"Bearer {token}",
            "traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01",
        }
        if role:
            headers["Gerbang-Role"] = role
        whole = {"query": document(name), "variables": variables}
        if monotonic() < self._whole_until:
            return await self._answer(whole, headers, trace_id)
        by_id = {"documentId": document_id(name), "variables": variables}
        try:
            return await self._answer(by_id, headers, trace_id)
        except GatewayError as error:
            if error.code != NOT_REGISTERED:
                raise
        self._whole_until = monotonic() + WHOLE_SECONDS
        return await self._answer(whole, headers, trace_id)

    async def content(self, link: str, session: Session, range_: str | None) -> httpx2.Response:
        """What a link of the gateway opens for a viewer: to be read as it comes, and closed.

        Raises httpx2.HTTPError.
        """
        headers = {"Authorization": f"Bearer {session.access_token}", "Accept-Encoding": "identity"}
        if session.role:
            headers["Gerbang-Role"] = session.role
        if range_:
            headers["Range"] = range_
        asked = self._client.build_request("GET", link, headers=headers)
        return await self._client.send(asked, stream=True)

    async def _answer(
        self, question: Mapping[str, Any], headers: Mapping[str, str], trace_id: str
    ) -> dict[str, Any]:
        try:
            return await self._data(question, headers, trace_id)
        except GatewayError as error:
            self._note_failure(error.code)
            raise

    async def _data(
        self, question: Mapping[str, Any], headers: Mapping[str, str], trace_id: str
    ) -> dict[str, Any]:
        try:
            response = await self._turns.answer(
                lambda: self._client.post("/graphql", json=question, headers=headers)
            )
            answer = orjson.loads(response.content)
        except QueueTimeoutError as error:
            raise GatewayError(OVERLOADED, "no turn came in time", trace_id) from error
        except (httpx2.HTTPError, ValueError) as error:
            raise GatewayError(UNREACHABLE, type(error).__name__, trace_id) from error
        if answer.get("errors"):
            raise _error(answer["errors"][0], trace_id)
        return answer["data"]


def _error(entry: Mapping[str, Any], trace_id: str) -> GatewayError:
    extensions = entry.get("extensions", {})
    return GatewayError(
        code=extensions.get("code", "INTERNAL"),
        message=entry.get("message", ""),
        trace_id=extensions.get("traceId", trace_id),
        held_roles=tuple(extensions.get("heldRoles", ())),
    )
