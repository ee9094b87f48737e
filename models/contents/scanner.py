"""Asks a ClamAV daemon whether it finds something in a document, by its protocol (INSTREAM).

The clients that others keep take all of a document at once; here it passes part by part.
"""

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress
from urllib.parse import urlsplit

#: For a connection, and for the daemon to take more.
_SECONDS = 30.0
#: It looks at all of a document once that has ended.
_ANSWER_SECONDS = 600.0
_LONGEST_ANSWER = 1_000
_NOTHING_FOUND, _FOUND = b"stream: OK", b" FOUND"


class ScannerError(Exception):
    """The scanner does not answer; the text holds no address."""


class Scanner:
    """The scanner at an address such as tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl."""

    def __init__(self, address: str) -> None:
        """Raises ValueError for what is no address."""
        parts = urlsplit(address)
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path
        is_tcp = parts.scheme == "tcp" and bool(self._host and self._port) and not self._path
        is_socket = parts.scheme == "unix" and not parts.netloc and self._path.startswith("/")
        if not (is_tcp or is_socket) or parts.query or parts.fragment or parts.username:
            raise ValueError("expected tcp://host:port or unix:/path")

    async def answer(self) -> None:
        """Raises ScannerError where it does not."""
        reader, writer = await self._connect()
        try:
            if await _ask(reader, writer, b"zPING\0", _SECONDS) != b"PONG":
                raise ScannerError("is no ClamAV daemon")
        finally:
            writer.transport.abort()

    async def finds(self, parts: AsyncIterable[bytes]) -> bool | None:
        """Whether it finds something in a document; None where it did not look at all of it.

        Raises ScannerError, and what reading the parts does.
        """
        reader, writer = await self._connect()
        try:
            writer.write(b"zINSTREAM\0")
            async for part in parts:
                writer.write(len(part).to_bytes(4) + part)
                try:
                    async with asyncio.timeout(_SECONDS):
                        await writer.drain()
                except OSError:  # as where it is larger than the daemon takes
                    return None
            answer = await _ask(reader, writer, bytes(4), _ANSWER_SECONDS)
        finally:
            writer.transport.abort()
        if answer == _NOTHING_FOUND:
            return False
        return True if answer.endswith(_FOUND) else None

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(_SECONDS):
                if self._host:
                    return await asyncio.open_connection(self._host, self._port)
                return await asyncio.open_unix_connection(self._path)
        except OSError as error:
            raise ScannerError(f"cannot be reached ({type(error).__name__})") from None


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, question: bytes, seconds: float
) -> bytes:
    """Its answer; nothing where the connection ended before one."""
    with suppress(OSError):
        writer.write(question)
        async with asyncio.timeout(seconds):
            return (await reader.read(_LONGEST_ANSWER)).rstrip(b"\0")
    return b""
