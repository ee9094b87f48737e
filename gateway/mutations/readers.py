"""Mutations of readers of figures: the own saved views, and the own notes on a month."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from re import fullmatch
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from gateway.access.rows import changeable, meets_in_role, rule_of_reading
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Effects, Reasons
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import lock_row
from gateway.rules import Rule
from models import MonthNote, Partner, PartnerCountry, SavedView
from models.instants import wib_day
from models.life import Refusal
from models.reader import (
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_QUERY,
    MOST_NOTES,
    MOST_VIEWS,
    VIEW_QUERY,
)
from models.row_keys import new_key
from models.vocabulary import Role, SavedPage

#: The first month of which there can be figures.
_FIRST_MONTH = date(2010, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderRequest(Request):
    """Any request about views and notes. Ids are None where they were malformed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveView(ReaderRequest):
    name: str
    page: SavedPage
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameView(ReaderRequest):
    view: UUID | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveView(ReaderRequest):
    view: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMonth(ReaderRequest):
    month: date
    text: str
    partner: str | None
    country: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveNote(ReaderRequest):
    note: UUID | None


async def save_view(transaction: WriteTransaction, request: SaveView, reasons: Reasons) -> str:
    """Save a view under a name."""
    name = _named(request.name, reasons)
    if len(request.query) > LONGEST_QUERY or not fullmatch(VIEW_QUERY, request.query):
        reasons.add(Refusal.INVALID, "query", rule="view_query")
    if await _count(transaction, request, SavedView) >= MOST_VIEWS:
        reasons.add(Refusal.INVALID, "name", rule="most_saved", limits={"most": MOST_VIEWS})
    reasons.refuse_if_any()
    row = {
        "id": new_key(),
        "subject": transaction.viewer.subject,
        "name": name,
        "page": request.page.value,
        "query": request.query,
    }
    transaction.insert(SavedView, row)
    return str(row["id"])


async def rename_view(transaction: WriteTransaction, request: RenameView, reasons: Reasons) -> str:
    """Give a view another name."""
    name = _named(request.name, reasons)
    row = await _lock(transaction, request, SavedView, request.view, "viewId", reasons)
    reasons.refuse_if_any()
    transaction.update(SavedView, {"id": row.id}, {"name": name})
    return str(row.id)


async def remove_view(transaction: WriteTransaction, request: RemoveView, reasons: Reasons) -> str:
    """Remove a view, with what it said."""
    row = await _lock(transaction, request, SavedView, request.view, "viewId", reasons)
    reasons.refuse_if_any()
    gone = {"name": None, "query": None, "removed_at": datetime.now(UTC)}
    transaction.update(SavedView, {"id": row.id}, gone)
    return str(row.id)


async def note_month(transaction: WriteTransaction, request: NoteMonth, reasons: Reasons) -> str:
    """Note something on a month, in the own scope: a manager's note is of a country."""
    text, viewer = request.text.strip(), transaction.viewer
    if not 0 < len(text) <= LONGEST_NOTE:
        reasons.add(Refusal.INVALID, "text", rule="text_of_note", limits={"most": LONGEST_NOTE})
    month = request.month
    if month.day != 1 or not _FIRST_MONTH <= month <= wib_day(datetime.now(UTC)):
        reasons.add(Refusal.INVALID, "month", rule="noted_month")
    partner, country = request.partner, request.country
    for name, code, column in (
        ("partner", partner, Partner.code),
        ("country", country, PartnerCountry.country_code),
    ):
        rule = rule_of_reading(column.class_.__name__, viewer.role)
        if code and not await transaction.fetch_one(_select_in_reach, column, rule, code=code):
            reasons.add(Refusal.NOT_FOUND, name, rule="unknown_code")
    if viewer.role is Role.PARTNER_MANAGER:
        partner = viewer.partner
        country = country or (viewer.countries[0] if len(viewer.countries) == 1 else None)
        if country is None:
            reasons.add(Refusal.INVALID, "country", rule="note_of_a_country")
    if await _count(transaction, request, MonthNote) >= MOST_NOTES:
        reasons.add(Refusal.INVALID, "text", rule="most_saved", limits={"most": MOST_NOTES})
    reasons.refuse_if_any()
    row = {
        "id": new_key(),
        "author": viewer.subject,
        "month": month,
        "partner_code": partner,
        "country_code": country,
        "text": text,
    }
    transaction.insert(MonthNote, row)
    return str(row["id"])


async def remove_note(transaction: WriteTransaction, request: RemoveNote, reasons: Reasons) -> str:
    """Remove a note, with what it said."""
    row = await _lock(transaction, request, MonthNote, request.note, "noteId", reasons)
    reasons.refuse_if_any()
    gone = {"text": None, "removed_at": datetime.now(UTC)}
    transaction.update(MonthNote, {"id": row.id}, gone)
    return str(row.id)


def _named(name: str, reasons: Reasons) -> str:
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        reasons.add(Refusal.INVALID, "name", rule="name", limits={"most": LONGEST_NAME})
    return name


def _select_in_reach(column: Any, rule: Rule | None) -> Any:
    return select(column).where(column == bindparam("code"), meets_in_role(rule)).limit(1)


async def _count(transaction: WriteTransaction, request: ReaderRequest, noun: Any) -> int:
    role = transaction.viewer.role
    [found] = await transaction.fetch_one(_count_lasting, request.mutation, role, noun)
    return found.number


def _count_lasting(mutation: str, role: Role, noun: Any) -> Any:
    lasting = select(func.count().label("number")).select_from(noun)
    return lasting.where(changeable(mutation, role), noun.removed_at.is_(None))


async def _lock(
    transaction: WriteTransaction,
    request: ReaderRequest,
    noun: Any,
    id_: UUID | None,
    path: str,
    reasons: Reasons,
) -> Any:
    """Lock a row that is still there; None, with a reason, if there is none."""
    columns = ("id", "removed_at")
    row = id_ and await lock_row(transaction, request.mutation, noun, {"id": id_}, *columns)
    if not row or row.removed_at:
        reasons.add(Refusal.NOT_FOUND, path)
    return row


EFFECTS: Effects = {
    SaveView: save_view,
    RenameView: rename_view,
    RemoveView: remove_view,
    NoteMonth: note_month,
    RemoveNote: remove_note,
}
