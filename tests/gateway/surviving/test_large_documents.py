"""The largest document takes a gateway little memory."""

import hashlib
import logging
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from gateway.mutations.uploading import MOST_BYTES
from tests import tokens
from tests.gateway.changing import IDENTITY, change, perform
from tests.gateway.conftest import PATIENT, Viewer, viewers
from tests.gateway.surviving.processes import Process, gateways
from tests.scans import chunk, png, sent

pytestmark = [pytest.mark.proof, pytest.mark.anyio, pytest.mark.timeout(1_200)]

MOST_MORE_BYTES = 40_000_000
BLOCK = 1 << 20

log = logging.getLogger(__name__)


@asynccontextmanager
async def serving(world: str, folder: Path) -> AsyncIterator[tuple[Process, dict[str, Viewer]]]:
    settings = {name.upper(): value for name, value in PATIENT.items()}
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
