"""The largest document takes a gateway little memory, and many slow ones keep no query waiting."""

import asyncio
import hashlib
import logging
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import quantiles

import httpx2
import pytest

from gateway.mutations.uploading import MOST_BYTES
from models.vocabulary import DocumentKind
from tests import tokens
from tests.gateway.changing import IDENTITY, change, perform
from tests.gateway.conftest import CLAIMS, PATIENT, Viewer, viewers
from tests.gateway.surviving.processes import Process, gateways
from tests.scans import announce, chunk, png, sent

pytestmark = [pytest.mark.proof, pytest.mark.anyio, pytest.mark.timeout(1_200)]

MOST_MORE_BYTES = 40_000_000
BLOCK = 1 << 20
#: Slow uploads, each of which asks again a second after it was refused, and places for them.
SLOW, OF_A_VIEWER, PLACES = 200, 4, 32
#: What each sends at once, just less than a part, and then every half second, seconds that it may
#: go on for so, and the most memory that one takes while it is under way.
AT_ONCE, TRICKLE, PATIENCE, MOST_OF_ONE = BLOCK - 65_536, 1_024, 20.0, 3 * BLOCK
#: Questions that are timed beside them and alone, by turns of two viewers.
TIMED, MOST_TIMES_AS_LONG = 150, 3.0
QUESTIONS = {
    "officer": "{ applications(first: 20) { nodes { id reference stage visaType { code } } } }",
    "leadership": """{ volumes(from: "2026-01-01", to: "2026-12-31", groupBy: [COUNTRY]) {
        rows { country { code } decisions { value } } } }""",
}

log = logging.getLogger(__name__)


@asynccontextmanager
async def serving(
    world: str, folder: Path, **variables: str
) -> AsyncIterator[tuple[Process, dict[str, Viewer]]]:
    settings = {name.upper(): value for name, value in PATIENT.items()} | variables
    url = tokens.settings(world).database_url
    with gateways(1, url, DOCUMENT_STORE=f"file:{folder}", **settings) as [process]:
        async with httpx2.AsyncClient(base_url=process.url, timeout=600) as client:
            yield process, viewers(client)


def memory_of(process: Process, line: str) -> int:
    """``VmRSS`` of a process, from when on ``VmHWM`` is the most that it took, in bytes."""
    assert process._running
    its = Path(f"/proc/{process._running.pid}")
    status = (its / "status").read_text()
    if line == "VmRSS":
        (its / "clear_refs").write_text("5")
    [found] = [one for one in status.splitlines() if one.startswith(f"{line}:")]
    return int(found.split()[1]) * 1_024


def large_picture(size: int) -> Iterator[bytes]:
    """A picture of so many bytes, piece by piece: the same note, over and over."""
    before, behind = png(filling=0, notes=b"").split(chunk(b"noTe", b""))
    note = chunk(b"noTe", os.urandom(BLOCK - 12))
    left = size - len(before) - len(behind)
    yield before
    for _ in range(left // BLOCK - 1):
        yield note
    yield chunk(b"noTe", os.urandom(BLOCK + left % BLOCK - 12))
    yield behind


async def test_the_largest_document_takes_little_memory(world: str, tmp_path: Path) -> None:
    pieces = [*large_picture(MOST_BYTES)]
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)

    async def content() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async with serving(world, tmp_path) as (process, who):
        agent = who["agent-au"]
        case = await submitted(agent)
        await sent(agent, case, png(filling=3 * BLOCK))  # what each process takes once
        given = {"kind": "ITINERARY", "format": "PNG", "size": MOST_BYTES}
        asked = await change(agent, "requestUpload", case, **given, sha256=digest.hexdigest())
        before = memory_of(process, "VmRSS")
        began = time.monotonic()
        headers = {**agent.authorization(), "Content-Length": str(MOST_BYTES)}
        answer = await agent.client.put(
            asked.payload["upload"]["ticket"], content=content(), headers=headers
        )
        seconds, more = time.monotonic() - began, memory_of(process, "VmHWM") - before
        assert answer.status_code == 201, answer.text
        log.info("%.0f MB in %.0f s, in %.1f MB more", MOST_BYTES / 1e6, seconds, more / 1e6)
        assert more <= MOST_MORE_BYTES


async def submitted(agent: Viewer) -> str:
    given = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY)}
    return await perform(agent, "submitApplication", **given)


async def slow_upload(process: Process, viewer: Viewer, ticket: str, scan: bytes) -> list[int]:
    """The statuses that it was answered with, the last for being too slow."""
    statuses: list[int] = []
    head = (
        f"PUT {ticket} HTTP/1.1\r\nHost: gateway\r\nContent-Length: {len(scan)}\r\n"
        f"X-Forwarded-For: 10.0.0.{viewer.claims['sub'].rpartition('-')[2]}\r\n"
    )
    while not statuses or statuses[-1] == 503:
        authorization = viewer.authorization()["Authorization"]
        reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
        answered = asyncio.create_task(reader.readline())
        at = 65_536
        with suppress(OSError):
            writer.write(f"{head}Authorization: {authorization}\r\n\r\n".encode() + scan[:at])
            await asyncio.wait([answered], timeout=0.5)
            while not answered.done():
                piece = AT_ONCE if at < AT_ONCE else at + TRICKLE
                writer.write(scan[at:piece])
                at = piece
                await writer.drain()
                await asyncio.wait([answered], timeout=0.5)
        statuses.append(int((await answered).split()[1]))
        writer.close()
        await asyncio.sleep(1)
    return statuses


async def p95s(who: dict[str, Viewer]) -> dict[str, float]:
    """Of each question, in seconds."""
    times = {name: list[float]() for name in QUESTIONS}
    for _ in range(TIMED):
        for name, question in QUESTIONS.items():
            began = time.perf_counter()
            answer = await who[name](question)
            times[name].append(time.perf_counter() - began)
            assert answer.errors == [], answer.text
    return {name: quantiles(each, n=20)[-1] for name, each in times.items()}


async def test_hundreds_of_slow_uploads_starve_no_query(world: str, tmp_path: Path) -> None:
    limits = {"BODY_SECONDS": str(PATIENCE), "TRUSTED_PROXIES": "127.0.0.0/8"}
    async with serving(world, tmp_path, **limits) as (process, who):
        kinds = [kind.value for kind in DocumentKind]
        cases = [await submitted(who["agent-au"]) for _ in range(-(-SLOW // len(kinds)))]
        scan = png(filling=4 * BLOCK)
        tickets: list[tuple[Viewer, str]] = []
        for number in range(SLOW):  # one by one: a queue of turns is another test's
            claims = {**CLAIMS["agent-au"], "sub": f"slow-{number // OF_A_VIEWER}"}
            viewer = Viewer(who["agent-au"].client, claims)
            case, kind = cases[number // len(kinds)], kinds[number % len(kinds)]
            upload = await announce(viewer, case, scan, kind=kind)
            tickets.append((viewer, upload["ticket"]))
        await p95s(who)
        before, memory = await p95s(who), memory_of(process, "VmRSS")
        began = time.monotonic()
        slow = [
            asyncio.create_task(slow_upload(process, viewer, ticket, scan))
            for viewer, ticket in tickets
        ]
        await asyncio.sleep(3)
        during = await p95s(who)
        seconds, more = time.monotonic() - began, memory_of(process, "VmHWM") - memory
        assert seconds < PATIENCE, "the first of them were ended while the questions were timed"
        under_way = sum(not one.done() for one in slow)
        # Who sends too little within the deadline is ended, and another takes that place.
        ended, _ = await asyncio.wait(slow, timeout=2 * PATIENCE)
        for one in slow:
            one.cancel()
        statuses = Counter(status for one in ended for status in one.result())
        after = await p95s(who)
        for name in QUESTIONS:
            log.info(
                "%s: p95 %.1f ms before, %.1f beside %d slow uploads, %.1f after",
                *(name, before[name] * 1e3, during[name] * 1e3, under_way, after[name] * 1e3),
            )
        log.info("%.1f MB more memory; the ended were answered %s", more / 1e6, dict(statuses))
        assert under_way == SLOW
        assert more <= PLACES * MOST_OF_ONE
        assert len(ended) >= PLACES
        assert {*statuses} <= {408, 503}
        for name in QUESTIONS:
            alone = max(before[name], after[name])
            assert during[name] <= MOST_TIMES_AS_LONG * alone, name
