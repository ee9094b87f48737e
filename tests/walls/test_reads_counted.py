"""The database alone keeps counts of reads from all but supervisors and auditors, by whatever
statement; and the counts show nobody who was read."""

import asyncpg
import pytest

from tests.acting import act, act_writing
from tests.walls.reach import WHO, viewer
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

COUNTED = "SELECT * FROM viewer.people_read('{}', '2000-01-01', '2100-01-01')"
READERS = {"SUPERVISOR", "AUDITOR"}


async def is_answered(connection: asyncpg.Connection, statement: str) -> bool:
    """Whether a statement is answered, with counts and nothing else."""
    try:
        async with connection.transaction():
            rows = await connection.fetch(statement)
    except asyncpg.InsufficientPrivilegeError:
        return False
    assert {*rows[0].keys()} == {"reader", "reader_role", "people", "reads"}
    return True


@pytest.mark.parametrize("name", WHO)
async def test_supervisors_and_auditors_alone_read_counts_of_reads(
    complete_world: asyncpg.Connection, name: str
) -> None:
    who = viewer(WHO[name])
    async with undone(complete_world):
        await act(complete_world, who)
        found = {role for role in (*READERS, str(who.role))
                if await is_answered(complete_world, COUNTED.format(role))}  # fmt: skip
    assert found == {str(who.role)} & READERS
    if not WHO[name]:
        return
    async with undone(complete_world):
        await act_writing(complete_world, who)
        assert not await is_answered(complete_world, COUNTED.format(who.role))
