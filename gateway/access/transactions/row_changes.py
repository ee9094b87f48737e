"""The statements by which a mutation writes rows, prepared once for each set of columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, insert, update

from gateway.access.transactions.prepared import Bound, prepare_once
from models.vocabulary import Role

#: What is compared, not written: a column may be both.
_COMPARED = "compared_"


def insert_row(role: Role, noun: Any, row: Mapping[str, Any]) -> Bound:
    """Bind the statement that inserts a row."""
    statement = prepare_once(role, _build_insert, noun, tuple(row))
    return Bound(statement, statement.arguments_of_row(row))


def update_rows(
    role: Role, noun: Any, where: Mapping[str, Any], changes: Mapping[str, Any]
) -> Bound:
    """Bind the statement that changes the rows whose columns are equal to some values, or null."""
    values = {_COMPARED + name: value for name, value in where.items() if value is not None}
    nulls = tuple(name for name, value in where.items() if value is None)
    equal = tuple(name for name, value in where.items() if value is not None)
    statement = prepare_once(role, _build_update, noun, equal, nulls, tuple(changes))
    return Bound(statement, statement.arguments_of_row({**changes, **values}))


def _build_insert(noun: Any, columns: Sequence[str]) -> Any:
    return insert(noun.__table__).values(_parameters(noun, columns))


def _build_update(
    noun: Any, equal: Sequence[str], nulls: Sequence[str], columns: Sequence[str]
) -> Any:
    own = noun.__table__.c
    conditions = [own[name] == bindparam(_COMPARED + name, None, own[name].type) for name in equal]
    conditions += [own[name].is_(None) for name in nulls]
    return update(noun.__table__).where(and_(*conditions)).values(_parameters(noun, columns))


def _parameters(noun: Any, columns: Sequence[str]) -> dict[str, Any]:
    own = noun.__table__.c
    return {name: bindparam(name, None, own[name].type) for name in columns}
