"""Seals what is still plain: people from before the vault, or from a gateway of the last release.

It works in batches, each committed, beside everything else; after a stop it goes on where it was.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import asyncpg
import orjson

from models.ban.banned_person import PLAIN_OF_BANS, SEALED_OF_BANS
from models.jobs.scheduler import Jobs, keep_working, run_on_one_connection
from models.key_service import KeyService, KeyServiceError
from models.person.identity import PLAIN
from models.person.vault import SEALED, Person, Vault

_EVERY_SECONDS = 5.0
_BATCH = 500


class _Table(NamedTuple):
    """A table with values that may be plain still."""

    name: str
    #: The column with the subject of a row.
    subject: str
    columns: Sequence[str]
    #: Whether a row has one of them.
    plain: str
    #: The version to which a plain value of a row belongs.
    version: str = "1"
    #: Whether there is a column with the versions of the sealed values.
    has_versions: bool = True


_TABLES = (
    _Table("identity", "applicant_id", SEALED, PLAIN),
    _Table("identity_version", "applicant_id", SEALED, PLAIN, "number"),
    _Table("banned_person", "ban_id", SEALED_OF_BANS, PLAIN_OF_BANS, has_versions=False),
)
_FIND = """
    SELECT {subject} AS subject, {version}::bigint AS version, {columns} FROM {name}
    WHERE {plain} ORDER BY {subject} LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
"""
_SEAL = """
    UPDATE {name} SET sealed = {name}.sealed || batch.sealed, {versions} {emptied}
    FROM unnest($1::uuid[], $2::bigint[], $3::jsonb[]) AS batch (subject, version, sealed)
    WHERE {name}.{subject} = batch.subject AND {version} = batch.version
"""
#: Values that are sealed now have the row's own version.
_VERSIONS = "versions = {0}.versions - ARRAY(SELECT jsonb_object_keys(batch.sealed)),"


async def seal_plain(keys: KeyService, connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Seal a batch of rows of each table; return how many. Raises KeyServiceError."""
    return sum([await _seal_plain(keys, connection, table, limit) for table in _TABLES])


async def _seal_plain(
    keys: KeyService, connection: asyncpg.Connection, table: _Table, limit: int
) -> int:
    parts = {
        **table._asdict(),
        "columns": ", ".join(table.columns),
        "versions": _VERSIONS.format(table.name) if table.has_versions else "",
        "emptied": ", ".join(f"{column} = NULL" for column in table.columns),
    }
    async with connection.transaction():
        rows = await connection.fetch(_FIND.format(**parts), limit)
        people = [
            Person(row["subject"], row["version"], _values(row, table), table.name) for row in rows
        ]
        sealed = await Vault(keys).seal(people)
        await connection.execute(
            _SEAL.format(**parts),
            [one.subject for one in people],
            [one.version for one in people],
            [orjson.dumps(each).decode() for each in sealed],
        )
    return len(rows)


def _values(row: asyncpg.Record, table: _Table) -> dict[str, Any]:
    return {name: row[name] for name in table.columns}


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
    await keep_working(
        lambda: run_on_one_connection(seal, url, stop, job), stop, job, after=(KeyServiceError,)
    )
