"""Sweeps data keys that belong to nobody, a few times a day."""

import asyncio
import logging
from functools import partial

import asyncpg

from models.account import AccountError
from models.jobs.scheduler import Jobs, keep_working, run_on_one_connection
from models.key_service import KeyServiceError
from models.key_service.key_ages import SweepsKeys
from models.rights.orphan_keys import sweep

_EVERY_SECONDS = 6 * 3600.0

log = logging.getLogger(__name__)


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
    every: float = _EVERY_SECONDS,
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
