"""Every small mistake in which tables a change speaks of shows, before each wall by itself."""

from collections.abc import Iterable
from itertools import chain, islice

import asyncpg
import pytest

from tests.walls import speaking
from tests.walls.speaking import ChangedSpeech, changed_answers, changed_tables

pytestmark = pytest.mark.anyio


async def judge(connection: asyncpg.Connection, mutants: Iterable[ChangedSpeech]) -> list[str]:
    """A line for each mutant before each wall: what killed it, or why nothing could."""
    lines = []
    for mutant in mutants:
        first, second = speaking.first_wall(mutant), await speaking.second_wall(connection, mutant)
        for wall, killer, reason in (
            (1, first, speaking.same_before_the_first(mutant)),
            (2, second, speaking.same_before_the_second(mutant)),
        ):
            assert killer or reason, f"{mutant.name} | wall {wall}"
            lines.append(f"{mutant.name} | wall {wall} | {killer or f'the same: {reason}'}")
    return lines


async def test_some_mutants_of_the_tables_and_answers_of_mutations_are_killed(
    complete_world,
) -> None:
    some = chain(islice(changed_tables(), 1, None, 292), islice(changed_answers(), 1, None, 452))
    await judge(complete_world, some)


@pytest.mark.proof
async def test_every_mutant_of_the_tables_and_answers_of_mutations_is_killed(
    complete_world, report
) -> None:
    report(await judge(complete_world, chain(changed_tables(), changed_answers())))
