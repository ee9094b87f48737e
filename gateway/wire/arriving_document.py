"""The bytes of one document as they come: looked at, sealed and stored part by part."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from http import HTTPStatus

from starlette.requests import Request

from gateway.errors import ErrorCode, RequestError
from models.contents.formats import FormatCheck, WrongFormatError
from models.contents.sealing import PART_BYTES, Content
from models.contents.store import ContentStore
from models.vocabulary import FileFormat

#: Somebody who sends nothing for so long is gone.
_SILENT_SECONDS = 30.0


class ArrivingDocument:
    """The bytes of a document as they come: looked at, sealed and stored part by part."""

    def __init__(self, content: Content, store: ContentStore) -> None:
        self._content = content
        self._store = store
        self._check = FormatCheck(FileFormat(content.media_type))
        self._digest = hashlib.sha256()
        #: What has come of the part that is not whole yet.
        self._part = bytearray()
        #: How many bytes are stored.
        self.stored = 0

    @property
    def is_whole(self) -> bool:
        return self.stored + len(self._part) == self._content.size

    async def repeat(self, offset: int) -> None:
        """Look again at what is stored already."""
        while self.stored < offset:
            part = await self._store.open(self._content, self.stored // PART_BYTES)
            await asyncio.to_thread(self._look_at, part)
            self.stored += len(part)

    async def take(self, request: Request) -> None:
        """Store what the request sends, but for a part that is not whole. Raises TimeoutError where
        nothing comes, and ClientDisconnect."""
        stream = request.stream()
        while (came := await _next_of(stream)) is not None:
            if self.stored + len(self._part) + len(came) > self._content.size:
                raise RequestError(
                    ErrorCode.TOO_LARGE,
                    "More is sent than had been announced.",
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                )
            self._part += came
            while len(self._part) > PART_BYTES:
                await self._keep()
        if len(self._part) == PART_BYTES and not self.is_whole:
            await self._keep()

    async def finish(self) -> None:
        """Look at the last part, and store it if all of it is what had been announced."""
        part, self._part = bytes(self._part), bytearray()
        await asyncio.to_thread(self._look_at, part)
        self._check.finish()
        if self._digest.digest() != self._content.sha256:
            raise WrongFormatError("its SHA-256 is another one")
        if part:
            await self._store_part(part)

    async def _keep(self) -> None:
        part = bytes(self._part[:PART_BYTES])
        del self._part[:PART_BYTES]
        await asyncio.to_thread(self._look_at, part)
        await self._store_part(part)

    async def _store_part(self, part: bytes) -> None:
        number = self.stored // PART_BYTES
        sealed = await asyncio.to_thread(self._content.seal, number, part)
        await self._store.add(self._content.id, number, sealed)
        self.stored += len(part)

    def _look_at(self, part: bytes) -> None:
        self._digest.update(part)
        self._check.feed(part)


async def _next_of(stream: AsyncIterator[bytes]) -> bytes | None:
    async with asyncio.timeout(_SILENT_SECONDS):
        return await anext(stream, None)
