"""Writes effective-dated rows of reference data: insert, replace, end.

A row that began or ended before today is never changed; a later one may be replaced.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.dialects.postgresql import insert
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
class Span:
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


async def insert_unless_exists(
    transaction: WriteTransaction, noun: type[Base], key: Values, values: Values
) -> bool:
    """Insert a row; False if the key exists. Waits for a concurrent insert of the same key."""
    insertion = insert(noun).values(**key, **values).on_conflict_do_nothing()
    first = next(iter(noun.__table__.primary_key))
    return bool(await transaction.rows(insertion.returning(first)))


async def replace(
    transaction: WriteTransaction, noun: type[Base], key: Values, values: Values
) -> None:
    await transaction.run(update(noun).where(_has_key(noun, key)).values(**values))


async def lock_row(
    transaction: WriteTransaction, request: ReferenceRequest, noun: type[Base], key: Values
) -> Any:
    """Lock a row and read it; None if there is none in the viewer's reach.

    A row that ended before today is not locked: nobody can change it, row security sees to that.
    """
    in_reach = and_(_has_key(noun, key), changeable(request.mutation, transaction.viewer))
    row = select(*noun.__table__.columns).where(in_reach)
    await transaction.rows(row.with_for_update(key_share=True))
    rows = await transaction.rows(row)
    return rows[0] if rows else None


async def set_from(
    transaction: WriteTransaction, noun: type[Base], key: Values, values: Values
) -> None:
    """Insert or replace the row that is effective from the day in the key."""
    insertion = insert(noun).values(**key, **values)
    await transaction.run(insertion.on_conflict_do_update(index_elements=[*key], set_=dict(values)))


async def end(
    transaction: WriteTransaction,
    request: ReferenceRequest,
    span: Span,
    key: Values,
    today: date,
    reasons: Reasons,
    *path: str,
) -> None:
    """End a row on the requested day, or cancel its end.

    Raises RefusedError if there is no such row, if it ended before today, or if it would end
    before it begins.
    """
    ends_on: date | None = getattr(request, span.ends)
    row = await lock_row(transaction, request, span.noun, key)
    if row is None:
        add_unknown_code(reasons, *path)
    elif (ended_on := getattr(row, span.ends)) is not None and ended_on < today:
        reasons.add(Refusal.ALREADY_ENDED, api_name(span.ends))
    elif ends_on is not None and ends_on <= getattr(row, span.begins):
        reasons.add(Refusal.INVALID, api_name(span.ends), rule="ends_first")
    reasons.refuse_if_any()
    await replace(transaction, span.noun, key, {span.ends: ends_on})


def add_unknown_code(reasons: Reasons, *path: str) -> None:
    reasons.add(Refusal.NOT_FOUND, *path, rule="unknown_code")


def _has_key(noun: type[Base], key: Values) -> Any:
    return and_(*(noun.__table__.c[name] == value for name, value in key.items()))
