"""Another partner takes twenty thousand open files over while the keeper is killed: each file moves
whole and once, and is with one of the two at any moment."""

import asyncio
import logging
import signal
import time
from pathlib import Path
from random import Random

import asyncpg
import pytest

from tests.gateway.crashes.test_killed_between_screening_and_grant import keeper
from tests.models.test_transfers import CENTRE, closes

pytestmark = pytest.mark.anyio

log = logging.getLogger(__name__)

FILES, BATCH = 20_000, 500
#: Open files of the centre in Sydney, of which one in fifty has a document elsewhere.
_FILES = r"""
    INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, centre_code, status, submitted_at, is_linked,
        use_within_days)
    SELECT gen_random_uuid(),
        'TAKE-' || regexp_replace(lpad(number::text, 8, '0'), '(.{4})', '\1-'), applicant_id,
        nationality_code, visa_type_code, channel, partner_code, country_code, centre_code,
        'AWAITING_PAYMENT', submitted_at - number * interval '1 second', true, use_within_days
    FROM generate_series(1, $1::int) AS number, application AS pattern WHERE pattern.id = $2
"""
_BEGUN = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT id, 1, 'SUBMITTED', submitted_at FROM application WHERE reference LIKE 'TAKE-%'
"""
_ELSEWHERE = """
    INSERT INTO document_upload (id, application_id, kind, media_type, size, sha256, locator,
        requested_by, expires_at, sent_at, completed_at)
    SELECT gen_random_uuid(), id, 'PHOTOGRAPH', 'PNG', 9, sha256(''), gen_random_uuid(), 'portal',
        now() + interval '1 day', now(), now()
    FROM application WHERE reference LIKE 'TAKE-%' AND right(reference, 2) IN ('00', '50')
"""
#: Where a file is, what was told of that, and how many files that is.
_WHERE = """
    SELECT successor_partner_code, left_partner_at IS NOT NULL, told, count(*) FROM (
        SELECT *, ARRAY(
            SELECT kind || coalesce(' ' || reason, '') FROM application_event
            WHERE application_id = application.id ORDER BY sequence
        ) AS told
        FROM application WHERE reference LIKE 'TAKE-%'
    ) AS file GROUP BY 1, 2, 3
"""
STAYS = (None, False, ["SUBMITTED"])
TAKEN = ("ANDALAN", False, ["SUBMITTED", "TRANSFERRED AU-PER"])
LACKS = (None, True, ["SUBMITTED", "TRANSFERRED NOT_HANDED_IN", "RECEIVED"])


async def take_over(
    url: str,
    connection: asyncpg.Connection,
    folder: Path,
    *,
    files: int,
    kills: int,
    chance: Random,
) -> None:
    await connection.execute("SET session_replication_role = replica")
    await connection.execute(_FILES, files, CENTRE)
    await connection.execute(_BEGUN)
    await connection.execute(_ELSEWHERE)
    await connection.execute("RESET session_replication_role")
    await connection.execute("ANALYZE application, application_event, document_upload")
    await closes(connection, 60, "AU-PER", code="AU-SYD")

    async def where() -> dict[tuple[str | None, bool, list[str]], int]:
        rows = await connection.fetch(_WHERE)
        return {(by, left, tuple(told)): number for by, left, told, number in rows}

    stays, taken, lacks = ((*one[:2], tuple(one[2])) for one in (STAYS, TAKEN, LACKS))
    began, interrupted = time.monotonic(), 0
    with keeper(url, folder) as killed:
        killed.start()
        moments = sorted(chance.sample(range(files), kills))
        while (left := (found := await where()).get(stays, 0)) or moments:
            # Whole at any moment: moved with its event, or neither.
            assert found.keys() <= {stays, taken, lacks}, found
            if moments and files - left >= moments[0]:
                await asyncio.sleep(0.2 * chance.random())
                await asyncio.to_thread(killed.end, signal.SIGKILL)
                interrupted += bool((await where()).get(stays))
                moments = [one for one in moments[1:] if left]
                killed.start()
            assert time.monotonic() - began < 1_200, found
            await asyncio.sleep(0.5)
        seconds = time.monotonic() - began
        await asyncio.to_thread(killed.end)
    log.info("%d files in %.0f s, in batches of %d; killed amid them %d times", files, seconds,
             BATCH, interrupted)  # fmt: skip
    assert await where() == {taken: files - files // 50, lacks: files // 50}
    assert interrupted >= kills // 2, "its premise: the keeper is killed in the middle"


@pytest.mark.proof
async def test_twenty_thousand_files_are_taken_over_whole_and_once(
    world: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await take_over(world, connection, tmp_path, files=FILES, kills=6, chance=Random(3))
