"""A client of the gateway in this process, so that no HTTP library is measured."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Client:
    """Calls an ASGI application directly."""

    app: ASGIApp
    token: str = ""

    async def post(self, path: str, content: Any = None) -> bytes:
        """The body of the response. Raises RuntimeError unless its status is 200."""
        headers = {"accept": "application/graphql-response+json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        body = b"" if content is None else json.dumps(content).encode()
        start, text = await exchange(self.app, path, headers, body)
        if start["status"] != 200:
            raise RuntimeError(text.decode())
        return text

    async def pass_bytes(self, method: str, path: str, content: bytes = b"") -> bytes:
        """The bytes of a document, sent or read. Raises RuntimeError unless they pass."""
        headers = {
            "authorization": f"Bearer {self.token}",
            "content-type": "application/octet-stream",
            "content-length": str(len(content)),
        }
        start, body = await exchange(self.app, path, headers, content, method)
        if start["status"] not in (200, 201):
            raise RuntimeError(body.decode(errors="replace"))
        return body

    @asynccontextmanager
    async def follow(self, query: str) -> AsyncIterator["asyncio.Queue[bytes]"]:
        """The payloads of a subscription, as they come."""
        said, payloads = asyncio.Queue[Message](), asyncio.Queue[bytes]()
        for message in (
            {"type": "connection_init", "payload": {"Authorization": f"Bearer {self.token}"}},
            {"type": "subscribe", "id": "1", "payload": {"query": query}},
        ):
            said.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

        async def receive() -> Message:
            return {"type": "websocket.connect"} if not is_open else await said.get()

        async def send(message: Message) -> None:
            is_open.append(message["type"])
            if '"next"' in message.get("text", ""):
                payloads.put_nowait(message["text"].encode())

        is_open: list[str] = []
        scope = _scope("websocket", "/graphql", {"host": "127.0.0.1"})
        scope["subprotocols"] = ["graphql-transport-ws"]
        following = asyncio.ensure_future(self.app(scope, receive, send))
        try:
            await payloads.get()  # the first one, a heartbeat
            yield payloads
        finally:
            said.put_nowait({"type": "websocket.disconnect", "code": 1000})
            await following


async def exchange(
    app: ASGIApp, path: str, headers: Mapping[str, str], body: bytes, method: str = "POST"
) -> tuple[Message, bytes]:
    """Ask an application, by posting JSON to it unless said otherwise: the start of its response,
    and the whole body."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])
    answer: list[Message] = []

    async def receive() -> Message:
        """The request, then nothing: the client waits for the response."""
        return next(messages, None) or await asyncio.Future()

    async def send(message: Message) -> None:
        answer.append(message)

    sent = {"host": "127.0.0.1", "content-type": "application/json", **headers}
    scope = {**_scope("http", path, sent), "method": method}
    await app(scope, receive, send)
    return answer[0], b"".join(message.get("body", b"") for message in answer)


def _scope(kind: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
