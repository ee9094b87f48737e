"""Rows of reference data: reading and locking them, and what a proposal makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reasons
from gateway.mutations.reference.requests import ReferenceRequest
from gateway.mutations.requests import api_name
from models import Base
from models.life import Refusal

Values = Mapping[str, Any]


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


async def is_known(
    transaction: WriteTransaction, code: InstrumentedAttribute[str], value: str
) -> bool:
    """Whether a row has this code."""
    return bool(await transaction.rows(select(code).where(code == value)))


async def check_known(
    transaction: WriteTransaction,
    reasons: Reasons,
    code: InstrumentedAttribute[str],
    value: str,
    *path: str,
) -> None:
    """Add a reason if no row has this code."""
    if not await is_known(transaction, code, value):
        add_unknown_code(reasons, *path)


async def read_row(transaction: WriteTransaction, noun: type[Base], key: Values) -> Any:
    """A row as it is now; None if it does not exist."""
    rows = await transaction.rows(select(*noun.__table__.columns).where(_has_key(noun, key)))
    return rows[0] if rows else None


async def lock_row(
    transaction: WriteTransaction, request: ReferenceRequest, noun: type[Base], key: Values
) -> Any:
    """Lock a row and read it; None if there is none in the viewer's reach."""
    in_reach = and_(_has_key(noun, key), changeable(request.mutation, transaction.viewer))
    row = select(*noun.__table__.columns).where(in_reach)
    await transaction.rows(row.with_for_update(key_share=True))
    rows = await transaction.rows(row)
    return rows[0] if rows else None


async def replace(
    transaction: WriteTransaction, noun: type[Base], key: Values, values: Values
) -> bool:
    """Whether the database let the row be written."""
    change = update(noun).where(_has_key(noun, key)).values(**values)
    first = next(iter(noun.__table__.primary_key))
    return bool(await transaction.rows(change.returning(first)))


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


def _has_key(noun: type[Base], key: Values) -> Any:
    return and_(*(noun.__table__.c[name] == value for name, value in key.items()))
