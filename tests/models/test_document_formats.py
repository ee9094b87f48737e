"""Documents are what they are said to be, and nothing besides."""

import struct

import pytest

from models.contents.formats import FormatCheck, WrongFormatError
from models.vocabulary import FileFormat
from tests.scans import JPEG, PDF, chunk, png

ARCHIVE = b"PK\x05\x06" + b"\0" * 16


#: Parts of a JPEG; a frame says its size behind five other bytes, and its pixels' channels after.
SIDE = b"\x00\x08"
FRAME = b"\xff\xc0\x00\x0b\x08" + SIDE * 2 + b"\x01\x01\x11\x00"
SHORTEST_FRAME = b"\xff\xc0\x00\x08\x08" + SIDE * 2 + b"\x01"
EMPTY_NOTE = b"\xff\xfe\x00\x02"
PIXELS = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\x34"


def jpeg(*parts: bytes) -> bytes:
    return b"".join((b"\xff\xd8", *parts, b"\xff\xd9"))


def why_refused(format_: str, content: bytes, at_once: int) -> str | None:
    check = FormatCheck(FileFormat(format_))
    try:
        for at in range(0, len(content), at_once):
            check.feed(content[at : at + at_once])
        check.finish()
    except WrongFormatError as error:
        return str(error)
    return None


@pytest.mark.parametrize("at_once", [1, 7, 1_000, 1 << 20])
@pytest.mark.parametrize(("format_", "content"), [("PDF", PDF), ("JPEG", JPEG), ("PNG", png())])
def test_whole_documents_pass_in_pieces_of_any_size(
    format_: str, content: bytes, at_once: int
) -> None:
    assert why_refused(format_, content, at_once) is None


@pytest.mark.parametrize(
    ("format_", "content"),
    [
        ("JPEG", jpeg(EMPTY_NOTE, SHORTEST_FRAME, PIXELS)),
        ("JPEG", jpeg(FRAME.replace(SIDE * 2, b"\x27\x10" * 2), PIXELS)),
        ("PNG", png(10_000, 10_000)),
        ("PDF", PDF.replace(b"1.7", b"2.0")),
    ],
)
def test_the_largest_and_the_shortest_pass(format_: str, content: bytes) -> None:
    assert why_refused(format_, content, 1 << 20) is None


def test_no_more_of_a_document_is_held_than_a_piece() -> None:
    check, content = FormatCheck(FileFormat.PNG), png(filling=1 << 20)
    for at in range(0, len(content), 1_000):
        check.feed(content[at : at + 1_000])
        assert len(check._bytes.waiting) <= 65_536
    check.finish()


def test_a_picture_has_notes_up_to_a_length() -> None:
    longest = png(filling=16 << 20, notes=b"")
    assert why_refused("PNG", longest, 1 << 20) is None
    longer = why_refused("PNG", png(filling=16 << 20, notes=b"1"), 1 << 20)
    assert longer == "it holds something besides a picture"


@pytest.mark.parametrize("at_once", [1, 1 << 20])
@pytest.mark.parametrize(
    ("format_", "content", "why"),
    [
        ("PDF", png(), "does not begin"),
        ("JPEG", PDF, "does not begin"),
        ("PNG", b"<script>alert(1)</script>", "does not begin"),
        ("PDF", b"junk" + PDF, "does not begin"),
        ("PDF", PDF[:-7], "no end"),
        ("PDF", PDF + b"MZ\x90", "no end"),
        ("PDF", PDF[:-6] + ARCHIVE + struct.pack("<H", 6) + b"%%EOF\n", "archive"),
        ("PNG", png(40_000, 40_000), "pixels"),
        ("PNG", png(0, 4), "pixels"),
        ("PNG", png() + b"more", "after its end"),
        ("PNG", png(notes=b"%PDF-1.4\n"), "a PDF too"),
        ("PNG", png()[:-12] + ARCHIVE + struct.pack("<H", 12) + png()[-12:], "broken"),
        ("PNG", png()[:-9], "no end"),
        ("PNG", png()[:40] + b"\0" + png()[41:], "broken"),
        ("JPEG", JPEG.replace(b"\x08\x00\x08\x00\x08", b"\x08\xff\xff\xff\xff"), "pixels"),
        ("JPEG", JPEG + b"PK\x03\x04", "after its end"),
        ("JPEG", JPEG[:-2], "no end"),
        ("JPEG", JPEG[:20] + JPEG[-2:], "broken"),
        ("JPEG", jpeg(EMPTY_NOTE[:3] + b"\x01", FRAME, PIXELS), "broken"),
        ("JPEG", jpeg(b"\xff\xbf\x00\x02", FRAME, PIXELS), "broken"),
        ("JPEG", jpeg(b"\xff\xd8\x00\x02", FRAME, PIXELS), "broken"),
        ("JPEG", jpeg(SHORTEST_FRAME[:3] + b"\x07" + SHORTEST_FRAME[4:-1], PIXELS), "broken"),
        ("JPEG", jpeg(FRAME, FRAME, PIXELS), "broken"),
        ("JPEG", jpeg(PIXELS, FRAME), "broken"),
        ("JPEG", jpeg(FRAME), "broken"),
        ("JPEG", jpeg(FRAME.replace(SIDE * 2, b"\x27\x10\x27\x11"), PIXELS), "pixels"),
        ("PNG", png(10_001, 10_000), "pixels"),
        ("PNG", png()[:-12] + chunk(b"IEND", b"more"), "broken"),
        ("PDF", PDF.replace(b"1.7", b"3.0"), "does not begin"),
        ("JPEG", JPEG.replace(b"JFIF\x00\x01\x01\x00", b"%PDF-1.4"), "a PDF too"),
    ],
)
def test_bombs_and_what_is_two_things_are_refused(
    format_: str, content: bytes, why: str, at_once: int
) -> None:
    found = why_refused(format_, content, at_once)
    assert found is not None
    assert why in found
