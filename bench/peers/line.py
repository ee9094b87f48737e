"""A minimal HTTP connection to a gateway, so that the client costs little."""

import asyncio
from typing import Any

from httptools import HttpResponseParser


class Line(asyncio.Protocol):
    """A connection that sends one request after the other."""

    _answer: "asyncio.Future[int] | None" = None

    @classmethod
    async def to(cls, port: int) -> "Line":
        _, line = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return line

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises RuntimeError for another status than 200, or errors."""
        status, body = await self.answer(request)
        if status != 200 or b'"errors":' in body:
            raise RuntimeError(f"{status}: {body[:500]!r}")
        return body

    async def answer(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer, whatever it is."""
        status = await self.send(request)
        return status, b"".join(self._body)

    def send(self, request: bytes) -> "asyncio.Future[int]":
        """Send a request, and wait for nothing; the future is the status of its answer."""
        self._body: list[bytes] = []
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        """Nobody waits for an answer that has not come yet."""
        if self._answer:
            self._answer.cancel()
        self._transport.close()

    # Callbacks of the event loop

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._parser = HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("ended without an answer"))

    # Callbacks of the parser

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_result(self._parser.get_status_code())


async def ask_once(port: int, request: bytes) -> bytes:
    """The body of the answer."""
    line = await Line.to(port)
    try:
        return await line.ask(request)
    finally:
        line.close()
