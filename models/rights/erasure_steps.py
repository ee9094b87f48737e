"""Erases people, in steps that can be repeated: no order of crashes leaves somebody half erased.

First the identity is removed from the database, in one transaction, so that nobody meets a value
that cannot be opened any more. Then the key is deleted from its store, then that is recorded. The
next run takes up what an earlier one began.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg

from models.ban import SEALED_OF_BANS
from models.case.decision import IS_LIVE
from models.key_service import ErasesKeys
from models.person.vault import SEALED
from models.rights.data_request import COPIES_DAYS
from models.rights.retention import Retention

#: What prevents an erasure: an open case, a live visa, a hold, a correction on its way, a complaint
#: that waits for its answer.
_NOTHING_AGAINST_IT = f"""
    NOT EXISTS (
        SELECT FROM application
        WHERE application.applicant_id = erasure.applicant_id AND (
            application.closed_at IS NULL
            OR EXISTS (
                SELECT FROM visa WHERE visa.application_id = application.id AND {IS_LIVE}
            )
            OR EXISTS (
                SELECT FROM legal_hold
                WHERE legal_hold.application_id = application.id AND released_at IS NULL
            )
        )
    ) AND NOT EXISTS (
        SELECT FROM correction
        WHERE correction.applicant_id = erasure.applicant_id AND state IN ('PROPOSED', 'APPROVED')
    ) AND NOT EXISTS (
        SELECT FROM complaint WHERE complaint.applicant_id = erasure.applicant_id AND is_open
    )
"""  # noqa: S608
_DUE = f"""
    SELECT applicant_id FROM erasure
    WHERE erased_at IS NULL AND keys_deleted_at IS NULL AND {_NOTHING_AGAINST_IT}
"""  # noqa: S608
#: A submission, hold or correction at the same time waits, and then finds nobody.
_LOCK = (
    "SELECT FROM applicant WHERE id = ANY ($1) ORDER BY id FOR UPDATE",
    "SELECT FROM application WHERE applicant_id = ANY ($1) ORDER BY id FOR UPDATE",
)
_EMPTY = ", ".join(f"{column} = NULL" for column in (*SEALED, "passport_issuing_state"))
_HIDE_VERSIONS = f"""
    UPDATE identity_version
    SET sealed = '{{}}', versions = '{{}}', passport_last_four = NULL, {_EMPTY}
    WHERE applicant_id = ANY ($1)
"""  # noqa: S608
_EMPTY_COMPLAINTS = (
    "UPDATE complaint_text SET sealed = '{}', complaint = NULL, answer = NULL,"
    " erased_at = clock_timestamp()"
)
_OF_PEOPLE = """ANY (ARRAY(
    SELECT visa_number FROM visa JOIN application ON application.id = application_id
    WHERE applicant_id = ANY ($1)
))"""


def _remove_movements(by: str) -> tuple[str, ...]:
    """What removes the movements by some visas. What they add to the figures stays in them; visas
    and extensions go on to tell theirs."""
    return (
        f"""
        INSERT INTO volume_erased_stay AS kept (
            day, nationality_code, visa_type_code, kind, measured
        )
        SELECT day, nationality_code, visa_type_code, kind, sum(measured)
        FROM volume_stay_contribution
        JOIN application ON application.id = application_id
        WHERE visa_number = {by} AND kind NOT IN ('unused', 'extension')
        GROUP BY day, nationality_code, visa_type_code, kind
        ON CONFLICT ON CONSTRAINT uq_volume_erased_stay DO UPDATE
        SET measured = kept.measured + excluded.measured
        """,  # noqa: S608
        f"""
        WITH removed AS (DELETE FROM movement WHERE visa_number = {by} RETURNING *)
        UPDATE stay
        SET entered_on = NULL, departed_on = NULL, stay_until = NULL, removed_until = latest
        FROM (
            SELECT visa_number, max(crossed_at) AS latest FROM removed GROUP BY visa_number
        ) AS removed
        WHERE stay.visa_number = removed.visa_number
        """,  # noqa: S608
    )


#: Visas that let nobody enter any more, and whose holders left long ago.
_LEFT_LONG_AGO = f"""
    SELECT visa_number FROM stay JOIN visa USING (visa_number)
    WHERE departed_on < wib_day(now() - $2::interval) AND NOT {IS_LIVE}
        AND NOT EXISTS (
            SELECT FROM legal_hold
            WHERE legal_hold.application_id = stay.application_id AND released_at IS NULL
        )
    ORDER BY departed_on LIMIT $1 FOR NO KEY UPDATE OF stay SKIP LOCKED
"""  # noqa: S608
_HIDE = (
    "DELETE FROM identity WHERE applicant_id = ANY ($1)",
    _HIDE_VERSIONS,
    *(
        f"UPDATE {table} SET sealed = '{{}}' WHERE applicant_id = ANY ($1)"  # noqa: S608
        for table in (
            *("visa_document", "item_answer", "intention_answer", "document_content"),
            *("guarantor", "guardian", "case_note"),
        )
    ),
    *_remove_movements(_OF_PEOPLE),
    f"{_EMPTY_COMPLAINTS} FROM complaint WHERE complaint.id = complaint_id"
    " AND erased_at IS NULL AND applicant_id = ANY ($1)",
    # The keeper then removes the bytes.
    "UPDATE document_upload SET replaced_at = coalesce(replaced_at, clock_timestamp()),"
    " sha256 = NULL, registered_sha256 = NULL, locator = NULL"
    " WHERE application_id IN (SELECT id FROM application WHERE applicant_id = ANY ($1))",
    # Nobody tracks their files any more, whatever of the index the law keeps.
    "DELETE FROM person_index WHERE applicant_id = ANY ($1) AND kind = 'PASSPORT_AND_BIRTH_DATE'",
    # Nor does an account that claimed one follow it, and nothing says by whom it was written to.
    *(
        f"DELETE FROM {table} USING application"  # noqa: S608
        " WHERE application.id = application_id AND applicant_id = ANY ($1)"
        for table in ("file_claim", "sent_code", "contact_digest")
    ),
    # The sign-in then belongs to nobody on file: somebody who applies again is a new applicant.
    "UPDATE applicant SET account = NULL, passport_last_four = NULL, "
    " erased_at = clock_timestamp() WHERE id = ANY ($1)",
    "UPDATE erasure SET erased_at = applicant.erased_at FROM applicant"
    " WHERE applicant.id = applicant_id AND applicant_id = ANY ($1)",
)
_TO_DELETE = """
    SELECT applicant_id FROM erasure WHERE erased_at IS NOT NULL AND keys_deleted_at IS NULL
    ORDER BY id LIMIT $1
"""
_DELETED = """
    UPDATE erasure SET keys_deleted_at = batch.at, copies_end_at = batch.at + $3::interval
    FROM unnest($1::uuid[], $2::timestamptz[]) AS batch (subject, at)
    WHERE applicant_id = batch.subject AND keys_deleted_at IS NULL
"""
#: People whose digests are kept by law: forgers, those whose visa was revoked, and banned people.
_TO_FORGET = """
    SELECT applicant_id FROM erasure
    WHERE erased_at IS NOT NULL AND index_removed_at IS NULL AND NOT EXISTS (
        SELECT FROM application
        WHERE application.applicant_id = erasure.applicant_id AND (
            status = 'REFUSED' AND EXISTS (
                SELECT FROM decision
                WHERE decision.application_id = application.id AND 'FORGED_DOCUMENT' = ANY (grounds)
                    AND decided_at > now() - $2::interval AND NOT EXISTS (
                        SELECT FROM decision AS later WHERE later.supersedes_id = decision.id
                    )
            )
            OR status = 'REVOKED' AND EXISTS (
                SELECT FROM visa
                WHERE visa.application_id = application.id AND revoked_at > now() - $2::interval
            )
            OR EXISTS (
                SELECT FROM ban_match
                WHERE ban_match.application_id = application.id AND ended_at IS NULL
                    AND by <> 'LIKENESS'
            )
        )
    )
    ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
"""
_FORGET = (
    "DELETE FROM person_index WHERE applicant_id = ANY ($1)",
    "DELETE FROM person_link WHERE reason <> 'GROUP'"
    " AND (applicant_id = ANY ($1) OR linked_id = ANY ($1))",
    "UPDATE erasure SET index_removed_at = now() WHERE applicant_id = ANY ($1)",
)


async def hide_due(connection: asyncpg.Connection, limit: int) -> int:
    """Remove the identities of people from the database where nothing prevents it; return how
    many."""
    async with connection.transaction():
        found = await connection.fetch(f"{_DUE} ORDER BY id LIMIT $1", limit)
        people = [row[0] for row in found]
        await _lock(connection, people)
        # Checked again under the locks: a hold may have come first.
        still = await connection.fetch(f"{_DUE} AND applicant_id = ANY ($1)", people)
        await _hide(connection, [row[0] for row in still])
    return len(still)


async def hide(connection: asyncpg.Connection, people: Sequence[UUID]) -> None:
    """Remove identities from the database whatever would prevent it: their keys are gone."""
    async with connection.transaction():
        await _lock(connection, people)
        await _hide(connection, people)


async def delete_keys(keys: ErasesKeys, connection: asyncpg.Connection, limit: int) -> int:
    """Delete the keys of the people who were removed, and record it. Raises KeyServiceError."""
    people = [row[0] for row in await connection.fetch(_TO_DELETE, limit)]
    if people:
        erased = await keys.erase_data_keys(people)
        subjects, instants = [one.subject for one in erased], [one.at for one in erased]
        await connection.execute(_DELETED, subjects, instants, timedelta(days=COPIES_DAYS))
    return len(people)


async def hide_old_movements(connection: asyncpg.Connection, days: int, limit: int) -> int:
    """Remove the movements by visas whose holders left so many days ago; return of how many visas.

    A report of that time that comes later still adds none.
    """
    async with connection.transaction():
        found = await connection.fetch(_LEFT_LONG_AGO, limit, timedelta(days=days))
        for statement in _remove_movements("ANY ($1)") if found else ():
            await connection.execute(statement, [row[0] for row in found])
    return len(found)


async def forget_digests(connection: asyncpg.Connection, retention: Retention, limit: int) -> int:
    """Remove the digests and links of the people who were removed, unless the law keeps them."""
    async with connection.transaction():
        kept = timedelta(days=retention.index_days)
        people = [row[0] for row in await connection.fetch(_TO_FORGET, limit, kept)]
        for statement in _FORGET if people else ():
            await connection.execute(statement, people)
    return len(people)


async def _lock(connection: asyncpg.Connection, people: Sequence[UUID]) -> None:
    for statement in _LOCK:
        await connection.execute(statement, people)


async def _hide(connection: asyncpg.Connection, people: Sequence[UUID]) -> None:
    for statement in _HIDE if people else ():
        await connection.execute(statement, people)


_BANS_DUE = """
    SELECT ban_id FROM banned_person
    JOIN ban_entry ON ban_entry.id = ban_id
    WHERE erased_at IS NULL
        AND least(wib_day(withdrawn_at), wib_day(rejected_at), banned_until)
            < wib_day(now() - $2::interval)
    ORDER BY ban_id LIMIT $1 FOR NO KEY UPDATE OF banned_person SKIP LOCKED
"""
_BANS_EMPTY = ", ".join(f"{column} = NULL" for column in ("issuing_state", *SEALED_OF_BANS))
_HIDE_BANS = (
    f"UPDATE banned_person SET sealed = '{{}}', {_BANS_EMPTY}, erased_at = clock_timestamp()"  # noqa: S608
    " WHERE ban_id = ANY ($1) AND erased_at IS NULL",
    "DELETE FROM ban_index WHERE ban_id = ANY ($1)",
)
#: What is sealed by a key of its own, beside the people: by table, the column that names it.
OF_THEIR_OWN = {"banned_person": "ban_id", "complaint_text": "complaint_id"}
_TO_DELETE_OF = """
    SELECT {key} FROM {table} WHERE erased_at IS NOT NULL AND keys_deleted_at IS NULL
    ORDER BY {key} LIMIT $1
"""
_DELETED_OF = """
    UPDATE {table} SET keys_deleted_at = batch.at
    FROM unnest($1::uuid[], $2::timestamptz[]) AS batch (subject, at)
    WHERE {key} = batch.subject
"""


async def hide_ended_bans(connection: asyncpg.Connection, days: int, limit: int) -> int:
    """Remove from the database the people of entries that ended so many days ago; return how many
    entries."""
    async with connection.transaction():
        found = await connection.fetch(_BANS_DUE, limit, timedelta(days=days))
        await hide_bans(connection, [row[0] for row in found])
    return len(found)


async def hide_bans(connection: asyncpg.Connection, bans: Sequence[UUID]) -> None:
    """Remove the people of entries from the database, in the transaction of the connection."""
    for statement in _HIDE_BANS if bans else ():
        await connection.execute(statement, bans)


async def hide_complaints(connection: asyncpg.Connection, complaints: Sequence[UUID]) -> None:
    """Empty complaints whose keys are gone."""
    await connection.execute(
        f"{_EMPTY_COMPLAINTS} WHERE complaint_id = ANY ($1) AND erased_at IS NULL", complaints
    )


async def delete_other_keys(keys: ErasesKeys, connection: asyncpg.Connection, limit: int) -> int:
    """Delete the keys of bans and complaints that were emptied, and record it; return how many.

    Raises KeyServiceError.
    """
    number = 0
    for table, key in OF_THEIR_OWN.items():
        found = await connection.fetch(_TO_DELETE_OF.format(table=table, key=key), limit)
        if found:
            erased = await keys.erase_data_keys([row[0] for row in found])
            subjects, instants = [one.subject for one in erased], [one.at for one in erased]
            statement = _DELETED_OF.format(table=table, key=key)
            await connection.execute(statement, subjects, instants)
        number += len(found)
    return number
