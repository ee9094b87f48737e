"""Receipts of the key service: what they count, and what they show."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from models.key_service import Cause, Principal, ViewerCeilingError
from models.key_service import receipts as module
from models.key_service.receipts import Receipts, ReceiptVerb
from tests.set_clock import SetClock

KEY = bytes(range(32))
HOUR, DAY = 3600, 86_400


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    return SetClock.of(monkeypatch, module)


@pytest.fixture
def receipts(tmp_path: Path, clock: SetClock) -> Iterator[Receipts]:
    opened = Receipts(tmp_path / "receipts.db", KEY, "INQ-")
    yield opened
    opened.close()


def people(number: int) -> list[UUID]:
    return [uuid4() for _ in range(number)]


def read(receipts: Receipts, some: list[UUID], most: int = 3) -> None:
    receipts.admit("officer", "OFFICER", some, most)
    receipts.add(ReceiptVerb.OPEN, "officer", "OFFICER", "CASE", some)


def window_of(receipts: Receipts, some: list[UUID], most: int = 3) -> int | None:
    """The length of the window that has no room for people; None if all have."""
    try:
        receipts.admit("officer", "OFFICER", some, most)
    except ViewerCeilingError as error:
        return error.window
    return None


@pytest.mark.parametrize("principal", Principal)
def test_a_receipt_of_a_principal_is_as_it_was_written(
    receipts: Receipts, principal: Principal
) -> None:
    receipts.add(ReceiptVerb.CHANGE, principal, principal, Cause.LOADING, people(2))
    page = receipts.list_after(0, 1 << 60)
    assert not page.tampered
    assert [(one.role, one.reference) for one in page.receipts] == [(str(principal), "LOADING")]


def test_an_hour_a_day_and_a_week_have_their_ceilings(receipts: Receipts, clock: SetClock) -> None:
    first = people(3)
    read(receipts, first)
    assert window_of(receipts, people(1)) == HOUR
    assert window_of(receipts, first) is None
    # Nothing is saved up: a quiet hour gives no more to the next.
    clock.now += 2 * HOUR
    assert window_of(receipts, people(4)) == HOUR
    for _ in range(4):
        read(receipts, people(3))
        clock.now += HOUR + 1
    assert window_of(receipts, people(1)) == DAY
    for _ in range(3):
        clock.now += DAY + 1
        for _ in range(5):
            read(receipts, people(3))
            clock.now += HOUR + 1
    clock.now += DAY + 1
    assert window_of(receipts, people(1)) == 7 * DAY
    clock.now += 7 * DAY
    assert window_of(receipts, people(3)) is None


def test_who_was_read_is_read_again_although_the_ceiling_is_lower_now(receipts: Receipts) -> None:
    some = people(3)
    read(receipts, some)
    assert window_of(receipts, some, most=2) is None
    assert window_of(receipts, [*some, uuid4()], most=2) == HOUR


def test_a_full_page_is_not_the_last(receipts: Receipts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 2)
    for _ in range(3):
        read(receipts, people(1), most=9)
    pages = [receipts.list_after(number, 2**62) for number in (0, 1, 2)]
    assert [(len(page.receipts), page.is_last) for page in pages] == [
        (2, False), (2, False), (1, True),
    ]  # fmt: skip


def test_an_hour_is_over_to_the_second(receipts: Receipts, clock: SetClock) -> None:
    read(receipts, people(3))
    clock.now += HOUR - 1
    assert window_of(receipts, people(1)) == HOUR
    clock.now += 1
    assert window_of(receipts, people(3)) is None


def test_each_viewer_and_role_is_counted_apart_and_look_ups_too(receipts: Receipts) -> None:
    read(receipts, people(3))
    for account, role in (("officer-2", "OFFICER"), ("officer", "SUPERVISOR")):
        receipts.admit(account, role, people(3), 3)
    for _ in range(2):
        receipts.admit_look_up("officer", "OFFICER", 2)
        receipts.add(ReceiptVerb.LOOK_UP, "officer", "OFFICER", "CASE", [])
    with pytest.raises(ViewerCeilingError):
        receipts.admit_look_up("officer", "OFFICER", 2)


def test_what_was_counted_stays_counted_after_a_restart(tmp_path: Path, clock: SetClock) -> None:
    file, inquired = tmp_path / "receipts.db", people(2)
    before = Receipts(file, KEY, "INQ-")
    read(before, people(3))
    before.add(ReceiptVerb.OPEN, "supervisor", "SUPERVISOR", "INQ-1", inquired)
    before.close()
    after = Receipts(file, KEY, "INQ-")
    assert window_of(after, people(1)) == HOUR
    assert after.number_in("INQ-1", [inquired[0], uuid4()]) == 3
    assert [one.number for one in after.list_after(0, 2**62).receipts] == [1, 2]
    after.close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM receipt WHERE number = 2", "the receipt 2 is missing"),
        ("UPDATE receipt SET account = 'another' WHERE number = 2", "the receipt 2 was changed"),
        ("UPDATE receipt SET subjects = zeroblob(16) WHERE number = 3",
         "the receipt 3 was changed"),
        ("UPDATE receipt SET mac = (SELECT mac FROM receipt WHERE number = 3) WHERE number = 2",
         "the receipt 2 was changed"),
    ],
)  # fmt: skip
def test_a_receipt_that_is_missing_or_changed_is_named(
    tmp_path: Path, clock: SetClock, statement: str, said: str
) -> None:
    receipts = Receipts(tmp_path / "receipts.db", KEY, "INQ-")
    for _ in range(3):
        read(receipts, people(1))
    page = receipts.list_after(0, 2**62)
    assert (len(page.receipts), page.tampered, page.is_last) == (3, [], True)
    with sqlite3.connect(tmp_path / "receipts.db") as file:
        file.execute(statement)
    page = receipts.list_after(0, 2**62)
    assert page.tampered == [said]
    assert page.receipts[-1].number == 3  # the others are listed all the same
    receipts.close()
