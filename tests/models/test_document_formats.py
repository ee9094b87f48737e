"""Documents are what they are said to be, and nothing besides."""

import struct

import pytest

from models.contents.formats import FormatCheck, WrongFormatError
from models.vocabulary import FileFormat
from tests.scans import JPEG, PDF, png

ARCHIVE = b"PK\x05\x06" + b"\0" * 16


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
        ("JPEG", JPEG.replace(b"JFIF\x00\x01\x01\x00", b"%PDF-1.4"), "a PDF too"),
    ],
)
def test_bombs_and_what_is_two_things_are_refused(
    format_: str, content: bytes, why: str, at_once: int
) -> None:
    found = why_refused(format_, content, at_once)
    assert found is not None
    assert why in found
