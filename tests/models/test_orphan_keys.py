"""Data keys that belong to nobody are swept, and nobody's whom a database has, has lost, or has not
got yet."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import asyncpg
import pytest
from click.testing import CliRunner

from gateway.cli.vault import vault as vault_commands
from gateway.doctor.database import examine_vault
from models.account import AccountError
from models.key_service import SocketKeys, create_key_file
from models.rights.orphan_keys import ANOTHER_DATABASE, SWEEP_DAYS, preview, sweep
from tests.accounts import swallowed
from tests.key_stores import administer, run_keys, store_of
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

_DAY = 86_400


class Store:
    """A store of keys of its own, in which everybody of the database has a key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = SocketKeys(folder / "socket")
        self.url = store_of(folder / "keys.json")

    def age(self, days: int) -> None:
        """So many days pass."""
        seconds = days * _DAY
        administer(
            self.url,
            f"UPDATE data_key SET made_at = made_at - {seconds}",
            f"UPDATE last_sweep SET ages_since = ages_since - {seconds}",
        )

    def of_before(self) -> None:
        """As an earlier release has written it."""
        administer(self.url, "DELETE FROM last_sweep")

    def has(self, subject: UUID) -> bool:
        """Whether there is a key."""
        found = "SELECT FROM data_key WHERE subject = $1"
        return bool(administer(self.url, found, values=(subject,)))

    async def leave_a_key(self) -> UUID:
        """Store somebody's key and nothing else of them, as a killed writer leaves it."""
        subject = uuid4()
        await self.keys.make_data_keys([subject])
        return subject


@contextmanager
def serving() -> Iterator[Store]:
    with TemporaryDirectory(prefix="gerbang-") as name:
        folder = Path(name)
        create_key_file(folder / "keys.json")
        with run_keys(folder / "keys.json", folder / "socket"):
            yield Store(folder)


@pytest.fixture
async def store(world: str, connection: asyncpg.Connection) -> AsyncIterator[Store]:
    """Everybody of the world, and a few more than that, have had a key for long."""
    async with undone(connection):
        await connection.execute(
            "INSERT INTO applicant (id, nationality_code, created_at)"
            " SELECT gen_random_uuid(), 'AU', now() FROM generate_series(1, 300)"
        )
        people = [row[0] for row in await connection.fetch("SELECT id FROM applicant")]
        with serving() as served:
            await served.keys.make_data_keys(people)
            first = await sweep(served.keys, connection, SWEEP_DAYS)
            assert (first.keys, first.swept, first.refused) == (len(people), 0, None)
            yield served


async def test_a_key_that_a_killed_writer_left_is_swept_when_it_is_old(
    store: Store, connection: asyncpg.Connection
) -> None:
    people = [row[0] for row in await connection.fetch("SELECT id FROM applicant")]
    await sweep(store.keys, connection, SWEEP_DAYS)  # which notes when each was made
    left = await store.leave_a_key()
    store.age(SWEEP_DAYS - 1)
    assert (await sweep(store.keys, connection, SWEEP_DAYS)).swept == 0
    assert store.has(left)
    store.age(1)
    young = uuid4()
    await store.keys.make_data_keys([young])
    # A preview changes nothing.
    answer = await preview(store.keys, connection, SWEEP_DAYS)
    assert (list(answer.orphans), answer.swept, answer.refused) == ([left], 0, None)
    assert store.has(left)

    done = await sweep(store.keys, connection, SWEEP_DAYS)
    assert (done.swept, done.refused) == (1, None)
    assert (store.has(left), store.has(young)) == (False, True)
    assert len(await store.keys.open_data_keys(people)) == len(people)
    # Written before anything was deleted, and noted for the account.
    last = await connection.fetchrow("SELECT * FROM key_operation ORDER BY id DESC LIMIT 1")
    assert last
    assert (last["kind"], last["subjects"]) == ("SWEEP", [left])
    assert await connection.fetchval(
        "SELECT count(*) FROM account_outbox WHERE row_id = $1", last["id"]
    ) == 1  # fmt: skip


async def test_nothing_is_swept_whose_note_is_not_written(
    store: Store, connection: asyncpg.Connection
) -> None:
    left = await store.leave_a_key()
    await sweep(store.keys, connection, SWEEP_DAYS)
    store.age(SWEEP_DAYS)
    async with swallowed(connection, "key_operation"):
        with pytest.raises(AccountError, match="gerbang doctor"):
            await sweep(store.keys, connection, SWEEP_DAYS)
    assert store.has(left)
    assert (await sweep(store.keys, connection, SWEEP_DAYS)).swept == 1


async def test_nothing_is_swept_before_its_day_whatever_is_asked(
    store: Store, connection: asyncpg.Connection
) -> None:
    """The store has a bound of its own: a keeper that asks for less gets no more."""
    left = await store.leave_a_key()
    assert (await sweep(store.keys, connection, 0)).swept == 0
    token = (await store.keys.sweep_state()).token
    assert token
    assert await store.keys.sweep_data_keys([left], 0, token) == 0
    assert store.has(left)


async def test_a_database_that_lost_people_keeps_their_keys(
    store: Store, connection: asyncpg.Connection
) -> None:
    """Of three hundred keys, three may have no subject, and not four."""
    await sweep(store.keys, connection, SWEEP_DAYS)
    store.age(2 * SWEEP_DAYS)
    async with undone(connection):
        await connection.execute(
            "DELETE FROM applicant WHERE id IN (SELECT id FROM applicant"
            " WHERE NOT EXISTS (SELECT FROM application WHERE applicant_id = applicant.id) LIMIT 4)"
        )
        done = await sweep(store.keys, connection, SWEEP_DAYS)
        assert done.refused
        assert "data keys have no subject" in done.refused
        assert done.swept == 0
        [finding] = [each async for each in examine_vault(connection)]
        assert finding.what.startswith("The last sweep of data keys was refused: more than")
        # Somebody looked, and it is so.
        assert (await sweep(store.keys, connection, SWEEP_DAYS, most=4)).swept == 4
        assert [each async for each in examine_vault(connection)] == []


async def test_a_different_or_older_database_sweeps_nothing(
    store: Store, connection: asyncpg.Connection
) -> None:
    await sweep(store.keys, connection, SWEEP_DAYS)
    left = await store.leave_a_key()
    store.age(2 * SWEEP_DAYS)
    async with undone(connection):
        await connection.execute("DELETE FROM key_operation")
        answer = await preview(store.keys, connection, SWEEP_DAYS)
        assert (answer.refused, store.has(left)) == (ANOTHER_DATABASE, True)
        assert (await sweep(store.keys, connection, SWEEP_DAYS)).refused == ANOTHER_DATABASE
        # From now on every key is as old as that moment.
        assert (await sweep(store.keys, connection, SWEEP_DAYS)).orphans == []
        store.age(SWEEP_DAYS)
        assert (await sweep(store.keys, connection, SWEEP_DAYS)).swept == 1
    # The right one comes back: it does not know what the other one did, and begins anew.
    assert (await sweep(store.keys, connection, SWEEP_DAYS)).refused == ANOTHER_DATABASE


async def test_keys_without_a_known_age_count_from_when_they_were_first_seen(
    store: Store, connection: asyncpg.Connection
) -> None:
    left = await store.leave_a_key()
    store.of_before()
    await connection.execute("DELETE FROM key_operation")
    for _ in range(2):  # the first begins, and the second notes
        assert (await sweep(store.keys, connection, SWEEP_DAYS)).orphans == []
    assert store.has(left)
    store.age(SWEEP_DAYS)
    assert (await sweep(store.keys, connection, SWEEP_DAYS)).swept == 1


async def test_the_command_previews_and_sweeps(
    world: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an operator runs it."""

    async def run(*arguments: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, vault_commands, ["sweep", *arguments])
        return done.exit_code, done.output

    with serving() as store:
        monkeypatch.setenv("GERBANG_OWNER_URL", world)
        monkeypatch.setenv("GERBANG_SIGNING_SERVICE", f"unix:{store.folder / 'socket'}")
        monkeypatch.setenv("GERBANG_KEY_SERVICE", f"unix:{store.folder / 'socket'}")
        left = await store.leave_a_key()
        refused = await run("--dry-run")
        assert (refused[0], "does not know the last sweep" in refused[1]) == (1, True)
        assert await run() == (0, "0 of 1 data keys belong to nobody and are swept.\n")
        await run()
        store.age(SWEEP_DAYS)
        assert await run("--dry-run") == (
            0, "1 of 1 data keys belong to nobody and would be swept.\n",
        )  # fmt: skip
        assert store.has(left)
        assert await run() == (0, "1 of 1 data keys belong to nobody and are swept.\n")
        assert not store.has(left)
    await connection.execute("DELETE FROM key_operation")
