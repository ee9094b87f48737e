"""The client of the gateway over HTTP, on behalf of a viewer."""

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib import resources
from time import monotonic
from typing import Any

import httpx2
import orjson

from dashboard.gateway.session import Session
from dashboard.gateway.turns import QueueTimeoutError, Turns
from dashboard.model.viewer import Viewer

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
        self.trace_id = trace_id
        self.held_roles = held_roles


@cache
def document(name: str) -> str:
    """A question by its name: ``viewer``, or ``volumes/summary:partner`` of a page and an audience.

    The last is ``pages/volumes/summary.graphql`` with the fragments of ``measures.partner.graphql``
    beside it, of which it takes those that it uses.
    """
    folder, _, rest = name.rpartition("/")
    question, _, audience = rest.partition(":")
    home = resources.files("dashboard")
    home = home / "pages" / folder if folder else home / "gateway" / "queries"
    text = (home / f"{question}.graphql").read_text("utf-8")
    if audience:
        text += _used_fragments((home / f"measures.{audience}.graphql").read_text("utf-8"), text)
    return text


def _used_fragments(fragments: str, text: str) -> str:
    """Those fragments that a question spreads."""
    parts = re.findall(r"^fragment (\w+) .*?^}\n", fragments, re.MULTILINE | re.DOTALL)
    bodies = re.findall(r"^fragment .*?^}\n", fragments, re.MULTILINE | re.DOTALL)
    return "".join(
        f"\n{body}" for part, body in zip(parts, bodies, strict=True) if f"...{part}\n" in text
    )


@cache
def document_id(name: str) -> str:
    """The id by which the gateway knows a document, where it was registered."""
    return f"sha256:{sha256(document(name).encode()).hexdigest()}"


class GatewayClient(ABC):
    """Answers documents of ours: the gateway over HTTP, or a cache in front of it."""

    @abstractmethod
    async def ask(
        self, name: str, variables: Mapping[str, Any], token: str, role: str | None = None
    ) -> dict[str, Any]:
        """The data of a document of ours, or GatewayError."""

    async def viewer(self, session: Session) -> Viewer:
        """Who the session's token is to the gateway; asked once for each token and role."""
        if session.viewer:
            return session.viewer
        asked = session.access_token, session.role
        answer = (await self.ask("viewer", {}, *asked))["viewer"]
        viewer = Viewer(
            role=answer["role"],
            held_roles=tuple(answer["heldRoles"]),
            name=answer["name"],
            partner=answer["partner"],
            countries=tuple(answer["countries"]),
        )
        if (session.access_token, session.role) == asked:
            session.viewer = viewer
        return viewer


class HttpGatewayClient(GatewayClient):
    """One pool of connections to the gateway; each question brings the viewer's own token.

    Questions change nothing, so one that met an overload is asked again.
    """

    def __init__(self, url: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        #: Until when documents are sent whole, by the clock of this process.
        self._whole_until = 0.0
        self._client = httpx2.AsyncClient(
            base_url=url,
            timeout=httpx2.Timeout(20, connect=3),
            headers={"Accept": "application/graphql-response+json"},
            transport=transport,
        )
        self._turns = Turns()

    async def ask(
        self, name: str, variables: Mapping[str, Any], token: str, role: str | None = None
    ) -> dict[str, Any]:
        trace_id = secrets.token_hex(16)
        headers = {
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

    async def _answer(
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
