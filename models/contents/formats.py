"""Whether bytes are the document they are said to be: a PDF, a JPEG or a PNG, and nothing besides.

They are looked at as they pass, and never unpacked. A picture of more pixels than any scan has, one
that goes on after its end, and a file that is an archive or another document too, are refused.
"""

import re
import zlib
from collections.abc import Callable, Generator, Mapping

from models.vocabulary import FileFormat

#: More than an A3 page has at 600 dots an inch.
MOST_PIXELS = 100_000_000
#: A part of a picture other than its pixels.
_LONGEST_NOTE = 16 << 20
#: Where readers look for the beginning of a PDF.
_HEAD = 1024
#: Where readers look for the end of an archive: its record, and the longest comment.
_TAIL = 22 + 65_535
_END_OF_ARCHIVE = b"PK\x05\x06"
_PDF = re.compile(rb"%PDF-[12]\.\d")
#: The next marker of a JPEG: what else begins with FF is a pixel, or a place to resume.
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
_BEGIN, _PIXELS, _END, _FIRST_MARKER = 0xD8, 0xDA, 0xD9, 0xC0
#: Where a frame, of whichever coding, says how large it is.
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_CHUNK = re.compile(rb"[A-Za-z]{4}")


class WrongFormatError(Exception):
    """The bytes are something else; the message says what, and names no content."""


class _Bytes:
    """What has come of a document and was not read yet. Readings wait for more by a `yield`."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def take(self, number: int) -> Generator[None, None, bytes]:
        """The next so many bytes."""
        while len(self.waiting) < number:
            yield
        taken = bytes(self.waiting[:number])
        del self.waiting[:number]
        return taken


_Reading = Generator[None, None, None]


class FormatCheck:
    """Looks at the bytes of one document as they pass."""

    def __init__(self, media_type: FileFormat) -> None:
        self._media_type = media_type
        self._head, self._tail, self._bytes = b"", b"", _Bytes()
        self._reading = _READINGS[media_type](self._bytes)
        self._is_over = False

    def feed(self, part: bytes) -> None:
        """Raises WrongFormatError as soon as it is something else."""
        if len(self._head) < _HEAD:
            self._head = (self._head + part)[:_HEAD]
        self._tail = (self._tail + part[-_TAIL:])[-_TAIL:]
        self._bytes.waiting += part
        if not self._is_over:
            try:
                next(self._reading)
            except StopIteration:
                self._is_over = True
        if self._is_over and self._bytes.waiting:
            raise WrongFormatError("something comes after its end")

    def finish(self) -> None:
        """Raises WrongFormatError where it is not whole, or something else too."""
        if self._media_type is FileFormat.PDF:
            if not self._tail.rstrip(b"\0\t\n\f\r ").endswith(b"%%EOF"):
                raise WrongFormatError("it has no end")
        elif not self._is_over:
            raise WrongFormatError("it has no end")
        elif b"%PDF-" in self._head:
            raise WrongFormatError("it is a PDF too")
        if _ends_as_archive(self._tail):
            raise WrongFormatError("it is an archive too")


def _ends_as_archive(tail: bytes) -> bool:
    at = tail.find(_END_OF_ARCHIVE)
    while at >= 0:
        comment = int.from_bytes(tail[at + 20 : at + 22], "little")
        if at + 22 + comment == len(tail):
            return True
        at = tail.find(_END_OF_ARCHIVE, at + 1)
    return False


def _read_pdf(bytes_: _Bytes) -> _Reading:
    if not _PDF.fullmatch((yield from bytes_.take(8))):
        raise WrongFormatError("it does not begin as a PDF")
    while True:
        bytes_.waiting.clear()
        yield


def _read_png(bytes_: _Bytes) -> _Reading:
    if (yield from bytes_.take(8)) != b"\x89PNG\r\n\x1a\n":
        raise WrongFormatError("it does not begin as a PNG")
    name, length, has_pixels = b"", 0, False
    while name != b"IEND":
        is_first, begins = not name, (yield from bytes_.take(8))
        length, name = int.from_bytes(begins[:4]), begins[4:]
        if is_first != (name == b"IHDR") or not _CHUNK.fullmatch(name):
            raise _broken("PNG")
        if name != b"IDAT" and length > _LONGEST_NOTE:
            raise WrongFormatError("it holds something besides a picture")
        checksum, left, read = zlib.crc32(name), length, b""
        while left:
            read = yield from bytes_.take(min(left, 65_536))
            checksum, left = zlib.crc32(read, checksum), left - len(read)
        if is_first:
            _refuse_bomb(int.from_bytes(read[:4]), int.from_bytes(read[4:8]))
        if (yield from bytes_.take(4)) != checksum.to_bytes(4):
            raise _broken("PNG")
        has_pixels = has_pixels or name == b"IDAT"
    if length or not has_pixels:
        raise _broken("PNG")


def _read_jpeg(bytes_: _Bytes) -> _Reading:
    if (yield from bytes_.take(2)) != b"\xff\xd8":
        raise WrongFormatError("it does not begin as a JPEG")
    has_frame, has_pixels = False, False
    while (marker := (yield from _next_marker(bytes_, behind_pixels=has_pixels))) != _END:
        length = int.from_bytes((yield from bytes_.take(2)))
        if length < 2 or marker < _FIRST_MARKER or marker == _BEGIN:
            raise _broken("JPEG")
        segment = yield from bytes_.take(length - 2)
        if marker in _FRAMES:
            if has_frame or len(segment) < 6:
                raise _broken("JPEG")
            has_frame = True
            _refuse_bomb(int.from_bytes(segment[3:5]), int.from_bytes(segment[1:3]))
        has_pixels = has_pixels or marker == _PIXELS
        if has_pixels and not has_frame:
            raise _broken("JPEG")
    if not has_pixels:
        raise _broken("JPEG")


def _next_marker(bytes_: _Bytes, *, behind_pixels: bool) -> Generator[None, None, int]:
    """The next marker: at once, or wherever the pixels end."""
    while not (found := _MARKER.search(bytes_.waiting)):
        if not behind_pixels and bytes_.waiting.lstrip(b"\xff"):
            raise _broken("JPEG")
        if behind_pixels:
            del bytes_.waiting[:-1]  # a marker may be cut in two
        yield
    if not behind_pixels and found.start():
        raise _broken("JPEG")
    marker, end = found[1][0], found.end()  # the match looks at what is about to go
    del bytes_.waiting[:end]
    return marker


def _broken(name: str) -> WrongFormatError:
    return WrongFormatError(f"it is a broken {name}")


def _refuse_bomb(width: int, height: int) -> None:
    if not 0 < width * height <= MOST_PIXELS:
        raise WrongFormatError(f"it has more than {MOST_PIXELS:,} pixels, or none")


_READINGS: Mapping[FileFormat, Callable[[_Bytes], _Reading]] = {
    FileFormat.PDF: _read_pdf,
    FileFormat.JPEG: _read_jpeg,
    FileFormat.PNG: _read_png,
}
