"""Every small mistake in what is read as published figures shows, before each wall by itself."""

from collections.abc import Iterable
from itertools import chain, islice

import asyncpg
import pytest

from models.vocabulary import Role
from tests.walls import clocks, publishing
from tests.walls.mutants import Mutant
from tests.walls.publishing import ChangedSets, changed_fields, changed_sets
from tests.walls.reach import WHO

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("role", Role)
def test_the_fields_that_the_domain_publishes_are_published(role: Role) -> None:
    assert publishing.as_published(role) == set(publishing.AS_PUBLISHED.get(role, "").split())


@pytest.mark.parametrize("name", WHO)
async def test_the_database_tells_the_durations_of_the_domain(complete_world, name) -> None:
    assert await clocks.allowed_by_database(complete_world, WHO[name]) == clocks.allowed_by_domain(
        WHO[name]
    )


async def judge(
    connection: asyncpg.Connection, mutants: Iterable[ChangedSets | Mutant]
) -> list[str]:
    """A line for each mutant before each wall: what killed it, or why nothing could."""
    lines = []
    for mutant in mutants:
        first = await publishing.first_wall(connection, mutant)
        second = await publishing.second_wall(connection, mutant)
        for wall, killer, reason in (
            (1, first, publishing.same_before_the_first(mutant)),
            (2, second, publishing.same_before_the_second(mutant)),
        ):
            assert killer or reason, f"{mutant.name} | wall {wall}"
            lines.append(f"{mutant.name} | wall {wall} | {killer or f'the same: {reason}'}")
    return lines


async def test_some_mutants_of_publication_are_killed(complete_world) -> None:
    some = chain(islice(changed_sets(), 3, None, 9), islice(changed_fields(), 3, None, 37))
    await judge(complete_world, some)


@pytest.mark.proof
async def test_every_mutant_of_publication_is_killed(complete_world, report) -> None:
    report(await judge(complete_world, chain(changed_sets(), changed_fields())))
