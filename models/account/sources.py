"""The entries of the account: the tables whose rows they are, sealed in the gateway before they are
written. A trigger notes each new state of a row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Column, DateTime, LargeBinary

from models.access_log import AccessEvent, BreachLookup
from models.account.notes import AccountError
from models.account.tables import AccountDrop
from models.ban import BanEntry, BanRead
from models.base import Base
from models.case.decision import Decision
from models.key_service import KeyService, KeyUse
from models.person.person_link import LinkerRead, PersonLookup
from models.reference.ledger import ReferenceChange
from models.rights.data_request import DataRequest, Erasure, LegalHold
from models.rights.key_operation import KeyOperation
from models.supervision.inquiry import Inquiry
from models.suspension import Suspension

#: What the database writes of a sealed row by itself, and what its seal is in.
_NOT_SEALED = frozenset({"occurred_at", "mac", "mac_key"})


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows are entries of the account."""

    noun: type[Base]
    #: Whether the gateway that writes a row seals it with a key which the database never holds.
    is_sealed: bool = False
    #: Whether a row changes, in steps: then each is an entry, and the last one says all.
    has_steps: bool = False
    #: For entries that are dropped by age, the column that says when one was written.
    dropped_by: str | None = None
    #: What is computed from the rest, and was added when there were entries: they do not have it.
    left_out: frozenset[str] = frozenset()

    @property
    def table(self) -> str:
        return self.noun.__tablename__

    def sealed_columns(self) -> tuple[str, ...]:
        names = (column.name for column in self._columns())
        return tuple(name for name in names if name not in _NOT_SEALED)

    def parts(self, row: str) -> dict[str, str]:
        """The SQL of what an entry says: what the gateway seals of it, and the rest, with the seal.

        JSON without nulls, so that a column which is added later, and null so far, changes nothing.
        """
        apart = _NOT_SEALED if self.is_sealed else frozenset[str]()
        return {
            "sealed": _json(row, (c for c in self._columns() if c.name not in apart)),
            "rest": _json(row, (c for c in self._columns() if c.name in apart)) if apart else "''",
            "mac_key": f"{row}.mac_key" if apart else "NULL",
            "mac": f"{row}.mac" if apart else "NULL",
        }

    def content(self, row: str) -> str:
        """The SQL of all that an entry says."""
        parts = self.parts(row)
        return f"{parts['sealed']} || {parts['rest']}"

    def _columns(self) -> Iterator[Column[object]]:
        return (c for c in self.noun.__table__.c if c.name not in self.left_out)  # type: ignore[misc]


#: A new source is a line here, and its table among those of `models/schema/account.sql`.
SOURCES: Mapping[str, Source] = {
    source.table: source
    for source in (
        Source(AccessEvent, is_sealed=True, dropped_by="occurred_at"),
        Source(PersonLookup, is_sealed=True, dropped_by="occurred_at"),
        Source(BanRead, is_sealed=True, dropped_by="occurred_at"),
        Source(BreachLookup, is_sealed=True, dropped_by="occurred_at"),
        Source(BanEntry, has_steps=True),
        Source(LinkerRead, dropped_by="read_at"),
        Source(Decision),
        Source(ReferenceChange, has_steps=True),
        Source(Suspension, has_steps=True),
        Source(Inquiry, has_steps=True, left_out=frozenset({"is_open"})),
        Source(DataRequest, has_steps=True),
        Source(Erasure, has_steps=True),
        Source(LegalHold, has_steps=True),
        Source(AccountDrop, has_steps=True),
        Source(KeyOperation),
    )
}


def _json(row: str, columns: Iterator[Column[object]]) -> str:
    pairs = ", ".join(f"'{column.name}', {_as_json(row, column)}" for column in columns)
    return f"json_strip_nulls(json_build_object({pairs}))::text"


def _as_json(row: str, column: Column[object]) -> str:
    """A value as JSON takes it, whatever zone or format the session has."""
    name = f"{row}.{column.name}" if column.name != "by" else f'{row}."by"'
    if isinstance(column.type, DateTime):
        return f"(extract(epoch FROM {name}) * 1000000)::bigint"
    if isinstance(column.type, LargeBinary):
        return f"encode({name}, 'hex')"
    return name


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
