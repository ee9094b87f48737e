"""The SCANNER: opens documents that were sent, gives each to the scanner part by part, and lets it
count, or refuses it.

Nothing counts that was not scanned: where the scanner or the store is away, or one document cannot
be scanned, it waits and is tried again.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Collection
from typing import NamedTuple
from uuid import UUID

import asyncpg

from models.contents.scanner import Scanner, ScannerError
from models.contents.sealing import Content
from models.contents.store import ContentStore, MissingPartError, StoreError
from models.contents.tables import DocumentContent
from models.database.connections import connected
from models.jobs.linking import record_reads
from models.jobs.scheduler import Jobs, keep_working, pause
from models.key_service import Cause, KeyService, KeyServiceError
from models.logs import facts
from models.person.sealed import cells_sql
from models.person.vault import Cell, UnreadableError, Vault, bound_name
from models.row_keys import new_key
from models.row_security import SCANNER
from models.supervision.alert import KEEPER
from models.vocabulary import AlertKind, IdentityReader, Role

log = logging.getLogger(__name__)

_EVERY_SECONDS = 2.0
#: How long one that could not be scanned is left aside.
_AGAIN_AFTER_SECONDS = 300.0
_WAITS = (
    "sent_at IS NOT NULL AND completed_at IS NULL AND refused_at IS NULL AND replaced_at IS NULL"
)
_NEXT = f"""
    SELECT upload.id, applicant_id, {cells_sql(DocumentContent.content)}
    FROM document_upload AS upload
    JOIN document_content ON upload_id = upload.id
    WHERE {_WAITS} AND upload.id <> ALL ($1)
    ORDER BY sent_at, upload.id LIMIT 1
"""  # noqa: S608
_ACCEPT = f"""
    UPDATE document_upload SET completed_at = clock_timestamp() WHERE id = $1 AND {_WAITS}
"""  # noqa: S608
_REFUSE = f"""
    UPDATE document_upload SET refused_at = clock_timestamp() WHERE id = $1 AND {_WAITS}
    RETURNING application_id
"""  # noqa: S608
_ALERT = f"""
    INSERT INTO alert (id, kind, actor, actor_role, application_id)
    VALUES ($1, '{AlertKind.INFECTED_DOCUMENT}', '{KEEPER}', '{Role.ANONYMOUS}', $2)
"""  # noqa: S608
_UNSCANNED = f"""
    SELECT count(*) FROM document_upload WHERE {_WAITS} AND sent_at < now() - interval '10 minutes'
"""  # noqa: S608


class Scanned(NamedTuple):
    """A document, and whether the scanner answered."""

    id: UUID
    is_scanned: bool


async def scan_contents(
    scanner: Scanner,
    store: ContentStore,
    keys: KeyService,
    connection: asyncpg.Connection,
    leaving: Collection[UUID] = (),
) -> Scanned | None:
    """Have the oldest document scanned that waits, but for those to leave; None where none waits.

    Raises ScannerError, and KeyServiceError.
    """
    async with connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {SCANNER}")
        row = await connection.fetchrow(_NEXT, list(leaving))
        if row is None:
            return None
        read = ["document.content"]
        await record_reads(connection, [row["applicant_id"]], [1], IdentityReader.SCANNER, read)
    try:
        name = bound_name(DocumentContent.__tablename__, "content")
        cell = Cell(row["applicant_id"], name, row["content"])
        content = Content.from_json(*await Vault(keys, Cause.SCANNING).open([cell]))
        found = await scanner.finds(_parts_of(store, content))
    except (MissingPartError, StoreError, UnreadableError) as error:
        found = None
        log.warning("a document cannot be read", extra=facts(error=type(error).__name__))
    if found is None:
        log.warning("a document cannot be scanned", extra=facts(document=row["id"]))
        return Scanned(row["id"], is_scanned=False)
    async with connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {SCANNER}")
        if not found:
            await connection.execute(_ACCEPT, row["id"])
        elif case := await connection.fetchval(_REFUSE, row["id"]):
            log.warning("a document is refused", extra=facts(document=row["id"]))
            await connection.execute("RESET ROLE")
            await connection.execute(_ALERT, new_key(), case)
    return Scanned(row["id"], is_scanned=True)


async def _parts_of(store: ContentStore, content: Content) -> AsyncIterator[bytes]:
    for number in range(content.parts):
        yield await store.open(content, number)


async def keep_scanning(
    scanner: Scanner,
    store: ContentStore,
    keys: KeyService,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Have documents scanned until ``stop`` is set."""
    job = (jobs or Jobs()).add(scan_contents.__name__, every)
    left = dict[UUID, float]()

    async def scan(connection: asyncpg.Connection) -> int:
        nonlocal left
        await scanner.answer()  # or nobody is read for it
        now = time.monotonic()
        left = {id_: until for id_, until in left.items() if until > now}
        done = await scan_contents(scanner, store, keys, connection, [*left])
        if done and not done.is_scanned:
            left[done.id] = now + _AGAIN_AFTER_SECONDS
        return 1 if done else 0

    async def work() -> None:
        async with connected(url) as connection:
            while not stop.is_set():
                if not await job.record_pass(scan(connection)):
                    await pause(stop, every)

    await keep_working(work, stop, job, after=(ScannerError, KeyServiceError))


async def contents_unscanned(connection: asyncpg.Connection) -> int:
    """How many have waited for the scanner for ten minutes."""
    [[number]] = await connection.fetch(_UNSCANNED)
    return int(number)
