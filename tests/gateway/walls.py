"""Takes one of the two walls down, so that the other is tested by itself."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from sqlalchemy import Boolean, ColumnElement, literal_column, or_

from gateway.access import rows
from gateway.access.transactions.prepared import prepare_once, prepare_reading
from gateway.mapping import change_feed
from models.database.connections import connect
from models.row_security import DATABASE_ROLES


@contextmanager
def first_wall_down() -> Iterator[None]:
    """No condition of the policy holds a row back any more, and followers are told of everything.

    Its columns stay in the statement: they choose which figures answer.
    """
    condition = rows._rule_condition

    def lets_through(*of_rule: Any) -> ColumnElement[bool]:
        return or_(condition(*of_rule), literal_column("true", Boolean()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(change_feed, "topics", lambda feed, _: {rows.Topic(feed)})
        patch.setattr(rows, "_rule_condition", lets_through)
        _forget_statements()
        yield
    _forget_statements()


def _forget_statements() -> None:
    for prepared in (prepare_once, prepare_reading):
        prepared.cache_clear()


@asynccontextmanager
async def second_wall_down(url: str) -> AsyncIterator[None]:
    """The database holds no row back; what is not granted stays so."""
    await _let_through(url, "BYPASSRLS")
    try:
        yield
    finally:
        await _let_through(url, "NOBYPASSRLS")


async def _let_through(url: str, option: str) -> None:
    connection = await connect(url)
    try:
        for name in DATABASE_ROLES:
            await connection.execute(f"ALTER ROLE {name} {option}")
    finally:
        await connection.close()
