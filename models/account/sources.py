"""The tables whose rows are entries of the account; a trigger notes each new state of a row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, DateTime, LargeBinary

from models.access_log.access_event import AccessEvent
from models.access_log.breach_lookup import BreachLookup
from models.account.tables import AccountDrop
from models.ban.ban_entry import BanEntry
from models.ban.ban_read import BanRead
from models.base import Base
from models.case.decision import Decision
from models.person.linker_read import LinkerRead
from models.person.person_lookup import PersonLookup
from models.reach.suspension import Suspension
from models.reference.ledger import ReferenceChange
from models.rights.data_request import DataRequest
from models.rights.erasure import Erasure
from models.rights.key_operation import KeyOperation
from models.rights.legal_hold import LegalHold
from models.supervision.inquiry import Inquiry

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
