"""The keeper's work with the key service: what it noted of operations is copied into the account,
its receipts are compared with the log of reads, and keys that belong to nobody are swept.
"""

import asyncio
import logging
from functools import partial

import asyncpg

from models.account import AccountError, require_written
from models.account.reconciling import Unmatched, reconcile
from models.jobs.scheduler import Jobs, keep_working, run_on_one_connection
from models.key_service import (
    KeyOperationNote,
    KeyServiceError,
    KeyUse,
    ListsOperations,
    ListsReceipts,
)
from models.key_service.key_ages import SweepsKeys
from models.rights.orphan_keys import sweep
from models.row_keys import new_key
from models.supervision.alert import HOURS_BETWEEN, KEEPER
from models.vocabulary import AlertKind, KeyOperationKind, Role

log = logging.getLogger(__name__)

_KNOWN = "SELECT id FROM key_operation WHERE id = ANY ($1)"
_CARRY = """
    INSERT INTO key_operation
        (id, occurred_at, kind, subjects, used_for, operator, from_key, to_key, keys)
    VALUES ($1, $2, $3, '{}', $4, $5, $6, $7, $8)
    ON CONFLICT (id) DO NOTHING
"""


async def carry_key_notes(keys: ListsOperations, connection: asyncpg.Connection) -> int:
    """Write the notes that are not known yet, the oldest first; return how many.

    All or none, so that the known ones have no gap. Raises KeyServiceError, and AccountError where
    a note was not written.
    """
    new: list[KeyOperationNote] = []
    page = await keys.key_operations()
    while page:
        known = {row[0] for row in await connection.fetch(_KNOWN, [one.id for one in page])}
        unknown = [one for one in page if one.id not in known]
        new += unknown
        if len(unknown) < len(page):
            break
        page = await keys.key_operations(before=page[-1].number)
    if new:
        async with connection.transaction():
            await connection.executemany(_CARRY, [_row(one) for one in reversed(new)])
            carried = await connection.fetch(_KNOWN, [one.id for one in new])
            require_written(f"INSERT 0 {len(carried)}", len(new))
    return len(new)


def _row(note: KeyOperationNote) -> tuple[object, ...]:
    kind = KeyOperationKind(note.kind)
    used_for = note.used_for and KeyUse(note.used_for).name
    return (note.id, note.at, kind, used_for, note.operator, note.from_key, note.to_key, note.keys)


_EVERY_SECONDS = 60.0


async def keep_key_notes(
    keys: ListsOperations,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Copy the operations on keys into the account, until ``stop`` is set."""
    job = (jobs or Jobs()).add(carry_key_notes.__name__, every)
    work = partial(carry_key_notes, keys)
    await keep_working(
        lambda: run_on_one_connection(work, url, stop, job),
        stop,
        job,
        after=(AccountError, KeyServiceError),
    )


_RAISE = """
    INSERT INTO public.alert (id, kind, actor, actor_role)
    SELECT $1, $2, $3, $4 WHERE NOT EXISTS (
        SELECT FROM public.alert AS lately
        WHERE kind = $2 AND actor = $3 AND actor_role = $4
            AND raised_at > clock_timestamp() - $5 * interval '1 hour'
    )
"""


async def reconcile_receipts(
    keys: ListsReceipts, connection: asyncpg.Connection, now: float | None = None
) -> int:
    """Compare a page of receipts with the log of reads, both ways; return how many there were.

    What differs is logged without personal data, and raises an alert about each viewer, at most one
    an hour. How far it went is noted when that is done. Raises KeyServiceError.
    """
    before = await keys.reconciled()
    found, done = await reconcile(keys, connection, before, now)
    differing = [*found.unlogged, *found.unopened]
    differing += [Unmatched(what, "", "") for what in found.tampered]
    for one in differing:
        log.error("%s: run `gerbang audit verify`", one.what)
    nobody = (KEEPER, Role.ANONYMOUS.value)
    viewers = {(one.account, one.role) if one.account else nobody for one in differing}
    for account, role in sorted(viewers):
        raised = (new_key(), AlertKind.UNLOGGED, account, role, HOURS_BETWEEN)
        await connection.execute(_RAISE, *raised)
    await keys.note_reconciled(done)
    return found.receipts


async def keep_reconciling(
    keys: ListsReceipts,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Compare receipts with the log of reads, until ``stop`` is set."""
    job = (jobs or Jobs()).add(reconcile_receipts.__name__, every)
    work = partial(reconcile_receipts, keys)
    await keep_working(
        lambda: run_on_one_connection(work, url, stop, job), stop, job, after=(KeyServiceError,)
    )


_SWEEP_SECONDS = 6 * 3600.0


async def sweep_keys(keys: SweepsKeys, days: int, connection: asyncpg.Connection) -> int:
    """Sweep a batch; return how many keys. What is refused is logged. Raises KeyServiceError
    and AccountError."""
    done = await sweep(keys, connection, days)
    if done.refused is not None:
        log.error("data keys are not swept: %s", done.refused)
    return done.swept


async def keep_sweeping(
    keys: SweepsKeys,
    days: int,
    url: str,
    stop: asyncio.Event,
    every: float = _SWEEP_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Sweep keys that belong to nobody, until ``stop`` is set."""
    job = (jobs or Jobs()).add(sweep_keys.__name__, every)
    work = partial(sweep_keys, keys, days)
    await keep_working(
        lambda: run_on_one_connection(work, url, stop, job),
        stop,
        job,
        after=(AccountError, KeyServiceError),
    )
