"""How rows of reference data are written: begun, ended, or said to hold from a day on.

Whatever began or ended before today stays as it is. What did not may be said anew: it replaces.
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
from gateway.mutations.outcome import RefusedError
from gateway.mutations.reference.requests import ReferenceRequest
from gateway.mutations.requests import api_name
from models import Base
from models.life import Refusal

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """Rows that begin and may end: on which day, and on which they are no longer."""

    noun: type[Base]
    begins: str
    ends: str


async def check_known(
    transaction: WriteTransaction, code: InstrumentedAttribute[str], value: str, *path: str
) -> None:
    """Raises RefusedError where nothing has this code."""
    if not await transaction.rows(select(code).where(code == value)):
        raise unknown_code(*path)


async def insert_unless_exists(
    transaction: WriteTransaction, noun: type[Base], key: Values, said: Values
) -> bool:
    """Make a row; False where there is one of this key. Waits for whoever is making it just now."""
    making = insert(noun).values(**key, **said).on_conflict_do_nothing()
    first = next(iter(noun.__table__.primary_key))
    return bool(await transaction.rows(making.returning(first)))


async def replace(
    transaction: WriteTransaction, noun: type[Base], key: Values, said: Values
) -> None:
    await transaction.run(update(noun).where(_has_key(noun, key)).values(**said))


async def lock_row(
    transaction: WriteTransaction, request: ReferenceRequest, noun: type[Base], key: Values
) -> Any:
    """A row as it is now that nobody else changes it; None where the viewer reaches none.

    What has ended before today takes no lock: nobody can change it, which the database holds too.
    """
    in_reach = and_(_has_key(noun, key), changeable(request.mutation, transaction.viewer))
    named = select(*noun.__table__.columns).where(in_reach)
    await transaction.rows(named.with_for_update(key_share=True))
    rows = await transaction.rows(named)
    return rows[0] if rows else None


async def set_from(
    transaction: WriteTransaction, noun: type[Base], key: Values, said: Values
) -> None:
    """What is said holds from the day in the key on."""
    saying = insert(noun).values(**key, **said)
    await transaction.run(saying.on_conflict_do_update(index_elements=[*key], set_=dict(said)))


async def end(
    transaction: WriteTransaction,
    request: ReferenceRequest,
    span: Span,
    key: Values,
    today: date,
    *path: str,
) -> None:
    """End a row on the day that is asked for, or not after all.

    Raises RefusedError where there is no such row, where it ended before today, and where it would
    end before it begins.
    """
    row = await lock_row(transaction, request, span.noun, key)
    if row is None:
        raise unknown_code(*path)
    ends_on: date | None = getattr(request, span.ends)
    if (ended_on := getattr(row, span.ends)) is not None and ended_on < today:
        raise RefusedError(Refusal.ALREADY_ENDED, api_name(span.ends))
    if ends_on is not None and ends_on <= getattr(row, span.begins):
        why = "It ends on a day after the one on which it begins."
        raise RefusedError(Refusal.INVALID, api_name(span.ends), why=why)
    await replace(transaction, span.noun, key, {span.ends: ends_on})


def unknown_code(*path: str) -> RefusedError:
    return RefusedError(Refusal.NOT_FOUND, *path, why="There is nothing of this code.")


def _has_key(noun: type[Base], key: Values) -> Any:
    return and_(*(noun.__table__.c[name] == value for name, value in key.items()))
