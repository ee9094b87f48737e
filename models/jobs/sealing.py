"""Seals what is still plain: people from before the vault, or from a gateway of the last release.

A batch at a time, each committed, while everything goes on; stopped, it goes on where it was.
"""

import asyncio
from functools import partial

import asyncpg
import orjson

from models.jobs.scheduler import Jobs, begin_anew, run_on_one_connection
from models.key_service import KeyService, KeyServiceError
from models.person.identity import PLAIN
from models.person.vault import SEALED, Person, Vault

_EVERY_SECONDS = 5.0
_BATCH = 500
#: Each table, and the version to which a plain value of a row belongs.
_TABLES = {"identity": "1", "identity_version": "number"}
_FIND = """
    SELECT applicant_id, {version}::bigint AS version, {columns} FROM {table}
    WHERE {plain} ORDER BY applicant_id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
"""
_SEAL = """
    UPDATE {table} SET
        sealed = {table}.sealed || said.sealed,
        versions = {table}.versions - ARRAY(SELECT jsonb_object_keys(said.sealed)),
        {emptied}
    FROM unnest($1::uuid[], $2::bigint[], $3::jsonb[]) AS said (applicant_id, version, sealed)
    WHERE {table}.applicant_id = said.applicant_id AND {version} = said.version
"""


async def seal_plain(keys: KeyService, connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Seal a batch of rows of each table; return how many. Raises KeyServiceError."""
    number = 0
    for table, version in _TABLES.items():
        parts = {
            "table": table,
            "version": version,
            "plain": PLAIN,
            "columns": ", ".join(SEALED),
            "emptied": ", ".join(f"{column} = NULL" for column in SEALED),
        }
        async with connection.transaction():
            rows = await connection.fetch(_FIND.format(**parts), limit)
            people = [
                Person(row["applicant_id"], row["version"], {name: row[name] for name in SEALED})
                for row in rows
            ]
            sealed = await Vault(keys).seal(people)
            await connection.execute(
                _SEAL.format(**parts),
                [one.subject for one in people],
                [one.version for one in people],
                [orjson.dumps(each).decode() for each in sealed],
            )
        number += len(rows)
    return number


async def seal_everybody(keys: KeyService, connection: asyncpg.Connection) -> int:
    """Seal all that is plain; return how many rows that were."""
    number = 0
    while sealed := await seal_plain(keys, connection):
        number += sealed
    return number


async def keep_sealed(
    keys: KeyService,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Seal what is plain, until ``stop`` is set."""
    job = (jobs or Jobs()).add(seal_plain.__name__, every)
    seal = partial(seal_plain, keys)
    await begin_anew(
        lambda: run_on_one_connection(seal, url, stop, job), stop, job, after=(KeyServiceError,)
    )
