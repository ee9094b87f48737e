"""The store of the key service, by value."""

import os
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from models.key_service import KeyServiceError, KeyUse, erasures, key_ages, operations, relations
from models.key_service.relations import OWN_KEY
from models.key_service.store import KeyStore, WrappedKey
from tests.key_stores import administer, drop_stores_of_others, key_server, new_store
from tests.set_clock import SetClock

pytestmark = pytest.mark.anyio

PEOPLE = [UUID(int=number) for number in range(1, 8)]
FIRST, DAY = UUID(int=0), 86_400
TOKEN = UUID(int=77)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    return SetClock.of(monkeypatch, erasures, key_ages, operations, relations)


@pytest.fixture
async def kept(clock: SetClock) -> AsyncIterator[KeyStore]:
    """A store with a key for each of seven people."""
    opened = KeyStore(new_store())
    assert await opened.add(lambda: wrapped("old", *PEOPLE))
    yield opened
    await opened.close()


def test_stores_of_a_process_that_was_forked_are_told_from_ones_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So faults are looked for in one process after another, on a server that they share."""
    url, own = key_server().address("postgres"), new_store()
    monkeypatch.setattr(os, "getpid", lambda: 0)
    other = new_store()
    monkeypatch.undo()
    drop_stores_of_others()
    left = {name for (name,) in administer(url, "SELECT datname FROM pg_database")}
    assert [urlsplit(one).path[1:] in left for one in (own, other)] == [True, False]


def wrapped(key_id: str, *people: UUID) -> dict[UUID, WrappedKey]:
    return {one: WrappedKey(key_id, one.bytes) for one in people}


async def test_keys_are_found_however_many_and_stay_as_they_were_made(kept: KeyStore) -> None:
    assert await kept.find(PEOPLE) == wrapped("old", *PEOPLE)
    assert await kept.find([*PEOPLE[:1], UUID(int=99)]) == wrapped("old", PEOPLE[0])
    new = UUID(int=50)
    assert not await kept.add(lambda: wrapped("new", PEOPLE[0], new))
    assert await kept.find([PEOPLE[0], new]) == wrapped("old", PEOPLE[0]) | wrapped("new", new)
    assert await kept.count() == len(PEOPLE) + 1


async def test_who_was_erased_is_remembered_from_the_first_time_on(
    kept: KeyStore, clock: SetClock
) -> None:
    first = clock.instant
    await kept.erase(PEOPLE[:2])
    clock.now += 10
    later = await kept.erase(PEOPLE[1:3])
    assert later == [(PEOPLE[1], first), (PEOPLE[2], clock.instant)]
    assert (await kept.find(PEOPLE)).keys() == {*PEOPLE[3:]}
    assert not await kept.add(lambda: wrapped("new", PEOPLE[0]))
    assert await kept.count() == len(PEOPLE) - 3
    erased = await kept.list_operations(None)
    assert [(one.kind, one.keys, one.at) for one in erased] == [
        ("ERASED", 1, clock.instant), ("ERASED", 2, first),
    ]  # fmt: skip
    await kept.erase(PEOPLE[:3])  # nobody more, of which there is no note
    assert await kept.list_operations(None) == erased


async def test_who_was_erased_is_listed_page_by_page(
    kept: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "PAGE_SIZE", 3)
    await kept.erase(PEOPLE[::-1])
    pages, after = [], FIRST
    while page := [one.subject for one in await kept.list_erased(after)]:
        pages.append(page)
        after = page[-1]
    assert pages == [PEOPLE[:3], PEOPLE[3:6], PEOPLE[6:]]


async def test_operations_are_listed_page_by_page_the_newest_first(
    kept: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "PAGE_SIZE", 2)
    for one in PEOPLE[:5]:
        await kept.erase([one])
    numbers, before = [], None
    while page := [one.number for one in await kept.list_operations(before)]:
        numbers.append(page)
        before = page[-1]
    assert numbers == [[5, 4], [3, 2], [1]]


async def test_keys_that_are_added_and_retired_are_noted_in_order(
    kept: KeyStore, clock: SetClock
) -> None:
    uses = {KeyUse.DATA_KEY: ["a"], KeyUse.CHECKPOINT: ["c"]}
    for accepted in (uses, uses, uses | {KeyUse.DATA_KEY: ["e", "d"]}, uses):
        await kept.note_accepted(accepted, "me")
    await kept.note_accepted(uses | {KeyUse.CHECKPOINT: ["f"]}, None)
    number = len(PEOPLE)
    noted = (await kept.list_operations(None))[::-1]
    assert [one[3:] for one in noted] == [
        ("ADDED", "data_key", "me", None, "a", None),
        ("ADDED", "checkpoint", "me", None, "c", None),
        ("ADDED", "data_key", "me", "a", "d", None),
        ("ADDED", "data_key", "me", "a", "e", None),
        ("RETIRED", "data_key", "me", "a", "e", number),
        ("ADDED", "data_key", "me", "e", "a", None),
        ("RETIRED", "data_key", "me", "e", "a", number),
        ("RETIRED", "data_key", "me", "d", "a", number),
        ("ADDED", "checkpoint", None, "c", "f", None),
        ("RETIRED", "checkpoint", None, "c", "f", None),  # by which no data key was wrapped
    ]
    assert {one.at for one in noted} == {clock.instant}


async def test_ages_count_from_when_a_key_was_made_or_all_ages_begin(
    kept: KeyStore, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clock.now
    monkeypatch.setattr(key_ages, "MOST_SWEPT", 2)
    clock.now = made + 3 * DAY - 1
    assert await kept.list_aged(FIRST, 3) == []
    clock.now = made + 3 * DAY
    assert [await kept.list_aged(after, 3) for after in (FIRST, PEOPLE[1], PEOPLE[6])] == [
        PEOPLE[:2], PEOPLE[2:4], [],
    ]  # fmt: skip
    await kept.begin_ages(TOKEN)
    assert await kept.sweep_state() == (TOKEN, len(PEOPLE))
    clock.now += DAY - 1
    assert await kept.list_aged(FIRST, 0) == []  # no younger ones, whatever is asked
    assert await kept.sweep(PEOPLE[:1], 0, TOKEN) == 0
    clock.now += 1
    assert await kept.list_aged(FIRST, 0) == PEOPLE[:2]
    assert await kept.list_aged(PEOPLE[2], 1) == PEOPLE[3:5]
    # To sweep lets no age begin anew.
    assert await kept.sweep(PEOPLE[:1], 1, TOKEN) == 1
    assert await kept.list_aged(PEOPLE[2], 1) == PEOPLE[3:5]


async def test_only_old_keys_are_swept(kept: KeyStore, clock: SetClock) -> None:
    await kept.add(lambda: wrapped("own", OWN_KEY))
    clock.now += DAY - 1
    young = UUID(int=60)
    await kept.add(lambda: wrapped("new", young))
    assert await kept.sweep(PEOPLE[:1], 0, TOKEN) == 0
    clock.now += 1
    assert (
        await kept.list_aged(PEOPLE[6], 1) == []
    )  # neither the young one, nor that of the service
    assert await kept.sweep([], 1, TOKEN) == 0
    assert await kept.sweep([*PEOPLE[:2], young], 1, TOKEN) == 2
    assert (await kept.find([*PEOPLE, young])).keys() == {*PEOPLE[2:], young}
    assert await kept.sweep_state() == (TOKEN, len(PEOPLE) - 1)


async def test_keys_are_wrapped_anew_batch_by_batch(kept: KeyStore) -> None:
    def anew(subject: UUID, key: WrappedKey) -> WrappedKey:
        assert key == WrappedKey("old", subject.bytes)
        return WrappedKey("new", b"new" + key.value)

    for person in PEOPLE[::3]:  # some were made meanwhile, by the new key
        administer(kept._url, f"DELETE FROM data_key WHERE subject = '{person}'")
    await kept.add(lambda: {one: WrappedKey("new", b"own") for one in PEOPLE[::3]})
    retired: list[bool] = []
    assert not await kept.retire("old", lambda: retired.append(True))
    batches, last = [], FIRST
    while next_one := await kept.rewrap("new", last, 2, anew):
        batches.append(next_one)
        last = next_one
    assert batches == [PEOPLE[2], PEOPLE[5]]
    assert await kept.find(PEOPLE) == {
        one: WrappedKey("new", b"own" if one in PEOPLE[::3] else b"new" + one.bytes)
        for one in PEOPLE
    }
    assert await kept.retire("old", lambda: retired.append(True))
    assert retired == [True]


async def test_a_key_that_was_retired_writes_no_more(kept: KeyStore) -> None:
    """A service on another host may still have it in its file."""
    assert not await kept.retire("old", lambda: pytest.fail("it was retired"))
    administer(kept._url, "UPDATE data_key SET key_id = 'new'")
    assert await kept.retire("old", lambda: None)
    with pytest.raises(KeyServiceError, match="the key old is retired: copy the file of keys"):
        await kept.add(lambda: wrapped("old", UUID(int=50)))
    assert await kept.count() == len(PEOPLE)


async def test_a_relation_keeps_the_time_when_it_was_first_noted(
    kept: KeyStore, clock: SetClock
) -> None:
    row = (PEOPLE[0].bytes, b"name", "case")
    first = int(clock.now)
    for _ in range(2):
        await kept.relate([row])
        clock.now += 5
    assert [tuple(one) for one in await kept.fetch("SELECT * FROM relation")] == [(*row, first)]


async def test_a_store_that_is_away_says_so_and_nothing_of_its_address() -> None:
    away = KeyStore("postgresql://keys:secret@127.0.0.1:1/keys")
    with pytest.raises(KeyServiceError) as raised:
        await away.find(PEOPLE)
    assert str(raised.value) == "the store of data keys cannot be used (ConnectionRefusedError)"
