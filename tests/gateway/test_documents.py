"""Contents of documents: an agent sends a scan, an officer opens it, and nobody else does."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import httpx2
import obstore
import pytest
from starlette.applications import Starlette

from models.contents.sealing import PART_BYTES
from models.contents.store import ContentStore
from models.jobs.contents import contents_overdue, remove_contents
from models.jobs.erase_people import erase_due
from tests import tokens
from tests.gateway.changing import (
    assign_to,
    hand_over,
    pay_bill,
    perform,
    reference_of,
    row_id,
    submitted_case,
)
from tests.gateway.conftest import PATIENT, Answer, Viewer
from tests.gateway.in_process import running_gateway
from tests.linking import KEYS, linking
from tests.rights import order_erasure
from tests.scans import ANNOUNCE, CANARY, announce, png, send, sent

pytestmark = pytest.mark.anyio

OPEN = """
    query ($id: ID!, $case: String!) @purpose(code: %s, reference: $case) {
        node(id: $id) { ... on DocumentUpload { size content { link } } }
    }
"""
UPLOADS = """
    query ($id: ID!) { node(id: $id) { ... on Application {
        uploads { id kind format size completedAt } documents { kind recordedAt }
    } } }
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where they are kept: `test_documents_in_s3` has another place."""
    return f"file:{tmp_path_factory.mktemp('contents')}"


@pytest.fixture(scope="module")
async def app(world: str, store: str) -> AsyncIterator[Starlette]:
    settings = tokens.settings(world, **PATIENT, document_store=store)
    async with running_gateway(settings) as application, linking(world):
        yield application


async def contents_of(store: str, upload: str | None = None) -> list[bytes]:
    """The sealed parts of an upload, or of all."""
    objects = ContentStore(store)._store
    folder = f"documents/{row_id(upload)}" if upload else "documents"
    listed = await obstore.list(objects, folder).collect_async()
    parts = [await obstore.get_async(objects, one["path"]) for one in listed]
    return [bytes(await one.bytes_async()) for one in parts]


async def ask(viewer: Viewer, method: str, path: str, **headers: str) -> httpx2.Response:
    return await viewer.client.request(method, path, headers={**viewer.authorization(), **headers})


async def opened(viewer: Viewer, upload: str, case: str, purpose: str = "CASEWORK") -> Answer:
    return await viewer(OPEN % purpose, id=upload, case=case)


async def link_of(viewer: Viewer, upload: str, case: str, purpose: str = "CASEWORK") -> str:
    answer = await opened(viewer, upload, case, purpose)
    link: str = answer.data["node"]["content"]["link"]
    return link


async def reads(connection: asyncpg.Connection, case: str, viewer: str) -> list[list[str]]:
    rows = await connection.fetch(
        "SELECT fields FROM access_event AS read JOIN application USING (applicant_id)"
        " WHERE application.id = $1 AND actor = $2", row_id(case), viewer,
    )  # fmt: skip
    return [row["fields"] for row in rows]


@pytest.fixture(scope="module")
async def file(who: dict[str, Viewer]) -> str:
    """A case that is being taken in."""
    return await pay_bill(who, await submitted_case(who))


async def test_a_scan_is_cut_off_resumed_and_opened_with_one_line_in_the_log(
    who: dict[str, Viewer], connection: asyncpg.Connection, store: str
) -> None:
    agent, officer = who["agent-au"], who["officer"]
    case = await pay_bill(who, await submitted_case(who))
    scan = png(filling=3 * PART_BYTES)
    upload = await announce(agent, case, scan)
    cut = await send(agent, upload["ticket"], scan[: len(scan) * 4 // 10], 0, len(scan))
    assert (cut.status_code, cut.headers["upload-offset"]) == (202, str(PART_BYTES))
    # Half a document is none.
    assert (await officer(UPLOADS, id=case)).data["node"]["uploads"] == []
    told = await ask(agent, "HEAD", upload["ticket"])
    offset = int(told.headers["upload-offset"])
    assert offset == PART_BYTES
    again = await send(agent, upload["ticket"], scan)
    assert (again.status_code, again.json()["errors"][0]["extensions"]["code"]) == (
        409, "OFFSET_DIFFERS",
    )  # fmt: skip
    rest = await send(agent, upload["ticket"], scan[offset:], offset, len(scan))
    assert (rest.status_code, rest.headers["upload-offset"]) == (201, str(len(scan)))
    # Who lost the answer asks again.
    assert (await send(agent, upload["ticket"], scan)).status_code == 200

    await hand_over(agent, case, "B1")
    await assign_to(who, "officer", case)
    reference = await reference_of(officer, case)
    [listed] = (await officer(UPLOADS, id=case)).data["node"]["uploads"]
    assert (listed["kind"], listed["format"], listed["size"]) == ("PHOTOGRAPH", "PNG", len(scan))
    assert await reads(connection, case, "officer") == []
    link = await link_of(officer, listed["id"], reference)
    assert await reads(connection, case, "officer") == [["document.link"]]
    whole = await ask(officer, "GET", link)
    assert (whole.status_code, whole.content == scan) == (200, True)
    assert whole.headers["content-type"] == "image/png"
    assert whole.headers["cache-control"] == "private, no-store"
    part = await ask(officer, "GET", link, Range=f"bytes={PART_BYTES - 5}-{PART_BYTES + 4}")
    assert (part.status_code, part.content) == (206, scan[PART_BYTES - 5 : PART_BYTES + 5])
    assert part.headers["content-range"] == f"bytes {PART_BYTES - 5}-{PART_BYTES + 4}/{len(scan)}"
    end = await ask(officer, "GET", link, Range="bytes=-12")
    assert end.content == scan[-12:]
    everything = await ask(officer, "GET", link, Range="bytes=-")  # which names no part
    assert (everything.status_code, everything.content == scan) == (200, True)
    beyond = await ask(officer, "GET", link, Range=f"bytes={len(scan)}-")
    assert beyond.status_code == 416
    assert await reads(connection, case, "officer") == [["document.link"]]
    # Nothing of it lies anywhere in plain.
    stored = await contents_of(store)
    assert len(stored) >= 4
    assert not any(CANARY in one or b"IHDR" in one for one in stored)


async def test_a_whole_part_is_not_stored_before_all_of_it_is_what_was_announced(
    who: dict[str, Viewer], file: str, store: str
) -> None:
    agent, filling = who["agent-au"], 2 * PART_BYTES - len(png(filling=0))
    announced, other = png(filling=filling), png(filling=filling)
    upload = await announce(agent, file, announced)
    refused = await send(agent, upload["ticket"], other)
    assert (len(other), refused.status_code) == (2 * PART_BYTES, 422)
    assert len(await contents_of(store, upload["id"])) == 1  # the part before it


async def test_anothers_ticket_link_and_none_are_the_same(
    who: dict[str, Viewer], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, scan = who["agent-au"], png()
    upload = await announce(agent, file, scan)
    foreign = [
        await ask(viewer, method, ticket)
        for viewer, ticket in (
            (who["service"], upload["ticket"]), (who["officer"], upload["ticket"]),
            (who["anonymous"], upload["ticket"]), (agent, "/documents/no-ticket"),
            (agent, "/documents/01890000-0000-7000-8000-000000000000"),
        )
        for method in ("HEAD", "PUT")
    ]  # fmt: skip
    assert {one.status_code for one in foreign} == {404}
    assert (await send(agent, upload["ticket"], scan)).status_code == 201

    reference = await reference_of(agent, file)
    link = await link_of(agent, upload["id"], reference, "INTAKE")
    assert (await ask(agent, "GET", link)).content == scan
    colleague = Viewer(agent.client, {**agent.claims, "sub": "agent-au-2"})
    refused = [
        await ask(colleague, "GET", link),
        await ask(who["officer"], "GET", link),
        await ask(who["anonymous"], "GET", link),
        await ask(agent, "GET", link[:-4]),
        await ask(agent, "GET", upload["ticket"]),
        await ask(agent, "GET", "/documents/..%2f..%2fetc%2fpasswd"),
    ]
    monkeypatch.setattr("gateway.access.document_links.time", lambda: 4_000_000_000.0)
    refused.append(await ask(agent, "GET", link))
    assert {one.status_code for one in refused} == {404}
    texts = {one.json()["errors"][0]["message"] for one in refused[:5]} | {
        one.json()["errors"][0]["message"] for one in foreign if one.content
    }
    assert texts == {"There is no such document for you."}


async def test_who_may_open_it(who: dict[str, Viewer], connection: asyncpg.Connection) -> None:
    agent, service = who["agent-au"], who["service"]
    case = await pay_bill(who, await submitted_case(who))
    reference = await reference_of(agent, case)
    upload = await sent(service, case, png(), kind="RETURN_TICKET")
    # A partner's system writes, and reads none of it again.
    answer = await service(
        "query ($id: ID!) { node(id: $id) { ... on DocumentUpload { content { link } } } }",
        id=upload,
    )
    assert answer.codes == ["FORBIDDEN_FIELD"]
    assert (await opened(agent, upload, reference, "INTAKE")).data["node"]["content"]
    # An officer on whose desk it is not; a supervisor for the case, and for another one.
    assert (await opened(who["officer"], upload, reference)).data["node"]["content"] is None
    supervisor = who["supervisor"]
    assert (await opened(supervisor, upload, reference)).data["node"]["content"]
    other = "AUSY-PAID-0013"
    assert (await opened(supervisor, upload, other)).data["node"]["content"] is None
    for name in ("auditor", "leadership", "treasury", "screening", "manager-au", "border"):
        assert set((await opened(who[name], upload, reference)).codes) & {
            "FORBIDDEN_FIELD", "PURPOSE_NOT_ALLOWED", "INVALID_DOCUMENT",
        }, name  # fmt: skip
    await hand_over(agent, case, "B1")
    assert (await opened(agent, upload, reference, "INTAKE")).data["node"]["content"] is None
    assert await reads(connection, case, "officer") == []


async def test_what_is_no_picture_is_refused_and_spends_its_ticket(
    who: dict[str, Viewer], file: str
) -> None:
    agent, bomb = who["agent-au"], png(40_000, 40_000)
    upload = await announce(agent, file, bomb, kind="ITINERARY")
    answer = await send(agent, upload["ticket"], bomb)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (422, "NOT_AS_ANNOUNCED")
    assert "pixels" in error["extensions"]["reason"]
    assert (await ask(agent, "HEAD", upload["ticket"])).status_code == 404


async def test_other_bytes_than_announced_are_refused(who: dict[str, Viewer], file: str) -> None:
    agent, scan = who["agent-au"], png()
    other = bytearray(png())
    upload = await announce(agent, file, scan, kind="ITINERARY")
    assert (await send(agent, upload["ticket"], bytes(other))).status_code == 422
    upload = await announce(agent, file, scan, kind="ITINERARY")
    assert (await send(agent, upload["ticket"], scan + b"!")).status_code == 413
    odd = [
        await ask(agent, "PUT", upload["ticket"], **{"Content-Range": text})
        for text in ("bytes 0-1/2", "bytes 5-1/9", "lines 1-2/3", f"bytes 0-9/{len(scan) + 1}")
    ]
    assert {one.status_code for one in odd} == {400}
    assert (await send(agent, upload["ticket"], scan)).status_code == 201
    for given in ({"size": 0}, {"size": (1 << 30) + 1}, {"sha256": "../../etc/passwd"}):
        values = {"kind": "ITINERARY", "format": "PDF", "size": 9, "sha256": "0a" * 32, **given}
        answer = await agent(
            ANNOUNCE, input={"applicationId": file, "idempotencyKey": os.urandom(8).hex(), **values}
        )
        assert answer.data["requestUpload"]["errors"] == [
            {"code": "INVALID", "path": ["input", *given]}
        ]


async def test_a_later_one_takes_its_place(
    who: dict[str, Viewer], connection: asyncpg.Connection, file: str
) -> None:
    agent = who["agent-au"]
    first = await announce(agent, file, png(), kind="ACCOMMODATION")
    second, third = png(), png()
    was = await sent(agent, file, second, kind="ACCOMMODATION")
    assert (await ask(agent, "HEAD", first["ticket"])).status_code == 404
    now = await sent(agent, file, third, kind="ACCOMMODATION")
    reference = await reference_of(agent, file)
    assert (await opened(agent, was, reference, "INTAKE")).data["node"] is None
    assert (
        await ask(agent, "GET", await link_of(agent, now, reference, "INTAKE"))
    ).content == third
    sealed = await connection.fetch("SELECT sealed::text FROM document_content")
    assert sealed
    assert not any("PNG" in row["sealed"] for row in sealed)


async def test_a_closed_case_takes_none(who: dict[str, Viewer]) -> None:
    agent, scan = who["agent-au"], png()
    case = await submitted_case(who)
    upload = await announce(agent, case, scan)
    await perform(agent, "withdrawApplication", case)
    assert (await send(agent, upload["ticket"], scan)).status_code == 404


async def test_what_was_not_sent_within_its_day_is_awaited_no_longer(
    who: dict[str, Viewer], connection: asyncpg.Connection, file: str
) -> None:
    agent, scan = who["agent-au"], png()
    begun, whole = (
        await announce(agent, file, scan, kind="ITINERARY"),
        await announce(agent, file, scan, kind="BANK_STATEMENT"),
    )
    assert (await send(agent, whole["ticket"], scan)).status_code == 201
    await connection.execute(
        "UPDATE document_upload SET expires_at = now() WHERE id = ANY ($1)",
        [row_id(begun["id"]), row_id(whole["id"])],
    )
    assert (await ask(agent, "HEAD", begun["ticket"])).status_code == 404
    assert (await send(agent, begun["ticket"], scan)).status_code == 404
    # Who lost the answer is told a day later, too.
    assert (await send(agent, whole["ticket"], scan)).status_code == 200


async def test_contents_go_with_their_person_and_so_does_what_nobody_finished(
    who: dict[str, Viewer], connection: asyncpg.Connection, store: str
) -> None:
    agent, objects, soon = who["agent-au"], ContentStore(store), timedelta(0)

    async def are_there(*uploads: str) -> list[bool]:
        return [bool(await contents_of(store, one)) for one in uploads]

    case = await submitted_case(who)
    whole, scan = await sent(agent, case, png()), png(filling=2 * PART_BYTES)
    begun = await announce(agent, case, scan, kind="ITINERARY")
    cut = await send(agent, begun["ticket"], scan[: PART_BYTES + 1], 0, len(scan))
    assert (cut.status_code, await are_there(whole, begun["id"])) == (202, [True, True])
    link = await link_of(agent, whole, await reference_of(agent, case), "INTAKE")
    while await remove_contents(objects, connection, soon):
        pass
    assert await are_there(whole, begun["id"]) == [True, True]

    await perform(agent, "withdrawApplication", case)
    person = await order_erasure(who, case)
    while await erase_due(KEYS, connection):
        pass
    sealed = "SELECT sealed FROM document_content WHERE applicant_id = $1"
    assert await connection.fetchval(sealed, person) == "{}"
    await connection.execute(
        "UPDATE document_upload SET expires_at = now() WHERE id = $1", row_id(begun["id"])
    )
    while await remove_contents(objects, connection, soon):
        pass
    assert await are_there(whole, begun["id"]) == [False, False]
    assert (await ask(agent, "GET", link)).status_code == 404  # its minute is not over
    assert await contents_overdue(connection) == 0
