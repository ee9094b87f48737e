"""When each job of the keeper last did its work: noted in the database, for whoever cannot ask the
keeper itself."""

import asyncio
from datetime import datetime
from functools import partial

import asyncpg
from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.jobs.scheduler import Jobs, keep_working, run_on_one_connection

_EVERY_SECONDS = 10.0
#: The most jobs that are told of.
MOST_JOBS = 50


class JobPass(Base):
    """The last pass of a job. Whoever keeps last writes it; the owner alone reads it."""

    __tablename__ = "job_pass"

    #: As metrics and the log name the job.
    name: Mapped[str] = mapped_column(primary_key=True)
    #: Since when the keeper runs that noted it.
    started_at: Mapped[datetime]
    #: When it last did its work, or found nothing to do; null where it never did.
    passed_at: Mapped[datetime | None]
    #: How long the last pass took.
    milliseconds: Mapped[int]
    #: How many passes have failed since the keeper started.
    failures: Mapped[int]
    #: From when on it is late, if it does not do its work before.
    late_at: Mapped[datetime]
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())


#: A keeper that has just started knows of no earlier pass: what is known of that stays.
_NOTE = """
    INSERT INTO job_pass AS known (name, started_at, passed_at, milliseconds, failures, late_at)
    SELECT name, to_timestamp(started), to_timestamp(passed), round(1000 * seconds), failures,
        to_timestamp(greatest(started, passed) + late_after)
    FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::bigint[], $6::float8[])
        AS noted (name, started, passed, seconds, failures, late_after)
    ON CONFLICT (name) DO UPDATE SET
        started_at = excluded.started_at,
        passed_at = greatest(known.passed_at, excluded.passed_at),
        milliseconds = CASE WHEN excluded.passed_at IS NULL THEN known.milliseconds
            ELSE excluded.milliseconds END,
        failures = excluded.failures,
        late_at = greatest(known.late_at, excluded.late_at),
        noted_at = now()
"""
#: Jobs that no keeper runs any more, while one runs.
_FORGET = "DELETE FROM job_pass WHERE noted_at < now() - interval '10 minutes'"


async def note_passes(jobs: Jobs, connection: asyncpg.Connection) -> int:
    """Note the last pass of each job. Nothing is left to do afterwards."""
    noted = jobs.all.values()
    await connection.execute(
        _NOTE,
        [job.name for job in noted],
        [job.added_at for job in noted],
        [job.succeeded_at for job in noted],
        [job.seconds for job in noted],
        [job.failures for job in noted],
        [job.late_after for job in noted],
    )
    await connection.execute(_FORGET)
    return 0


async def keep_passes(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Note the passes of all jobs until ``stop`` is set."""
    jobs = jobs or Jobs()
    job, batch = jobs.add(note_passes.__name__, every), partial(note_passes, jobs)
    await keep_working(lambda: run_on_one_connection(batch, url, stop, job), stop, job)
