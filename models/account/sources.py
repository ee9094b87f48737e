"""The entries of the account: the tables whose rows they are, and which of them a gateway seals
before it writes them.

A row that is written once, or completed once, is an entry of what stays from then on; one that
changes in steps is an entry for each. Triggers note entries in the outbox. What belongs to an event
of a case is found by the feed of events, and adds nothing to the transaction that writes it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Column, DateTime, LargeBinary, Uuid

from models.access_log import AccessEvent, BreachLookup
from models.account.notes import AccountError
from models.account.tables import AccountDrop
from models.ban import BanEntry, BanRead
from models.base import Base
from models.case.application import Application, ApplicationEvent
from models.case.assignment import Assignment
from models.case.crossing import Crossing, CrossingReference, OverstayConfirmation
from models.case.decision import Decision, WithheldDecision
from models.case.file import Bill, CaseNote, FormerBill, PaymentReversal, RefusalIntention
from models.case.screening import Screening, ScreeningReplay
from models.case.tracking import TrackingTry
from models.case.unmatched_payment import UnmatchedPayment
from models.case.visa_check import VisaCheck
from models.contents.tables import DocumentUpload
from models.key_service import KeyService, KeyUse
from models.person.person_link import LinkerRead, PersonLookup
from models.reference.grant_rule import GrantRuleStop
from models.reference.ledger import ReferenceChange
from models.rights.breach import Breach
from models.rights.complaint import Complaint, ComplaintRead
from models.rights.data_request import DataRequest, Erasure, LegalHold
from models.rights.key_operation import KeyOperation
from models.supervision.alert import Alert
from models.supervision.budget_exception import BudgetException
from models.supervision.inquiry import Inquiry
from models.suspension import Suspension
from models.visa_document.tables import VisaDocument
from models.vocabulary import EventKind
from models.webhooks.tables import WebhookEndpoint

#: What the database writes of a sealed row by itself.
_WRITTEN_LATER = frozenset({"occurred_at"})
#: A report may fit a visa later; its digests name both in any case.
_FITS_LATER = frozenset({"visa_number", "matched_at"})
#: That, and what its seal is in.
_NOT_SEALED = _WRITTEN_LATER | {"mac", "mac_key"}


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
    #: What a proof tells to whomever it is given. Of the rest a leaf has a digest alone.
    told: tuple[str, ...] = ()
    #: For entries that are dropped by age, the column that says when one was written.
    dropped_by: str | None = None
    #: Where its rows go by quarters, the table in which what they are called by is unique over all.
    unique_by: type[Base] | None = None
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
            content=self.content("entry"),
            kept_bytes=self._kept_bytes("entry"),
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

    def sealed_columns(self) -> tuple[tuple[str, ...], ...]:
        """What is told, if anything is, and the rest."""
        names = [column.name for column in self._columns() if column.name not in _NOT_SEALED]
        kept = tuple(name for name in names if name not in self.told)
        return (self.told, kept) if self.told else (kept,)

    def parts(self, row: str) -> dict[str, str]:
        """The SQL of what an entry says: what proofs tell, what they keep, and of a sealed row the
        instant that no gateway wrote, and the seal, which is of the two others.

        JSON without nulls, so that a column which is added later, and null so far, changes nothing.
        """
        apart = _NOT_SEALED if self.is_sealed else frozenset[str]()
        columns = [*self._columns()]
        return {
            "told": _json(row, (c for c in columns if c.name in self.told)) if self.told else "''",
            "kept": _json(row, (c for c in columns if c.name not in {*apart, *self.told})),
            "at": _json(row, (c for c in columns if c.name in apart & _WRITTEN_LATER))
            if apart
            else "''",
            "mac_key": f"{row}.mac_key" if apart else "NULL",
            "mac": f"{row}.mac" if apart else "NULL",
        }

    def content(self, row: str) -> str:
        """The SQL of what the leaf `leaf` is of: what is told, and a digest of the rest. Its salt
        keeps anybody from trying out what that is."""
        parts = self.parts(row)
        digest = f"encode(sha256(leaf.salt || {self._kept_bytes(row)}), 'hex')"
        return f"convert_to({parts['told']} || {parts['at']} || {digest}, 'UTF8')"

    def _kept_bytes(self, row: str) -> str:
        """`kept_bytes` of the same parts in SQL."""
        parts = self.parts(row)
        text = f"convert_to({parts['kept']} || coalesce({parts['mac_key']}, ''), 'UTF8')"
        return f"{text} || coalesce({parts['mac']}, ''::bytea)"

    def _columns(self) -> Iterator[Column[object]]:
        columns: Any = self.noun.__table__.c
        names = self.columns or columns.keys()
        return (columns[name] for name in names if name not in self.left_out)


_EACH = tuple(EventKind)
#: Who was read, in which role, why and what; not by whom, nor for which case.
_OF_A_READ = ("id", "applicant_id", "actor_role", "purpose", "fields")
_OF_A_DOCUMENT = ("id", "visa_number", "issued_at", "digest")
#: What never changes of a case: whose it is, and where it was lodged.
_LODGED = (
    "id", "reference", "applicant_id", "visa_type_code", "channel", "partner_code", "country_code",
    "centre_code", "group_reference", "submitted_at", "extends_visa_number",
)  # fmt: skip
_BILLED = (
    "billing_code", "application_id", "family_code", "amount_idr", "issued_at", "due_at",
)  # fmt: skip
#: A family's bill is the sum of its files', each of which names its code.
_OF_A_FILE = "entry.application_id IS NOT NULL"
_PAID = ("billing_code", "application_id", "paid_at", "receipt_number")
#: Who means to refuse, and why; what followed are events.
_ANNOUNCED = ("application_id", "grounds", "note", "announced_at", "announced_by")
_PUT_ON_DESK = ("id", "application_id", "officer", "role", "assigned_at", "assigned_by")
_LEFT_DESK = ("id", "ended_at", "ended_by", "reason")
#: Neither the secrets (the instant tells that they were replaced) nor what is to be sent again.
_OF_AN_ENDPOINT = (
    "id", "partner_code", "country_code", "url", "secret_at", "registered_by", "registered_at",
    "approved_by", "approved_at", "paused_by", "paused_at", "resumed_by", "resumed_at",
    "removed_by", "removed_at",
)  # fmt: skip
#: A question of screening that waits may still change.
_ANSWERED = "entry.result <> 'PENDING'"
_RAISED = (
    "id", "number", "raised_at", "kind", "actor", "actor_role", "inquiry_id", "breach_id",
    "complaint_id", "applicant_id", "ban_id",
)  # fmt: skip
_CLOSED = ("id", "closed_at", "closed_by", "close_reason")

#: A new source is a line here, and its table among those of `models/schema/account.sql`.
SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        Source(AccessEvent, is_sealed=True, told=_OF_A_READ, dropped_by="occurred_at"),
        Source(PersonLookup, is_sealed=True, dropped_by="occurred_at"),
        Source(VisaCheck, is_sealed=True, dropped_by="occurred_at"),
        Source(TrackingTry, is_sealed=True, dropped_by="occurred_at"),
        Source(Crossing, dropped_by="reported_at", unique_by=CrossingReference,
               left_out=_FITS_LATER),
        Source(OverstayConfirmation, dropped_by="confirmed_at"),
        Source(BanRead, is_sealed=True, dropped_by="occurred_at"),
        Source(ComplaintRead, is_sealed=True, dropped_by="occurred_at"),
        Source(BreachLookup, is_sealed=True, dropped_by="occurred_at"),
        Source(BanEntry, has_steps=True),
        Source(LinkerRead, dropped_by="read_at"),
        Source(Decision),
        Source(WithheldDecision),
        Source(CaseNote, ("id", "application_id", "author", "written_at", "first_of_two")),
        Source(ReferenceChange, has_steps=True),
        Source(GrantRuleStop),
        Source(ScreeningReplay, ("id", "asked_at", "asked_by")),
        Source(Suspension, has_steps=True),
        Source(Inquiry, has_steps=True, left_out=frozenset({"is_open"})),
        Source(BudgetException, has_steps=True),
        Source(DataRequest, has_steps=True),
        Source(Complaint, has_steps=True, left_out=frozenset({"is_open"})),
        Source(Erasure, has_steps=True),
        Source(LegalHold, has_steps=True),
        Source(Breach, has_steps=True, left_out=frozenset({"is_open"})),
        Source(AccountDrop, has_steps=True),
        Source(WebhookEndpoint, _OF_AN_ENDPOINT, has_steps=True),
        Source(FormerBill),
        Source(DocumentUpload, has_steps=True, left_out=frozenset({"state"})),
        Source(PaymentReversal),
        Source(UnmatchedPayment, has_steps=True, left_out=frozenset({"state"})),
        Source(KeyOperation),
        # Before what events bring: what is committed in between is found with its event.
        Source(ApplicationEvent, found_by=_EACH),
        Source(Application, _LODGED, found_by=(EventKind.SUBMITTED,)),
        # A bill that gets a new code is queued, and so is a payment anew.
        Source(Bill, _BILLED, when=_OF_A_FILE, key_column="application_id",
               found_by=(EventKind.SUBMITTED,), has_steps=True),
        Source(Bill, _PAID, part="payment", when=f"{_OF_A_FILE} AND entry.paid_at IS NOT NULL",
               key_column="application_id", found_by=(EventKind.PAID,), has_steps=True),
        Source(
            VisaDocument, _OF_A_DOCUMENT, told=_OF_A_DOCUMENT, when="entry.issued_at IS NOT NULL",
        ),
        Source(RefusalIntention, _ANNOUNCED, key_column="application_id",
               found_by=(EventKind.REFUSAL_INTENDED,)),
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


def _json(row: str, columns: Iterable[Column[object]]) -> str:
    """Of the columns that are not null: what `json_strip_nulls(json_build_object(…))` writes, in
    half the time."""
    pairs = ", ".join(f"'\"{column.name}\":' || {_as_json(row, column)}" for column in columns)
    return f"'{{' || concat_ws(',', {pairs}) || '}}'" if pairs else "'{}'"


def _as_json(row: str, column: Column[object]) -> str:
    """A value as JSON takes it, whatever zone or format the session has."""
    name = f"{row}.{column.name}" if column.name != "by" else f'{row}."by"'
    if isinstance(column.type, DateTime):
        return f"(extract(epoch FROM {name}) * 1000000)::bigint"
    if isinstance(column.type, LargeBinary):
        return f"to_json(encode({name}, 'hex'))"
    return f"to_json({name})"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def kept_bytes(kept: str, mac_key: str | None, mac: bytes | None) -> bytes:
    """What a leaf has a digest of, behind its salt."""
    return f"{kept}{mac_key or ''}".encode() + (mac or b"")


def leaf_content(told: str, salt: bytes, kept: bytes) -> bytes:
    """What a leaf is of, as `Source.content` makes it in the database."""
    return f"{told}{sha256(salt + kept).hexdigest()}".encode()


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


def _sealed_content(row: Mapping[str, Any], parts: Sequence[Sequence[str]]) -> bytes:
    """The same bytes that `Source.parts` makes in the database."""
    return b"".join(
        orjson.dumps({name: _plain(row[name]) for name in part if row.get(name) is not None})
        for part in parts
    )


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return (value - _EPOCH) // timedelta(microseconds=1)
        case bytes():
            return value.hex()
        case _:
            return value
