"""What a revision does to a table in use: indexes, back-fills, row rules; and whose turn it is."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

import pytest
from alembic import op
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from models.database.connections import connect, engine
from models.database.locking import LockedError
from models.migrations import (
    current_and_newest,
    migrate,
    newest_revision,
    plan,
    require_matching_models,
)
from models.migrations.online import back_fill, create_index, drop_index, without_row_rules
from models.postgres import Server
from tests.conftest import NewDatabase
from tests.owners import run

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:Computed default"),  # Alembic cannot compare it
]


async def as_a_revision(url: str, step: Callable[[], None]) -> None:
    """Run a step as a revision runs, in a transaction that it may end."""

    def within(connection: Connection) -> None:
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        with Operations.context(context), context.begin_transaction(_per_migration=True):
            step()

    async with engine(url).connect() as connection:
        await connection.run_sync(within)


async def value(url: str, query: str) -> object:
    connection = await connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_application_unlinked'::regclass"


async def test_an_index_that_was_left_half_built_is_built_anew(
    new_database: NewDatabase,
) -> None:
    url = await new_database()
    half_built = (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_application_unlinked'"
    )
    definition = await value(url, "SELECT pg_get_indexdef('ix_application_unlinked'::regclass)")
    await run(url, f"{half_built}::regclass")
    assert not await value(url, IS_VALID)
    following = str(definition).split(" ON public.")[1]
    await as_a_revision(url, lambda: create_index("ix_application_unlinked", following))
    assert await value(url, IS_VALID)
    await require_matching_models(url)


async def test_an_index_of_a_partitioned_table_is_built_in_each_partition(
    new_database: NewDatabase,
) -> None:
    url = await new_database()
    parts = (
        "SELECT array_agg(indisvalid ORDER BY indexrelid) FROM pg_index WHERE indexrelid IN"
        " (SELECT relid FROM pg_partition_tree('ix_tried'))"
    )
    building = partial(create_index, "ix_tried", "access_event (trace_id)")
    left = "SELECT count(*) FROM pg_class WHERE relname LIKE '%ix_tried'"
    for _ in range(2):  # the second time it is there
        await as_a_revision(url, building)
        assert await value(url, parts) == [True] * 4
        assert await value(url, left) == 4
    await as_a_revision(url, lambda: drop_index("ix_tried"))
    assert await value(url, left) == 0


async def test_an_index_is_built_while_the_table_is_written(database: str) -> None:
    await run(database, "CREATE TABLE tried (number integer)")
    writer = await connect(database)
    try:
        writing = writer.transaction()
        await writing.start()
        await writer.execute("INSERT INTO tried VALUES (1)")
        definition = "tried (number)"
        building = asyncio.create_task(
            as_a_revision(database, lambda: create_index("ix_tried", definition))
        )
        while await value(database, "SELECT to_regclass('ix_tried') IS NULL"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await run(database, "INSERT INTO tried VALUES (2)")
        await writing.commit()
        await building
        query = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_tried'::regclass"
        assert await value(database, query)
    finally:
        await writer.close()


ALTER = "ALTER TABLE access_event ALTER COLUMN actor TYPE varchar(500)"
RULES = """
    SELECT array_agg(concat_ws(' ', polrelid::regclass, polname, polcmd, polroles::regrole[]::text)
        ORDER BY polrelid::regclass::text, polname) FROM pg_policy
"""
UNTOUCHED = """
    SELECT array_agg(oid ORDER BY oid) FROM pg_policy
    WHERE polrelid <> 'access_event'::regclass OR polname = 'leadership_select'
"""


async def test_a_column_that_row_rules_use_is_altered_and_no_other_rule_is_lifted(
    new_database: NewDatabase,
) -> None:
    url = await new_database()
    rules, untouched = await value(url, RULES), await value(url, UNTOUCHED)

    def alter() -> None:
        op.get_bind().exec_driver_sql(ALTER)

    def alter_with_care() -> None:
        with without_row_rules("access_event", "actor"):
            alter()

    with pytest.raises(DBAPIError, match="used in a policy"):
        await as_a_revision(url, alter)
    await as_a_revision(url, alter_with_care)
    assert await value(url, RULES) == rules
    assert await value(url, UNTOUCHED) == untouched
    await migrate(url)
    assert await plan(url) == []
    assert await value(url, RULES) == rules


async def test_rows_are_filled_in_batches_and_what_was_filled_is_passed_over(
    database: str,
) -> None:
    await run(
        database,
        "CREATE TABLE filled (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n int, twice int)",
        "INSERT INTO filled (n) SELECT generate_series(1, 1000)",
        # A batch in the middle fails, as if the run were killed there.
        "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF new.n = 500 THEN RAISE 'stop'; END IF; RETURN new; END $$",
        "CREATE TRIGGER stop BEFORE UPDATE ON filled FOR EACH ROW EXECUTE FUNCTION stop()",
    )
    due = "SELECT count(*) FROM filled WHERE twice IS NULL"
    counts: list[int] = []

    def fill() -> None:
        counts.append(
            back_fill("filled", "id", "twice = 2 * n", "twice IS NULL", batch=10, pause_seconds=0)
        )

    with pytest.raises(DBAPIError, match="stop"):
        await as_a_revision(database, fill)
    left = await value(database, due)
    assert left
    assert left % 10 == 0
    await run(database, "DROP TRIGGER stop ON filled")
    await as_a_revision(database, fill)
    assert counts == [left]
    assert await value(database, "SELECT count(*) FROM filled WHERE twice = 2 * n") == 1000
    await run(database, "DROP TABLE filled", "DROP FUNCTION stop")


async def test_a_database_with_other_row_rules_comes_up(server: Server) -> None:
    url = server.url("old_rules")
    await migrate(url, newest_revision() or "")
    await run(
        url,
        "CREATE POLICY old ON country USING (wib_day(now()) IS NOT NULL)",
        "CREATE POLICY old ON partner USING (EXISTS (SELECT FROM volume_daily))",
    )
    await migrate(url)
    await require_matching_models(url)
    assert await plan(url) == []


async def test_a_table_that_somebody_holds_is_named_and_the_next_run_goes_on(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.database.locking._ATTEMPTS", 3)
    url = await new_database()
    await run(
        url,
        "DROP POLICY officer_select ON application",
        "DROP POLICY officer_select ON fee",
    )
    reader = await connect(url)
    try:
        async with reader.transaction():
            await reader.fetch("SELECT FROM application")
            pid = reader.get_server_pid()
            pattern = rf"row rules of application.*process {pid} of \w+ holds application since"
            with pytest.raises(LockedError, match=pattern):
                await migrate(url)
        await migrate(url)
    finally:
        await reader.close()
    assert await plan(url) == []


async def test_the_plan_of_an_empty_database_names_every_revision_and_makes_nothing(
    server: Server,
) -> None:
    url = server.url("planned")
    planned = await plan(url)
    newest = (await current_and_newest(url))[1]
    revisions = [each for each in planned if each.what.startswith("revision")]
    assert [each.what.split()[1] for each in revisions] == [
        f"{number:04}:" for number in range(1, int(newest or 0) + 1)
    ]
    assert all(each.lock for each in planned)
    assert await value(url, "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace") == 0  # fmt: skip
    assert await value(url, "SELECT to_regnamespace('viewer') IS NULL")


async def test_who_comes_second_waits_and_says_for_whom(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    url = server.url("turns")
    first = await connect(url)
    try:
        await first.execute("SELECT pg_advisory_lock(7461001)")
        with caplog.at_level(logging.WARNING):
            second = asyncio.create_task(migrate(url, newest_revision() or ""))
            async with asyncio.timeout(20):
                while not caplog.messages:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        assert f"waited for: process {first.get_server_pid()} of " in caplog.messages[0]
        assert not await value(url, "SELECT to_regclass('country') IS NOT NULL")
        await first.execute("SELECT pg_advisory_unlock(7461001)")
        await second
        assert await value(url, "SELECT to_regclass('country') IS NOT NULL")
    finally:
        await first.close()
