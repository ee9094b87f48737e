"""Pictures of documents: what an officer sees, and what a document cannot do to who shows it."""

import asyncio
import io
import os
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
import uvloop
from PIL import Image
from starlette.requests import Request

from gateway.errors import RequestError
from gateway.wire import pictures
from gateway.wire.pictures import Pictures
from models.contents.sealing import Content
from tests.gateway.changing import assign_to, hand_over, pay_bill, reference_of, submitted_case
from tests.gateway.conftest import Viewer
from tests.gateway.test_documents import app, ask, contents_of, link_of, reads, store
from tests.scans import CANARY, chunk, png, sent

pytestmark = pytest.mark.anyio
__all__ = ["app", "store"]

RED, BLUE, WHITE = (254, 0, 0), (0, 0, 254), (255, 255, 255)


def written(picture: Image.Image, as_: str, **given: object) -> bytes:
    held = io.BytesIO()
    picture.save(held, as_, **given)
    return held.getvalue()


def plain(color: tuple[int, ...] | int, mode: str = "RGB", size: tuple[int, int] = (400, 200)):
    return Image.new(mode, size, color)


TWO_PAGES = written(plain(RED), "PDF", save_all=True, append_images=[plain(BLUE)])


async def in_parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def made(media_type: str, document: bytes, page: int = 1, pixels: int = 100) -> Image.Image:
    """The picture that a process made. Raises the error that there is none."""
    halves = in_parts(document[: len(document) // 2], document[len(document) // 2 :])
    _, picture = await pictures._make(media_type, page, pixels, halves)
    assert CANARY not in picture
    return Image.open(io.BytesIO(picture))


def color_of(picture: Image.Image) -> tuple[int, ...]:
    return picture.getpixel((picture.width // 2, picture.height // 2))


# --- What is shown -------------------------------------------------------------------------------


async def test_an_officer_is_shown_a_page_under_the_line_of_the_log_that_opened_it(
    who: dict[str, Viewer], connection: asyncpg.Connection, store: str
) -> None:
    agent, officer = who["agent-au"], who["officer"]
    case = await pay_bill(who, await submitted_case(who))
    broken = png(9_000, 9_000)  # of which two rows are there
    upload = await sent(agent, case, TWO_PAGES, media_type="PDF", kind="RETURN_TICKET")
    bomb = await sent(agent, case, broken)
    await hand_over(agent, case, "B1")
    await assign_to(who, "officer", case)
    reference = await reference_of(officer, case)
    link = await link_of(officer, upload, reference)
    kept = await contents_of(store)

    first = await ask(officer, "GET", f"{link}?page=1&pixels=64")
    assert (first.status_code, first.headers["content-type"]) == (200, "image/jpeg")
    assert first.headers["gerbang-pages"] == "2"
    assert first.headers["cache-control"] == "private, no-store"
    assert "sandbox" in first.headers["content-security-policy"]
    shown = Image.open(io.BytesIO(first.content))
    assert (shown.format, shown.size, color_of(shown)) == ("JPEG", (64, 32), RED)
    second = await ask(officer, "GET", f"{link}?page=2", Range="bytes=0-9")
    shown = Image.open(io.BytesIO(second.content))
    assert (second.status_code, shown.size, color_of(shown)) == (200, (800, 400), BLUE)
    # The pictures are of the read by which the link was handed out, and nothing of them is kept.
    assert await reads(connection, case, "officer") == [["document.link"]]
    assert await contents_of(store) == kept

    for query, message in (
        ("page=3", "The document has 2 pages."),
        *((f"page={one}", "`page` is a whole number from 1 to 9999.")
          for one in ("0", "-1", "x", "", "12345", "1.5")),
        *((f"page=1&pixels={one}", "`pixels` is a whole number from 64 to 1600.")
          for one in ("63", "1601", "x")),
    ):  # fmt: skip
        refused = await ask(officer, "GET", f"{link}?{query}")
        [error] = refused.json()["errors"]
        assert (refused.status_code, error["message"]) == (400, message), query
    assert (await ask(officer, "GET", f"{link}?page=1&pixels=1600")).status_code == 200
    for other in ("officer-2", "agent-au", "anonymous"):
        assert (await ask(who[other], "GET", f"{link}?page=1")).status_code == 404

    # Of what cannot be unpacked there is none, and the document itself opens all the same.
    link = await link_of(officer, bomb, reference)
    none = await ask(officer, "GET", f"{link}?page=1")
    [error] = none.json()["errors"]
    assert (none.status_code, error["extensions"]["code"]) == (422, "NO_PICTURE")
    assert (await ask(officer, "GET", link)).content == broken


@pytest.mark.parametrize(
    ("picture", "as_", "color"),
    [
        (plain((254, 0, 0, 0), "RGBA"), "PNG", WHITE),  # nothing is to be seen of it
        (plain((0, 0), "LA"), "PNG", WHITE),
        (plain(65_535, "I;16"), "PNG", WHITE),
        (plain(32_768, "I;16"), "PNG", (128, 128, 128)),
        (plain(1, "1"), "PNG", WHITE),
        (plain((0, 0, 0, 0), "CMYK"), "JPEG", WHITE),
        (plain(RED), "JPEG", RED),
    ],
)
async def test_each_kind_of_picture_is_shown(picture, as_: str, color: tuple[int, ...]) -> None:
    shown = await made(as_, written(picture, as_))
    assert shown.size == (100, 50)
    assert max(abs(one - other) for one, other in zip(color_of(shown), color, strict=True)) < 3


async def test_a_photograph_is_shown_upright_and_without_its_notes() -> None:
    notes = Image.Exif()
    notes[0x0112], notes[0x010E] = 6, CANARY.decode()  # taken sideways; and a description
    tall = written(plain(RED), "JPEG", exif=notes, comment=CANARY)
    shown = await made("JPEG", tall)
    assert (shown.size, shown.info.get("comment"), shown.getexif()) == ((50, 100), None, {})
    # What is smaller than asked for stays so.
    assert (await made("PNG", written(plain(RED), "PNG"), pixels=900)).size == (400, 200)


# --- What a document cannot do -------------------------------------------------------------------


def zip_bomb() -> bytes:
    """A page whose drawing is 900 MiB of blanks, packed twice."""
    packer = zlib.compressobj()
    blanks = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    repeated = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    drawing = zlib.compress(blanks + repeated * 899 + packer.flush())
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter[/FlateDecode/FlateDecode]/Length "
        + str(len(drawing)).encode()
        + b">>stream\n"
        + drawing
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


POLYGLOT = written(plain(RED), "JPEG", comment=TWO_PAGES)


@pytest.mark.parametrize(
    ("media_type", "document"),
    [
        ("PDF", b""),
        ("PDF", TWO_PAGES[:200]),
        ("JPEG", written(plain(RED), "JPEG")[:300]),
        ("PNG", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\xff" * 13) + chunk(b"IEND", b"")),
        ("JPEG", written(plain(RED), "PNG")),  # what it is not said to be is not tried
        ("PNG", TWO_PAGES),
        ("PDF", written(plain(RED), "JPEG")),
    ],
)
async def test_of_what_breaks_or_hides_something_there_is_none(media_type, document) -> None:
    with pytest.raises(pictures._NoPictureError):
        await made(media_type, document)


async def test_a_document_is_only_what_it_is_said_to_be() -> None:
    assert (await made("JPEG", POLYGLOT)).size == (100, 50)


async def test_an_archive_in_an_archive_takes_no_more_than_the_process_has() -> None:
    with suppress(pictures._NoPictureError):  # or an empty page, as the library sees fit
        assert color_of(await made("PDF", zip_bomb())) == WHITE


def children() -> set[int]:
    return {
        int(one)
        for task in Path("/proc/self/task").iterdir()
        for one in (task / "children").read_text().split()
    }


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(one.split(":\t", 1) for one in lines if ":\t" in one)


def look_at(pid: int) -> None:
    """That it holds nothing, if one may look: nobody but root may."""
    with suppress(PermissionError):
        assert sorted(os.listdir(f"/proc/{pid}/fd")) == ["0", "1"]
        assert Path(f"/proc/{pid}/environ").read_bytes() == b""


async def confined_child(before: set[int]) -> tuple[int, dict[str, str]]:
    """The process that was just started, once it has given up its rights."""
    while True:
        for pid in children() - before:
            with suppress(OSError):
                status = status_of(pid)
                if status["Seccomp"] == "2":
                    return pid, status
        await asyncio.sleep(0.01)


@pytest.fixture
def parts() -> Callable[[], AsyncIterator[bytes]]:
    """Parts of a document that never end."""

    async def endless() -> AsyncIterator[bytes]:
        yield TWO_PAGES
        await asyncio.Event().wait()

    return endless


@pytest.mark.parametrize("loop", [None, uvloop.new_event_loop])
def test_a_process_holds_two_pipes_alone_and_ends_with_its_request(loop, parts) -> None:
    async def look() -> None:
        before = children()
        making = asyncio.create_task(pictures._make("PDF", 1, 64, parts()))
        pid, status = await asyncio.wait_for(confined_child(before), 30)
        assert status["NoNewPrivs"] == "1"
        look_at(pid)
        making.cancel()
        with suppress(asyncio.CancelledError):
            await making
        assert children() <= before

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(look())


async def test_a_process_that_is_killed_or_takes_too_long_costs_this_picture_alone(
    parts, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    before = children()
    more = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"%PDF"
        await more.wait()
        for _ in range(9):
            yield bytes(1 << 20)

    making = asyncio.create_task(pictures._make("PDF", 1, 64, slow()))
    pid, _ = await confined_child(before)
    os.kill(pid, 9)
    more.set()
    with pytest.raises(pictures._NoPictureError):
        await making
    monkeypatch.setattr(pictures, "_SECONDS", 0.5)
    talking = tmp_path / "talking.py"  # its pipe is full when its time is over
    talking.write_text("import sys; sys.stdout.buffer.write(bytes(5 << 20))")
    for program in (pictures._PROGRAM, talking):
        monkeypatch.setattr(pictures, "_PROGRAM", program)
        with pytest.raises(pictures._NoPictureError):
            await asyncio.wait_for(pictures._make("PDF", 1, 64, parts()), 10)
    assert children() <= before
    monkeypatch.undo()
    assert color_of(await made("PDF", TWO_PAGES)) == RED


async def test_what_a_process_writes_is_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for number, says in enumerate(
        ("b'1\\n\\xff\\xd8' + bytes(5 << 20)", "b'<script>'", "b'0\\n'", "b'1\\n<svg>'", "b''")
    ):
        false = tmp_path / f"{number}.py"
        false.write_text(f"import os, sys; sys.stdin.buffer.read(); os.write(1, b'')\n"
                         f"sys.stdout.buffer.write({says})")  # fmt: skip
        monkeypatch.setattr(pictures, "_PROGRAM", false)
        with pytest.raises(pictures._NoPictureError):
            await pictures._make("PDF", 1, 64, in_parts(b"x"))


# --- Who waits for whom --------------------------------------------------------------------------


def asked() -> Request:
    async def stay() -> dict[str, str]:
        await asyncio.Event().wait()
        raise AssertionError

    scope = {"type": "http", "query_string": b"page=1&pixels=64", "headers": []}
    return Request(scope, stay)


CONTENT = Content(id=None, media_type="PDF", size=len(TWO_PAGES), sha256=b"", key=b"")  # type: ignore[arg-type]


async def test_who_asks_for_many_keeps_nobody_else_waiting(
    parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, before = Pictures(), children()
    many = [
        asyncio.create_task(shared.answer(asked(), ("OFFICER", "one"), CONTENT, parts()))
        for _ in range(5)
    ]
    await confined_child(before)
    answer = await shared.answer(asked(), ("OFFICER", "two"), CONTENT, in_parts(TWO_PAGES))
    assert answer.status_code == 200
    assert len(children() - before) == 1
    others = [
        asyncio.create_task(shared.answer(asked(), ("OFFICER", name), CONTENT, parts()))
        for name in ("two", "three", "four")
    ]
    await asyncio.sleep(0.3)  # each that could begin has begun
    assert len(children() - before) == 2
    monkeypatch.setattr(pictures, "_WAITING_SECONDS", 0.2)
    with pytest.raises(RequestError) as refused:
        await shared.answer(asked(), ("OFFICER", "five"), CONTENT, in_parts(TWO_PAGES))
    assert (refused.value.code, refused.value.status) == ("OVERLOADED", 503)
    for one in (*many, *others):
        one.cancel()
    await asyncio.gather(*many, *others, return_exceptions=True)
    assert children() <= before


async def test_of_a_large_document_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    most = CONTENT._replace(size=64 << 20)
    assert (await Pictures().answer(asked(), ("OFFICER", "one"), most, in_parts(TWO_PAGES))).body
    larger = most._replace(size=(64 << 20) + 1)
    with pytest.raises(RequestError) as refused:
        await Pictures().answer(asked(), ("OFFICER", "one"), larger, in_parts(TWO_PAGES))
    assert refused.value.code == "NO_PICTURE"
