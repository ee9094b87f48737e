"""Issues the documents that grants have ordered: the LINKER reads who holds the visa, the key
service signs what an officer granted, and the code is sealed for the holder. And tells readers by
which keys to verify them, and which were taken back."""

import asyncio
import logging
from base64 import b64encode
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from models.database.connections import connected
from models.jobs.linking import READ, record_reads
from models.jobs.scheduler import Jobs, keep_working, pause
from models.key_service import Cause, KeyService, KeyServiceError, KeyUse
from models.logs import facts
from models.person.identity import Identity
from models.person.sealed import cells_sql
from models.person.vault import CODE, Cell, Person, Vault, seal_by
from models.row_security import LINKER
from models.supervision.alert import raise_tampering
from models.visa_document.content import (
    FalseVisaError,
    Holder,
    VisaTerms,
    digest_of,
    read_code,
    visa_content,
    write_signed,
)
from models.visa_document.tables import TAKEN_BACK, VisaDocument
from models.visa_document.taken_back import read_list, sign_list

log = logging.getLogger(__name__)

_AT_ONCE = 100
_ORDERED = f"""
    SELECT
        document.id, document.applicant_id AS applicant, reference, visa_number, visa_type_code,
        visa.issued_at, use_by, stay_days, conditions, applicant.nationality_code,
        ARRAY(
            SELECT ROW(extension.reference,
                days_of_extension(extension.visa_type_code, extension.submitted_at))
            FROM application AS extension
            WHERE extends_visa_number = visa.visa_number AND extension.status = 'GRANTED'
            ORDER BY extension.submitted_at
        ) AS extensions,
        coalesce(identity.passport_issuing_state, applicant.nationality_code) AS issuing_state,
        coalesce((
            SELECT max(number) FROM identity_version AS version
            WHERE version.applicant_id = document.applicant_id AND valid_from IS NOT NULL
        ), 1) AS version,
        {cells_sql(*(getattr(Identity, name) for name in READ))}
    FROM visa_document AS document
    JOIN visa USING (visa_number)
    JOIN application ON application.id = visa.application_id
    JOIN decision ON decision.id = visa.decision_id
    JOIN applicant ON applicant.id = document.applicant_id
    JOIN identity ON identity.applicant_id = document.applicant_id
    WHERE document.issued_at IS NULL AND refused_at IS NULL AND replaced_at IS NULL
        AND document.applicant_id <> ALL ($2)
    ORDER BY ordered_at, document.id LIMIT $1
    FOR UPDATE OF document SKIP LOCKED
"""  # noqa: S608
_ISSUE = """
    UPDATE visa_document
    SET issued_at = clock_timestamp(), digest = $2, key_id = $3,
        sealed = jsonb_build_object('code', $4::text)
    WHERE id = $1
"""
_REFUSE = "UPDATE visa_document SET refused_at = clock_timestamp() WHERE id = $1"


async def issue_documents(
    keys: KeyService,
    connection: asyncpg.Connection,
    limit: int = _AT_ONCE,
    leaving: Collection[UUID] = (),
) -> int:
    """Issue a batch of documents, but for those of the applicants to leave; return how many.

    One is refused whose terms no officer granted, as where a visa was inserted by hand, and an
    alert is raised. Raises KeyServiceError, and UnreadableError with those whom nobody can read:
    then none is issued.
    """
    refused: set[UUID] = set()
    async with connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {LINKER}")
        rows = await connection.fetch(_ORDERED, limit, list(leaving))
        if not rows:
            return 0
        people = {row["applicant"]: row["version"] for row in rows}
        await record_reads(connection, [*people], [*people.values()])
        cells = [Cell(row["applicant"], name, row[name] or "") for row in rows for name in READ]
        data_keys, values = await Vault(keys, Cause.ISSUING).open_with_keys(cells)
        opened = iter(values)
        contents = [
            (row["applicant"], visa_content(_terms_of(row), _holder_of(row, name, born, number)))
            for row, name, born, number in zip(rows, opened, opened, opened, strict=True)
        ]
        for row, signed in zip(rows, await keys.sign_visas(contents), strict=True):
            if signed is None:
                log.error("a visa that no officer granted gets no document",
                          extra=facts(document=row["id"]))  # fmt: skip
                await connection.execute(_REFUSE, row["id"])
                refused.add(row["applicant"])
                continue
            code = write_signed(*signed)
            person = Person(row["applicant"], 1, {CODE: code}, VisaDocument.__tablename__)
            sealed = seal_by(data_keys[row["applicant"]], person)[CODE]
            digest, key_id = digest_of(signed[0]), read_code(code).key_id
            await connection.execute(_ISSUE, row["id"], digest, key_id, sealed)
    if refused:
        await raise_tampering(connection, dict.fromkeys(refused, False))
    return len(rows)


def _terms_of(row: asyncpg.Record) -> VisaTerms:
    terms = VisaTerms.granted(
        row["reference"],
        row["visa_number"],
        row["visa_type_code"],
        row["issued_at"],
        row["use_by"],
        row["stay_days"],
        row["conditions"],
    )
    return terms._replace(extensions=[tuple(one) for one in row["extensions"]])


def _holder_of(row: asyncpg.Record, name: str, born: str, number: str) -> Holder:
    return Holder(name, born, number, row["issuing_state"], row["nationality_code"])


#: A list is renewed this often where nothing changes: a reader tells an old one from a new one.
_RENEWED_AFTER = timedelta(hours=1)
_EVERY_SECONDS = 20.0
_NOTE_KEYS = """
    INSERT INTO visa_key AS known (key_id, public_key)
    SELECT * FROM unnest($1::text[], $2::text[])
    ON CONFLICT (key_id) DO UPDATE SET retired_at = NULL WHERE known.retired_at IS NOT NULL
"""
_RETIRE_KEYS = """
    UPDATE visa_key SET retired_at = clock_timestamp()
    WHERE retired_at IS NULL AND key_id <> ALL ($1)
"""
#: As long as the stay can last: afterwards no reader asks.
_TAKEN_BACK = """
    SELECT digest FROM visa_document AS document
    JOIN visa USING (visa_number)
    LEFT JOIN visa_key USING (key_id)
    WHERE document.issued_at IS NOT NULL
        AND use_by + (stay_days + extended_days)::integer >= wib_day(clock_timestamp())
        AND num_nonnulls(
            replaced_at, visa.revoked_at, superseded_at, returned_at, visa_key.revoked_at
        ) > 0
"""
_LISTED = "SELECT signed_at, note FROM taken_back_list"
_LIST = """
    INSERT INTO taken_back_list (name, signed_at, note) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET signed_at = excluded.signed_at, note = excluded.note
"""


async def tell_readers(keys: KeyService, connection: asyncpg.Connection) -> int:
    """Publish the keys that sign visas, and the list of those that were taken back, where either
    has changed, or the list is an hour old; return how many documents it has. Raises
    KeyServiceError."""
    public = await keys.public_keys(KeyUse.VISA)
    texts = [b64encode(key).decode() for key in public.values()]
    async with connection.transaction():
        await connection.execute(_NOTE_KEYS, [*public], texts)
        await connection.execute(_RETIRE_KEYS, [*public])
        digests = [row["digest"] for row in await connection.fetch(_TAKEN_BACK)]
        listed, now = await connection.fetchrow(_LISTED), datetime.now(UTC)
        if listed and now - listed["signed_at"] < _RENEWED_AFTER:
            signers = await keys.public_keys(KeyUse.CHECKPOINT)
            if read_list(listed["note"], [*signers.values()]).is_of(digests):
                return 0
        await connection.execute(_LIST, TAKEN_BACK, now, await sign_list(keys, digests, now))
    return len(digests)


async def keep_telling_readers(
    keys: KeyService,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Tell readers until ``stop`` is set."""
    job = (jobs or Jobs()).add(tell_readers.__name__, every)

    async def work() -> None:
        async with connected(url) as connection:
            while not stop.is_set():
                await job.record_pass(tell_readers(keys, connection))
                await pause(stop, every)

    await keep_working(work, stop, job, after=(KeyServiceError, FalseVisaError))
