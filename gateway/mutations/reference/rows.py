"""Rows of reference data, and what a proposal makes of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reasons
from gateway.mutations.reference.requests import ReferenceRequest
from gateway.mutations.requests import api_name
from gateway.mutations.row_lookups import Values, is_there, read_row
from models import Base
from models.life import Refusal


@dataclass(frozen=True, slots=True)
class Row:
    """A whole row as it becomes. The database compares it with what there is."""

    noun: type[Base]
    values: Values

    def to_json(self) -> dict[str, Any]:
        after = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.values.items()
        }
        return {"table": self.noun.__tablename__, "after": after}


@dataclass(frozen=True, slots=True)
class DatedTable:
    """A table of effective-dated rows: its columns for the first day and the first day after."""

    noun: type[Base]
    begins: str
    ends: str


async def check_known(
    transaction: WriteTransaction, reasons: Reasons, noun: type[Base], code: str, *path: str
) -> None:
    """Add a reason if no row has this code."""
    if not await is_there(transaction, noun, {"code": code}):
        add_unknown_code(reasons, *path)


async def end_row(
    transaction: WriteTransaction,
    request: ReferenceRequest,
    span: DatedTable,
    key: Values,
    today: date,
    reasons: Reasons,
    *path: str,
    with_end: Values | None = None,
) -> Row:
    """A row that ends on the requested day, or whose end is withdrawn, with further columns.

    Raises RefusedError if there is no such row, if it ended before today, or if it would end
    before it begins.
    """
    ends_on: date | None = getattr(request, span.ends)
    row = await read_row(transaction, span.noun, key)
    if row is None:
        add_unknown_code(reasons, *path)
    elif (ended_on := getattr(row, span.ends)) is not None and ended_on < today:
        reasons.add(Refusal.ALREADY_ENDED, api_name(span.ends))
    elif ends_on is not None and ends_on <= getattr(row, span.begins):
        reasons.add(Refusal.INVALID, api_name(span.ends), rule="ends_first")
    reasons.refuse_if_any()
    names = [column.name for column in span.noun.__table__.columns]
    values = {name: getattr(row, name) for name in names}
    return Row(span.noun, {**values, span.ends: ends_on, **(with_end or {})})


def add_unknown_code(reasons: Reasons, *path: str) -> None:
    reasons.add(Refusal.NOT_FOUND, *path, rule="unknown_code")
