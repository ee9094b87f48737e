"""A client of the gateway in this process, so that no HTTP library is measured."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette


@dataclass(frozen=True)
class Client:
    """Calls an ASGI application directly."""

    app: Starlette
    token: str = ""

    async def post(self, path: str, content: Any = None) -> bytes:
        """The body of the response. Raises RuntimeError unless its status is 200."""
        body = b"" if content is None else json.dumps(content).encode()
        messages = iter([{"type": "http.request", "body": body, "more_body": False}])
        answer: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            """The request, then nothing: the client waits for the response."""
            return next(messages, None) or await asyncio.Future()

        async def send(message: Any) -> None:
            answer.append(message)

        await self.app(self._scope(path), receive, send)
        text = b"".join(message.get("body", b"") for message in answer)
        if answer[0]["status"] != 200:
            raise RuntimeError(text.decode())
        return text

    def _scope(self, path: str) -> dict[str, Any]:
        headers = {
            b"host": b"127.0.0.1",
            b"content-type": b"application/json",
            b"accept": b"application/graphql-response+json",
        }
        if self.token:
            headers[b"authorization"] = f"Bearer {self.token}".encode()
        return {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": list(headers.items()),
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
