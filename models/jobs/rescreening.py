"""The ban list against everybody on file: entries are indexed, and compared before a grant and
after it.

It compares only digests, which the LINKER made, and reads no identity. A live visa gets a hit,
which holds it and is in the supervisors' queue; in any other case earlier answers no longer count,
so that the question is asked again. Each match is written once, in the transaction that acts on it,
so a killed run can start again.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import asyncpg

from models.ban import IS_IN_FORCE, SEALED_OF_BANS, STANDS, BannedPerson
from models.case.decision import IS_LIVE
from models.key_service import Cause, KeyService, KeyUse
from models.person.matching import name_message, passport_message
from models.person.sealed import cells_sql
from models.person.vault import Cell, Vault, bound_name
from models.row_keys import new_key
from models.vocabulary import IndexKind

#: From the few digests of the entries to everybody who shares one.
MATCHES = """
    SELECT DISTINCT listed.ban_id, application.id AS application_id, listed.kind AS by
    FROM ban_index AS listed
    JOIN person_index AS filed ON filed.digest = listed.digest
    JOIN application ON application.applicant_id = filed.applicant_id
    WHERE listed.ban_id = ANY ($1)
"""
#: From some cases to the entries.
_MATCHES_OF_CASES = f"""
    SELECT DISTINCT listed.ban_id, application.id AS application_id, listed.kind AS by
    FROM application
    JOIN person_index AS filed ON filed.applicant_id = application.applicant_id
    JOIN ban_index AS listed ON listed.digest = filed.digest
    JOIN ban_entry ON ban_entry.id = listed.ban_id
    WHERE application.id = ANY ($1) AND {IS_IN_FORCE}
"""  # noqa: S608 - constants alone
_DUE = f"""
    SELECT id FROM ban_entry
    WHERE {STANDS} AND NOT is_screened AND banned_from <= wib_day(now())
        AND EXISTS (SELECT FROM ban_index WHERE ban_id = ban_entry.id)
    ORDER BY banned_from, id LIMIT $1 FOR NO KEY UPDATE
"""  # noqa: S608 - constants alone
_SCREENED = "UPDATE ban_entry SET is_screened = true WHERE id = ANY ($1)"
_NOTE = """
    INSERT INTO ban_match (id, ban_id, application_id, by)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
    ON CONFLICT (application_id, ban_id, by) DO NOTHING
    RETURNING ban_id, application_id
"""
_LATEST = """
    (SELECT result FROM screening WHERE application_id = application.id AND kind = 'ENTRY_BAN'
        AND voided_at IS NULL ORDER BY requested_at DESC, id DESC LIMIT 1)
"""
_LOCKED = f"""
    SELECT id, status, {_LATEST} AS latest, EXISTS (
        SELECT FROM visa WHERE decision_id = current_decision_id AND {IS_LIVE}
    ) AS has_live_visa
    FROM application WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608 - constants alone
#: A question that waits is answered by the hit.
_VOID_WAITING = """
    UPDATE screening SET voided_at = clock_timestamp()
    WHERE application_id = ANY ($1) AND kind = 'ENTRY_BAN' AND result = 'PENDING'
        AND voided_at IS NULL
"""
_HIT = """
    INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at, ban_id)
    SELECT id, application_id, 'ENTRY_BAN', 'HIT', clock_timestamp(), clock_timestamp(), ban_id
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS found (id, application_id, ban_id)
"""
_FLAG = """
    UPDATE application SET has_open_hit = true, is_referred = true WHERE id = ANY ($1)
"""
_TELL = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT application_id, 1 + max(sequence), 'SCREENED', clock_timestamp()
    FROM application_event WHERE application_id = ANY ($1) GROUP BY application_id
"""
_VOID = """
    UPDATE screening SET voided_at = clock_timestamp()
    WHERE application_id = ANY ($1) AND kind = 'ENTRY_BAN' AND voided_at IS NULL
"""
_ASK = """
    INSERT INTO screening (id, application_id, kind, result, requested_at, referral_reason)
    SELECT id, application_id, 'ENTRY_BAN', 'PENDING', clock_timestamp(), 'INFORMATION_RECEIVED'
    FROM unnest($1::uuid[], $2::uuid[]) AS asked (id, application_id)
"""
_END = f"""
    UPDATE ban_match SET ended_at = clock_timestamp()
    FROM ban_entry
    WHERE ban_entry.id = ban_id AND ended_at IS NULL AND NOT ({IS_IN_FORCE})
    RETURNING ban_id, application_id
"""  # noqa: S608 - constants alone
_VOID_HITS = """
    UPDATE screening SET voided_at = clock_timestamp()
    WHERE application_id = ANY ($1) AND ban_id = ANY ($2) AND voided_at IS NULL
    RETURNING application_id
"""
#: The verdict on a hit is voided with the last hit of its case.
_VOID_RESOLUTIONS = """
    UPDATE screening SET voided_at = clock_timestamp()
    WHERE application_id = ANY ($1) AND kind = 'ENTRY_BAN' AND voided_at IS NULL
        AND (result = 'MATCH' OR result = 'PENDING' AND proposed IN ('NO_MATCH', 'MATCH'))
        AND NOT EXISTS (
            SELECT FROM screening AS hit
            WHERE hit.application_id = screening.application_id AND hit.kind = screening.kind
                AND hit.result = 'HIT' AND hit.voided_at IS NULL
        )
"""
#: A visa that waited for an answer when the hit came waits for it again.
_UNANSWERED = f"""
    SELECT id FROM application WHERE id = ANY ($1) AND status = 'GRANTED' AND {_LATEST} IS NULL
"""  # noqa: S608 - constants alone
_RELEASE_CASES = """
    UPDATE application SET
        has_open_hit = viewer.has_open_hit(id),
        is_visa_held = is_visa_held AND EXISTS (
            SELECT FROM (
                SELECT DISTINCT ON (kind) result FROM screening
                WHERE application_id = application.id AND voided_at IS NULL
                ORDER BY kind, requested_at DESC, id DESC
            ) AS latest
            WHERE result NOT IN ('CLEAR', 'NO_MATCH')
        )
    WHERE id = ANY ($1)
"""
_WITH_A_CLEAR_ANSWER = ("CLEAR", "NO_MATCH")


async def screen_cases(connection: asyncpg.Connection, cases: Collection[UUID]) -> None:
    """Compare cases that were linked just now with the entries that are in force."""
    await _act_on(connection, await connection.fetch(_MATCHES_OF_CASES, list(cases)))


async def screen_due_bans(connection: asyncpg.Connection, limit: int) -> int:
    """Compare everybody with entries whose first day has come; return how many entries."""
    due = [row["id"] for row in await connection.fetch(_DUE, limit)]
    if due:
        await _act_on(connection, await connection.fetch(MATCHES, due))
        await connection.execute(_SCREENED, due)
    return len(due)


async def end_bans(connection: asyncpg.Connection) -> int:
    """End the matches of entries that have ended or were withdrawn; return how many."""
    ended = await connection.fetch(_END)
    if not ended:
        return 0
    bans, cases = ({row[name] for row in ended} for name in ("ban_id", "application_id"))
    await connection.fetch(_LOCKED, sorted(cases))
    hits = await connection.fetch(_VOID_HITS, list(cases), list(bans))
    freed = sorted({row["application_id"] for row in hits})
    await connection.execute(_VOID_RESOLUTIONS, freed)
    await ask_anew(connection, [row["id"] for row in await connection.fetch(_UNANSWERED, freed)])
    await connection.execute(_RELEASE_CASES, freed)
    return len(ended)


async def _act_on(connection: asyncpg.Connection, found: Iterable[asyncpg.Record]) -> None:
    """Write the matches, and act on the new ones."""
    rows = sorted((row["ban_id"], row["application_id"], row["by"]) for row in found)
    if not rows:
        return
    columns = map(list, zip(*rows, strict=True))
    noted = await connection.fetch(_NOTE, [new_key() for _ in rows], *columns)
    new = sorted({(row["application_id"], row["ban_id"]) for row in noted})
    cases = await connection.fetch(_LOCKED, sorted({case for case, _ in new}))
    live = {one["id"] for one in cases if one["status"] == "GRANTED" and one["has_live_visa"]}
    is_known = {one["id"] for one in cases if one["latest"] == "MATCH"}
    await _hit(connection, [pair for pair in new if pair[0] in live - is_known])
    answered = [one for one in cases if one["latest"] in _WITH_A_CLEAR_ANSWER]
    others = [one for one in answered if one["id"] not in live]
    await connection.execute(_VOID, [one["id"] for one in others])
    await ask_anew(connection, [one["id"] for one in others if one["status"] == "SCREENING"])


async def _hit(connection: asyncpg.Connection, found: Collection[tuple[UUID, UUID]]) -> None:
    """A hit for each entry, which holds the visa; supervisors see it at once."""
    if not found:
        return
    cases, bans = zip(*found, strict=True)
    await connection.execute(_VOID_WAITING, list(cases))
    await connection.execute(_HIT, [new_key() for _ in found], list(cases), list(bans))
    await connection.execute(_FLAG, list(cases))
    await connection.execute(_TELL, list(cases))


async def ask_anew(connection: asyncpg.Connection, cases: Collection[UUID]) -> None:
    """Ask people whether these are on the list."""
    await connection.execute(_ASK, [new_key() for _ in cases], list(cases))


class BannedIdentity(NamedTuple):
    """Who an entry is about, opened."""

    issuing_state: str | None
    passport_number: str | None
    full_name: str | None
    birth_date: str | None


CELLS = cells_sql(*(getattr(BannedPerson, name) for name in SEALED_OF_BANS))
#: Entries in force that lack a digest of the key that writes.
_TO_INDEX = f"""
    SELECT ban_id, issuing_state, {CELLS}
    FROM banned_person
    JOIN ban_entry ON ban_entry.id = ban_id
    WHERE approved_by IS NOT NULL AND withdrawn_by IS NULL AND erased_at IS NULL
        AND ban_id <> ALL ($3) AND NOT EXISTS (
        SELECT FROM ban_index WHERE ban_index.ban_id = banned_person.ban_id AND key_id = $1
    )
    ORDER BY ban_id LIMIT $2
"""  # noqa: S608
_FORGET = "DELETE FROM ban_index WHERE ban_id = ANY ($1)"
_FORGET_KEYS = "DELETE FROM ban_index WHERE key_id <> ALL ($1)"
_INDEX = """
    INSERT INTO ban_index (ban_id, kind, key_id, digest)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
"""
_Message = tuple[UUID, IndexKind, bytes]


async def index_bans(
    keys: KeyService,
    connection: asyncpg.Connection,
    writing: str,
    limit: int,
    leaving: Collection[UUID] = (),
) -> int:
    """Write the digests, by each key that is accepted, of a batch of entries that lack one of the
    key that writes, but for those to leave; return how many entries there were.

    Raises KeyServiceError, and UnreadableError, which names the entries that nobody can read.
    """
    listed = await connection.fetch(_TO_INDEX, writing, limit, list(leaving))
    messages = await _messages(keys, listed)
    if messages:
        texts = [message for *_, message in messages]
        digests = await keys.digests(KeyUse.PERSON_INDEX, texts, Cause.BANS)
        rows = [
            (ban, kind.value, digest.key_id, digest.value)
            for (ban, kind, _), of_keys in zip(messages, digests, strict=True)
            for digest in of_keys
        ]
        await connection.execute(_FORGET, [ban for ban, *_ in messages])
        await connection.execute(_INDEX, *map(list, zip(*rows, strict=True)))
    return len(listed)


async def forget_other_keys_of_bans(
    connection: asyncpg.Connection, accepted: Sequence[str]
) -> None:
    """Remove digests of keys that are not accepted any more."""
    await connection.execute(_FORGET_KEYS, list(accepted))


async def _messages(keys: KeyService, listed: Sequence[asyncpg.Record]) -> list[_Message]:
    """What is digested of each; all that is sealed is opened at once."""
    return [
        message
        for ban, one in (await open_entries(keys, listed)).items()
        for message in _messages_of(ban, one)
    ]


async def open_entries(
    keys: KeyService, listed: Sequence[asyncpg.Record]
) -> dict[UUID, BannedIdentity]:
    """Who some entries are about; all that is sealed is opened at once.

    Raises KeyServiceError, and UnreadableError, which names the entries that nobody can read.
    """
    cells = {
        (row["ban_id"], name): Cell(row["ban_id"], bound_name("banned_person", name), row[name])
        for row in listed
        for name in SEALED_OF_BANS
        if row[name] is not None
    }
    texts = await Vault(keys, Cause.BANS).open(list(cells.values()))
    opened = dict(zip(cells, texts, strict=True))
    return {
        row["ban_id"]: BannedIdentity(
            row["issuing_state"], *(opened.get((row["ban_id"], name)) for name in SEALED_OF_BANS)
        )
        for row in listed
    }


def _messages_of(ban: UUID, one: BannedIdentity) -> Iterator[_Message]:
    if one.issuing_state is not None and one.passport_number is not None:
        yield ban, IndexKind.PASSPORT, passport_message(one.issuing_state, one.passport_number)
    if one.full_name is not None and one.birth_date is not None:
        message = name_message(one.full_name, date.fromisoformat(one.birth_date))
        if message is not None:
            yield ban, IndexKind.NAME_AND_BIRTH_DATE, message
