"""``/documents/…``: bytes of documents, sent by PUT to a ticket and read by GET from a link.

A document is cut into parts, which are sealed and stored one by one as they come: no process holds
more of it, and what was cut off goes on behind the last whole part. Nothing of it counts before all
of it is there, is what had been announced, and is a document.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager, suppress
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from gateway.access.authentication import Authentication
from gateway.access.document_links import DocumentLinks
from gateway.errors import ErrorCode, FieldError, RequestError
from gateway.logs import current_record
from gateway.mutations.uploading import AwaitedUpload, Uploads
from gateway.viewer import Viewer
from gateway.wire.admission import Admission
from gateway.wire.arriving_document import ArrivingDocument
from gateway.wire.pictures import Pictures
from models.contents.formats import WrongFormatError
from models.contents.sealing import PART_BYTES, Content
from models.contents.store import ContentStore, MissingPartError, StoreError, TakenPartError
from models.vocabulary import FileFormat

_MEDIA_TYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.JPEG: "image/jpeg",
    FileFormat.PNG: "image/png",
}
#: How many are sent, and how many are read, at once: in all, and by one viewer. Of a case, pictures
#: of all documents may be asked for together.
_MOST, _MOST_OF_A_VIEWER, _MOST_PICTURES_OF_A_VIEWER = 32, 4, 8
#: A document takes no longer than this at a time, to be sent or to be read.
_LONGEST_SECONDS = 1_800.0
_OFFSET = "Upload-Offset"
#: A browser shows what somebody sent, and runs none of it.
_UNTRUSTED = {
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}
_SENT_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
_ASKED_RANGE = re.compile(r"bytes=(\d{1,12})?-(\d{1,12})?")


class Documents:
    """Takes the bytes of documents in, and hands them out."""

    def __init__(
        self,
        authentication: Authentication,
        admission: Admission,
        uploads: Uploads,
        links: DocumentLinks,
        store: ContentStore | None,
    ) -> None:
        self._authentication = authentication
        self._admission = admission
        self._uploads = uploads
        self._links = links
        self._store = store
        self._sent, self._read = _Places(), _Places()
        self._drawn, self._pictures = _Places(_MOST_PICTURES_OF_A_VIEWER), Pictures()

    async def handle(self, request: Request) -> Response:
        """What a PUT, HEAD or GET asks for. Another's ticket or link, one that has expired and none
        are the same."""
        name = request.path_params["name"]
        viewer = await self._authentication.viewer(
            request.headers.getlist("authorization"), request.headers.getlist("gerbang-role")
        )
        current_record().role = viewer.role
        if self._store is None:
            raise _away("No store of documents is set up here.")
        try:
            if request.method == "GET":
                return await self._hand_out(request, viewer, name, self._store)
            if request.method == "HEAD":
                upload = await self._find(viewer, name)
                return await self._tell_offset(upload, self._store)
            with self._sent.taken_by(viewer):  # who has no place asks the database nothing
                upload = await self._find(viewer, name)
                return await self._take_in(request, upload, self._store)
        except MissingPartError:
            raise _not_found() from None
        except FieldError as error:
            raise RequestError(error.code, error.message, _STATUS[error.code]) from error
        except StoreError as error:
            raise _away("Documents can be neither stored nor read right now.") from error

    async def _find(self, viewer: Viewer, name: str) -> AwaitedUpload:
        async with self._admission.turn(viewer.lane):  # queries wait no longer for a connection
            upload = await self._uploads.find(viewer, _ticket(name))
        if upload is None:
            raise _not_found()
        if upload.is_refused:
            raise _refused("a scanner found something in it")
        return upload

    # --- Taking in -------------------------------------------------------------------------------

    async def _tell_offset(self, upload: AwaitedUpload, store: ContentStore) -> Response:
        return _accepted(upload, await _offset_of(upload, store), HTTPStatus.OK)

    async def _take_in(
        self, request: Request, upload: AwaitedUpload, store: ContentStore
    ) -> Response:
        content, offset = upload.content, await _offset_of(upload, store)
        if upload.is_complete:
            return _accepted(upload, offset, HTTPStatus.OK)
        first = _first_byte(request, content)
        if first != offset and not (first == _WHOLE and offset == content.size):
            raise RequestError(
                ErrorCode.OFFSET_DIFFERS,
                f"{offset} bytes are there: go on behind them, with a header `Content-Range`.",
                HTTPStatus.CONFLICT,
            )
        arriving = ArrivingDocument(content, store)
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                await arriving.repeat(offset)
                await arriving.take(request)
                if arriving.is_whole:
                    await arriving.finish()
        except WrongFormatError as error:
            await self._uploads.refuse(upload)
            raise _refused(str(error)) from None
        except TakenPartError:
            raise RequestError(
                ErrorCode.OFFSET_DIFFERS,
                "It is being sent by another request too. Ask by HEAD how far that is.",
                HTTPStatus.CONFLICT,
            ) from None
        except TimeoutError:
            raise RequestError(
                ErrorCode.TIMEOUT,
                "Nothing more came. Go on behind the bytes that HEAD tells.",
                HTTPStatus.REQUEST_TIMEOUT,
            ) from None
        if not arriving.is_whole:
            return _accepted(upload, arriving.stored, HTTPStatus.ACCEPTED)
        if not await self._uploads.complete(upload):
            raise _not_found()
        return _accepted(upload, content.size, HTTPStatus.CREATED)

    # --- Handing out -----------------------------------------------------------------------------

    async def _hand_out(
        self, request: Request, viewer: Viewer, link: str, store: ContentStore
    ) -> Response:
        content = self._links.read(viewer, link)
        if content is None:
            raise _not_found()
        if "page" in request.query_params:
            whole = self._opened(viewer, content, store, 0, content.size - 1)
            with self._drawn.taken_by(viewer):
                async with aclosing(whole) as parts:
                    picture = await self._pictures.answer(request, viewer.lane, content, parts)
            picture.headers.update(_UNTRUSTED)
            return picture
        asked = _asked_range(request.headers.get("range"), content.size)
        first, last = asked or (0, content.size - 1)
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Length": str(last - first + 1),
            **_UNTRUSTED,
        }
        if asked:
            headers["Content-Range"] = f"bytes {first}-{last}/{content.size}"
        parts = self._opened(viewer, content, store, first, last)
        return _Answer(
            _behind(await anext(parts), parts),  # what fails does so before the headers are sent
            HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK,
            headers,
            _MEDIA_TYPES[FileFormat(content.media_type)],
        )

    async def _opened(
        self, viewer: Viewer, content: Content, store: ContentStore, first: int, last: int
    ) -> AsyncGenerator[bytes]:
        with self._read.taken_by(viewer):
            for number in range(first // PART_BYTES, last // PART_BYTES + 1):
                part = await store.open(content, number)
                begins = number * PART_BYTES
                yield part[max(first - begins, 0) : last + 1 - begins]


async def _behind(first: bytes, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in parts:
        yield part


class _Answer(StreamingResponse):
    """An answer that ends after a time, whoever reads it how slowly."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_SECONDS):
                await super().__call__(scope, receive, send)


class _Places:
    """How many documents pass at once: slow ones keep no place from those who ask other things."""

    def __init__(self, most_of_a_viewer: int = _MOST_OF_A_VIEWER) -> None:
        self._most_of_a_viewer = most_of_a_viewer
        self._taken = Counter[tuple[str, str]]()

    @contextmanager
    def taken_by(self, viewer: Viewer) -> Iterator[None]:
        """Raises RequestError with OVERLOADED where there is none."""
        who = viewer.role.value, viewer.subject
        if self._taken.total() >= _MOST or self._taken[who] >= self._most_of_a_viewer:
            raise RequestError(
                ErrorCode.OVERLOADED,
                "Too many documents pass just now. Try again shortly.",
                HTTPStatus.SERVICE_UNAVAILABLE,
            )
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken[who] -= 1
            self._taken += Counter()  # forget who has none


async def _offset_of(upload: AwaitedUpload, store: ContentStore) -> int:
    """How many bytes are there. A part is stored when it is whole, and the last when all is."""
    if upload.is_complete:
        return upload.content.size
    parts = await store.number_of_parts(upload.content.id)
    return min(parts * PART_BYTES, upload.content.size)


#: What a header `Content-Range` without a range says: nothing is left to be sent.
_WHOLE = -1


def _first_byte(request: Request, content: Content) -> int:
    """Where the sent bytes belong. Raises RequestError for what cannot fit there."""
    text = request.headers.get("content-range")
    first = 0
    if text == f"bytes */{content.size}":
        return _WHOLE
    if text is not None:
        found = _SENT_RANGE.fullmatch(text)
        if not found or int(found[3]) != content.size or int(found[1]) > int(found[2]):
            raise RequestError(
                ErrorCode.BAD_REQUEST,
                "The header `Content-Range` is like `bytes 1048576-2000000/2000001`, with the size"
                " that was announced.",
            )
        first = int(found[1])
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or first + int(length) > content.size:
        raise RequestError(
            ErrorCode.TOO_LARGE,
            "More is sent than had been announced.",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
    return first


def _asked_range(text: str | None, size: int) -> tuple[int, int] | None:
    """The first and the last byte; None for all of them, as where several ranges are asked for."""
    found = _ASKED_RANGE.fullmatch(text or "")
    if not found or not (found[1] or found[2]):
        return None
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    else:
        first, last = max(size - int(found[2]), 0), size - 1
    if first > last:
        raise RequestError(
            ErrorCode.BAD_REQUEST,
            f"The document has {size} bytes.",
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        )
    return first, last


def _ticket(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        raise _not_found() from None


def _accepted(upload: AwaitedUpload, offset: int, status: HTTPStatus) -> Response:
    headers = {_OFFSET: str(offset), "Upload-Length": str(upload.content.size)}
    return Response(status_code=status, headers=headers)


def _not_found() -> RequestError:
    return RequestError(
        ErrorCode.NOT_FOUND, "There is no such document for you.", HTTPStatus.NOT_FOUND
    )


def _refused(reason: str) -> RequestError:
    return RequestError(
        ErrorCode.NOT_AS_ANNOUNCED,
        "It is not the document that was announced, or more than that, and was not taken in."
        " Announce it again.",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        {"reason": reason},
    )


def _away(text: str) -> RequestError:
    return RequestError(ErrorCode.UNAVAILABLE, text, HTTPStatus.SERVICE_UNAVAILABLE)


_STATUS = {
    ErrorCode.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.LOST: HTTPStatus.NOT_FOUND,
    ErrorCode.READ_BUDGET: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.INSUFFICIENT_USER_AUTHENTICATION: HTTPStatus.UNAUTHORIZED,
    ErrorCode.TIMEOUT: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.SUSPENDED: HTTPStatus.FORBIDDEN,
}
