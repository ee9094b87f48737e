"""Tables that grow for ever are partitioned: nobody gets around a table by its partitions, there
always is one for what is written, and old ones go whole, but for what stays."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gateway.doctor.database import examine_locks, examine_partitions
from gateway.faults import Fault
from models.account import CheckpointFolder, HeldMeanwhileError, old_entries, seal_entries, verify
from models.account.sources import SOURCES
from models.base import Base, is_partitioned
from models.partitions import (
    MADE_AHEAD,
    MISSED_AHEAD,
    keep_partitions,
    make_partitions,
    missing_partitions,
)
from models.row_keys import new_key
from models.row_security import DATABASE_ROLES, JOB_ROLES, install_row_security
from tests.accounts import drop, find_tampering, insert, newest_read, past_triggers, read_five, sign
from tests.linking import KEYS
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

MADE = "SELECT partition::regclass::text AS name FROM partitions_made() ORDER BY since, of_table"
_READS = "SELECT count(*) FROM access_event"
_LONG_AGO = datetime.now(UTC) - timedelta(days=4000)


@pytest.fixture
async def drawn(world: str, connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    yield connection
    await transaction.rollback()


async def partitions(connection: asyncpg.Connection) -> list[str]:
    return [row["name"] for row in await connection.fetch(MADE)]


async def newest(connection: asyncpg.Connection) -> str:
    await read_five(connection)
    return await connection.fetchval(
        "SELECT tableoid::regclass::text FROM access_event ORDER BY occurred_at DESC LIMIT 1"
    )


# --- The wall ------------------------------------------------------------------------------------


async def test_no_role_has_any_right_on_a_partition(
    world: str, connection: asyncpg.Connection
) -> None:
    rights = await connection.fetch(
        """
        SELECT role, name FROM unnest($1::text[]) AS role, unnest($2::text[]) AS name,
            unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) AS verb
        WHERE has_any_column_privilege(role, name, verb)
        UNION ALL
        SELECT role, name FROM unnest($1::text[]) AS role, unnest($2::text[]) AS name,
            unnest('{DELETE,TRUNCATE,TRIGGER}'::text[]) AS verb
        WHERE has_table_privilege(role, name, verb)
        UNION ALL
        SELECT role, 'the schema' FROM unnest($1::text[]) AS role, unnest('{USAGE,CREATE}'::text[])
            AS verb WHERE has_schema_privilege(role, 'partitions', verb)
        """,
        [*DATABASE_ROLES, *JOB_ROLES, "gerbang_gateway"],
        made := await partitions(connection),
    )
    assert (rights, len(made) >= 3) == ([], True)


async def test_a_right_on_a_partition_reads_nothing_and_writes_nothing(
    world: str, connection: asyncpg.Connection
) -> None:
    """Whoever granted it by mistake has opened no row, even to those who reach all in the table."""
    async with undone(connection):
        name = await newest(connection)
        await connection.execute(
            "GRANT USAGE ON SCHEMA partitions TO gerbang_auditor;"
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO gerbang_auditor;"
            "SET ROLE gerbang_auditor"
        )
        assert await connection.fetchval(f"SELECT count(*) FROM {name}") == 0
        for statement in (f"DELETE FROM {name}", f"UPDATE {name} SET actor = 'x'"):
            with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
                async with connection.transaction():
                    await connection.execute(statement)


async def test_nothing_is_written_past_the_table(
    world: str, connection: asyncpg.Connection
) -> None:
    """Not by its owner either: the account and the budgets would not know."""
    async with undone(connection):
        name = await newest(connection)
        for statement in (
            f"INSERT INTO {name} SELECT * FROM access_event LIMIT 1",
            f"UPDATE {name} SET actor = 'x'", f"DELETE FROM {name}", f"TRUNCATE {name}",
        ):  # fmt: skip
            with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
                async with connection.transaction():
                    await connection.execute(statement)


async def test_a_key_is_in_a_partition_once(world: str, connection: asyncpg.Connection) -> None:
    copied = "id, applicant_id, actor, actor_role, purpose, case_reference, fields, trace_id"
    async with undone(connection):
        key, *_ = await read_five(connection)
        again = (
            f"INSERT INTO access_event ({copied}) SELECT {copied} FROM access_event WHERE id = $1"
        )
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(again, key)


OPENED = (
    "GRANT USAGE ON SCHEMA partitions TO gerbang_auditor",
    "GRANT SELECT ON {} TO gerbang_auditor",
    "GRANT SELECT (actor) ON {} TO PUBLIC",
    "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY",
    "CREATE POLICY everything ON {} USING (true)",
    "ALTER TABLE {} DISABLE TRIGGER append_only",
    "DROP TRIGGER append_only ON {}",
    "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
    " CREATE TRIGGER swallow BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION swallow()",
)


async def test_the_doctor_names_a_partition_that_is_open(
    world: str, connection: asyncpg.Connection
) -> None:
    assert [each async for each in examine_partitions(connection)] == []
    for opened in OPENED:
        async with undone(connection):
            *_, name = await partitions(connection)
            await connection.execute(opened.format(name))
            [found] = [each.what async for each in examine_partitions(connection)]
            assert found.startswith("Not as models/schema makes it: the partition"), opened


async def test_a_migration_takes_away_rights_on_a_partition(
    world: str, connection: asyncpg.Connection
) -> None:
    async with undone(connection):
        *_, name = await partitions(connection)
        for given in OPENED[:3]:
            await connection.execute(given.format(name))
        await install_row_security(connection)
        assert [each async for each in examine_partitions(connection)] == []


async def test_the_doctor_counts_the_locks_of_a_question_that_opens_every_partition(
    world: str, connection: asyncpg.Connection
) -> None:
    async with connection.transaction():
        await connection.fetch("SELECT FROM access_event WHERE actor = 'nobody'")
        locks = await connection.fetchval(
            "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN (SELECT"
            " relid FROM pg_partition_tree('access_event') UNION SELECT indexrelid FROM pg_index"
            " JOIN pg_partition_tree('access_event') ON relid = indrelid)"
        )
    fitting = 64 * int(await connection.fetchval("SHOW max_connections")) // locks
    assert [each async for each in examine_locks(connection, fitting)] == []
    [found] = [each async for each in examine_locks(connection, fitting + 1)]
    assert f"{(fitting + 1) * locks} locks" in found.what


# --- There is one for what is written ------------------------------------------------------------


async def test_the_keeper_makes_what_is_missing_ahead(
    world: str, connection: asyncpg.Connection
) -> None:
    known = await partitions(connection)
    ahead = "SELECT 'partitions.' || partition_name($1, now() + $2 * interval '3 months')"
    tables = [name for name in sorted(Base.metadata.tables) if is_partitioned(name)]
    assert known[-3 * len(tables) :] == [
        await connection.fetchval(ahead, name, quarters) for quarters in range(3) for name in tables
    ]
    assert await make_partitions(connection) == 0
    for name in known[-len(tables) :]:
        await connection.execute(f"DROP TABLE {name}")
    stop = asyncio.Event()
    keepers = [asyncio.create_task(keep_partitions(world, stop, every=0.01)) for _ in range(2)]
    async with asyncio.timeout(60):
        while await partitions(connection) != known:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.gather(*keepers)


@pytest.mark.parametrize("days", [0, 120])
async def test_a_missing_partition_is_named_while_there_is_time(
    world: str, connection: asyncpg.Connection, days: int
) -> None:
    """That of today, and that of a day which is always in another quarter."""
    due = "SELECT partition_name('access_event', now() + $1 * interval '1 day')"
    async with undone(connection):
        assert await connection.fetch(missing_partitions("120 days")) == []
        await connection.execute(f"DROP TABLE partitions.{await connection.fetchval(due, days)}")
        for ahead, is_missed in ((MISSED_AHEAD, days == 0), ("120 days", True), (MADE_AHEAD, True)):
            missing = await connection.fetch(missing_partitions(ahead))
            assert [row["of_table"] for row in missing] == ["access_event"] * is_missed, ahead
        assert await make_partitions(connection) == 1
    async with undone(connection):
        await connection.execute(f"DROP TABLE partitions.{await connection.fetchval(due, 0)}")
        [found] = [each async for each in examine_partitions(connection)]
        assert (found.fault, "access_event" in found.what) == (Fault.PARTITIONS, True)


# --- Old ones go ---------------------------------------------------------------------------------

#: A row of each other table whose old quarters go.
_CHECKED = {"actor": "border", "actor_role": "BORDER", "passenger": bytes(32), "is_usable": True}
_TRIED = {"file": bytes(16), "source": bytes(16)}
OTHERS: dict[str, dict[str, Any]] = {
    "visa_check": {**_CHECKED, "trace_id": "trace"},
    "tracking_try": {**_TRIED, "kind": "CLAIM", "is_found": False, "trace_id": "trace"},
    "linker_read": {"applicant_id": applicant_id("Ruby Hale"), "version": 1, "fields": []},
    "crossing": {
        "reported_by": "border", "report_key": "old-1", "direction": "ENTRY", "port": "CGK",
        "crossed_at": _LONG_AGO, "passengers": [bytes(32)], "visa_number": "ID000000000000",
    },
}  # fmt: skip


async def test_a_partition_goes_whole_once_its_quarter_is_over(
    drawn: asyncpg.Connection, tmp_path: Path
) -> None:
    """On its last day of age nothing goes; then all of it does, without its leaves."""
    tables = {one.table for one in SOURCES.values() if is_partitioned(one.table)}
    assert tables == {"access_event", *OTHERS}
    await read_five(drawn, at=_LONG_AGO)
    for table, row in OTHERS.items():
        await drawn.execute("SELECT make_partition($1, $2)", table, _LONG_AGO)
        entry = {"id": new_key(), **row}
        if SOURCES[table].is_sealed:
            [entry] = await seal_entries(KEYS, SOURCES[table].noun, [entry])
        await insert(drawn, table, {**entry, str(SOURCES[table].dropped_by): _LONG_AGO})
    await sign(drawn, tmp_path, now=_LONG_AGO + timedelta(seconds=10))
    await read_five(drawn)
    await sign(drawn, tmp_path)
    ends = "SELECT min(before) FROM partitions_made()"
    over = datetime.now(UTC) - await drawn.fetchval(ends)
    before = await partitions(drawn)
    assert await drop(drawn, tmp_path, over.days + 1) == 0
    assert await partitions(drawn) == before
    assert await drop(drawn, tmp_path, over.days, limit=2) == 5
    assert await partitions(drawn) == before[1 + len(OTHERS) :]
    report = await verify(drawn, KEYS, CheckpointFolder(tmp_path))
    assert (report.findings, report.dropped) == ([], 5 + len(OTHERS))


async def test_what_was_reported_in_another_quarter_is_not_reported_again(
    drawn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Until it is gone: then its key is free."""
    reported = {"id": new_key(), **OTHERS["crossing"]}
    await drawn.execute("SELECT make_partition('crossing', $1)", _LONG_AGO)
    await insert(drawn, "crossing", {**reported, "reported_at": _LONG_AGO})
    with pytest.raises(asyncpg.UniqueViolationError):
        async with drawn.transaction():
            await insert(drawn, "crossing", {**reported, "id": new_key()})
    await sign(drawn, tmp_path, now=_LONG_AGO + timedelta(seconds=10))
    await drop(drawn, tmp_path, 3650)
    await insert(drawn, "crossing", {**reported, "id": new_key()})


async def test_what_is_on_hold_stays_in_a_partition_of_its_own(
    drawn: asyncpg.Connection, tmp_path: Path
) -> None:
    hold = {"id": new_key(), "application_id": application_id("SGPO-OPEN-0006")}
    ended = "released_by = 'other', released_at = now(), release_reason = 'Over.'"
    kept = "SELECT id FROM access_event WHERE occurred_at <= $1"
    await read_five(drawn, at=_LONG_AGO)
    held = await read_five(drawn, at=_LONG_AGO, of="Wei Tan")
    await insert(drawn, "legal_hold", hold | {"reason": "A trial.", "held_by": "x"})
    await sign(drawn, tmp_path, now=_LONG_AGO + timedelta(seconds=10))
    before = await partitions(drawn)
    for gone in (5, 0):
        assert await drop(drawn, tmp_path, 3650) == gone
        assert {row["id"] for row in await drawn.fetch(kept, _LONG_AGO)} == {*held}
        assert await partitions(drawn) == before
        assert [each async for each in examine_partitions(drawn)] == []
    await drawn.execute(f"UPDATE legal_hold SET {ended} WHERE id = $1", hold["id"])
    assert await drop(drawn, tmp_path, 3650) == 5
    assert await partitions(drawn) == before[1:]
    assert await find_tampering(drawn, tmp_path) == []


async def test_what_comes_under_a_hold_meanwhile_stays(
    drawn: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = old_entries._record
    hold = {"id": new_key(), "application_id": application_id("SGPO-OPEN-0006")}

    async def record_while_it_is_held(connection: asyncpg.Connection, *rest: Any) -> None:
        await recorded(connection, *rest)
        await insert(connection, "legal_hold", hold | {"reason": "A trial.", "held_by": "x"})

    await read_five(drawn, at=_LONG_AGO, of="Wei Tan")
    await sign(drawn, tmp_path, now=_LONG_AGO + timedelta(seconds=10))
    reads = await drawn.fetchval(_READS)
    monkeypatch.setattr(old_entries, "_record", record_while_it_is_held)
    with pytest.raises(HeldMeanwhileError):
        await drop(drawn, tmp_path, 3650)
    assert await drawn.fetchval(_READS) == reads
    monkeypatch.undo()
    assert await drop(drawn, tmp_path, 3650) == 5


async def test_no_partition_goes_without_records_of_its_entries(
    drawn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Whoever calls for it by mistake, or dates a record back: the entries stay."""
    await read_five(drawn, at=_LONG_AGO)
    await read_five(drawn)
    await sign(drawn, tmp_path)
    dropping = "SELECT drop_partition('access_event', $1)"
    count = await drawn.fetchval(_READS)
    assert await drawn.fetchval(dropping, _LONG_AGO) == 0
    # A record of today's leaf, of an age that its row does not have; and one of an old leaf, of an
    # earlier transaction.
    for place, at in ((0, datetime.now(UTC)), (5, _LONG_AGO)):
        position, _ = await newest_read(drawn, place)
        await drawn.execute(
            "INSERT INTO account_drop (id, before, kept_days, firsts, lasts, public_key, signature)"
            " VALUES ($1, $2, 365, ARRAY[$3::bigint], ARRAY[$3::bigint], '', '')",
            *(record := new_key(), _LONG_AGO, position),
        )
        if place:
            async with past_triggers(drawn):
                before = "UPDATE account_drop SET dropped_at = now() - interval '1 s' WHERE id = $1"
                await drawn.execute(before, record)
        assert await drawn.fetchval(dropping, at) == 0
    assert await drawn.fetchval(_READS) == count
