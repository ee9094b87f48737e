"""Small pictures of documents: each is made by a process of its own, which holds nothing else.

The gateway opens the sealed parts and hands them through a pipe; it never unpacks a document. What
comes back is what that process could make of this one document, and is taken for nothing more.
"""

import asyncio
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response

from gateway.errors import ErrorCode, RequestError
from gateway.viewer import Lane
from gateway.wire.http import RequestDeadline
from models.contents.sealing import Content

_PROGRAM = Path(__file__).with_name("picture_process.py")
#: How many are made at once, and how long one may take, and wait for its turn.
_AT_ONCE, _SECONDS, _WAITING_SECONDS = 2, 20.0, 40.0
#: The largest document of which there is one, and the largest that there is.
_LARGEST_DOCUMENT, _LARGEST_PICTURE = 64 << 20, 4 << 20
#: How many pixels the longer side has.
_FEWEST, _USUAL, _MOST = 64, 800, 1_600
_LAST_PAGE = 9_999
_NUMBER = re.compile(r"[1-9]\d{0,3}")
#: How many pages there are, a line end, and the picture, which begins as a JPEG does.
_MADE = re.compile(rb"([1-9]\d{0,5})\n((?:\xff\xd8.*)?)", re.DOTALL)


class _NoPictureError(Exception):
    """The process made none."""


class Pictures:
    """Makes pictures; whoever asks for many waits for the own ones, and keeps nobody else."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)
        #: One at a time for each viewer, while somebody waits.
        self._turns = WeakValueDictionary[Lane, asyncio.Lock]()

    async def answer(
        self, request: Request, lane: Lane, content: Content, parts: AsyncIterator[bytes]
    ) -> Response:
        """The picture of a page that is asked for. Raises RequestError, ClientDisconnect, and what
        ``parts`` raises."""
        page = _number(request, "page", 1, _LAST_PAGE, 1)
        pixels = _number(request, "pixels", _FEWEST, _MOST, _USUAL)
        if content.size > _LARGEST_DOCUMENT:
            raise _no_picture()
        try:
            async with RequestDeadline(request.receive, _WAITING_SECONDS) as deadline:
                deadline.watch_for_hang_up()
                async with self._turns.setdefault(lane, asyncio.Lock()), self._places:
                    pages, picture = await _make(content.media_type, page, pixels, parts)
        except TimeoutError:
            raise RequestError(
                ErrorCode.OVERLOADED,
                "Too many documents pass just now. Try again shortly.",
                HTTPStatus.SERVICE_UNAVAILABLE,
            ) from None
        except _NoPictureError:
            raise _no_picture() from None
        if not picture:
            raise RequestError(ErrorCode.BAD_REQUEST, f"The document has {pages} pages.")
        return Response(picture, headers={"Gerbang-Pages": str(pages)}, media_type="image/jpeg")


async def _make(
    media_type: str, page: int, pixels: int, parts: AsyncIterator[bytes]
) -> tuple[int, bytes]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", _PROGRAM, media_type, str(page), str(pixels)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd="/",
        env={},
    )
    try:
        async with asyncio.timeout(_SECONDS):
            written = await _hand_over(process, parts)
            found = _MADE.fullmatch(written)
            if await process.wait() or not found:
                raise _NoPictureError
            return int(found[1]), found[2]
    except (TimeoutError, ConnectionError):
        raise _NoPictureError from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()  # asyncio waits for the process until its pipe is read out


async def _hand_over(process: Process, parts: AsyncIterator[bytes]) -> bytes:
    """What the process writes: it reads all of the document first."""
    assert process.stdin
    assert process.stdout
    async for part in parts:
        process.stdin.write(part)
        await process.stdin.drain()
    process.stdin.close()
    written = bytearray()
    while read := await process.stdout.read(1 << 16):
        written += read
        if len(written) > _LARGEST_PICTURE:
            raise _NoPictureError
    return bytes(written)


def _number(request: Request, name: str, least: int, most: int, usual: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise RequestError(
            ErrorCode.BAD_REQUEST, f"`{name}` is a whole number from {least} to {most}."
        )
    return int(text)


def _no_picture() -> RequestError:
    return RequestError(
        ErrorCode.NO_PICTURE,
        "No picture can be made of this document. Open the document itself.",
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )
