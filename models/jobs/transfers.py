"""Takes open files from places that closed long ago, and gives them to the successor.

Before that it notes in each until when its partner can hand in what is in a store of its own.

A file goes to the centre that was named when its place was closed, or, where none was or it has
closed too, to the directorate. From one partner to another it goes once, and whole: what the first
keeps in a store of its own is handed in here before, or the file goes to the directorate. At any
moment each file is with one of them. Any number of these may run concurrently.
"""

import asyncio

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.reference.partner import DAYS_WITH_A_CLOSED_PLACE
from models.vocabulary import Stage

_EVERY_SECONDS = 30.0
_BATCH = 500

_OPEN_STAGES = ", ".join(f"'{stage}'" for stage in Stage if stage is not Stage.CLOSED)
#: What the event says in the place of a centre where a document was not handed in.
NOT_HANDED_IN = "NOT_HANDED_IN"

# Places that gave up their files: a centre, or with no code the portal of a country. A centre is as
# closed as its country. The stages are literals: with them the lists of a country are walked along
# its index, over the open files alone. Whatever is being written is left for the next time.
_LOCK = f"""
    WITH today AS (
        SELECT wib_day(now()) AS day
    ), ended AS (
        SELECT centre.code, partner_code, country_code,
            coalesce(
                CASE WHEN centre.closed_on + $1::integer <= day THEN centre.successor_code END,
                CASE WHEN partner_country.closed_on + $1::integer <= day
                    THEN partner_country.successor_code END
            ) AS successor_code
        FROM centre
        JOIN partner_country USING (partner_code, country_code)
        CROSS JOIN today
        WHERE least(centre.closed_on, partner_country.closed_on) + $1::integer <= day
        UNION ALL
        SELECT NULL, partner_code, country_code, successor_code
        FROM partner_country
        CROSS JOIN today
        WHERE closed_on + $1::integer <= day
    )
    SELECT application.id, ended.code AS place, ended.partner_code AS leaves,
        ended.successor_code AS successor
    FROM ended
    CROSS JOIN LATERAL (
        SELECT id
        FROM application
        WHERE country_code = ended.country_code AND partner_code = ended.partner_code
            AND centre_code IS NOT DISTINCT FROM ended.code
            AND successor_centre_code IS NULL AND left_partner_at IS NULL
            AND stage IN ({_OPEN_STAGES})
        UNION ALL
        SELECT id
        FROM application
        WHERE successor_centre_code = ended.code AND stage IN ({_OPEN_STAGES})
    ) AS of_place
    JOIN application ON application.id = of_place.id
    ORDER BY application.id
    LIMIT $2
    FOR NO KEY UPDATE OF application SKIP LOCKED
"""  # noqa: S608
# What is locked is looked at once more: where it is, and which documents are elsewhere. A file that
# goes to the directorate counts as handed over.
_TRANSFER = f"""
    WITH today AS (
        SELECT wib_day(now()) AS day
    ), open_centre AS (
        SELECT centre.code, partner_code, country_code
        FROM centre
        JOIN partner_country USING (partner_code, country_code)
        CROSS JOIN today
        WHERE centre.opened_on <= day AND partner_country.opened_on <= day
            AND coalesce(least(centre.closed_on, partner_country.closed_on), 'infinity') > day
    ), due AS (
        SELECT file.id, file.place, successor.*, leaves <> partner_code AS is_takeover,
            partner_code IN (leaves, taken_in_by) OR leaves = taken_in_by AS is_taken_over_once,
            EXISTS (
                SELECT FROM document_upload
                WHERE application_id = file.id AND locator IS NOT NULL AND replaced_at IS NULL
            ) AS is_kept_elsewhere
        FROM (
            SELECT due.*, application.partner_code AS taken_in_by
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
                AS due (id, place, leaves, successor)
            JOIN application USING (id)
        ) AS file
        LEFT JOIN open_centre AS successor ON successor.code = file.successor
    ), judged AS (
        SELECT id, place, country_code, partner_code, is_takeover AND is_kept_elsewhere AS lacks,
            CASE WHEN is_taken_over_once AND NOT (is_takeover AND is_kept_elsewhere)
                THEN code END AS code
        FROM due
    ), transferred AS (
        UPDATE application
        SET successor_centre_code = judged.code,
            successor_country_code = CASE WHEN code IS NOT NULL THEN judged.country_code END,
            successor_partner_code = CASE WHEN code IS NOT NULL THEN judged.partner_code END,
            left_partner_at = CASE WHEN code IS NULL THEN now() END,
            received_at = CASE WHEN code IS NULL THEN coalesce(received_at, now())
                ELSE received_at END
        FROM judged
        WHERE application.id = judged.id AND application.closed_at IS NULL
            AND application.left_partner_at IS NULL
            AND coalesce(successor_centre_code, centre_code) IS NOT DISTINCT FROM place
        RETURNING application.id, received_at = now() AND code IS NULL AS is_received_now,
            CASE WHEN lacks THEN '{NOT_HANDED_IN}' ELSE code END AS reason
    )
    INSERT INTO application_event (application_id, sequence, kind, occurred_at, reason)
    SELECT
        transferred.id,
        (SELECT max(sequence) FROM application_event WHERE application_id = transferred.id)
            + row_number() OVER (PARTITION BY transferred.id ORDER BY happened.number),
        happened.kind,
        now(),
        CASE happened.kind WHEN 'TRANSFERRED' THEN reason END
    FROM transferred
    CROSS JOIN LATERAL unnest(
        ARRAY['TRANSFERRED', CASE WHEN is_received_now THEN 'RECEIVED' END]
    ) WITH ORDINALITY AS happened (kind, number)
    WHERE happened.kind IS NOT NULL
    RETURNING application_id
"""  # noqa: S608


# Files with a document elsewhere, of places that close or did so lately; and those of which the day
# was noted, for places that open again. Triggers note it where a document changes.
_NOTE_DAYS = f"""
    WITH closing AS (
        SELECT partner_code, country_code FROM partner_country
        WHERE closed_on + $1::integer > wib_day(now())
        UNION
        SELECT partner_code, country_code FROM centre
        WHERE closed_on + $1::integer > wib_day(now())
    ), changed AS (
        SELECT application.id
        FROM (
            SELECT id FROM application WHERE hand_in_by IS NOT NULL
            UNION ALL
            SELECT id FROM closing
            JOIN application ON holder_country_code = closing.country_code
                AND holder_partner_code = closing.partner_code
            WHERE stage IN ({_OPEN_STAGES}) AND hand_in_by IS NULL AND EXISTS (
                SELECT FROM document_upload
                WHERE application_id = application.id AND locator IS NOT NULL
                    AND replaced_at IS NULL
            )
        ) AS file
        JOIN application USING (id)
        WHERE hand_in_by IS DISTINCT FROM hand_in_day(application)
        ORDER BY application.id
        LIMIT $2
        FOR NO KEY UPDATE OF application SKIP LOCKED
    )
    UPDATE application SET hand_in_by = hand_in_day(application)
    FROM changed WHERE application.id = changed.id
    RETURNING application.id
"""  # noqa: S608


async def transfer_files(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Transfer a batch of files from places that closed, and note what is to be handed in before;
    return how many events and notes that made."""
    async with connection.transaction():
        due = await connection.fetch(_LOCK, DAYS_WITH_A_CLOSED_PLACE, limit)
        columns = ([row[name] for row in due] for name in ("id", "place", "leaves", "successor"))
        transferred = await connection.fetch(_TRANSFER, *columns)
    noted = await connection.fetch(_NOTE_DAYS, DAYS_WITH_A_CLOSED_PLACE, limit)
    return len(transferred) + len(noted)


async def keep_transferring(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Run the job until ``stop`` is set."""
    await run_repeatedly(transfer_files, url, stop, every, jobs)
