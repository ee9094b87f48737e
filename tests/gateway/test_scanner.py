"""Documents are scanned before they count: what waits is opened by nobody, and what is infected is
refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from starlette.applications import Starlette

from gateway.cli.keeper import keeper_app
from models.contents.scanner import Scanner
from models.contents.store import ContentStore
from models.jobs.contents import (
    contents_overdue,
    keep_removing_contents,
    note_scanner,
    remove_contents,
)
from models.jobs.scanning import contents_unscanned, keep_scanning, scan_contents
from models.jobs.scheduler import Jobs
from models.row_security import SCANNER
from tests import tokens
from tests.clamd import INFECTION, MOST_BYTES, address_in, clamd, with_clamd
from tests.gateway.changing import (
    assign_to,
    pay_bill,
    perform,
    reference_of,
    row_id,
    submitted_case,
)
from tests.gateway.conftest import PATIENT, Viewer
from tests.gateway.in_process import running_gateway
from tests.gateway.metrics_page import Figures
from tests.gateway.surviving.standing import metrics_of
from tests.linking import KEYS, linking
from tests.scans import announce, png, send, sent

pytestmark = [pytest.mark.anyio, with_clamd]

FILE = """
    query ($case: String!) @purpose(code: %s, reference: $case) {
        application(by: {reference: $case}) {
            documents { kind recordedAt } uploads { kind state completedAt content { link } }
        }
    }
"""
ALERTS = """
    { alerts(first: 9) { nodes { kind actor isOpen application { reference } } } }
"""
READS = "SELECT count(*) FROM linker_read WHERE reader = 'SCANNER'"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"file:{tmp_path_factory.mktemp('contents')}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clamd")


@pytest.fixture(scope="module")
async def app(world: str, store: str) -> AsyncIterator[Starlette]:
    settings = tokens.settings(world, **PATIENT, document_store=store)
    async with running_gateway(settings) as application, linking(world):
        yield application


@pytest.fixture(autouse=True)
async def is_set_up(connection: asyncpg.Connection) -> AsyncIterator[None]:
    await note_scanner(connection, is_set_up=True)
    yield
    await connection.execute("UPDATE document_upload SET replaced_at = now()")


async def seen_by(viewer: Viewer, case: str, purpose: str = "CASEWORK") -> dict[str, Any]:
    """The states of the file's documents, whether each is opened, and what is ticked."""
    file = (await viewer(FILE % purpose, case=case)).data["application"]
    uploads = [(one["kind"], one["state"], bool(one["content"])) for one in file["uploads"]]
    ticked = {one["kind"] for one in file["documents"] if one["recordedAt"]}
    return {"uploads": sorted(uploads), "ticked": ticked}


async def figure(world: str, name: str) -> float:
    """What the keeper's metrics say."""
    return Figures(await metrics_of(keeper_app(tokens.settings(world), Jobs()))).value(name)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.02)


async def scan_all(scanner: Scanner, store: str, connection: asyncpg.Connection) -> None:
    while done := await scan_contents(scanner, ContentStore(store), KEYS, connection):
        assert done.is_scanned


async def test_what_waits_for_the_scanner_neither_counts_nor_is_opened(
    who: dict[str, Viewer],
    connection: asyncpg.Connection,
    world: str,
    store: str,
    folder: Path,
) -> None:
    ruby, officer, before = who["applicant"], who["officer"], await connection.fetchval(READS)
    case = await perform(ruby, "submitApplication", visaType="C1", nationality="AU")
    await pay_bill(who, case)
    reference = await reference_of(ruby, case)
    upload = row_id(await sent(ruby, case, png()))
    await assign_to(who, "officer", case)
    waits = {"uploads": [("PHOTOGRAPH", "PENDING", False)], "ticked": set[str]()}
    for name, purpose in (("applicant", "OWN_DATA"), ("officer", "CASEWORK"),
                          ("supervisor", "SUPERVISION")):  # fmt: skip
        assert await seen_by(who[name], reference, purpose) == waits, name

    # While the scanner is away it waits on, is tried again, and nobody is read for it in vain.
    stop, jobs = asyncio.Event(), Jobs()
    scanning = asyncio.create_task(
        keep_scanning(
            Scanner(address_in(folder)), ContentStore(store), KEYS, world, stop, 0.02, jobs
        )
    )
    await until(lambda: any(job.failures > 1 for job in jobs.all.values()))
    assert await connection.fetchval(READS) == before
    assert await contents_unscanned(connection) == 0
    for minutes, unscanned in ((9.9, 0), (10.1, 1)):
        await connection.execute(
            "UPDATE document_upload SET sent_at = now() - $2 * interval '1 minute' WHERE id = $1",
            *(upload, minutes),
        )
        assert await contents_unscanned(connection) == unscanned
    late = "UPDATE document_upload SET sent_at = sent_at - interval '1 day' WHERE id = $1"
    await connection.execute(late, upload)
    await connection.execute(
        "UPDATE document_upload SET expires_at = requested_at + interval '1 s' WHERE id = $1",
        upload,
    )
    assert await contents_unscanned(connection) == 1
    assert await figure(world, "gerbang_documents_unscanned_seconds") > 86_000
    assert await remove_contents(ContentStore(store), connection, timedelta(0)) == 0
    assert await seen_by(officer, reference) == waits

    async with clamd(folder):
        await until(lambda: any(job.rows for job in jobs.all.values()))
        there = {"uploads": [("PHOTOGRAPH", "THERE", True)], "ticked": {"PHOTOGRAPH"}}
        assert await seen_by(officer, reference) == there
        stop.set()
        await scanning
    assert await connection.fetchval(READS) == before + 1
    assert await contents_unscanned(connection) == 0


async def test_an_infected_one_is_refused_and_takes_no_place(
    who: dict[str, Viewer], connection: asyncpg.Connection, world: str, store: str, folder: Path
) -> None:
    agent, supervisor = who["agent-au"], who["supervisor"]
    case = await pay_bill(who, await submitted_case(who))
    reference = await reference_of(agent, case)
    async with clamd(folder) as scanner:
        await sent(agent, case, png(), kind="ITINERARY")
        await scan_all(scanner, store, connection)
        infected = await announce(agent, case, scan := png(notes=INFECTION), kind="ITINERARY")
        assert (await send(agent, infected["ticket"], scan)).status_code == 201
        # Until it has answered, and afterwards, the one before is the one that counts.
        both = [("ITINERARY", "PENDING", False), ("ITINERARY", "THERE", True)]
        assert (await seen_by(agent, reference, "INTAKE"))["uploads"] == both
        await scan_all(scanner, store, connection)
        both[0] = ("ITINERARY", "REFUSED", False)
        assert (await seen_by(agent, reference, "INTAKE"))["uploads"] == both
        assert (await seen_by(supervisor, reference, "SUPERVISION"))["uploads"] == both

        # Whoever sent it is told, its bytes go, and supervisors are told of the file.
        for method in ("HEAD", "PUT"):
            answer = await agent.client.request(
                method, infected["ticket"], headers=agent.authorization()
            )
            assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "NOT_AS_ANNOUNCED"
        assert error["extensions"]["reason"] == "a scanner found something in it"
        parts = Path(store.removeprefix("file:")) / "documents" / str(row_id(infected["id"]))
        assert [*parts.iterdir()]
        while await remove_contents(ContentStore(store), connection):
            pass
        assert not parts.exists()
        assert await contents_overdue(connection) == 0
        assert (await seen_by(agent, reference, "INTAKE"))["uploads"] == both
        [alert] = (await supervisor(ALERTS)).data["alerts"]["nodes"]
        assert alert == {
            "kind": "INFECTED_DOCUMENT", "actor": "keeper", "isOpen": True,
            "application": {"reference": reference},
        }  # fmt: skip
        assert await figure(world, "gerbang_documents_infected") == 1

        # Another one takes the place of both.
        await sent(agent, case, png(), kind="ITINERARY")
        await scan_all(scanner, store, connection)
        there = [("ITINERARY", "THERE", True)]
        assert (await seen_by(agent, reference, "INTAKE"))["uploads"] == there


async def test_what_cannot_be_scanned_waits_and_holds_nobody_up(
    who: dict[str, Viewer], world: str, store: str, folder: Path
) -> None:
    agent = who["agent-au"]
    case = await pay_bill(who, await submitted_case(who))
    reference = await reference_of(agent, case)
    await sent(agent, case, png(filling=MOST_BYTES), kind="ITINERARY")
    lost = await sent(agent, case, png(), kind="ACCOMMODATION")
    await ContentStore(store).remove(row_id(lost))
    await sent(agent, case, png(), kind="RETURN_TICKET")
    async with clamd(folder) as scanner:
        stop, jobs = asyncio.Event(), Jobs()
        scanning = asyncio.create_task(
            keep_scanning(scanner, ContentStore(store), KEYS, world, stop, 0.02, jobs)
        )
        await until(lambda: any(job.passes > 6 for job in jobs.all.values()))
        stop.set()
        await scanning
    assert [job.rows for job in jobs.all.values()] == [3]  # each was tried once
    assert (await seen_by(agent, reference, "INTAKE"))["uploads"] == [
        ("ACCOMMODATION", "PENDING", False),
        ("ITINERARY", "PENDING", False),
        ("RETURN_TICKET", "THERE", True),
    ]


async def test_the_oldest_is_scanned_first_and_what_another_replaced_is_not(
    who: dict[str, Viewer], connection: asyncpg.Connection, store: str, folder: Path
) -> None:
    agent = who["agent-au"]
    case = await pay_bill(who, await submitted_case(who))
    replaced, older, newer = [
        row_id(await sent(agent, case, png(), kind=kind))
        for kind in ("ITINERARY", "ACCOMMODATION", "RETURN_TICKET")
    ]
    await announce(agent, case, png(), kind="ITINERARY")
    async with clamd(folder) as scanner:
        scanned = [
            await scan_contents(scanner, ContentStore(store), KEYS, connection) for _ in range(3)
        ]
    assert [one and one.id for one in scanned] == [older, newer, None]
    state = "SELECT completed_at FROM document_upload WHERE id = $1"
    assert await connection.fetchval(state, replaced) is None


async def test_the_keeper_notes_whether_there_is_a_scanner(
    connection: asyncpg.Connection, world: str, store: str
) -> None:
    for has_scanner in (False, True):
        stop, jobs = asyncio.Event(), Jobs()
        objects = ContentStore(store)
        removing = asyncio.create_task(
            keep_removing_contents(objects, world, stop, 0.01, jobs, has_scanner=has_scanner)
        )
        await until(lambda jobs=jobs: any(job.passes for job in jobs.all.values()))
        stop.set()
        await removing
        there = await connection.fetchval("SELECT count(*) FROM document_scanner")
        assert there == has_scanner


async def test_the_scanner_says_of_what_was_sent_once_whether_it_counts(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    """The second wall, in the role in which the job acts."""
    agent = who["agent-au"]
    case = await pay_bill(who, await submitted_case(who))
    awaited = row_id((await announce(agent, case, png(), kind="ITINERARY"))["id"])
    pending = row_id(await sent(agent, case, png()))

    async def says(column: str, upload: UUID) -> bool:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL ROLE {SCANNER}")
            done = await connection.execute(
                f"UPDATE document_upload SET {column} = now() WHERE id = $1", upload
            )
            return done == "UPDATE 1"

    async def notes(reader: str, field: str) -> None:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL ROLE {SCANNER}")
            await connection.execute(
                "INSERT INTO linker_read (id, applicant_id, version, fields, reader)"
                " VALUES (gen_random_uuid(), gen_random_uuid(), 1, ARRAY[$1], $2)",
                *(field, reader),
            )

    assert not await says("completed_at", awaited)
    assert not await says("refused_at", awaited)
    for column in ("sent_at", "replaced_at", "removed_at"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await says(column, pending)
    for reader, field in (("LINKER", "document.content"), ("SCANNER", "fullName")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await notes(reader, field)
    assert await says("completed_at", pending)
    assert not await says("refused_at", pending)
    assert not await says("completed_at", pending)
