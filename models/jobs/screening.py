"""The SCREENER: answers the screening question of a complete and paid case by itself, where nobody
on the entry-ban list is like the person.

It acts in a database role of its own, which can clear and say nothing else; whoever is like an
entry is left to people, as is everybody while an entry cannot be opened. The list is opened through
the key service, once, and held in the memory of this process alone. Each read is recorded before
it happens, and what was found is written in one transaction, so a killed run starts again.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from models.ban import LIST_VERSION, LISTED, RULE_VERSION
from models.ban_list.comparison import BanList, Particulars
from models.jobs import linking
from models.jobs.linking import READ, VERSIONS, record_reads
from models.jobs.rescreening import CELLS, open_entries
from models.key_service import Cause, KeyService
from models.person.vault import Cell, Vault
from models.row_keys import new_key
from models.row_security import SCREENER
from models.vocabulary import GrantCondition, IdentityReader

_BATCH, _OPENED_AT_ONCE = 50, 500
#: One works at a time.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('gerbang screener', 0))"
_ENTRIES = f"SELECT ban_id, issuing_state, {CELLS} FROM banned_person WHERE ban_id = ANY ($1)"  # noqa: S608
#: Complete, paid and linked; asked by nobody, and found to be like nobody so far.
_WAITS = """
    status IN ('PAID', 'IN_VERIFICATION') AND is_linked
    AND (received_at IS NOT NULL OR partner_code IS NULL)
    AND NOT EXISTS (
        SELECT FROM screening WHERE application_id = application.id AND kind = 'ENTRY_BAN'
            AND voided_at IS NULL
    ) AND NOT EXISTS (
        SELECT FROM ban_match WHERE application_id = application.id AND ended_at IS NULL
    )
"""
_TO_SCREEN = f"""
    SELECT id, applicant_id FROM application
    WHERE stage <> 'CLOSED' AND {_WAITS} AND applicant_id <> ALL ($2)
        AND EXISTS (SELECT FROM identity WHERE identity.applicant_id = application.applicant_id)
    ORDER BY target_due_at, id LIMIT $1
"""  # noqa: S608 - constants alone
#: Those whose grant by rule lacks nothing but an answer by today's list.
_OUTDATED = f"""
    SELECT application.id, applicant_id, answer.id AS answer_id
    FROM application
    JOIN grant_check ON grant_check.application_id = application.id AND verdict = 'WAITS'
        AND unmet = '{{{GrantCondition.BY_TODAYS_LIST}}}'
    JOIN LATERAL (
        SELECT id, list_version, rule_version FROM screening
        WHERE screening.application_id = application.id AND kind = 'ENTRY_BAN'
            AND voided_at IS NULL
        ORDER BY requested_at DESC, id DESC LIMIT 1
    ) AS answer ON (list_version, rule_version) <> ({LIST_VERSION}, '{RULE_VERSION}')
    WHERE stage <> 'CLOSED' AND status = 'PAID' AND applicant_id <> ALL ($2)
        AND EXISTS (SELECT FROM identity WHERE identity.applicant_id = application.applicant_id)
    ORDER BY target_due_at, application.id LIMIT $1
"""  # noqa: S608 - constants alone
_VOID = """
    UPDATE screening SET voided_at = clock_timestamp()
    WHERE id = ANY ($1) AND application_id = ANY ($2) AND voided_at IS NULL
"""
#: As the owner: a correction waits for a person whose row is locked, and voids what is found here.
_LOCK_PEOPLE = """
    SELECT id FROM applicant WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
_LOCK_CASES = """
    SELECT id FROM application WHERE id = ANY ($1) AND applicant_id = ANY ($2)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
#: Unless another version came into force than was read.
_CLEAR = f"""
    INSERT INTO screening (
        id, application_id, kind, result, requested_at, answered_at, list_version, rule_version
    )
    SELECT key, application.id, 'ENTRY_BAN', 'CLEAR', clock_timestamp(), clock_timestamp(), $4, $5
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS found (key, case_id, version)
    JOIN application ON application.id = case_id
    WHERE {_WAITS} AND NOT EXISTS (
        SELECT FROM identity_version
        WHERE identity_version.applicant_id = application.applicant_id
            AND valid_from IS NOT NULL AND number > version
    )
    RETURNING application_id
"""  # noqa: S608 - constants alone
_TELL = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT application_id, 1 + max(sequence), 'SCREENED', clock_timestamp()
    FROM application_event WHERE application_id = ANY ($1) GROUP BY application_id
"""
#: Whoever answers the question sees them.
_FIND = """
    INSERT INTO ban_match (id, ban_id, application_id, by)
    SELECT *, 'LIKENESS' FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) ON CONFLICT DO NOTHING
"""


async def screen_paid_cases(
    keys: KeyService,
    connection: asyncpg.Connection,
    entries: BanList,
    leaving: Collection[UUID] = (),
    limit: int = _BATCH,
) -> int:
    """Look at a batch of cases, but for those of the applicants to leave: clear those of whom
    nobody is on the list, and note who the others may be; return how many were looked at. A case
    whose grant by rule waits for today's list is looked at again.

    ``entries`` are those that are known from the pass before, and become those in force. Nobody is
    cleared if an error is raised: KeyServiceError if the keys cannot be used, and UnreadableError,
    which names the people or entries that nobody can read.
    """
    async with connection.transaction():
        async with as_screener(connection):
            await connection.execute(LOCK)
            cases = await connection.fetch(_TO_SCREEN, limit, list(leaving))
        outdated = await connection.fetch(_OUTDATED, limit - len(cases), list(leaving))
        cases += outdated
        if not cases:
            return 0
        async with as_screener(connection):
            await bring_up_to_date(keys, connection, entries)
            people = sorted({case["applicant_id"] for case in cases})
            read = await _read(keys, connection, people)
        found = await _compare(read, entries)
        # Either the LINKER's matches are there, or it sees what is answered here.
        await connection.execute(linking.LOCK)
        if await bans_in_force(connection) != entries.entries.keys():
            return len(cases)  # the list has changed meanwhile: the next pass has it
        locked = [row["id"] for row in await connection.fetch(_LOCK_PEOPLE, people)]
        wanted = [case["id"] for case in cases]
        ready = {row["id"] for row in await connection.fetch(_LOCK_CASES, wanted, locked)}
        of_case = {case["id"]: case["applicant_id"] for case in cases if case["id"] in ready}
        await connection.execute(_VOID, [one["answer_id"] for one in outdated], list(ready))
        await note_candidates(connection, {case: found[one] for case, one in of_case.items()})
        async with as_screener(connection):
            clear = [
                (new_key(), case, read[one][0]) for case, one in of_case.items() if not found[one]
            ]
            by = (entries.version, RULE_VERSION)
            cleared = await connection.fetch(_CLEAR, *_columns(clear, 3), *by)
            await connection.execute(_TELL, [row["application_id"] for row in cleared])
    return len(of_case)


async def find_candidates(
    keys: KeyService, connection: asyncpg.Connection, people: Sequence[UUID], entries: BanList
) -> Mapping[UUID, Collection[UUID]]:
    """The entries that each of some people may be, by any version that is or was in force. Each
    read is recorded."""
    async with as_screener(connection):
        read = await _read(keys, connection, people)
    return await _compare(read, entries)


async def _compare(
    read: Mapping[UUID, tuple[int, list[Particulars]]], entries: BanList
) -> Mapping[UUID, Collection[UUID]]:
    # A second at most, beside the loop.
    return await asyncio.to_thread(
        lambda: {one: entries.candidates(versions) for one, (_, versions) in read.items()}
    )


async def note_candidates(
    connection: asyncpg.Connection, found: Mapping[UUID, Collection[UUID]]
) -> None:
    """Write for each case who on the list its person may be."""
    like = [(new_key(), ban, case) for case, bans in found.items() for ban in bans]
    async with as_screener(connection):
        await connection.execute(_FIND, *_columns(like, 3))


def _columns(rows: Sequence[tuple[Any, ...]], number: int) -> list[list[Any]]:
    return [[row[at] for row in rows] for at in range(number)]


@contextlib.asynccontextmanager
async def as_screener(connection: asyncpg.Connection) -> AsyncIterator[None]:
    await connection.execute(f"SET LOCAL ROLE {SCREENER}")
    yield
    await connection.execute("RESET ROLE")


async def bring_up_to_date(
    keys: KeyService, connection: asyncpg.Connection, entries: BanList
) -> None:
    """Open what is newly in force, and forget what no longer is."""
    in_force = await bans_in_force(connection)
    for ban in entries.entries.keys() - in_force:
        entries.discard(ban)
    new = sorted(in_force - entries.entries.keys())
    for first in range(0, len(new), _OPENED_AT_ONCE):
        listed = await connection.fetch(_ENTRIES, new[first : first + _OPENED_AT_ONCE])
        for ban, one in (await open_entries(keys, listed)).items():
            entries.add(ban, _identity(one.issuing_state, *one[1:]))


async def bans_in_force(connection: asyncpg.Connection) -> set[UUID]:
    return {row["ban_id"] for row in await connection.fetch(LISTED)}


async def _read(
    keys: KeyService, connection: asyncpg.Connection, people: Sequence[UUID]
) -> Mapping[UUID, tuple[int, list[Particulars]]]:
    """By person the latest version, and all that are or were in force."""
    rows = await connection.fetch(VERSIONS, people)
    numbers = [row["version"] for row in rows]
    applicants = [row["applicant_id"] for row in rows]
    await record_reads(connection, applicants, numbers, IdentityReader.SCREENER)
    cells = [Cell(row["applicant_id"], name, row[name] or "") for row in rows for name in READ]
    opened = iter(await Vault(keys, Cause.SCREENING).open(cells))
    read = dict[UUID, tuple[int, list[Particulars]]]()
    for row, name, born, number in zip(rows, opened, opened, opened, strict=True):
        latest, found = read.get(row["applicant_id"], (0, []))
        found.append(_identity(row["state"], number, name, born))
        read[row["applicant_id"]] = max(latest, row["version"]), found
    return read


def _identity(
    state: str | None, number: str | None, name: str | None, born: str | None
) -> Particulars:
    return Particulars(name, date.fromisoformat(born) if born else None, state, number)
