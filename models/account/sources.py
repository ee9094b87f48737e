"""The entries of the account: the tables whose rows they are, and which of them a gateway seals
before it writes them.

A row that is written once, or completed once, is an entry of what stays from then on; one that
changes in steps is an entry for each. Triggers note entries in the outbox. What belongs to an event
of a case is found by the feed of events, and adds nothing to the transaction that writes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Column, DateTime, LargeBinary, Uuid

from models.access_log import AccessEvent, BreachLookup
from models.account.notes import AccountError
from models.account.tables import AccountDrop
from models.ban import BanEntry, BanRead
from models.base import Base
from models.case.application import Application, ApplicationEvent, Assignment
from models.case.decision import Decision
from models.case.file import Bill
from models.case.screening import Screening
from models.key_service import KeyService, KeyUse
from models.person.person_link import LinkerRead, PersonLookup
from models.reference.ledger import ReferenceChange
from models.rights.breach import Breach
from models.rights.data_request import DataRequest, Erasure, LegalHold
from models.rights.key_operation import KeyOperation
from models.supervision.alert import Alert
from models.supervision.inquiry import Inquiry
from models.suspension import Suspension
from models.visa_document.tables import VisaDocument
from models.vocabulary import EventKind

#: What the database writes of a sealed row by itself, and what its seal is in.
_NOT_SEALED = frozenset({"occurred_at", "mac", "mac_key"})


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows are entries of the account, or what is added to its rows later."""

    noun: type[Base]
    #: What the entries say; all columns where none is named.
    columns: tuple[str, ...] = ()
    #: The name of what is added to a row, and the SQL condition under which it is there.
    part: str = ""
    when: str = "true"
    #: Another key than `id`, with one row for each.
    key_column: str = "id"
    #: The events of cases by which new entries are found; those of other sources are queued.
    found_by: tuple[EventKind, ...] = ()
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

    @property
    def name(self) -> str:
        return f"{self.table}_{self.part}" if self.part else self.table

    def key(self, row: str) -> str:
        """The SQL of the UUID by which leaves name a row."""
        column = f"{row}.{self.key_column}"
        return column if self._has_uuid() else f"lpad(to_hex({column}), 32, '0')::uuid"

    def fill(self, statement: str) -> str:
        """A statement about rows `entry` of the table, leaves `leaf`, and events `change` of the
        feed, with the names and conditions of this source."""
        return statement.format(
            table=self.table,
            name=self.name,
            when=self.when,
            key=self.key("entry"),
            key_column=self.key_column,
            is_its_leaf=self._is_its_leaf(),
            is_brought=self._is_brought(),
            has_steps=self.has_steps,
            content=self.content("entry"),
            **self.parts("entry"),
        )

    def _is_its_leaf(self) -> str:
        key = "leaf.row_id"
        if not self._has_uuid():
            key = "('x' || right(translate(leaf.row_id::text, '-', ''), 16))::bit(64)::bigint"
        return f"entry.{self.key_column} = {key}"

    def _is_brought(self) -> str:
        """Whether an event of the feed brings an entry."""
        if self.noun is ApplicationEvent:
            return "change.id = entry.id"
        kinds = ", ".join(f"'{kind}'" for kind in self.found_by)
        return (
            f"change.application_id = {self.key('entry')} AND kind IN ({kinds})"
            if kinds
            else "false"
        )

    def _has_uuid(self) -> bool:
        return isinstance(self.noun.__table__.c[self.key_column].type, Uuid)

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
        columns: Any = self.noun.__table__.c
        names = self.columns or columns.keys()
        return (columns[name] for name in names if name not in self.left_out)


_EACH = tuple(EventKind)
#: What never changes of a case: whose it is, and where it was lodged.
_LODGED = (
    "id", "reference", "applicant_id", "visa_type_code", "channel", "partner_code", "country_code",
    "centre_code", "group_reference", "submitted_at",
)  # fmt: skip
_BILLED = ("billing_code", "application_id", "amount_idr", "issued_at", "due_at")
_PAID = ("billing_code", "application_id", "paid_at", "receipt_number")
_PUT_ON_DESK = ("id", "application_id", "officer", "role", "assigned_at", "assigned_by")
_LEFT_DESK = ("id", "ended_at", "ended_by", "reason")
#: A question of screening that waits may still change.
_ANSWERED = "entry.result <> 'PENDING'"
_RAISED = (
    "id", "number", "raised_at", "kind", "actor", "actor_role", "inquiry_id", "breach_id",
    "applicant_id", "ban_id",
)  # fmt: skip
_CLOSED = ("id", "closed_at", "closed_by", "close_reason")

#: A new source is a line here, and its table among those of `models/schema/account.sql`.
SOURCES: Mapping[str, Source] = {
    source.name: source
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
        Source(Breach, has_steps=True, left_out=frozenset({"is_open"})),
        Source(AccountDrop, has_steps=True),
        Source(KeyOperation),
        # Before what events bring: what is committed in between is found with its event.
        Source(ApplicationEvent, found_by=_EACH),
        Source(Application, _LODGED, found_by=(EventKind.SUBMITTED,)),
        Source(Bill, _BILLED, key_column="application_id", found_by=(EventKind.SUBMITTED,)),
        Source(
            Bill, _PAID, part="payment", when="entry.paid_at IS NOT NULL",
            key_column="application_id", found_by=(EventKind.PAID,),
        ),
        Source(
            VisaDocument, ("id", "visa_number", "issued_at", "digest"),
            when="entry.issued_at IS NOT NULL",
        ),
        Source(Screening, when=_ANSWERED, left_out=frozenset({"voided_at"})),
        Source(
            Screening, ("id", "voided_at"), part="voiding",
            when=f"{_ANSWERED} AND entry.voided_at IS NOT NULL",
        ),
        Source(Assignment, _PUT_ON_DESK),
        Source(Assignment, _LEFT_DESK, part="end", when="entry.ended_at IS NOT NULL"),
        Source(Alert, _RAISED),
        Source(Alert, _CLOSED, part="closing", when="entry.closed_at IS NOT NULL"),
    )
}  # fmt: skip


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
