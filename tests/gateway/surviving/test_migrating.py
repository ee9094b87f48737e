"""A database is migrated under load: no request fails, and no access stands open meanwhile."""

import asyncio
import logging
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import asyncpg
import pytest

from models.database.connections import connect
from models.migrations import current_and_newest, migrate, newest_revision, plan
from models.postgres import Server
from models.row_security import install_row_security, login_at, transition
from tests import baseline, tokens
from tests.commands import call_command
from tests.conftest import NewDatabase
from tests.gateway.surviving.migrating import (
    MIGRATE,
    Watcher,
    add_revisions,
    answers_to_manager,
    environment,
    long_reader,
    put_up_other,
    run_migrate,
    traffic,
    watching,
)
from tests.gateway.surviving.processes import ROOT
from tests.gateway.surviving.standing import standing
from tests.models.test_row_security_repair import catalogue
from tests.populating import small_world
from tests.recipes import copy_tree

pytestmark = pytest.mark.anyio

log = logging.getLogger(__name__)

#: What somebody changed by hand, of which the next run makes what it should be. No question of the
#: traffic is denied by it.
CHANGED = {
    "nothing": "SELECT",
    "a rule": "ALTER POLICY auditor_select ON decision USING (false)",
    "rules of two tables": "ALTER POLICY auditor_select ON decision USING (false);"
    "ALTER POLICY auditor_select ON assignment USING (false)",
    "a grant": "REVOKE SELECT (id) ON application FROM gerbang_auditor",
    "a function": "ALTER FUNCTION viewer.field(text, int) COST 99",
}
HELD = "ALTER POLICY auditor_select ON application USING (false)"


@pytest.fixture
async def owner(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    try:
        await install_row_security(
            connection
        )  # a copy of a database does not take over its own rights
        yield connection
    finally:
        await connection.close()


async def change(owner: asyncpg.Connection, changed: str) -> None:
    """A statement after the other: locks of two tables at once would be a deadlock for a writer."""
    for statement in changed.split(";"):
        await owner.execute(statement)


async def run_migrations(url: str) -> None:
    await migrate(url, gateway_url=login_at(url, tokens.PASSWORD), seal_keys=(tokens.SEAL_KEY,))


async def test_nobody_is_failed_while_the_database_is_migrated(
    world: str, owner: asyncpg.Connection
) -> None:
    async with standing(login_at(world, tokens.PASSWORD)) as gateway:
        async with long_reader(world), traffic(world, gateway.port) as seen:
            for changed in CHANGED.values():
                await change(owner, changed)
                await run_migrations(world)
        assert not seen.failed
        assert seen.reads.answered > 10
        assert len(seen.writes.acknowledged) > 10
    assert await plan(world) == []


async def test_a_database_of_the_first_revision_is_brought_up_to_today_while_it_is_read(
    server: Server,
) -> None:
    url, seconds = server.url("test_first_revision"), []
    await baseline.restore(url)
    reading = await connect(url)
    try:
        count = await reading.fetchval("SELECT count(*) FROM application")
        assert count > 10
        async with long_reader(url):
            migrating = asyncio.create_task(asyncio.to_thread(run_migrate, url))
            await asyncio.sleep(2)
        while not migrating.done():
            began = time.monotonic()
            assert await reading.fetchval("SELECT count(*) FROM application") == count
            seconds.append(time.monotonic() - began)
            await asyncio.sleep(0.01)
        done = await migrating
        assert (done.returncode, done.stderr) == (0, "")
    finally:
        await reading.close()
    assert len(seconds) > 10
    current, newest = await current_and_newest(url)
    assert current == newest
    planned = await command(url, "--plan")
    assert (planned.returncode, planned.stdout) == (0, "Nothing to do.\n")


async def test_revisions_of_a_later_release_fail_nobody_behind_a_long_reader(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    url = await new_database()
    await small_world(url)
    tree = copy_tree(tmp_path)
    added = add_revisions(tree, rounds=3)
    async with standing(login_at(url, tokens.PASSWORD)) as gateway:
        async with traffic(url, gateway.port) as seen:
            migrating = asyncio.create_task(asyncio.to_thread(run_migrate, url, tree=tree))
            for _ in range(3):
                async with long_reader(url):
                    await asyncio.sleep(1)
                await asyncio.sleep(0.5)
            done = await migrating
        assert (done.returncode, done.stderr) == (0, "")
        assert not seen.failed
        assert seen.reads.answered > 10
        assert len(seen.writes.acknowledged) > 10
    connection = await connect(url)
    try:
        newest = await connection.fetchval("SELECT version_num::integer FROM alembic_version")
        assert newest == added + int(newest_revision() or 0)
        assert await connection.fetchval("SELECT bool_and(remark2_ <> '') FROM application")
    finally:
        await connection.close()


@pytest.mark.proof
async def test_twenty_runs_behind_a_long_reader_fail_nobody(
    world: str, owner: asyncpg.Connection
) -> None:
    async with standing(login_at(world, tokens.PASSWORD)) as gateway:
        async with traffic(world, gateway.port) as seen:
            async with long_reader(world):
                for number in range(18):
                    await change(owner, list(CHANGED.values())[number % len(CHANGED)])
                    done = await asyncio.to_thread(run_migrate, world)
                    assert (done.returncode, done.stderr) == (0, "")
            await owner.execute(HELD)
            async with long_reader(world) as reader:
                done = await asyncio.to_thread(run_migrate, world)
                assert done.returncode == 1
                assert "could not put up the row rules of application" in done.stderr
                assert f"process {reader.get_server_pid()} of" in done.stderr
            assert (await asyncio.to_thread(run_migrate, world)).returncode == 0
        log.info("%s, %s", seen.reads, seen.writes)
        assert not seen.failed
        assert len(seen.writes.acknowledged) > 200
    planned = await asyncio.to_thread(run_migrate, world, "--plan")
    assert (planned.returncode, planned.stdout) == (0, "Nothing to do.\n")


@pytest.mark.proof
async def test_lifting_every_rule_under_traffic_is_seen(
    world: str, owner: asyncpg.Connection
) -> None:
    """The planted fault: one transaction that locks every table, and waits behind the reader."""

    async def lift_all() -> None:
        async with owner.transaction():
            await owner.execute("SET LOCAL lock_timeout = '4s'")
            await owner.execute("LOCK TABLE application IN ACCESS EXCLUSIVE MODE")

    async with standing(login_at(world, tokens.PASSWORD)) as gateway:
        async with long_reader(world), traffic(world, gateway.port) as seen:
            with pytest.raises(asyncpg.LockNotAvailableError):
                await lift_all()
        assert seen.failed


async def test_the_plan_names_what_would_be_done_and_its_locks(
    world: str, owner: asyncpg.Connection
) -> None:
    await run_migrations(world)
    await owner.execute(CHANGED["rules of two tables"])
    found = await command(world, "--plan")
    assert found.returncode == 2
    named = "put up the row rules of assignment: auditor_select\n"
    assert f"{named}    locks: ACCESS EXCLUSIVE on assignment\n" in found.stdout
    assert (await command(world, "--plan")).stdout == found.stdout, "it changed something"
    done = await command(world)
    assert (done.returncode, done.stdout) == (0, "")
    planned = await command(world, "--plan")
    assert (planned.returncode, planned.stdout) == (0, "Nothing to do.\n")


async def test_a_database_of_another_release_is_left_as_it_is(
    world: str, owner: asyncpg.Connection
) -> None:
    newest = await owner.fetchval("SELECT version_num FROM alembic_version")
    await owner.execute("UPDATE alembic_version SET version_num = '0132'")
    try:
        for options in ((), ("--plan",)):
            done = await command(world, *options)
            assert done.returncode == 1
            assert done.stderr.startswith("gerbang: The database is at revision 0132, which this")
            assert len(done.stderr.splitlines()) == 1
    finally:
        await owner.execute("UPDATE alembic_version SET version_num = $1", newest)


async def command(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    """`gerbang migrate` without a process of its own."""
    return await asyncio.to_thread(call_command, ["migrate", *options], environment(url))


async def between_two_releases(world: str, owner: asyncpg.Connection) -> Watcher:
    """A watcher that knows what either release shows; the database is one of the other release."""
    ours = await answers_to_manager(owner)
    await put_up_other(owner)
    other = await answers_to_manager(owner)
    assert [bool(a - b) for a, b in zip(ours, other, strict=True)] == [True, False, True]
    assert [bool(a - b) for a, b in zip(other, ours, strict=True)] == [True, True, False]
    return Watcher([ours, other])


async def test_between_two_releases_nobody_sees_what_neither_shows(
    world: str, owner: asyncpg.Connection
) -> None:
    watcher = await between_two_releases(world, owner)
    async with watching(world, watcher):
        for _ in range(2):
            await run_migrations(world)
            await put_up_other(owner)
    assert watcher.looks > 20
    assert not watcher.too_much
    await run_migrations(world)


@pytest.mark.proof
@pytest.mark.parametrize("guard", ["narrow_policies", "revoke_rights"])
async def test_without_its_guards_it_is_seen(
    world: str, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """The planted faults: rules are replaced one by one, and rights taken away last."""
    watcher = await between_two_releases(world, owner)
    phases = [phase for phase in transition.PHASES if phase.__name__ != guard]
    phases += [transition.revoke_rights]
    monkeypatch.setattr("models.row_security.apply.PHASES", phases)
    async with asyncio.timeout(150), watching(world, watcher):
        while not watcher.too_much:
            await put_up_other(owner)
            await run_migrations(world)


@pytest.mark.proof
async def test_twenty_runs_killed_at_any_moment_leave_nothing_open_and_the_next_finishes(
    world: str, owner: asyncpg.Connection
) -> None:
    chance, killed = Random(7), 0
    whole = await catalogue(owner)
    watcher = await between_two_releases(world, owner)
    async with watching(world, watcher):
        while killed < 20:
            killed += await _kill_run(world, owner, chance.uniform(0, 1.0))
            await run_migrations(world)
            assert await catalogue(owner) == whole
            await put_up_other(owner)
    assert watcher.looks > 100
    assert not watcher.too_much
    await run_migrations(world)


async def _kill_run(url: str, owner: asyncpg.Connection, seconds: float) -> bool:
    """Whether a run was killed before it ended, so long after its turn came."""
    running = subprocess.Popen(MIGRATE, cwd=ROOT, env=environment(url))  # noqa: ASYNC220
    turn = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7461001)"
    while running.poll() is None and not await owner.fetchval(turn):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    await asyncio.sleep(seconds)
    running.kill()
    return running.wait() != 0
