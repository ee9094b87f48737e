"""Copies the operations that the key service noted into the account, once a minute."""

import asyncio
from functools import partial

from models.account import AccountError
from models.jobs.scheduler import Jobs, keep_working, run_on_one_connection
from models.key_service import KeyServiceError, ListsOperations
from models.rights.key_notes import carry_key_notes

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
