"""Loading a synthetic world: all of it or nothing, and the tables are as before."""

from datetime import UTC, datetime

import asyncpg
import pytest

from models.database.connections import connect
from models.jobs.linker import index_everybody
from models.key_service import KeyService
from models.person.vault import SEALED
from models.postgres import Server
from models.synthetic import NotEmptyError, Scale, Summary, synthesise
from models.synthetic.synthesis import Progress
from tests.clusters import TEMPLATE
from tests.linking import KEYS

pytestmark = pytest.mark.anyio

#: What the LINKER writes of a world.
LINKED = (
    "SELECT * FROM person_index ORDER BY applicant_id, version, kind",
    "SELECT applicant_id, linked_id, reason, state FROM person_link ORDER BY 1, 2, 3",
    "SELECT applicant_id, version, fields FROM linker_read ORDER BY 1, 2",
)
VERSIONS = "SELECT data, version FROM data_version"
CATALOGUE = """
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
        || ' ' || convalidated
    FROM pg_constraint WHERE conrelid > 0 AND connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid
    UNION ALL SELECT pg_get_triggerdef(pg_trigger.oid) || ' ' || tgenabled::text FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
    ORDER BY 1
"""


async def load(
    database: str, progress: Progress = lambda loaded: None, keys: KeyService | None = None
) -> Summary:
    return await synthesise(
        database,
        applications=500,
        months=2,
        seed=1,
        scale=Scale.PARTNER,
        until=datetime(2026, 11, 24, 9, tzinfo=UTC),
        progress=progress,
        keys=keys,
    )


async def test_an_interrupted_load_leaves_nothing(
    database: str, connection: asyncpg.Connection
) -> None:
    def interrupt(loaded: int) -> None:
        raise KeyboardInterrupt(f"after {loaded} applications")

    before = await connection.fetch(CATALOGUE)
    with pytest.raises(KeyboardInterrupt):
        await load(database, interrupt)
    assert await connection.fetchval("SELECT count(*) FROM country") == 0
    assert await connection.fetchval("SELECT count(*) FROM application") == 0
    assert await connection.fetch(CATALOGUE) == before


async def test_a_load_leaves_constraints_indexes_and_triggers_as_they_were(
    database: str, connection: asyncpg.Connection, server: Server
) -> None:
    seen: list[int] = []
    versions = dict(await connection.fetch(VERSIONS))
    await load(database, seen.append, KEYS)
    assert seen == [500]
    # A gateway that runs already learns that there are other figures.
    renewed = dict(await connection.fetch(VERSIONS))
    assert [data for data in versions if versions[data] == renewed[data]] == []
    pristine = await connect(server.url(TEMPLATE))
    try:
        assert await connection.fetch(CATALOGUE) == await pristine.fetch(CATALOGUE)
    finally:
        await pristine.close()
    # Each movement has its report, of the passenger whom border control would have named.
    unreported = """
        SELECT FROM movement LEFT JOIN crossing USING (id, direction, crossed_at, port)
        WHERE matched_at IS NULL OR NOT EXISTS (
            SELECT FROM person_index AS known
            WHERE known.applicant_id = movement.applicant_id AND kind = 'PASSPORT'
                AND sha256(movement.visa_number::bytea || digest) = ANY (passengers)
        ) OR crossing.visa_number IS NOT NULL OR reported_at < crossed_at
    """
    assert await connection.fetchval("SELECT count(*) FROM movement") > 300
    assert not await connection.fetch(unreported)
    # What is said to an announced refusal is sealed, as what guardians and guarantors are.
    for table in ("guarantor", "guardian WHERE kind = 'NAMED'", "intention_answer"):
        rows, sealed = await connection.fetchrow(
            f"SELECT count(*), count(*) FILTER (WHERE sealed <> '{{}}') FROM {table}"
        )
        assert rows == sealed > 0, table
    # Its people are sealed, and found and linked as the LINKER does it.
    plain = f"num_nonnulls({', '.join(SEALED)}) > 0"
    assert await connection.fetchval(f"SELECT count(*) FROM identity WHERE {plain}") == 0
    made = [await connection.fetch(query) for query in LINKED]
    assert all(made)
    for table in ("person_index", "person_link", "linker_read"):
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER; DELETE FROM {table}")
    await index_everybody(KEYS, connection)
    assert [await connection.fetch(query) for query in LINKED] == made


async def test_a_second_world_does_not_fit(database: str, connection: asyncpg.Connection) -> None:
    with pytest.raises(NotEmptyError):
        await load(database)
    count = "SELECT count(*) FROM application WHERE extends_visa_number IS NULL"
    assert await connection.fetchval(count) == 500


@pytest.mark.parametrize(("applications", "months"), [(1, 1), (100, 0), (100, 1_000)])
async def test_impossible_worlds_are_refused_before_anything_is_read(
    applications: int, months: int
) -> None:
    with pytest.raises(ValueError, match="world"):
        await synthesise(
            "postgresql://nobody@127.0.0.1:1/none",
            applications=applications,
            months=months,
            seed=1,
            scale=Scale.PARTNER,
        )
