"""The life of an application, from its submission to a decision, by the gateway's mutations, and
what the keeper does for it: WAL, commits, writes of the disk and seconds of the processor."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter, process_time
from typing import Any

import asyncpg

from bench.capacity.plans import explaining
from bench.capacity.steps import Figures, Installation, Step
from bench.change_process import Writers, sign_in
from bench.measuring import processor_clock
from bench.page import gateway_on
from models.account import CheckpointFolder
from models.ban_list.comparison import BanList
from models.database.connections import connected
from models.jobs.account import Sequencer
from models.jobs.linking import link_cases
from models.jobs.notices import write_notices
from models.jobs.screening import screen_paid_cases
from models.volumes.keeping import fold_or_age

_LIVES = 200
#: Counters of the server are there once its processes have been idle for so long.
_IDLE_SECONDS = 12
_WRITTEN = "SELECT pg_current_wal_insert_lsn()"
_RECORDS = """
    SELECT sum(record_size)::float8 AS records, sum(fpi_size)::float8 AS images,
        sum(count) FILTER (WHERE "resource_manager/record_type" LIKE 'Transaction/COMMIT%')::float8
            AS commits
    FROM pg_get_wal_stats($1, $2, true)
"""
#: PostgreSQL 18 counts what it does with its log.
_IO = """
    SELECT (SELECT sum(writes) FROM pg_stat_io WHERE object = 'wal')::float8 AS log_writes,
        (SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal')::float8 AS log_syncs,
        (SELECT sum(writes) FROM pg_stat_io WHERE object = 'relation')::float8 AS page_writes
"""


async def _live(it: Installation) -> Figures:
    """So many lives, one kind of change after the other, each waiting for the disk; then the
    keeper's work for all of them."""
    kinds = dict[str, Any]()
    more = {"GERBANG_BUDGET": "1000000000", **it.key_settings}
    async with (
        gateway_on(it.url, "agent-au", more) as agent,
        connected(it.url) as watching,
    ):
        await watching.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect")
        known: Any = await watching.fetchval("SELECT count(*) FROM application_event")
        others = [await sign_in(agent, user) for user in ("treasury", "officer")]
        writers, clock = (
            Writers(agent, *others, first=known % 9_000_000),
            await processor_clock(it.url),
        )
        await watching.execute("CHECKPOINT")
        await asyncio.sleep(_IDLE_SECONDS)
        io, wal, began = await _counters(watching), await watching.fetchval(_WRITTEN), clock()
        for kind, change in writers.kinds().items():
            spent, own, started = clock(), process_time(), perf_counter()
            for _ in range(_LIVES):
                await change()
            own, spent = process_time() - own, clock() - spent
            kinds[kind] = {
                "gateway": 1000 * own / _LIVES, "database": 1000 * (spent - own) / _LIVES,
                "wall": 1000 * (perf_counter() - started) / _LIVES,
            }  # fmt: skip
        of_changes = clock() - began
        began = clock()
        await _keep(it, watching)
        of_keeper = clock() - began
        found = await _records(watching, wal)
        await watching.execute("CHECKPOINT")
        await asyncio.sleep(_IDLE_SECONDS)
        after = await _counters(watching)
    found |= {name: after[name] - io[name] for name in after if after[name] is not None}
    for kind, judged in (await _judge(it, more, known % 9_000_000 + _LIVES)).items():
        kinds[kind] |= judged
    return {
        "rows": _LIVES, "kinds": kinds, "changes": of_changes / _LIVES,
        "keeper": of_keeper / _LIVES,
        "each": {name: value / _LIVES for name, value in found.items()},
    }  # fmt: skip


async def _judge(
    it: Installation, settings: Mapping[str, str], first: int
) -> Mapping[str, Figures]:
    """What the statements of each kind of change read, in its guards and triggers too."""
    judged = dict[str, Figures]()
    async with explaining(it) as plans, gateway_on(it.url, "agent-au", settings) as agent:
        others = [await sign_in(agent, user) for user in ("treasury", "officer")]
        for kind, change in Writers(agent, *others, first=first).kinds().items():
            plans.skip()
            for _ in range(3):
                await change()
            judged[kind] = await plans.judge()
    return judged


async def _keep(it: Installation, connection: asyncpg.Connection) -> None:
    entries, sequencer = BanList(), Sequencer(it.keys, CheckpointFolder(it.checkpoints))
    work: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: fold_or_age(connection),
        lambda: link_cases(it.keys, connection),
        lambda: screen_paid_cases(it.keys, connection, entries),
        lambda: write_notices(connection),
        lambda: sequencer.sequence(connection),
        lambda: fold_or_age(connection),
    )
    for one in work:
        while await one():
            pass


async def _records(connection: asyncpg.Connection, since: object) -> dict[str, float]:
    [row] = await connection.fetch(_RECORDS, since, await connection.fetchval(_WRITTEN))
    return {name: value or 0.0 for name, value in row.items()}


async def _counters(connection: asyncpg.Connection) -> dict[str, Any]:
    [row] = await connection.fetch(_IO)
    return dict(row)


LIFE = Step("life of an application", _live)
