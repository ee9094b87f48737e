"""Entries of the account: sealed in the gateway before they are written, and counted after."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from models.account.errors import AccountError
from models.account.sources import SOURCES
from models.base import Base
from models.key_service import KeyService, KeyUse

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EntrySeal(NamedTuple):
    """The columns of a seal: none where there is no key service."""

    mac_key: str | None = None
    mac: bytes | None = None


async def seal_entries(
    keys: KeyService | None, noun: type[Base], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The rows with their seals: HMAC-SHA-256 over what the gateway says of each.

    Raises KeyServiceError if the keys cannot be used.
    """
    if keys is None:
        return [{**row, **EntrySeal()._asdict()} for row in rows]
    columns = SOURCES[noun.__tablename__].sealed_columns()
    digests = await keys.digests(KeyUse.ACCESS_LOG, [_sealed_content(row, columns) for row in rows])
    seals = (EntrySeal(*of_keys[0]) for of_keys in digests)
    return [{**row, **seal._asdict()} for row, seal in zip(rows, seals, strict=True)]


def require_written(status: str, number: int) -> None:
    """Raises AccountError where PostgreSQL says that an INSERT wrote another number of entries: a
    trigger of whoever administers the database can swallow them."""
    if status != f"INSERT 0 {number}":
        raise AccountError("an entry of the account was not written: run `gerbang doctor`")


def _sealed_content(row: Mapping[str, Any], columns: Sequence[str]) -> bytes:
    """The same bytes that `Source.parts` makes in the database."""
    cells = ((name, row.get(name)) for name in columns)
    return orjson.dumps({name: _plain(value) for name, value in cells if value is not None})


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return (value - _EPOCH) // timedelta(microseconds=1)
        case _:
            return value
