"""Sends the head of a response together with its first bytes."""

import asyncio
from typing import Protocol


class Response(Protocol):
    """A response on its way: whether its head has been written."""

    response_started: bool


class JoinedHead:
    """The transport of one response: its head waits for the first of its body, so that both are
    one write and wake the client once. ASGI allows servers to wait for it."""

    __slots__ = ("_head", "_is_head_due", "_response", "_transport")

    def __init__(self, transport: asyncio.Transport, response: Response) -> None:
        self._transport = transport
        self._response = response
        self._is_head_due = True
        self._head = b""

    def write(self, data: bytes) -> None:
        if self._is_head_due and self._response.response_started:
            self._is_head_due, self._head = False, data
        elif self._head:
            self._transport.writelines((self._head, data))
            self._head = b""
        else:
            self._transport.write(data)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        if self._head:
            self._transport.write(self._head)
        self._transport.close()
