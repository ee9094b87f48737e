"""Asks the volumes of a database, as the gateway does."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import true

from models.database.connections import engine
from models.volumes import Question, Scope, statement

Row = dict[str, Any]


def everything(_columns: object) -> Any:
    """A scope that keeps nothing back."""
    return true()


async def ask(url: str, question: Question, scope: Scope = everything) -> list[Row]:
    async with engine(url).connect() as connection:
        return [
            dict(row) for row in (await connection.execute(statement(question, scope))).mappings()
        ]


def group_by(*columns: str) -> Callable[[list[Row]], dict[Any, Row]]:
    """Rows by the value of a column, or by the values of several."""

    def group(rows: list[Row]) -> dict[Any, Row]:
        keys = [tuple(row[column] for column in columns) for row in rows]
        return dict(zip([k[0] if len(k) == 1 else k for k in keys], rows, strict=True))

    return group
