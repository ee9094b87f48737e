"""Scans of documents: made by hand, announced and sent."""

import hashlib
import os
import struct
import zlib
from typing import Any

import httpx2

from tests.gateway.conftest import Viewer

ANNOUNCE = """
    mutation ($input: RequestUploadInput!) { requestUpload(input: $input) {
        upload { id ticket } errors { code path }
    } }
"""

#: Somewhere in each scan; neither the database nor the store ever holds it.
CANARY = b"a canary in a scan 7f3c"
PDF = b"%PDF-1.7\n" + CANARY + b"\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00"
    b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\xff\x00\x34\xff\xd1\x56\xff\xd9"
)


def png(width: int = 8, height: int = 8, *, filling: int = 2_000, notes: bytes = CANARY) -> bytes:
    """A picture with a note of so many random bytes, which no packing makes smaller."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 9 * 8)
    parts = (b"IHDR", header), (b"noTe", notes + os.urandom(filling)), (b"IDAT", pixels)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in (*parts, (b"IEND", b"")))


def chunk(name: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


async def announce(
    viewer: Viewer, case: str, scan: bytes, media_type: str = "PNG", kind: str = "PHOTOGRAPH"
) -> dict[str, Any]:
    """The upload of a scan: its id and its ticket."""
    given = {
        "applicationId": case, "kind": kind, "format": media_type, "size": len(scan),
        "sha256": hashlib.sha256(scan).hexdigest(), "idempotencyKey": os.urandom(8).hex(),
    }  # fmt: skip
    payload = (await viewer(ANNOUNCE, input=given)).data["requestUpload"]
    assert payload["errors"] == []
    upload: dict[str, Any] = payload["upload"]
    return upload


async def send(
    viewer: Viewer, ticket: str, content: bytes, first: int = 0, size: int | None = None
) -> httpx2.Response:
    headers = viewer.authorization()
    if size is not None:
        headers["Content-Range"] = f"bytes {first}-{first + len(content) - 1}/{size}"
    return await viewer.client.put(ticket, content=content, headers=headers)


async def sent(viewer: Viewer, case: str, scan: bytes, **given: str) -> str:
    """The id of an upload that is there."""
    upload = await announce(viewer, case, scan, **given)
    answer = await send(viewer, upload["ticket"], scan)
    assert answer.status_code == 201, answer.text
    id_: str = upload["id"]
    return id_
