"""The keys of viewer seals: one a day, derived from a master that the database never holds.

The database has the keys of today and tomorrow (``viewer_context.sql``), so a stolen backup is of
no use once the day after it has ended. Days are in UTC, on which all machines agree without time
zone data.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import asyncpg
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.jobs.scheduler import Jobs, run_repeatedly

DAY = timedelta(days=1)
#: How long a transaction from before midnight may still run; more than any settings allow.
LONGEST_TRANSACTION = timedelta(minutes=15)
#: How often a keeper checks for the next day's keys.
_EVERY_SECONDS = 60.0

_KEY_BYTES, _ID_BYTES = 32, 8
#: The size of a block of SHA-256 in bytes, and what HMAC (RFC 2104) combines its two blocks with.
_BLOCK = 64
_INNER, _OUTER = 0x36, 0x5C

_NOW = "SELECT extract(epoch FROM clock_timestamp())::float8"
#: By the database's clock, which also decides on validity, not by the keeper's.
_DELETE_EXPIRED = "DELETE FROM viewer.daily_seal_key WHERE refused_at <= clock_timestamp()"
_INSTALL = """
    INSERT INTO viewer.daily_seal_key
        (id, begins_at, ends_at, refused_at, inner_block, outer_block)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO NOTHING
    RETURNING id
"""
#: Without statistics the planner uses the index, which costs every row policy two microseconds more
#: than a scan of these few rows.
_ANALYZE = "ANALYZE viewer.daily_seal_key"
_DELETE_OTHERS = "DELETE FROM viewer.daily_seal_key WHERE id <> ALL ($1)"
_HAS_TABLE = "SELECT to_regclass('viewer.daily_seal_key') IS NOT NULL"
_TRUSTED = "SELECT id FROM viewer.daily_seal_key WHERE refused_at > clock_timestamp()"


@dataclass(frozen=True, slots=True)
class DailyKey:
    """The key of one day. Its id reveals nothing about the key and is public."""

    id: str
    key: bytes


def daily_key(master: bytes, day: date) -> DailyKey:
    """Derive a master's key for a day in UTC."""
    length = _KEY_BYTES + _ID_BYTES
    info = f"gerbang seal {day.isoformat()}".encode()
    derived = HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(master)
    return DailyKey(derived[_KEY_BYTES:].hex(), derived[:_KEY_BYTES])


async def install_seal_keys(
    connection: asyncpg.Connection, masters: Sequence[bytes], now: datetime | None = None
) -> int:
    """Install the masters' keys of today and tomorrow; return how many are new.

    Expired keys are deleted. Those of other masters stay, since a keeper that was not restarted yet
    must not undo a rotation. ``now`` defaults to the database's clock.
    """
    await connection.execute(_DELETE_EXPIRED)
    today = await _today(connection, now)
    new = [
        await _install(connection, master, day)
        for master in masters
        for day in (today, today + DAY)
    ]
    if any(new):
        await connection.execute(_ANALYZE)
    return sum(new)


async def trust_only(
    connection: asyncpg.Connection, masters: Sequence[bytes], now: datetime | None = None
) -> None:
    """Install the keys of these masters, and delete those of all others."""
    today = await _today(connection, now)
    # Yesterday's stay until they expire, for transactions that began before midnight.
    await connection.execute(_DELETE_OTHERS, _ids(masters, (today - DAY, today, today + DAY)))
    await install_seal_keys(connection, masters, now)


async def are_trusted_alone(connection: asyncpg.Connection, masters: Sequence[bytes]) -> bool:
    """Whether the database has the current keys of these masters, and no others."""
    if not await connection.fetchval(_HAS_TABLE):
        return False
    found = {row["id"] for row in await connection.fetch(_TRUSTED)}
    today = await _today(connection, None)
    needed = set(_ids(masters, (today, today + DAY)))
    return needed <= found <= needed | set(_ids(masters, (today - DAY,)))


def _ids(masters: Sequence[bytes], days: Sequence[date]) -> list[str]:
    return [daily_key(master, day).id for master in masters for day in days]


async def keep_seal_keys(
    masters: Sequence[bytes],
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Install the next day's keys and delete expired ones until ``stop`` is set."""

    async def install_next_seal_keys(connection: asyncpg.Connection) -> int:
        return await install_seal_keys(connection, masters)

    await run_repeatedly(install_next_seal_keys, url, stop, every, jobs)


async def _today(connection: asyncpg.Connection, now: datetime | None) -> date:
    if now is None:
        now = datetime.fromtimestamp(await connection.fetchval(_NOW) or 0.0, UTC)
    return now.astimezone(UTC).date()


async def _install(connection: asyncpg.Connection, master: bytes, day: date) -> bool:
    """Install one key; return whether it is new."""
    key = daily_key(master, day)
    padded = key.key.ljust(_BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in padded) for pad in (_INNER, _OUTER))
    begins_at = datetime.combine(day, time.min, UTC)
    ends_at = begins_at + DAY
    bounds = (begins_at, ends_at, ends_at + LONGEST_TRANSACTION)
    return await connection.fetchval(_INSTALL, key.id, *bounds, inner, outer) is not None
