"""How many pairs are linked in each state, counted as links come, are judged and go."""

import asyncpg
import pytest

from models.database.connections import connect
from tests.world import applicant_id

pytestmark = pytest.mark.anyio

_STATES = ("CERTAIN", "CONFIRMED", "REJECTED", "PROPOSED")
#: Each pair once, and groups not at all.
_LOOKED_AT = f"""
    SELECT {", ".join(f"count(*) FILTER (WHERE state = '{state}')" for state in _STATES)}
    FROM person_link WHERE applicant_id < linked_id
"""
_COUNTED = f"SELECT {', '.join(f'coalesce(sum({state}), 0)' for state in _STATES)} FROM link_count"
#: Everybody with everybody else, from both sides.
_LINK = """
    INSERT INTO person_link (id, applicant_id, linked_id, reason, state)
    SELECT gen_random_uuid(), one.id, two.id, $1, $2
    FROM applicant AS one JOIN applicant AS two ON one.id <> two.id
"""
#: One pair in so many, from both sides.
_JUDGE = """
    UPDATE person_link SET state = $2, resolved_at = now(), resolved_by = 'x', resolution = 'x',
        resolved_in = (SELECT id FROM application LIMIT 1)
    WHERE state = $1 AND abs(hashtext(
        least(applicant_id, linked_id)::text || greatest(applicant_id, linked_id)::text
    )) % $3 = 0
"""
_FORGET = "DELETE FROM person_link WHERE $1 IN (applicant_id, linked_id)"
_STEPS = (
    (_LINK, "NAME_AND_BIRTH_DATE", "PROPOSED"),
    (_LINK, "GROUP", None),
    (_JUDGE, "PROPOSED", "REJECTED", 2),
    (_JUDGE, "REJECTED", "CONFIRMED", 3),
    (_JUDGE, "PROPOSED", "CONFIRMED", 5),
    (_FORGET, applicant_id("Ruby Hale")),
)


async def test_pairs_are_counted_in_each_state(world: str, connection: asyncpg.Connection) -> None:
    await connection.execute("DELETE FROM person_link")
    found = [await _counted(connection)]
    assert found == [(0, 0, 0, 0)]
    rival = await connect(world)
    try:
        # Of another slot.
        while (rival.get_server_pid() - connection.get_server_pid()) % 64 == 0:
            await rival.close()
            rival = await connect(world)
        # Others link at the same time without a wait, and what they take back is not counted.
        open_transaction = rival.transaction()
        await open_transaction.start()
        await rival.execute(_LINK, "PASSPORT", "CERTAIN")
        await connection.execute("SET lock_timeout = '1s'")
        for statement, *arguments in _STEPS:
            await connection.execute(statement, *arguments)
            found.append(await _counted(connection))
        await open_transaction.rollback()
    finally:
        await rival.close()
    await connection.execute(_LINK, "PASSPORT", "CERTAIN")
    found.append(await _counted(connection))
    assert len(set(found)) == len(found) - 1  # a group alone changes nothing
    assert all(found[-1])


async def _counted(connection: asyncpg.Connection) -> tuple[int, ...]:
    counted = tuple(await connection.fetchrow(_COUNTED))
    assert counted == tuple(await connection.fetchrow(_LOOKED_AT))
    return counted
