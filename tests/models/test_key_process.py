"""The key service as a process: what it serves, how much, and what it refuses to start with."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import pytest

from models.database.connections import connect
from models.key_service import (
    KeyServiceError,
    KeyUse,
    LocalKeys,
    LocalKeyService,
    SocketKeys,
    create_key_file,
    interface,
)
from models.key_service.interface import Ceiling, CeilingError
from models.key_service.process import running_keys
from models.key_service.rotation import rotate_data_keys
from models.key_service.serving import answer, serving_keys
from models.key_service.store import KeyStore
from tests.conftest import NewDatabase
from tests.key_stores import administer, open_keys, run_keys, store_of

pytestmark = pytest.mark.anyio

ANNA, BUDI = UUID(int=1), UUID(int=2)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: sockets have no other."""
    with TemporaryDirectory(prefix="gerbang-") as name:
        create_key_file(Path(name, "keys.json"))
        yield Path(name)


async def test_a_killed_service_comes_back_with_the_same_keys(folder: Path) -> None:
    keys = SocketKeys(folder / "socket")
    with running_keys(
        folder / "keys.json", folder / "socket", store_of(folder / "keys.json")
    ) as process:
        made = await keys.make_data_keys([ANNA, BUDI])
        assert made[ANNA] != made[BUDI]
        assert [*map(len, made.values())] == [32, 32]
        assert await keys.open_data_keys([BUDI, ANNA, UUID(int=3)]) == made
        signed = await keys.sign(KeyUse.CHECKPOINT, b"x")
        assert signed.public_key in (await keys.public_keys(KeyUse.CHECKPOINT)).values()
        process.kill()
        process.wait()
    with pytest.raises(KeyServiceError, match="does not answer"):
        await keys.open_data_keys([ANNA])
    with run_keys(folder / "keys.json", folder / "socket"):
        assert await keys.make_data_keys([ANNA]) == {ANNA: made[ANNA]}
        assert [len(of) for of in await keys.digests(KeyUse.PERSON_INDEX, [b"x"])] == [1]
    # Stored wrapped.
    [[stored]] = administer(
        store_of(folder / "keys.json"),
        "SELECT wrapped FROM data_key WHERE subject = $1",
        values=(ANNA,),
    )
    assert made[ANNA] not in stored


async def test_the_number_of_people_opened_a_minute_is_limited(folder: Path) -> None:
    local = open_keys(folder / "keys.json", ceiling=Ceiling(100))
    keys = SocketKeys(folder / "socket")
    async with serving_keys(local, folder / "socket"):
        people = [uuid4() for _ in range(150)]
        await keys.make_data_keys(people)  # which opens nobody yet
        for opening in (keys.open_data_keys, keys.make_data_keys):
            with pytest.raises(KeyServiceError, match="more than 100 data keys a minute"):
                await opening(people)
        await keys.digests(KeyUse.PERSON_INDEX, [b"x"])  # which open nobody


async def test_no_more_keys_are_deleted_a_minute_than_opened(folder: Path) -> None:
    keys = open_keys(folder / "keys.json", ceiling=Ceiling(2))
    people = [uuid4() for _ in range(3)]
    made = await keys.make_data_keys(people)
    for deleting in (keys.erase_data_keys(people), keys.sweep_data_keys(people, 30, uuid4())):
        with pytest.raises(KeyServiceError, match="more than 2 data keys a minute"):
            await deleting
    assert await open_keys(folder / "keys.json").open_data_keys(people) == made


async def test_what_was_not_opened_is_not_saved_up(folder: Path) -> None:
    """After a quiet night, a captured gateway gets no more than a minute's."""
    socket = folder / "socket"
    with running_keys(
        folder / "keys.json", socket, store_of(folder / "keys.json"), unwraps=600, digests=600
    ):
        keys = SocketKeys(socket)
        await asyncio.sleep(0.5)  # worth five more
        people = [uuid4() for _ in range(601)]
        with pytest.raises(KeyServiceError, match="more than 600 data keys a minute are opened"):
            await keys.open_data_keys(people)
        assert await keys.open_data_keys(people[:600]) == {}
        guesses = [b"%d" % number for number in range(601)]
        with pytest.raises(KeyServiceError, match="more than 600 digests of people a minute"):
            await keys.digests(KeyUse.PERSON_INDEX, guesses)
        assert len(await keys.digests(KeyUse.PERSON_INDEX, guesses[:600])) == 600


def test_when_there_is_room_again_is_said_unless_there_never_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(interface, "monotonic", lambda: now[0])
    ceiling = Ceiling(60)

    def seconds_until(number: int) -> float | None:
        with pytest.raises(CeilingError) as refused:
            ceiling.take(number)
        return refused.value.seconds

    assert seconds_until(61) is None
    ceiling.take(60)
    assert (seconds_until(1), seconds_until(60), seconds_until(61)) == (1, 60, None)
    now[0] += 30
    assert seconds_until(31) == 1
    ceiling.take(30)
    now[0] += 90  # of which half a minute is not saved up
    ceiling.take(60)
    assert seconds_until(1) == 1


async def test_no_more_people_are_guessed_a_minute_than_the_ceiling_of_digests(
    folder: Path,
) -> None:
    """A digest tells whether a guessed passport is right. Whoever has a lot to do waits, and
    seals, which tell nothing of anybody, are not limited."""
    socket = folder / "socket"
    with run_keys(folder / "keys.json", socket, digests=60_000):
        guessing, patient = SocketKeys(socket), SocketKeys(socket, waits=True)
        guesses = [b"%d" % number for number in range(61_000)]
        with pytest.raises(KeyServiceError, match=r"more than 60000 .*: ask again later"):
            await guessing.digests(KeyUse.PERSON_INDEX, guesses * 3)
        made = await patient.digests(KeyUse.PERSON_INDEX, guesses[:2_000])
        assert len({digest.value for [digest] in made}) == 2_000
        assert len(await guessing.digests(KeyUse.ACCESS_LOG, guesses)) == len(guesses)


async def test_more_than_a_minutes_at_once_is_never_waited_for(folder: Path) -> None:
    socket = folder / "socket"
    with (
        run_keys(folder / "keys.json", socket, digests=10),
        pytest.raises(KeyServiceError, match="more than 10 digests"),
    ):
        await SocketKeys(socket, waits=True).digests(KeyUse.PERSON_INDEX, [b"x"] * 11)


async def test_nobody_reaches_the_sockets_but_their_owner_and_group(folder: Path) -> None:
    file, socket, signing = folder / "keys.json", folder / "socket", folder / "signing"
    with run_keys(file, socket, signing=signing):
        for path in (socket, signing):
            assert S_IMODE(path.stat().st_mode) == 0o660
        assert S_IMODE(file.stat().st_mode) == 0o600


async def test_a_world_is_loaded_at_the_pace_of_the_key_service(
    new_database: NewDatabase, folder: Path
) -> None:
    socket, url = folder / "socket", await new_database()
    linking = folder / "socket.linking"
    with running_keys(
        folder / "keys.json", socket, store_of(folder / "keys.json"), digests=1_050, linking=linking
    ):
        done = await asyncio.to_thread(
            subprocess.run,
            [
                Path(sys.executable).with_name("gerbang"), "synthesise",
                "--applications", "600", "--seed", "1", "--today", "2026-06-01",
            ],
            env={
                "PATH": os.environ["PATH"],
                "GERBANG_OWNER_URL": url,
                "GERBANG_KEY_SERVICE": f"unix:{socket}",
            },
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout
    connection = await connect(url)
    indexed = await connection.fetchval("SELECT count(*) FROM person_index")
    await connection.close()
    assert indexed > 1_050


async def test_whoever_opens_people_signs_nothing_and_erases_nobody(folder: Path) -> None:
    file, socket, signing = folder / "keys.json", folder / "socket", folder / "signing"
    with run_keys(file, socket, signing=signing):
        people, account = SocketKeys(socket), SocketKeys(signing)
        await people.make_data_keys([ANNA])
        with pytest.raises(KeyServiceError, match="does not sign"):
            await people.sign(KeyUse.CHECKPOINT, b"x")
        signed = await account.sign(KeyUse.CHECKPOINT, b"x")
        for keys in (people, account):
            public = await keys.public_keys(KeyUse.CHECKPOINT)
            assert signed.public_key in public.values()
        for refused in (account.open_data_keys([ANNA]), people.erase_data_keys([ANNA]),
                        account.digests(KeyUse.ACCESS_LOG, [b"x"])):  # fmt: skip
            with pytest.raises(KeyServiceError, match="ask the other one"):
                await refused
        assert [one.subject for one in await account.erase_data_keys([ANNA])] == [ANNA]


async def test_a_slow_service_is_given_up(folder: Path) -> None:
    over = asyncio.Event()

    async def stay_silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_unix_server(stay_silent, folder / "socket"):
        with pytest.raises(KeyServiceError, match="TimeoutError"):
            await SocketKeys(folder / "socket", answer_seconds=0.05).open_data_keys([ANNA])
        over.set()


async def test_a_malformed_request_learns_nothing(folder: Path) -> None:
    local = open_keys(folder / "keys.json")
    for line in (b"{", b"[]", b"{}", b'{"do": "empty"}', b'{"do": "open", "subjects": ["x"]}'):
        assert await answer(local, line) == (b'{"error":"this is no question of the protocol"}')


async def test_who_was_erased_has_no_key_for_ever(folder: Path) -> None:
    keys = SocketKeys(folder / "socket")
    with running_keys(
        folder / "keys.json", folder / "socket", store_of(folder / "keys.json")
    ) as process:
        made = await keys.make_data_keys([ANNA, BUDI])
        [erased] = await keys.erase_data_keys([ANNA])
        assert erased.subject == ANNA
        process.kill()
        process.wait()
    with run_keys(folder / "keys.json", folder / "socket"):
        # Asked again, by whatever order of crashes, it is as it was.
        assert await keys.erase_data_keys([ANNA]) == [erased]
        assert await keys.make_data_keys([ANNA, BUDI]) == {BUDI: made[BUDI]}
        assert await keys.open_data_keys([ANNA]) == {}
        assert await keys.erased_subjects(UUID(int=0)) == [erased]
        assert await keys.erased_subjects(ANNA) == []
    left = administer(store_of(folder / "keys.json"), "SELECT subject FROM data_key")
    assert ANNA not in [row[0] for row in left]


async def test_the_wrapping_key_is_rotated_while_everybody_reads(folder: Path) -> None:
    """Nobody meets an error, killed half-way it goes on, and the old key is of no use any more."""
    file, socket = folder / "keys.json", folder / "socket"
    old = LocalKeys.from_file(file)
    with run_keys(file, socket, unwraps=10_000_000):
        people = [uuid4() for _ in range(1_200)]
        made = dict(await SocketKeys(socket).make_data_keys(people))
        over, rounds = asyncio.Event(), 0

        async def work() -> None:
            nonlocal rounds
            keys = SocketKeys(socket, answer_seconds=30)
            while not over.is_set():
                made.update(await keys.make_data_keys([uuid4()]))
                asked = dict(made)
                assert await keys.open_data_keys([*asked]) == asked
                rounds += 1

        def stop_half_way(done: int, number: int) -> None:
            raise InterruptedError

        working = [asyncio.create_task(work()) for _ in range(2)]
        try:
            with pytest.raises(InterruptedError):
                await rotate_data_keys(file, store_of(file), stop_half_way)
            assert len(await LocalKeys.from_file(file).key_ids(KeyUse.DATA_KEY)) == 2
            found: list[int] = []
            await rotate_data_keys(file, store_of(file), lambda done, _: found.append(done))
        finally:
            over.set()
            await asyncio.gather(*working)
        assert rounds
        assert found[-1] >= 700  # of 1,200 and more, 500 were done before
    [left] = await LocalKeys.from_file(file).key_ids(KeyUse.DATA_KEY)
    assert left not in old.by_use[KeyUse.DATA_KEY]
    store = KeyStore(store_of(file))
    assert {key.key_id for key in (await store.find([*made])).values()} == {left}
    # It is noted before a keeper asks for it.
    noted = await store.list_operations(None)
    retired, added, *_ = [one for one in noted if one.used_for == KeyUse.DATA_KEY]
    [gone] = await old.key_ids(KeyUse.DATA_KEY)
    assert (retired.kind, retired.from_key, retired.to_key) == ("RETIRED", gone, left)
    assert len(people) < retired.keys <= len(made)
    assert (added.kind, added.to_key) == ("ADDED", left)
    with pytest.raises(KeyServiceError, match="is missing in the file"):
        await LocalKeyService(old, store).open_data_keys(people)


async def test_a_path_that_no_socket_can_have_is_named_with_its_reason(folder: Path) -> None:
    keys = open_keys(folder / "keys.json")
    with pytest.raises(KeyServiceError, match=r"ssss cannot be listened on: .* too long"):
        async with serving_keys(keys, folder / ("s" * 200)):
            pass
