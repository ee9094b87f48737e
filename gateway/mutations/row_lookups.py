"""Rows by their columns: whether there is one, and one that is read, or locked for a change."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from models import Base
from models.vocabulary import Role

#: Column by column what a row must be equal to.
Values = Mapping[str, Any]
#: Keeps what is compared apart from the viewer's scope, which may have the name of a column.
_KEY = "key_"


async def read_row(
    transaction: WriteTransaction, noun: type[Base], key: Values, *columns: str
) -> Any:
    """A row as it is now, or some of its columns; None if it does not exist."""
    rows = await transaction.fetch_one(_select_row, noun, tuple(key), columns, **_keys(key))
    return rows[0] if rows else None


async def is_there(transaction: WriteTransaction, noun: type[Base], key: Values) -> bool:
    """Whether there is such a row."""
    return await read_row(transaction, noun, key, *key) is not None


async def lock_row(
    transaction: WriteTransaction, mutation: str, noun: type[Base], key: Values, *columns: str
) -> Any:
    """Lock a row and read it; None if there is none that the viewer may change with a mutation."""
    shape = (noun, tuple(key), columns, transaction.viewer.role, mutation)
    _, rows = await transaction.fetch(
        transaction.bind(_select_row_to_lock, *shape, **_keys(key)),
        transaction.bind(_select_changeable, *shape, **_keys(key)),
    )
    return rows[0] if rows else None


def _select_row(noun: type[Base], key: Sequence[str], columns: Sequence[str]) -> Any:
    own = noun.__table__.c
    selected = [own[name] for name in columns] if columns else own
    equal = (own[name] == bindparam(_KEY + name, None, own[name].type) for name in key)
    return select(*selected).where(*equal)


def _select_changeable(
    noun: type[Base], key: Sequence[str], columns: Sequence[str], role: Role, mutation: str
) -> Any:
    return _select_row(noun, key, columns).where(changeable(mutation, role))


def _select_row_to_lock(
    noun: type[Base], key: Sequence[str], columns: Sequence[str], role: Role, mutation: str
) -> Any:
    row = _select_changeable(noun, key, columns, role, mutation)
    return row.with_for_update(of=noun, key_share=True)


def _keys(key: Values) -> dict[str, Any]:
    return {_KEY + name: value for name, value in key.items()}
