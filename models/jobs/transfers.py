"""Takes open files from places that closed long ago, and gives them to the successor.

A file goes to the centre that was named when its place was closed, or, where none was or it has
closed too, to the directorate. Any number of these may run concurrently.
"""

import asyncio

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.reference.partner import DAYS_WITH_A_CLOSED_PLACE
from models.vocabulary import Stage

_EVERY_SECONDS = 30.0
_BATCH = 500

_OPEN_STAGES = ", ".join(f"'{stage}'" for stage in Stage if stage is not Stage.CLOSED)

# Places that gave up their files: a centre, or with no code the portal of a country. A centre is as
# closed as its country. The stages are literals: with them the lists of a country are walked along
# its index, over the open files alone. A file that goes to the directorate counts as handed over.
_TRANSFER = """
    WITH today AS (
        SELECT wib_day(now()) AS day
    ), open_centre AS (
        SELECT centre.code, partner_code, country_code
        FROM centre
        JOIN partner_country USING (partner_code, country_code)
        CROSS JOIN today
        WHERE centre.opened_on <= day AND partner_country.opened_on <= day
            AND coalesce(least(centre.closed_on, partner_country.closed_on), 'infinity') > day
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
    ), due AS (
        SELECT application.id, open_centre.code, open_centre.country_code
        FROM ended
        CROSS JOIN LATERAL (
            SELECT id
            FROM application
            WHERE country_code = ended.country_code AND partner_code = ended.partner_code
                AND centre_code IS NOT DISTINCT FROM ended.code
                AND successor_centre_code IS NULL AND left_partner_at IS NULL
                AND stage IN ({stages})
            UNION ALL
            SELECT id
            FROM application
            WHERE successor_centre_code = ended.code AND stage IN ({stages})
        ) AS of_place
        JOIN application ON application.id = of_place.id
        LEFT JOIN open_centre
            ON open_centre.code = ended.successor_code
            AND open_centre.partner_code = ended.partner_code
        ORDER BY application.id
        LIMIT $2
        FOR NO KEY UPDATE OF application SKIP LOCKED
    ), transferred AS (
        UPDATE application
        SET successor_centre_code = due.code,
            successor_country_code = due.country_code,
            left_partner_at = CASE WHEN due.code IS NULL THEN now() END,
            received_at = CASE WHEN due.code IS NULL THEN coalesce(received_at, now())
                ELSE received_at END
        FROM due
        WHERE application.id = due.id AND application.closed_at IS NULL
        RETURNING application.id, received_at = now() AND due.code IS NULL AS is_received_now
    )
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT
        transferred.id,
        (SELECT max(sequence) FROM application_event WHERE application_id = transferred.id)
            + row_number() OVER (PARTITION BY transferred.id ORDER BY happened.number),
        happened.kind,
        now()
    FROM transferred
    CROSS JOIN LATERAL unnest(
        ARRAY['TRANSFERRED', CASE WHEN is_received_now THEN 'RECEIVED' END]
    ) WITH ORDINALITY AS happened (kind, number)
    WHERE happened.kind IS NOT NULL
    RETURNING application_id
"""


async def transfer_files(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Transfer a batch of files from places that closed; return how many events that made."""
    statement = _TRANSFER.format(stages=_OPEN_STAGES)
    return len(await connection.fetch(statement, DAYS_WITH_A_CLOSED_PLACE, limit))


async def keep_transferring(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Run the job until ``stop`` is set."""
    await run_repeatedly(transfer_files, url, stop, every, jobs)
