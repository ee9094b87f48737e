"""How the rows of an account are compared with their leaves where there are millions of both."""

import asyncpg
import pytest

from models.account.sources import SOURCES
from models.account.verifying import rows_with_leaves

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
async def test_rows_are_joined_to_their_leaves_and_not_looked_for_one_by_one(
    connection: asyncpg.Connection, source
) -> None:
    """PostgreSQL goes through the whole result of a subplan for each row, once it is larger than
    `work_mem`: two million bills took hours."""
    plan = await connection.fetch(f"EXPLAIN {rows_with_leaves(source)}", 0)
    steps = [row[0] for row in plan]
    assert any("account_leaf" in step for step in steps)
    assert not [step for step in steps if "SubPlan" in step]
