"""Receipts: who had whom opened, and for which case; no key is given out without one.

They lie in a file of their own beside the store. Each is numbered, and has a code by a key of the
service, so that none is made up or changed by whoever has only the file; a number that is missing
shows that one was removed. They are what the ceilings of viewers count.
"""

import hmac
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import UUID

from models.key_service.interface import KeyServiceError, Principal

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS receipt (
        number INTEGER PRIMARY KEY, at INTEGER NOT NULL, verb TEXT NOT NULL,
        account TEXT NOT NULL, role TEXT NOT NULL, reference TEXT, subjects BLOB NOT NULL,
        mac BLOB NOT NULL
    );
    CREATE TABLE IF NOT EXISTS reconciled (
        one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, until INTEGER NOT NULL,
        again_after INTEGER NOT NULL
    )
"""
#: How many receipts one answer lists, and how many people they name: a line is not longer.
PAGE_SIZE = 500
_MOST_NAMED = 10_000
_HOUR, _DAY, _WEEK = 3600, 86_400, 604_800
#: How many times the hour's people are read in a window at most, by its length in seconds.
WINDOWS = {_HOUR: 1, _DAY: 5, _WEEK: 20}
_UUID_BYTES = 16


class ReceiptVerb(StrEnum):
    """What was asked for."""

    #: People were read.
    OPEN = "open"
    #: People were compared or corrected, whom nobody was shown.
    CHANGE = "change"
    #: Somebody was looked for.
    LOOK_UP = "look_up"
    #: Keys were deleted.
    ERASE = "erase"


class Receipt(NamedTuple):
    """Of one question."""

    number: int
    #: In milliseconds since 1970.
    at: int
    verb: str
    account: str
    role: str
    reference: str | None
    subjects: Sequence[UUID]


class ReceiptPage(NamedTuple):
    """Receipts in order; where ``is_last``, there are no others yet."""

    receipts: Sequence[Receipt]
    #: What was done to the file, in sentences: receipts that are missing, or were changed.
    tampered: Sequence[str]
    is_last: bool


class Reconciled(NamedTuple):
    """How far receipts and the log of reads were compared.

    Instants are in milliseconds since 1970.
    """

    #: The number of the last receipt that was compared.
    number: int = 0
    #: Entries before this instant were compared.
    until: int = 0
    #: The number after which receipts may belong to later entries.
    again_after: int = 0


class ListsReceipts(Protocol):
    """A key service that lists receipts. Each method raises KeyServiceError."""

    async def list_receipts(self, after: int, before: int) -> ReceiptPage:
        """The receipts after a number and before an instant, in milliseconds since 1970."""
        ...

    async def reconciled(self) -> Reconciled:
        """How far a keeper has compared them."""
        ...

    async def note_reconciled(self, done: Reconciled) -> None:
        """Note how far, so that the next keeper goes on from there."""
        ...


class ViewerCeilingError(KeyServiceError):
    """A viewer has had as many people opened as the role may in so many seconds."""

    def __init__(self, seconds: int) -> None:
        self.window = seconds
        super().__init__(f"the viewer has reached the most of {seconds // _HOUR} hours")


class Receipts:
    """The receipts of a file, and what they add up to."""

    def __init__(self, file: Path, key: bytes, inquiries: str) -> None:
        """``inquiries`` is how the references of inquiries begin, whose people are counted too.

        Raises KeyServiceError.
        """
        self._inquiries = inquiries
        self._key = hmac.digest(key, b"gerbang receipt 1", "sha256")
        #: Whom a viewer had opened, and when last in seconds, the longest ago first.
        self._counted: dict[tuple[str, ...], OrderedDict[int, float]] = {}
        try:
            file.touch(mode=0o600)
            self._connection = sqlite3.connect(file, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            # A process that is killed loses none of them; a machine that loses power, the latest.
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
            [self._last] = self._connection.execute(
                "SELECT coalesce(max(number), 0) FROM receipt"
            ).fetchone()
            for one in self._since(time.time() - _WEEK):
                self._count(one)
        except (sqlite3.Error, OSError) as error:
            raise _unusable(error) from None

    def admit(self, account: str, role: str, people: Collection[UUID], most: int) -> None:
        """Raises ViewerCeilingError where these are more people than the windows have room for."""
        now = time.time()
        counted = self._counted.get((account, role)) or OrderedDict()
        for seconds, times in WINDOWS.items():
            since = now - seconds
            new = sum(counted.get(one.int, 0.0) <= since for one in people)
            if new and _number_since(counted, since) + new > most * times:
                raise ViewerCeilingError(seconds)

    def admit_look_up(self, account: str, role: str, most: int) -> None:
        """The same for one more look-up."""
        counted, now = self._counted.get((account, role, "")) or OrderedDict(), time.time()
        for seconds, times in WINDOWS.items():
            if _number_since(counted, now - seconds) >= most * times:
                raise ViewerCeilingError(seconds)

    def number_in(self, reference: str, people: Collection[UUID]) -> int:
        """How many people are opened in an inquiry once these are too."""
        counted = self._counted.get((reference,)) or OrderedDict()
        return len(counted.keys() | {one.int for one in people})

    def add(
        self,
        verb: ReceiptVerb,
        account: str,
        role: str,
        reference: str | None,
        subjects: Sequence[UUID],
    ) -> None:
        """Leave a receipt, which is in the file when this returns. Raises KeyServiceError."""
        number, at = self._last + 1, int(time.time() * 1000)
        # As they are read from the file, of which the code is made again: as plain texts.
        said = (number, at, verb.value, str(account), str(role), reference and str(reference))
        row = (*said, b"".join(one.bytes for one in subjects))
        try:
            self._connection.execute(
                "INSERT INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, self._mac(row))
            )
        except sqlite3.Error as error:
            raise _unusable(error) from None
        self._last = number
        self._count(Receipt(*said, subjects))

    def list_after(self, number: int, before: int) -> ReceiptPage:
        """The receipts after a number and before an instant. Raises KeyServiceError."""
        receipts, tampered, named = list[Receipt](), list[str](), 0
        try:
            rows = self._connection.execute(
                "SELECT * FROM receipt WHERE number > ? AND at < ? ORDER BY number LIMIT ?",
                (number, before, PAGE_SIZE),
            ).fetchall()
        except sqlite3.Error as error:
            raise _unusable(error) from None
        for row in rows:
            if row[0] != number + 1:
                tampered.append(_missing(number + 1, row[0] - 1))
            number = row[0]
            if not hmac.compare_digest(row[-1], self._mac(row[:-1])):
                tampered.append(f"the receipt {number} was changed")
            receipts.append(_receipt(row))
            named += len(receipts[-1].subjects)
            if named > _MOST_NAMED:
                break
        is_last = len(receipts) == len(rows) < PAGE_SIZE
        return ReceiptPage(receipts, tampered, is_last)

    def reconciled(self) -> Reconciled:
        """How far a keeper has compared them. Raises KeyServiceError."""
        try:
            row = self._connection.execute(
                "SELECT number, until, again_after FROM reconciled"
            ).fetchone()
        except sqlite3.Error as error:
            raise _unusable(error) from None
        return Reconciled(*row) if row else Reconciled()

    def note_reconciled(self, done: Reconciled) -> None:
        """Raises KeyServiceError."""
        try:
            self._connection.execute("INSERT OR REPLACE INTO reconciled VALUES (1, ?, ?, ?)", done)
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def _since(self, seconds: float) -> Iterator[Receipt]:
        rows = self._connection.execute(
            "SELECT * FROM receipt WHERE at >= ? ORDER BY number", (int(seconds * 1000),)
        )
        return map(_receipt, rows)

    def _count(self, receipt: Receipt) -> None:
        at, account, role = receipt.at / 1000, receipt.account, receipt.role
        if role == Principal.LOADER:
            return  # who has no ceiling of its own, and a whole world of people
        if receipt.verb == ReceiptVerb.LOOK_UP:
            self._put((account, role, ""), [receipt.number], at)
            return
        subjects = [one.int for one in receipt.subjects]
        self._put((account, role), subjects, at)
        if receipt.reference is not None and receipt.reference.startswith(self._inquiries):
            self._put((receipt.reference,), subjects, at)

    def _put(self, key: tuple[str, ...], numbers: Sequence[int], at: float) -> None:
        counted = self._counted.setdefault(key, OrderedDict())
        for one in numbers:
            counted[one] = at
            counted.move_to_end(one)
        while counted and next(iter(counted.values())) <= at - _WEEK:
            counted.popitem(last=False)

    def _mac(self, said: Sequence[object]) -> bytes:
        return hmac.digest(self._key, repr(tuple(said)).encode(), "sha256")

    def close(self) -> None:
        self._connection.close()


def _receipt(row: Sequence[object]) -> Receipt:
    *said, subjects, _ = row
    assert isinstance(subjects, bytes)
    starts = range(0, len(subjects), _UUID_BYTES)
    return Receipt(*said, [UUID(bytes=subjects[at : at + _UUID_BYTES]) for at in starts])  # type: ignore[arg-type]


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"the receipt {first} is missing"
    return f"the receipts {first} to {last} are missing"


def _number_since(counted: OrderedDict[int, float], since: float) -> int:
    number = 0
    for at in reversed(counted.values()):
        if at <= since:
            break
        number += 1
    return number


def _unusable(error: Exception) -> KeyServiceError:
    return KeyServiceError(f"the file of receipts cannot be used ({error})")
