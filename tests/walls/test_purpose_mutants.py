"""Every small mistake in why identity may be read shows, before each wall by itself."""

from collections.abc import Iterable
from itertools import chain, islice

import asyncpg
import pytest

from tests.walls import purposes
from tests.walls.purposes import ChangedPurpose, changed_implied, changed_purposes
from tests.walls.reach import WHO

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", WHO)
async def test_each_wall_alone_takes_the_purposes_of_the_domain(complete_world, name) -> None:
    claims = WHO[name]
    stated = purposes.stated_by_domain(claims)
    assert purposes.allowed_by_gateway(claims) == (stated, purposes.implied_by_domain(claims))
    taken = purposes.allowed_by_domain(claims)
    assert await purposes.allowed_by_database(complete_world, claims) == taken


async def judge(connection: asyncpg.Connection, mutants: Iterable[ChangedPurpose]) -> list[str]:
    """A line for each mutant before each wall: what killed it, or why nothing could."""
    lines = []
    for mutant in mutants:
        for wall, killer, reason in (
            (1, purposes.first_wall(mutant), purposes.same_before_the_first(mutant)),
            (
                2,
                await purposes.second_wall(connection, mutant),
                purposes.same_before_the_second(mutant),
            ),
        ):
            assert killer or reason, f"{mutant.name} | wall {wall}"
            lines.append(f"{mutant.name} | wall {wall} | {killer or f'the same: {reason}'}")
    return lines


async def test_some_mutants_of_the_purposes_are_killed(complete_world) -> None:
    await judge(complete_world, islice(chain(changed_purposes(), changed_implied()), 0, None, 10))


@pytest.mark.proof
async def test_every_mutant_of_the_purposes_is_killed(complete_world, report) -> None:
    report(await judge(complete_world, chain(changed_purposes(), changed_implied())))
