"""A scan is cut off on its way and resumed, opened by the officer of its case and nobody else, and
gone with its person, from old copies too."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx2
import pytest
from dash import html

from dashboard.components.html_part import html_of
from dashboard.gateway.client import document
from dashboard.pages.my_data.page import content
from dashboard.texts import texts
from models.contents.sealing import PART_BYTES
from models.contents.store import ContentStore
from models.jobs.contents import remove_contents
from models.jobs.erase_people import erase_due
from models.key_service import Cause
from tests.gateway.changing import (
    assign_to,
    change,
    hand_over,
    pay_bill,
    perform,
    reference_of,
    row_id,
    submitted_case,
)
from tests.gateway.conftest import PATIENT, Answer, Viewer
from tests.gateway.live import served
from tests.linking import KEYS, linking
from tests.rights import order_erasure
from tests.scans import CANARY, announce, png, send, sent

pytestmark = pytest.mark.anyio

OPEN = """
    query ($case: String!) @purpose(code: %s, reference: $case) {
        application(by: {reference: $case}) { uploads { kind size content { link } } }
    }
"""
CHECKLIST = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        documents { kind recordedAt } uploads { kind format size ticket completedAt }
    } } }
"""
HELD = CHECKLIST.replace(" ticket", "")
READS = "SELECT actor, purpose, fields FROM access_event WHERE case_reference = $1"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("contents")


@pytest.fixture(scope="module")
async def client(world: str, store: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """Over real connections, which can be cut."""
    settings = {"document_store": f"file:{store}", **PATIENT}
    async with (
        linking(world),
        served(world, **settings) as running,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{running.port}") as over_a_line,
    ):
        yield over_a_line


async def cut_off(viewer: Viewer, ticket: str, begun: bytes, size: int) -> None:
    """Begin to send, and lose the connection."""
    url = viewer.client.base_url
    headers = {"Host": url.host, "Content-Length": str(size), **viewer.authorization()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    _, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(f"PUT {ticket} HTTP/1.1\r\n{lines}\r\n".encode() + begun)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def offset_of(viewer: Viewer, ticket: str, expected: int) -> int:
    """From where an upload goes on, once the gateway has stored what came."""
    async with asyncio.timeout(20):
        while True:
            told = await viewer.client.head(ticket, headers=viewer.authorization())
            if (offset := int(told.headers["upload-offset"])) >= expected:
                return offset
            await asyncio.sleep(0.02)


def stored(store: Path) -> list[bytes]:
    return [one.read_bytes() for one in store.rglob("*") if one.is_file()]


async def opened(viewer: Viewer, reference: str, purpose: str = "CASEWORK") -> Answer:
    return await viewer(OPEN % purpose, case=reference)


def contents(asked: Answer) -> list[str | None]:
    """The links that somebody is given."""
    found = (asked.body.get("data") or {}).get("application") or {"uploads": []}
    return [one["content"] and one["content"]["link"] for one in found["uploads"]]


async def test_a_scan_is_resumed_opened_once_and_gone_with_its_person(
    who: dict[str, Viewer], connection: asyncpg.Connection, store: Path, tmp_path: Path
) -> None:
    service, officer = who["service"], who["officer"]
    case = await pay_bill(who, await submitted_case(who))
    scan = png(filling=5 * PART_BYTES)

    # The partner's system loses its line at 40 %, asks how far it got, and sends the rest.
    upload = await announce(service, case, scan, kind="PASSPORT_SCAN")
    await cut_off(service, upload["ticket"], scan[: len(scan) * 4 // 10], len(scan))
    offset = await offset_of(service, upload["ticket"], 2 * PART_BYTES)
    assert offset == 2 * PART_BYTES
    rest = await send(service, upload["ticket"], scan[offset:], offset, len(scan))
    assert rest.status_code == 201

    # The officer who has the case opens it; that is one line in the log.
    await hand_over(who["agent-au"], case, "B1")
    await assign_to(who, "officer", case)
    reference = await reference_of(officer, case)
    [link] = contents(await opened(officer, reference))
    answer = await officer.client.get(link, headers=officer.authorization())
    assert (answer.status_code, answer.content == scan) == (200, True)
    line = ("officer", "CASEWORK", ["document.link"])
    assert [tuple(one) for one in await connection.fetch(READS, reference)] == [line]

    # Nobody else: no link of their own, and not with the officer's.
    for name in who.keys() - {"officer", "supervisor", "supervisor-2"}:
        for purpose in ("CASEWORK", "INTAKE"):
            assert {*contents(await opened(who[name], reference, purpose))} <= {None}, name
        stolen = await officer.client.get(link, headers=who[name].authorization())
        assert (stolen.status_code, CANARY in stolen.content) == (404, False), name
    assert len(await connection.fetch(READS, reference)) == 1

    # Copies are made, of the store and of the database; then the person is erased.
    copy = shutil.copytree(store, tmp_path / "copy")
    rows = "SELECT sealed FROM document_content WHERE upload_id = $1"
    sealed = await connection.fetchval(rows, row_id(upload["id"]))
    await perform(service, "withdrawApplication", case)
    person = await order_erasure(who, case)
    while await erase_due(KEYS, connection):
        pass
    while await remove_contents(ContentStore(f"file:{store}"), connection):
        pass
    assert stored(store) == []
    supervisor = who["supervisor"]
    assert contents(await opened(supervisor, reference)) == []

    # Whoever puts all of it back has bytes that no key opens.
    shutil.copytree(copy, store, dirs_exist_ok=True)
    back = "UPDATE document_content SET sealed = $2 WHERE upload_id = $1"
    await connection.execute(back, row_id(upload["id"]), sealed)
    await connection.execute(
        "UPDATE document_upload SET replaced_at = NULL, removed_at = NULL, sha256 = $2"
        " WHERE id = $1",
        *(row_id(upload["id"]), bytes(32)),
    )
    assert contents(await opened(supervisor, reference)) == [None]
    assert await KEYS.open_data_keys([person], Cause.LINKING) == {}
    assert len(stored(store)) == 6
    assert not any(CANARY in one for one in stored(store))


async def my_data(subject: Viewer) -> str:
    """The page My data, without its tags."""
    asked = [await subject(document(f"my_data/{name}"), language="EN", after=None, isProven=False)
             for name in ("question", "reads")]  # fmt: skip
    assert [one.errors for one in asked] == [[], []], asked[0].text + asked[1].text
    mine, reads = (one.data["myData"] for one in asked)
    listed = {
        "reads": reads["applicant"]["accessEvents"]["nodes"],
        "requests": [],
        "complaints": [],
    }
    answer = {"myData": mine, **listed}
    return re.sub("<[^>]+>", "", html_of(html.Div(content(answer, texts("en")))))


async def test_an_applicant_sees_what_is_asked_and_hands_it_in(who: dict[str, Viewer]) -> None:
    ruby, officer = who["applicant"], who["officer"]
    case = await perform(ruby, "submitApplication", visaType="C1", nationality="AU")
    asked = (await ruby(CHECKLIST, case=case)).data["node"]
    missing = [one["kind"] for one in asked["documents"] if not one["recordedAt"]]
    assert (missing, asked["uploads"]) == (["PHOTOGRAPH", "RETURN_TICKET"], [])

    # What she begins to send is awaited, and seen by nobody else; then it is there.
    await pay_bill(who, case)
    photograph, ticket = png(filling=PART_BYTES), png()
    upload = await announce(ruby, case, photograph)
    [begun] = (await ruby(CHECKLIST, case=case)).data["node"]["uploads"]
    assert (begun["ticket"], begun["completedAt"]) == (upload["ticket"], None)
    assert (await officer(HELD, case=case)).data["node"]["uploads"] == []
    assert (await send(ruby, upload["ticket"], photograph)).status_code == 201
    half = (await officer(HELD, case=case)).data["node"]
    assert [one["kind"] for one in half["documents"] if not one["recordedAt"]] == ["RETURN_TICKET"]
    await sent(ruby, case, ticket, kind="RETURN_TICKET")
    there = (await officer(HELD, case=case)).data["node"]
    assert all(one["recordedAt"] for one in there["documents"])
    assert [(one["kind"], one["size"]) for one in there["uploads"]] == [
        ("PHOTOGRAPH", len(photograph)), ("RETURN_TICKET", len(ticket)),
    ]  # fmt: skip

    # She opens her own without a purpose.
    mine = await ruby("query ($id: ID!) { node(id: $id) { ... on DocumentUpload {"
                      " content { link } } } }", id=upload["id"])  # fmt: skip
    link = mine.data["node"]["content"]["link"]
    assert (await ruby.client.get(link, headers=ruby.authorization())).content == photograph

    # What is on file of her lists both, and what she answered; her own look is told as such.
    await assign_to(who, "officer", case)
    await perform(officer, "requestInformation", case, items=[{"kind": "OCCUPATION"}])
    given = [{"kind": "OCCUPATION", "value": {"text": "Nurse"}}]
    await perform(ruby, "answerInformation", case, items=[], answers=given)
    page = await my_data(ruby)
    reference = await reference_of(ruby, case)
    for what in ("Photograph: there: PNG, 1,049 kB", "Occupation: Nurse", "your documents"):
        assert what in page, what
    assert f"{reference} · Return ticket: there: PNG, 3 kB" in page

    # Nobody else's case is hers to send to.
    other = Viewer(ruby.client, {"role": "APPLICANT", "sub": "somebody-else"})
    assert (await change(other, "requestUpload", case)).codes == ["NOT_FOUND"]


async def test_a_manager_sees_which_documents_have_a_content_and_opens_none(
    who: dict[str, Viewer],
) -> None:
    case = await submitted_case(who)
    await announce(who["service"], case, png(), kind="ITINERARY")
    scan = png()
    await sent(who["agent-au"], case, scan)
    for name in ("manager-au", "manager-pacific", "auditor"):
        seen = (await who[name](HELD, case=case)).data["node"]["uploads"]
        assert [(one["kind"], one["format"], one["size"]) for one in seen] == [
            ("PHOTOGRAPH", "PNG", len(scan))
        ], name
        refused = await who[name](OPEN % "SUPERVISION", case=await reference_of(who[name], case))
        assert set(refused.codes) <= {"FORBIDDEN_FIELD", "PURPOSE_NOT_ALLOWED"}, name
        assert refused.codes, name
    assert (await who["manager-andalan"](HELD, case=case)).data["node"] is None
