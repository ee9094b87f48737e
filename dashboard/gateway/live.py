"""Following live: one socket to the gateway for each sign-in that somebody looks at, whatever the
number of its tabs.

A socket says only that something in reach changed; what it is, a page asks for as ever. It ends at
once when the gateway takes the viewer's reach back. While it is cut, pages ask by themselves.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from dashboard.gateway.client import NOT_REGISTERED, document, document_id
from dashboard.gateway.session import Session

log = logging.getLogger(__name__)

PROTOCOL = Subprotocol("graphql-transport-ws")
#: How long a browser is kept waiting for news before it asks again.
HOLD_SECONDS = 10.0
#: After how long without a browser that waits a socket is closed, and after how long one that was
#: cut is opened again.
ABANDONED_SECONDS = 30.0
AGAIN_SECONDS = 5.0
#: What each role follows; the others have no page that waits for cases.
CASES, ALERTS, QUESTIONS = "live_cases", "live_alerts", "live_questions"
FOLLOWED: Mapping[str, tuple[str, ...]] = {
    "SUPERVISOR": (CASES, ALERTS),
    "AUDITOR": (CASES, ALERTS),
    "OFFICER": (CASES,),
    "PARTNER_MANAGER": (CASES,),
    "PARTNER_AGENT": (CASES,),
    "SCREENING": (QUESTIONS,),
}
_HEARTBEAT = "Heartbeat"
#: How the gateway begins the reason for which it ends the socket of somebody who was suspended.
_SUSPENDED = "SUSPENDED"


class Follower:
    """What one sign-in follows in one role. ``news`` counts what came."""

    def __init__(self, url: str, role: str) -> None:
        self._url = url
        self._role = role
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._begin_again_at = 0.0
        self.news = 0
        #: Whether the gateway took the viewer's reach back.
        self.is_ended = False
        self.looked_at = monotonic()

    async def wait(self, session: Session, known: int) -> int:
        """How much news there was: at once where it is more than is known, else when it comes, or
        after the time that a browser is kept waiting."""
        self.looked_at = monotonic()
        self._begin(session)
        if self.news == known and not self.is_ended:
            with suppress(TimeoutError):
                async with asyncio.timeout(HOLD_SECONDS):
                    await self._changed.wait()
        self.looked_at = monotonic()
        return self.news

    def end(self) -> None:
        """Nobody looks any longer."""
        if self._task:
            self._task.cancel()

    def _begin(self, session: Session) -> None:
        if (self._task and not self._task.done()) or monotonic() < self._begin_again_at:
            return
        self.is_ended = False
        self._task = asyncio.create_task(self._follow(session))

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _follow(self, session: Session) -> None:
        self._begin_again_at = monotonic() + AGAIN_SECONDS
        try:
            async with connect(self._url, subprotocols=[PROTOCOL], max_size=65_536) as socket:
                await self._subscribe(socket, session)
                begun = set[str]()
                async for message in socket:
                    await self._receive(socket, json.loads(message), begun)
        except ConnectionClosed as closed:
            reason = closed.rcvd.reason if closed.rcvd else ""
            self.is_ended = reason.startswith(_SUSPENDED)
            if self.is_ended:
                self._tell()
        except (OSError, TimeoutError, WebSocketException) as error:
            log.warning("the gateway cannot be followed: %s", type(error).__name__)

    async def _subscribe(self, socket: ClientConnection, session: Session) -> None:
        said = {"Authorization": f"Bearer {session.access_token}", "Gerbang-Role": self._role}
        await socket.send(json.dumps({"type": "connection_init", "payload": said}))
        await socket.recv()
        for name in FOLLOWED[self._role]:
            by_id = {"id": name, "type": "subscribe", "payload": {"documentId": document_id(name)}}
            await socket.send(json.dumps(by_id))

    async def _receive(
        self, socket: ClientConnection, message: Mapping[str, Any], begun: set[str]
    ) -> None:
        match message["type"]:
            case "next":
                [update] = (message["payload"].get("data") or {"": None}).values()
                # The first heartbeat says from when on nothing is missed: what a page shows may be
                # older.
                is_first = message["id"] not in begun
                if is_first or (update and update["__typename"] != _HEARTBEAT):
                    begun.add(message["id"])
                    self.news += 1
                    self._tell()
            case "error" if message["payload"][0]["extensions"]["code"] == NOT_REGISTERED:
                name = message["id"]
                whole = {"id": name, "type": "subscribe", "payload": {"query": document(name)}}
                await socket.send(json.dumps(whole))
            case "ping":
                await socket.send('{"type": "pong"}')
            case _:
                pass


class Live:
    """The followers of one process, by whom a page was drawn for."""

    def __init__(self, api_url: str) -> None:
        self._url = f"ws{api_url.removeprefix('http')}/graphql"
        self._followers: dict[str, Follower] = {}

    def follower(self, drawn_for: str, role: str) -> Follower | None:
        """Of a sign-in in a role; None for a role that follows nothing."""
        self._close_abandoned()
        if role not in FOLLOWED:
            return None
        found = self._followers.get(drawn_for)
        if found is None:
            found = self._followers[drawn_for] = Follower(self._url, role)
        return found

    def forget(self, drawn_for: str) -> None:
        """Follow no longer; whoever looks again is followed anew."""
        if found := self._followers.pop(drawn_for, None):
            found.end()

    def _close_abandoned(self) -> None:
        latest = monotonic() - ABANDONED_SECONDS
        for name, each in list(self._followers.items()):
            if each.looked_at < latest:
                self.forget(name)
