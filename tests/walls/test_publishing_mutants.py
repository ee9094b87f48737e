"""Every small mistake in who reads published figures or first decisions shows in the database."""

from collections.abc import Iterable
from itertools import chain, islice

import asyncpg
import pytest

from tests.walls import clocks
from tests.walls.mutants import Mutant
from tests.walls.publishing import (
    changed_fields,
    changed_publications,
    same_before_the_second,
    second_wall,
)
from tests.walls.reach import WHO

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", WHO)
async def test_the_database_tells_the_durations_of_the_domain(complete_world, name) -> None:
    assert await clocks.allowed_by_database(complete_world, WHO[name]) == clocks.allowed_by_domain(
        WHO[name]
    )


async def judge(connection: asyncpg.Connection, mutants: Iterable[Mutant]) -> list[str]:
    """A line for each mutant: what killed it, or why nothing could."""
    lines = []
    for mutant in mutants:
        killer, reason = await second_wall(connection, mutant), same_before_the_second(mutant)
        assert killer or reason, mutant.name
        lines.append(f"{mutant.name} | wall 2 | {killer or f'the same: {reason}'}")
    return lines


async def test_some_mutants_are_killed(complete_world) -> None:
    await judge(complete_world, chain(islice(changed_publications(), 3, None, 4),
                                      islice(changed_fields(), 3, None, 8)))  # fmt: skip


@pytest.mark.proof
async def test_every_mutant_is_killed(complete_world, report) -> None:
    report(await judge(complete_world, chain(changed_publications(), changed_fields())))
