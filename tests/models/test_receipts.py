"""Receipts of the key service: what they count, whichever service is asked, and what they show."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from models.key_service import (
    Cause,
    KeyServiceError,
    Principal,
    Relation,
    RelationKind,
    ViewerCeilingError,
    counts,
    create_key_file,
)
from models.key_service import receipts as module
from models.key_service.counts import ReceiptVerb
from models.key_service.receipts import Entry, Found, Receipts, Reconciled
from models.key_service.store import KeyStore
from tests.key_stores import administer, new_store, open_keys
from tests.set_clock import SetClock

pytestmark = pytest.mark.anyio

KEY = bytes(range(32))
HOUR, DAY = 3600, 86_400
ALWAYS = 2**62


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    return SetClock.of(monkeypatch, module, counts)


@pytest.fixture
async def services(clock: SetClock) -> AsyncIterator[tuple[Receipts, Receipts]]:
    """Those of two services on one store."""
    url = new_store()
    stores = KeyStore(url), KeyStore(url)
    yield Receipts(stores[0], KEY, "INQ-"), Receipts(stores[1], KEY, "INQ-")
    for store in stores:
        await store.close()


@pytest.fixture
def receipts(services: tuple[Receipts, Receipts]) -> Receipts:
    return services[0]


def people(number: int) -> list[UUID]:
    return [uuid4() for _ in range(number)]


async def read(
    receipts: Receipts,
    some: Sequence[UUID],
    most: int = 3,
    account: str = "officer",
    role: str = "OFFICER",
    reference: str = "CASE",
) -> None:
    def judge(found: Found) -> list[Entry]:
        found.counts.admit(some, most)
        return [Entry(ReceiptVerb.OPEN, reference, some)]

    await receipts.leave(account, role, judge)


async def look_up(receipts: Receipts, number: int, most: int) -> None:
    def judge(found: Found) -> list[Entry]:
        found.counts.admit_look_ups(number, most)
        return [Entry(ReceiptVerb.LOOK_UP, "CASE", [])] * number

    await receipts.leave("officer", "OFFICER", judge)


async def window_of(receipts: Receipts, some: Sequence[UUID], most: int = 3) -> int | None:
    """The length of the window that has no room for people; None if all have."""
    windows: list[int | None] = [None]

    def judge(found: Found) -> list[Entry]:
        try:
            found.counts.admit(some, most)
        except ViewerCeilingError as error:
            windows.append(error.window)
        return []

    await receipts.leave("officer", "OFFICER", judge)
    return windows[-1]


@pytest.mark.parametrize("principal", Principal)
async def test_a_receipt_of_a_principal_is_as_it_was_written(
    receipts: Receipts, principal: Principal
) -> None:
    entry = Entry(ReceiptVerb.CHANGE, Cause.LOADING, people(2))
    for _ in range(2):
        await receipts.leave(principal, principal, lambda _: [entry])
    page = await receipts.list_after(0, ALWAYS)
    assert not page.tampered
    assert [(one.role, one.reference, one.subjects) for one in page.receipts] == [
        (str(principal), "LOADING", entry.subjects)
    ] * 2


async def test_an_hour_a_day_and_a_week_have_their_ceilings(
    services: tuple[Receipts, Receipts], clock: SetClock
) -> None:
    """Whichever of the services is asked."""
    one, other = services
    first = people(3)
    await read(one, first)
    assert await window_of(other, people(1)) == HOUR
    assert await window_of(one, first) is None
    # Nothing is saved up: a quiet hour gives no more to the next.
    clock.now += 2 * HOUR
    assert await window_of(other, people(4)) == HOUR
    for _ in range(4):
        await read(other, people(3))
        clock.now += HOUR + 1
    assert await window_of(one, people(1)) == DAY
    for _ in range(3):
        clock.now += DAY + 1
        for _ in range(5):
            await read(one, people(3))
            clock.now += HOUR + 1
    clock.now += DAY + 1
    assert await window_of(other, people(1)) == 7 * DAY
    clock.now += 7 * DAY
    assert await window_of(one, people(3)) is None


async def test_who_was_read_is_read_again_although_the_ceiling_is_lower_now(
    receipts: Receipts,
) -> None:
    some = people(3)
    await read(receipts, some)
    assert await window_of(receipts, some, most=2) is None
    assert await window_of(receipts, [*some, uuid4()], most=2) == HOUR


async def test_who_is_read_again_counts_from_then_on(receipts: Receipts, clock: SetClock) -> None:
    first, second = people(2)
    for each in (first, second):
        await read(receipts, [each])
    clock.now += HOUR - 60
    await read(receipts, [first])
    clock.now += 120
    assert await window_of(receipts, people(2), most=2) == HOUR
    assert await window_of(receipts, people(1), most=2) is None


async def test_a_full_page_is_not_the_last(
    receipts: Receipts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 2)
    for _ in range(3):
        await read(receipts, people(1), most=9)
    pages = [await receipts.list_after(number, 2**62) for number in (0, 1, 2)]
    assert [(len(page.receipts), page.is_last) for page in pages] == [
        (2, False), (2, False), (1, True),
    ]  # fmt: skip
    # One of many people is a page of its own.
    monkeypatch.setattr(module, "PAGE_SIZE", 9)
    monkeypatch.setattr(module, "_MOST_NAMED", 0)
    pages = [await receipts.list_after(number, 2**62) for number in (1, 2)]
    assert [(len(page.receipts), page.is_last) for page in pages] == [(1, False), (1, True)]


async def test_an_hour_is_over_to_the_second(receipts: Receipts, clock: SetClock) -> None:
    some = people(3)
    await read(receipts, some)
    clock.now += HOUR - 1
    assert await window_of(receipts, people(1)) == HOUR
    clock.now += 1
    assert await window_of(receipts, people(3)) is None
    # Whoever was read then is read anew.
    assert await window_of(receipts, [*some, *people(1)]) == HOUR


async def test_each_viewer_and_role_is_counted_apart_and_look_ups_too(receipts: Receipts) -> None:
    await read(receipts, people(3))
    for account, role in (("officer-2", "OFFICER"), ("officer", "SUPERVISOR")):
        await read(receipts, people(3), account=account, role=role)
    await look_up(receipts, 2, most=2)
    with pytest.raises(ViewerCeilingError):
        await look_up(receipts, 1, most=2)


async def test_two_services_at_once_open_no_more_than_the_ceiling(
    services: tuple[Receipts, Receipts],
) -> None:
    """Forty at once want one person each, of whom twelve may be opened."""
    asked = [read(services[number % 2], people(1), 12) for number in range(40)]
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in done].count(ViewerCeilingError) == 28
    page = await services[0].list_after(0, ALWAYS)
    assert (len(page.receipts), page.tampered) == (12, [])
    assert not services[0]._locks


async def test_what_was_counted_is_so_for_a_service_that_starts(
    services: tuple[Receipts, Receipts],
) -> None:
    before, after = services
    inquired, counted = people(2), list[int]()
    await read(before, people(3))
    await read(before, inquired, 3, "supervisor", "SUPERVISOR", "INQ-1")
    assert await window_of(after, people(1)) == HOUR

    def judge(found: Found) -> list[Entry]:
        counted.append(found.counts.number_in("INQ-1", [inquired[0], uuid4()]))
        return []

    await after.leave("supervisor", "SUPERVISOR", judge)
    assert counted == [3]


async def test_a_store_that_was_restored_counts_what_it_has(receipts: Receipts) -> None:
    for _ in range(3):
        await read(receipts, people(1))
    url = receipts._store._url
    administer(url, "DELETE FROM receipt WHERE nth > 1", "UPDATE reader SET receipts = 1")
    assert await window_of(receipts, people(2)) is None
    await read(receipts, people(2))
    page = await receipts.list_after(0, ALWAYS)
    assert (len(page.receipts), page.tampered) == (2, [])


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM receipt WHERE number = 2", ["a receipt before 3 is missing"]),
        ("DELETE FROM receipt WHERE number = 3", ["a receipt after 2 is missing"]),
        ("DELETE FROM receipt WHERE number < 3", ["a receipt before 3 is missing"]),
        ("DELETE FROM reader", ["a receipt after 3 is missing"]),
        ("UPDATE receipt SET account = 'another' WHERE number = 2",
         ["a receipt before 2 is missing", "the receipt 2 was changed",
          "a receipt after 2 is missing", "a receipt before 3 is missing"]),
        ("UPDATE receipt SET subjects = decode(repeat('00', 16), 'hex') WHERE number = 3",
         ["the receipt 3 was changed"]),
        ("UPDATE receipt SET mac = (SELECT mac FROM receipt WHERE number = 3) WHERE number = 2",
         ["the receipt 2 was changed"]),
    ],
)  # fmt: skip
async def test_a_receipt_that_is_missing_or_changed_is_named(
    receipts: Receipts, statement: str, said: list[str]
) -> None:
    for _ in range(3):
        await read(receipts, people(1))
    page = await receipts.list_after(0, ALWAYS)
    assert (len(page.receipts), page.tampered, page.is_last) == (3, [], True)
    administer(receipts._store._url, statement)
    page = await receipts.list_after(0, ALWAYS)
    assert page.tampered == said


async def test_receipts_are_listed_in_the_order_of_their_numbers(
    receipts: Receipts, clock: SetClock
) -> None:
    """The clocks of two hosts differ: whoever goes on after a page misses none."""
    for later in (0, 5, 2):
        clock.now += later
        await read(receipts, people(1))
        clock.now -= later
    at = int(clock.now * 1000)
    page = await receipts.list_after(0, at + 3000)
    assert ([one.number for one in page.receipts], page.is_last) == ([1], True)
    assert [one.at for one in (await receipts.list_after(0, at)).receipts] == []
    page = await receipts.list_after(1, at + 6000)
    assert ([one.number for one in page.receipts], page.is_last) == ([2, 3], True)


async def test_old_receipts_that_were_compared_are_forgotten_and_leave_no_gap(
    receipts: Receipts, clock: SetClock
) -> None:
    store = receipts._store
    await read(receipts, people(1), account="gone")
    for _ in range(3):
        await read(receipts, people(1))
    instant = int(clock.now * 1000) + 1
    assert await store.forget_receipts(instant) == 0  # none of them was compared
    await receipts.note_reconciled(Reconciled(3, instant, 3))
    assert await store.forget_receipts(instant - 1) == 0
    assert await store.forget_receipts(instant) == 3
    page = await receipts.list_after(0, ALWAYS)
    assert ([one.number for one in page.receipts], page.tampered) == ([4], [])
    assert [row[0] for row in await store.fetch("SELECT account FROM reader")] == ["officer"]
    clock.now += 1
    for account in ("gone", "officer"):
        await read(receipts, people(1), 9, account)
    page = await receipts.list_after(0, ALWAYS)
    assert ([one.number for one in page.receipts], page.tampered) == ([4, 5, 6], [])
    administer(store._url, "DELETE FROM receipt WHERE number = 4")
    assert (await receipts.list_after(0, ALWAYS)).tampered == ["a receipt before 6 is missing"]


async def test_no_receipt_of_the_last_year_is_forgotten(tmp_path: Path) -> None:
    create_key_file(file := tmp_path / "keys.json")
    keys = open_keys(file)
    day = 86_400_000
    with pytest.raises(KeyServiceError, match="365 days at least"):
        await keys.forget_receipts(int(time.time() * 1000) - 364 * day)
    assert await keys.forget_receipts(int(time.time() * 1000) - 366 * day) == 0
    await keys.close()


async def test_likenesses_are_read_by_whoever_is_asked_to_confirm_one_alone(tmp_path: Path) -> None:
    """People of a common name have many, and nobody is opened for one."""
    one, other = people(2)
    create_key_file(tmp_path / "keys.json")
    likeness = Relation(RelationKind.LIKENESS, one.hex, other)
    case = Relation(RelationKind.CASE, "CASE", other)
    keys = open_keys(tmp_path / "keys.json")
    await keys.make_data_keys([other], relations=[likeness, case])
    receipts = await keys.open_receipts("INQ-")
    left = await receipts.leave("officer", "OFFICER", lambda _: (), [other], [other.bytes])
    asked = await receipts.read([], [other.bytes])
    await keys.close()
    for found, has in ((left, False), (asked, True)):
        assert found.relations.holds(*case)
        assert found.relations.holds(*likeness) is has
