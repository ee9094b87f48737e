"""The store of the key service, by value: whatever is done, both copies say the same."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from models.key_service import (
    KeyServiceError,
    KeyUse,
    Relation,
    RelationKind,
    create_key_file,
    erasures,
    key_ages,
    operations,
    relations,
    store,
)
from models.key_service.relations import OWN_KEY
from models.key_service.store import KeyStore, WrappedKey
from tests.set_clock import SetClock

PEOPLE = [UUID(int=number) for number in range(1, 8)]
FIRST, DAY = UUID(int=0), 86_400
TOKEN = UUID(int=77)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    clock = SetClock.of(monkeypatch, erasures, key_ages, operations, relations)
    monkeypatch.setattr(store, "_AT_ONCE", 2)
    return clock


@pytest.fixture
def folder(clock: SetClock, tmp_path: Path) -> Path:
    create_key_file(tmp_path / "keys.json")
    return tmp_path


@pytest.fixture
def kept(folder: Path) -> Iterator[KeyStore]:
    """A store with a key for each of seven people. In the end both copies are the same."""
    opened = KeyStore.beside(folder / "keys.json")
    assert opened.add(lambda: wrapped("old", *PEOPLE))
    yield opened
    copies = [contents(folder / name) for name in ("keys.db", "keys.copy.db")]
    assert copies[0] == copies[1]
    opened.close()


def contents(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of a file, by table."""
    with closing(sqlite3.connect(file)) as opened:
        tables = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: opened.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}


def wrapped(key_id: str, *people: UUID) -> dict[UUID, WrappedKey]:
    return {one: WrappedKey(key_id, one.bytes) for one in people}


def test_keys_are_found_however_many_and_stay_as_they_were_made(kept: KeyStore) -> None:
    assert kept.find(PEOPLE) == wrapped("old", *PEOPLE)
    assert kept.find([*PEOPLE[:1], UUID(int=99)]) == wrapped("old", PEOPLE[0])
    new = UUID(int=50)
    assert not kept.add(lambda: wrapped("new", PEOPLE[0], new))
    assert kept.find([PEOPLE[0], new]) == wrapped("old", PEOPLE[0]) | wrapped("new", new)
    assert kept.count() == len(PEOPLE) + 1


def test_who_was_erased_is_remembered_from_the_first_time_on(
    kept: KeyStore, clock: SetClock
) -> None:
    first = clock.instant
    kept.erase(PEOPLE[:2])
    clock.now += 10
    later = kept.erase(PEOPLE[1:3])
    assert later == [(PEOPLE[1], first), (PEOPLE[2], clock.instant)]
    assert kept.find(PEOPLE).keys() == {*PEOPLE[3:]}
    assert not kept.add(lambda: wrapped("new", PEOPLE[0]))
    assert kept.count() == len(PEOPLE) - 3
    erased = kept.list_operations(None)
    assert [(one.kind, one.keys, one.at) for one in erased] == [
        ("ERASED", 1, clock.instant), ("ERASED", 2, first),
    ]  # fmt: skip
    kept.erase(PEOPLE[:3])  # nobody more, of which there is no note
    assert kept.list_operations(None) == erased


def test_who_was_erased_is_listed_page_by_page(
    kept: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "PAGE_SIZE", 3)
    kept.erase(PEOPLE[::-1])
    pages, after = [], FIRST
    while page := [one.subject for one in kept.list_erased(after)]:
        pages.append(page)
        after = page[-1]
    assert pages == [PEOPLE[:3], PEOPLE[3:6], PEOPLE[6:]]


def test_operations_are_listed_page_by_page_the_newest_first(
    kept: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "PAGE_SIZE", 2)
    for one in PEOPLE[:5]:
        kept.erase([one])
    numbers, before = [], None
    while page := [one.number for one in kept.list_operations(before)]:
        numbers.append(page)
        before = page[-1]
    assert numbers == [[5, 4], [3, 2], [1]]


def test_keys_that_are_added_and_retired_are_noted_in_order(
    kept: KeyStore, clock: SetClock
) -> None:
    uses = {KeyUse.DATA_KEY: ["a"], KeyUse.CHECKPOINT: ["c"]}
    for accepted in (uses, uses, uses | {KeyUse.DATA_KEY: ["e", "d"]}, uses):
        kept.note_accepted(accepted, "me")
    number = len(PEOPLE)
    noted = kept.list_operations(None)[::-1]
    assert [one[3:] for one in noted] == [
        ("ADDED", "data_key", "me", None, "a", None),
        ("ADDED", "checkpoint", "me", None, "c", None),
        ("ADDED", "data_key", "me", "a", "d", None),
        ("ADDED", "data_key", "me", "a", "e", None),
        ("RETIRED", "data_key", "me", "a", "e", number),
        ("ADDED", "data_key", "me", "e", "a", None),
        ("RETIRED", "data_key", "me", "e", "a", number),
        ("RETIRED", "data_key", "me", "d", "a", number),
    ]
    assert {one.at for one in noted} == {clock.instant}


def test_ages_count_from_when_a_key_was_made_or_first_seen(
    kept: KeyStore, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clock.now
    monkeypatch.setattr(key_ages, "MOST_SWEPT", 2)
    clock.now = made + 3 * DAY - 1
    assert kept.list_aged(FIRST, 3) == []
    clock.now = made + 3 * DAY
    assert [kept.list_aged(after, 3) for after in (FIRST, PEOPLE[1], PEOPLE[6])] == [
        PEOPLE[:2], PEOPLE[2:4], [],
    ]  # fmt: skip
    assert kept.note_ages() == 0  # all have one
    kept.begin_ages(TOKEN)
    assert kept.sweep_state() == (TOKEN, len(PEOPLE))
    assert kept.list_aged(FIRST, 0) == []
    monkeypatch.setattr(key_ages, "_MOST_NOTED", 4)
    noted = []
    for _ in range(3):
        noted.append(kept.note_ages())
        clock.now += 100
    assert noted == [4, 3, 0]
    clock.now += DAY - 300
    assert kept.list_aged(FIRST, 0) == PEOPLE[:2]  # no younger ones, whatever is asked
    assert kept.list_aged(PEOPLE[2], 1) == PEOPLE[3:4]


def test_only_old_keys_are_swept(kept: KeyStore, clock: SetClock) -> None:
    kept.add(lambda: wrapped("own", OWN_KEY))
    clock.now += DAY - 1
    young = UUID(int=60)
    kept.add(lambda: wrapped("new", young))
    assert kept.sweep(PEOPLE[:1], 0, TOKEN) == 0
    clock.now += 1
    assert kept.list_aged(PEOPLE[6], 1) == []  # neither the young one, nor that of the service
    assert kept.sweep([], 1, TOKEN) == 0
    assert kept.sweep([*PEOPLE[:2], young], 1, TOKEN) == 2
    assert kept.find([*PEOPLE, young]).keys() == {*PEOPLE[2:], young}
    assert kept.sweep_state() == (TOKEN, len(PEOPLE) - 1)


def test_keys_are_wrapped_anew_batch_by_batch(kept: KeyStore) -> None:
    def anew(subject: UUID, key: WrappedKey) -> WrappedKey:
        assert key == WrappedKey("old", subject.bytes)
        return WrappedKey("new", b"new" + key.value)

    for person in PEOPLE[::3]:  # some were made meanwhile, by the new key
        kept._connection.execute("DELETE FROM main.data_key WHERE subject = ?", (person.bytes,))
        kept._connection.execute("DELETE FROM second.data_key WHERE subject = ?", (person.bytes,))
    kept.add(lambda: {one: WrappedKey("new", b"own") for one in PEOPLE[::3]})
    retired: list[bool] = []
    assert not kept.retire("old", lambda: retired.append(True))
    batches, last = [], FIRST
    while next_one := kept.rewrap("new", last, 2, anew):
        batches.append(next_one)
        last = next_one
    assert batches == [PEOPLE[2], PEOPLE[5]]
    assert kept.find(PEOPLE) == {
        one: WrappedKey("new", b"own" if one in PEOPLE[::3] else b"new" + one.bytes)
        for one in PEOPLE
    }
    assert kept.retire("old", lambda: retired.append(True))
    assert retired == [True]


def test_a_key_that_one_copy_needs_is_not_retired(kept: KeyStore) -> None:
    for copy, other in (("main", "second"), ("second", "main")):
        kept._connection.execute(f"UPDATE {copy}.data_key SET key_id = 'new'")
        assert not kept.retire("old", lambda: pytest.fail("it was retired"))
        kept._connection.execute(f"UPDATE {other}.data_key SET key_id = 'new'")
        assert kept.retire("old", lambda: None)
        for each in ("main", "second"):
            kept._connection.execute(f"UPDATE {each}.data_key SET key_id = 'old'")


@pytest.mark.parametrize("lacks", ["keys.db", "keys.copy.db"])
def test_copies_that_differ_are_not_opened(kept: KeyStore, folder: Path, lacks: str) -> None:
    """The message says which of them to keep."""
    before = {name: (folder / name).read_bytes() for name in ("keys.db", "keys.copy.db")}
    [more] = before.keys() - {lacks}
    with closing(sqlite3.connect(folder / lacks)) as file:
        file.execute("DELETE FROM data_key WHERE subject = ?", (PEOPLE[0].bytes,))
        file.commit()
    with pytest.raises(KeyServiceError, match="the one that has more over the other"):
        KeyStore.beside(folder / "keys.json")
    with closing(sqlite3.connect(folder / more)) as file:
        file.execute("INSERT INTO erased_subject VALUES (?, 1)", (PEOPLE[0].bytes,))
        file.commit()
    with pytest.raises(KeyServiceError, match=f"/{more} knows of more people who were erased"):
        KeyStore.beside(folder / "keys.json")
    for name, content in before.items():
        (folder / name).write_bytes(content)


def test_a_relation_keeps_the_time_when_it_was_first_noted(kept: KeyStore, clock: SetClock) -> None:
    known = kept.relations(b"key")
    approval = Relation(RelationKind.APPROVAL, "INQ-1", "them")
    inquiry = Relation(RelationKind.INQUIRY, "INQ-1", "me")
    case, applicant = (
        Relation(kind, "CASE", PEOPLE[0]) for kind in (RelationKind.CASE, RelationKind.APPLICANT)
    )
    for _ in range(2):
        kept.relate(known.rows([approval, inquiry, case, applicant]))
        clock.now += 5
    assert known.noted_at(*inquiry) == known.approval_at("INQ-1") == int(clock.now) - 10
    kept.relate(known.rows([Relation(RelationKind.APPROVAL, "INQ-1", "third")]))
    assert known.approval_at("INQ-1") == int(clock.now)
    assert known.approval_at("INQ-2") is None
    assert known.noted_at(RelationKind.DESK, "INQ-1", "me") is None
    assert known.applicants_on_the_desk("CASE") == {PEOPLE[0]}
    assert known.among(RelationKind.CASE, "CASE", PEOPLE) == {PEOPLE[0]}
    assert known.among(RelationKind.PARTNER, "CASE", PEOPLE) == set()
    assert known.related(PEOPLE) == set()  # a case alone was noted of somebody from before
    kept.relate(known.rows([Relation(RelationKind.BAN, "", PEOPLE[1])]))
    assert known.related(PEOPLE) == {PEOPLE[1]}
    # Of another key, they are another's.
    assert kept.relations(b"other").noted_at(*inquiry) is None
