"""Fixtures that several tests of the models share."""

from collections.abc import AsyncIterator

import asyncpg
import pytest


@pytest.fixture
async def rolled_back(
    world: str, connection: asyncpg.Connection
) -> AsyncIterator[asyncpg.Connection]:
    """A connection whose changes are undone at the end of the test."""
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    yield connection
    await transaction.rollback()
