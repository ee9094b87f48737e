"""What a replay of screening takes, beside the same people screened one by one and in the keeper's
batches."""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

import asyncpg

from bench.measuring import show_table
from bench.world import load, prepare_keys, server
from models.ban import RULE_VERSION
from models.ban_list.comparison import BanList
from models.database.connections import connected
from models.jobs.screener import replay_cleared_cases
from models.jobs.screening import screen_paid_cases
from models.key_service import KeyService, LocalKeyService, create_key_file

_LISTED = 1_000
_LIST = f"""
    WITH entry AS (
        INSERT INTO ban_entry (id, reference, ground, reason, banned_from, proposed_by,
            approved_by, approved_at, is_screened)
        SELECT gen_random_uuid(), 'BNCH-BANN-' || lpad(number::text, 4, '0'), 'CRIME',
            'Of a bench.', wib_day(now()), 'screening', 'screening-2', now(), true
        FROM generate_series(1, {_LISTED}) AS number
        RETURNING id
    )
    INSERT INTO banned_person (ban_id, full_name, birth_date)
    SELECT id, 'Nobody ' || id, date '1950-01-01' + (random() * 20000)::int FROM entry
"""
#: As many files as are wanted wait to be screened, and nothing else does.
_WAIT = """
    UPDATE application SET status = 'PAID', closed_at = NULL, current_decision_id = NULL,
        received_at = coalesce(received_at, paid_at), is_linked = true
    WHERE id = ANY ($1)
"""
_WANTED = """
    SELECT DISTINCT ON (applicant_id) id FROM application
    WHERE paid_at IS NOT NULL ORDER BY applicant_id DESC LIMIT $1
"""
_UNSCREENED = (
    "DELETE FROM screening_replay_candidate",
    "DELETE FROM ban_match",
    "DELETE FROM screening",
)
_CLEARED = f"""
    INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at,
        list_version, rule_version)
    SELECT gen_random_uuid(), id, 'ENTRY_BAN', 'CLEAR', now(), now(), 'older', '{RULE_VERSION}'
    FROM unnest($1::uuid[]) AS one (id)
"""
_ASK = "INSERT INTO screening_replay (id, asked_by) VALUES (gen_random_uuid(), 'supervisor')"
_READS = "SELECT count(*) FROM linker_read WHERE reader = 'SCREENER'"


async def measure(applications: int, files: int) -> None:
    """Print what each way takes for a file."""
    keys_file = Path(tempfile.mkdtemp(prefix="gerbang-bench-")) / "keys.json"
    create_key_file(keys_file)
    with server() as running:
        url = running.url("bench")
        keys = LocalKeyService.open(keys_file, await prepare_keys(url))
        await load(url, applications, keys)
        async with connected(url) as connection:
            await _measure(keys, connection, files)


async def _measure(keys: KeyService, connection: asyncpg.Connection, files: int) -> None:
    await connection.execute("SET session_replication_role = replica")  # nothing follows from it
    cases = [row["id"] for row in await connection.fetch(_WANTED, files)]
    await connection.execute(
        "UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE stage <> 'CLOSED'"
    )
    await connection.execute(_WAIT, cases)
    await connection.execute(_LIST)
    entries = BanList()

    async def replay() -> bool:
        return await replay_cleared_cases(keys, connection, entries) is not None

    ways: dict[str, Callable[[], Awaitable[int]]] = {
        "one by one": lambda: screen_paid_cases(keys, connection, entries, limit=1),
        "by the keeper, 50 at once": lambda: screen_paid_cases(keys, connection, entries),
        "a replay, 50 at once": replay,
    }
    rows, first = list[tuple[str, ...]](), 0.0
    for number, (name, screen) in enumerate((*ways.items(), *ways.items())):
        await _prepare(connection, cases, is_replay="replay" in name)
        reads: int = await connection.fetchval(_READS) or 0
        began, processor = perf_counter(), process_time()
        while await screen():
            pass
        seconds, processor = perf_counter() - began, process_time() - processor
        done, read = len(cases), (await connection.fetchval(_READS) or 0) - reads
        if read < done:  # each version of a person is a read
            raise RuntimeError(f"{name}: not everybody was read")
        if number < len(ways):
            continue  # the first round opens the list, and warms up
        first = first or seconds
        rows.append((name, f"{1000 * seconds / done:.2f} ms", f"{1000 * processor / done:.2f} ms",
                     f"{done / seconds:.0f}", f"{first / seconds:.2f}"))  # fmt: skip
    head = ("screened", "a file", "processor of it", "files a second", "speed")
    show_table(f"{len(cases)} files against {_LISTED} entries", head, rows)


async def _prepare(connection: asyncpg.Connection, cases: list[UUID], *, is_replay: bool) -> None:
    """Nobody is screened; or everybody was by an older list, and a replay is asked for."""
    for statement in _UNSCREENED:
        await connection.execute(statement)
    if is_replay:
        await connection.execute(_CLEARED, cases)
        await connection.execute(_ASK)
    await connection.execute("ANALYZE screening, application")
