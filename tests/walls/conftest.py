"""What the tests of the walls share: the small world, completed, and a way to report mutants."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from models.database.connections import connect
from tests.walls import clocks, reach

Report = Callable[[list[str]], None]


@pytest.fixture(scope="module")
async def complete_world(world: str) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection to the small world, completed."""
    connection = await connect(world)
    try:
        await reach.complete(connection)
        await clocks.complete(connection)
        yield connection
    finally:
        await connection.close()


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Print a line for each mutant before each wall, and how many of them were killed."""

    def print_all(lines: list[str]) -> None:
        sums = Counter(
            (line.split(" | ")[1], "the same" if "| the same: " in line else "killed")
            for line in lines
        )
        found = [
            f"{wall}: {number} mutants {fate}" for (wall, fate), number in sorted(sums.items())
        ]
        with capsys.disabled():
            sys.stdout.write("\n".join(("", *lines, *found, "")))

    return print_all
