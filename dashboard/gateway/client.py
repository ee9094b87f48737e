"""The gateway, asked over HTTP on behalf of a viewer."""

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import httpx2
import orjson

from dashboard.gateway.session import Session
from dashboard.gateway.turns import CrowdError, Turns
from dashboard.model.viewer import Viewer

UNREACHABLE = "UNREACHABLE"
OVERLOADED = "OVERLOADED"
#: Codes by which the gateway says that something broke on its side.
INSIDE = ("INTERNAL", OVERLOADED, "TIMEOUT", "UNAVAILABLE")
#: Whoever hears one of these may ask again; any other code is a refusal.
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
        text += _used((home / f"measures.{audience}.graphql").read_text("utf-8"), text)
    return text


def _used(fragments: str, text: str) -> str:
    """Those fragments that a question spreads."""
    parts = re.findall(r"^fragment (\w+) .*?^}\n", fragments, re.MULTILINE | re.DOTALL)
    bodies = re.findall(r"^fragment .*?^}\n", fragments, re.MULTILINE | re.DOTALL)
    return "".join(
        f"\n{body}" for part, body in zip(parts, bodies, strict=True) if f"...{part}\n" in text
    )


class Asker(ABC):
    """Somebody who can be asked in the gateway's language."""

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
        told = (await self.ask("viewer", {}, *asked))["viewer"]
        viewer = Viewer(
            role=told["role"],
            held_roles=tuple(told["heldRoles"]),
            name=told["name"],
            partner=told["partner"],
            countries=tuple(told["countries"]),
        )
        if (session.access_token, session.role) == asked:
            session.viewer = viewer
        return viewer


class Gateway(Asker):
    """One pool of connections to the gateway; whoever asks brings a token of their own.

    Questions change nothing, so that one is asked again after a moment's crowd.
    """

    def __init__(self, url: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
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
        question = {"query": document(name), "variables": variables}
        try:
            response = await self._turns.answer(
                lambda: self._client.post("/graphql", json=question, headers=headers)
            )
            answer = orjson.loads(response.content)
        except CrowdError as error:
            raise GatewayError(OVERLOADED, "no turn came in time", trace_id) from error
        except (httpx2.HTTPError, ValueError) as error:
            raise GatewayError(UNREACHABLE, type(error).__name__, trace_id) from error
        if answer.get("errors"):
            raise _error(answer["errors"][0], trace_id)
        return answer["data"]


def _error(entry: Mapping[str, Any], trace_id: str) -> GatewayError:
    told = entry.get("extensions", {})
    return GatewayError(
        code=told.get("code", "INTERNAL"),
        message=entry.get("message", ""),
        trace_id=told.get("traceId", trace_id),
        held_roles=tuple(told.get("heldRoles", ())),
    )
