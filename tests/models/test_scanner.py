"""What a ClamAV daemon is asked, and what counts as its answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from models.contents import scanner as scanning
from models.contents.scanner import Scanner, ScannerError
from models.contents.sealing import PART_BYTES

anyio = pytest.mark.anyio


@anyio
async def test_no_more_than_a_part_is_held_while_the_scanner_is_slow() -> None:
    taken = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(50):
            taken += 1
            yield bytes(PART_BYTES)

    async def never_reads(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)
        writer.transport.abort()

    server = await asyncio.start_server(never_reads, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        # What breaks off on the way was not scanned, whatever is answered then.
        assert await Scanner(f"tcp://127.0.0.1:{port}").finds(parts()) is None
    assert 1 <= taken < 12


@anyio
async def test_what_was_given_in_part_is_not_scanned_whatever_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scanning, "_SECONDS", 0.1)

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * PART_BYTES

    async def reads_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        with suppress(ConnectionError):
            while part := await reader.read(PART_BYTES):
                if part.endswith(bytes(4)):
                    writer.write(b"stream: OK\0")

    async with await asyncio.start_server(reads_late, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await Scanner(f"tcp://127.0.0.1:{port}").finds(parts()) is None


@pytest.mark.parametrize(
    ("answer", "finds"),
    [
        (b"stream: OK", False),
        (b"stream: Own.Test FOUND", True),
        (b"stream: OK but", None),
        (b"INSTREAM size limit exceeded. ERROR", None),
        (b"", None),
    ],
)
@anyio
async def test_only_what_it_says_in_full_is_an_answer(answer: bytes, finds: bool | None) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = b"zINSTREAM\0\0\0\0\x03one" + bytes(4)
        assert await reader.readexactly(len(asked)) == asked
        writer.write(answer + b"\0")
        writer.close()

    async with await asyncio.start_server(answers, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        scanner = Scanner(f"tcp://127.0.0.1:{port}")
        assert await scanner.finds(parts()) is finds
    with pytest.raises(ScannerError):
        await scanner.finds(parts())


@anyio
async def test_whatever_answers_otherwise_is_no_scanner() -> None:
    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400")
        writer.close()

    async with await asyncio.start_server(answers, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ScannerError):
            await Scanner(f"tcp://127.0.0.1:{port}").answer()


@pytest.mark.parametrize("address", [
    "http://127.0.0.1:3310", "tcp://127.0.0.1", "tcp://:3310", "tcp://one:3310/path", "unix:",
    "unix:relative", "unix://host/path", "tcp://somebody@one:3310", "unix:/path?x", "/path",
])  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        Scanner(address)
