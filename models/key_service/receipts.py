"""Receipts: who had whom opened, and for which case; no key is given out without one.

They lie in the store. Those of each viewer are counted without a gap, and each has a code by a key
of the service, so that none is made up, changed or removed by whoever administers the store alone.
They are what the ceilings of viewers count, whichever of the services is asked: a statement reads
what is new of the viewer together with the keys, another one writes the receipt, unless a second
service has written one meanwhile.
"""

import asyncio
import hmac
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from models.key_service.counts import WEEK, Counts, ReceiptVerb
from models.key_service.interface import KeyServiceError, Principal
from models.key_service.relations import Digester, Relations
from models.key_service.store import KeyStore, WrappedKey

#: How many receipts one answer lists, and how many people they name: a line is not longer.
PAGE_SIZE = 500
_MOST_NAMED = 10_000
_UUID_BYTES = 16
#: No younger receipt is forgotten, whatever a caller asks for.
FEWEST_DAYS = 365


class Receipt(NamedTuple):
    """Of one question."""

    #: Its place among all receipts.
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
    #: What was done to them, in sentences: receipts that are missing, or were changed.
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

    async def forget_receipts(self, before: int) -> int:
        """Delete some from before an instant that were compared; return how many."""
        ...


#: Viewers whose counts are remembered; those of others are read again.
_MOST_COUNTED = 10_000
#: How often it is tried again where other services write receipts of the same viewer.
_TRIES = 30
#: Likenesses open nobody, and people of a common name have many: only a question that leaves no
#: receipt, in no role, reads them.
_READ = """
    SELECT 1 AS part, uuid_send(subject) AS first, wrapped AS second, key_id AS word,
        NULL AS reference, 0 AS at, 0 AS nth
    FROM data_key WHERE subject = ANY ($1)
    UNION ALL SELECT 2, first, second, kind, NULL, noted_at, 0
    FROM relation WHERE first = ANY ($2) AND ($4 = '' OR kind <> 'likeness')
    UNION ALL SELECT 3, NULL, NULL, NULL, NULL, 0, 0 FROM judged
    UNION ALL SELECT 4, NULL, NULL, NULL, NULL, 0, receipts
    FROM reader WHERE account = $3 AND role = $4
    UNION ALL SELECT 5, subjects, NULL, verb, reference, at, nth
    FROM receipt WHERE account = $3 AND role = $4 AND nth > $5 AND at > $6
"""
#: Nothing is written where another service has left a receipt of the viewer meanwhile.
_WRITE = """
    WITH counted AS (
        INSERT INTO reader VALUES ($1, $2, $3 + cardinality($4::text[]))
        ON CONFLICT (account, role) DO UPDATE SET receipts = excluded.receipts
        WHERE reader.receipts = $3
        RETURNING 1
    )
    INSERT INTO receipt (account, role, nth, at, verb, reference, subjects, mac)
    SELECT $1, $2, $3 + place, $5, verb, reference, subjects, mac
    FROM counted, unnest($4::text[], $6::text[], $7::bytea[], $8::bytea[])
        WITH ORDINALITY AS new (verb, reference, subjects, mac, place)
    ORDER BY place
"""
#: With whether one before it is missing, or the last of the viewer.
_LIST = """
    SELECT number, at, verb, account, role, reference, subjects, nth, mac,
        nth > 1 + coalesce(removed, 0) AND NOT EXISTS (
            SELECT FROM receipt AS earlier WHERE earlier.account = receipt.account
                AND earlier.role = receipt.role AND earlier.nth = receipt.nth - 1
        ),
        nth IS DISTINCT FROM receipts AND NOT EXISTS (
            SELECT FROM receipt AS later WHERE later.account = receipt.account
                AND later.role = receipt.role AND later.nth > receipt.nth
        )
    FROM receipt LEFT JOIN reader USING (account, role)
    WHERE number > $1 ORDER BY number LIMIT $2
"""


class Entry(NamedTuple):
    """What a receipt says of whom it is left for."""

    verb: ReceiptVerb
    reference: str | None
    subjects: Sequence[UUID]


class Found(NamedTuple):
    """What one statement read for a question."""

    wrapped: Mapping[UUID, WrappedKey]
    relations: Relations
    counts: Counts


@dataclass(slots=True)
class _Rows:
    """What one statement read, and how many receipts the viewer has left."""

    wrapped: dict[UUID, WrappedKey] = field(default_factory=dict[UUID, WrappedKey])
    relations: list[tuple[bytes, bytes, str, int]] = field(
        default_factory=list[tuple[bytes, bytes, str, int]]
    )
    is_strict: bool = False
    last: int = 0
    #: Those that are new: the number of each, when, the verb, whom, and the reference.
    new: list[tuple[int, int, str, bytes, str | None]] = field(
        default_factory=list[tuple[int, int, str, bytes, str | None]]
    )


class Receipts:
    """The receipts of a store, and what they add up to."""

    def __init__(self, store: KeyStore, key: bytes, inquiries: str) -> None:
        """``inquiries`` is how the references of inquiries begin, whose people are counted too."""
        self._store = store
        self._inquiries = inquiries
        self._key = hmac.digest(key, b"gerbang receipt 2", "sha256")
        self._digester = Digester(key)
        self._counts = OrderedDict[tuple[str, str], Counts]()
        self._locks: dict[tuple[str, str], tuple[asyncio.Lock, int]] = {}

    async def leave(
        self,
        account: str,
        role: str,
        judge: Callable[[Found], Sequence[Entry]],
        subjects: Sequence[UUID] = (),
        named: Sequence[bytes] = (),
    ) -> Found:
        """Read the keys of subjects and the relations that begin with ``named``, and leave the
        receipts that ``judge`` returns for these; they are in the store when this returns.

        ``judge`` is called again where another service left a receipt of the same viewer meanwhile.
        Raises what it raises, and KeyServiceError.
        """
        viewer = (str(account), str(role))
        lock, asking = self._locks.get(viewer, (asyncio.Lock(), 0))
        self._locks[viewer] = (lock, asking + 1)
        try:
            async with lock:  # those of one service do not get in each other's way
                for tried in range(_TRIES):
                    found = await self._read(viewer, subjects, named)
                    entries = judge(found)
                    if not entries or await self._write(viewer, found.counts, entries):
                        return found
                    await asyncio.sleep(random.uniform(0, 0.002 * tried))
        finally:
            _, asking = self._locks.pop(viewer)
            if asking > 1:
                self._locks[viewer] = (lock, asking - 1)
        raise KeyServiceError("too much is asked for one viewer at once: ask again later")

    async def read(self, subjects: Sequence[UUID], named: Sequence[bytes]) -> Found:
        """The same, for a question that leaves none."""
        return await self._read(("", ""), subjects, named)

    async def _read(
        self, viewer: tuple[str, str], subjects: Sequence[UUID], named: Sequence[bytes]
    ) -> Found:
        counts = self._counts_of(viewer)
        found = await self._fetch(viewer, subjects, named, counts.nth)
        if found.last < counts.nth:
            # A store that was restored, or whose oldest are gone, has fewer: they count anew.
            counts = self._counts[viewer] = Counts()
            found = await self._fetch(viewer, subjects, named, 0)
        for nth, at, verb, people, reference in sorted(found.new):
            numbers = (one.int for one in _uuids(people))
            counts.add(nth, at, verb, numbers, self._inquiry(reference))
        counts.nth = found.last
        relations = Relations(self._digester, found.relations, is_strict=found.is_strict)
        return Found(found.wrapped, relations, counts)

    async def _fetch(
        self,
        viewer: tuple[str, str],
        subjects: Sequence[UUID],
        named: Sequence[bytes],
        after: int,
    ) -> _Rows:
        # The loader has no ceiling of its own, and a whole world of people.
        is_loader = viewer[1] == Principal.LOADER
        since = 1 << 62 if is_loader else int((time.time() - WEEK) * 1000)
        found = _Rows()
        for part, first, second, word, reference, at, nth in await self._store.fetch(
            _READ, list(subjects), list(named), *viewer, after, since
        ):
            if part == 1:
                found.wrapped[UUID(bytes=first)] = WrappedKey(word, second)
            elif part == 2:
                found.relations.append((first, second, word, at))
            elif part == 3:
                found.is_strict = True
            elif part == 4:
                found.last = nth
            else:
                found.new.append((nth, at, word, first, reference))
        return found

    async def _write(
        self, viewer: tuple[str, str], counts: Counts, entries: Sequence[Entry]
    ) -> bool:
        """Whether they are written."""
        at, before = int(time.time() * 1000), counts.nth
        rows = [
            (verb.value, reference and str(reference), b"".join(one.bytes for one in subjects))
            for verb, reference, subjects in entries
        ]
        macs = [
            self._mac(viewer, before + place, at, *row) for place, row in enumerate(rows, start=1)
        ]
        verbs, references, subjects = (list(column) for column in zip(*rows, strict=True))
        done = await self._store.execute(
            _WRITE, *viewer, before, verbs, at, references, subjects, macs
        )
        if done != len(entries):
            return False
        if viewer[1] == Principal.LOADER:
            counts.nth = before + done
            return True
        for place, (verb, reference, people) in enumerate(entries, start=1):
            numbers = (one.int for one in people)
            counts.add(before + place, at, verb, numbers, self._inquiry(reference))
        return True

    async def list_after(self, number: int, before: int) -> ReceiptPage:
        """The receipts after a number and before an instant. Raises KeyServiceError."""
        receipts, tampered, named = list[Receipt](), list[str](), 0
        rows = await self._store.fetch(_LIST, number, PAGE_SIZE)
        for *said, subjects, nth, mac, lacks_earlier, lacks_later in rows:
            place, at, verb, account, role, reference = said
            if at >= before:  # whoever goes on after the last one misses none
                return ReceiptPage(receipts, tampered, is_last=True)
            if lacks_earlier:
                tampered.append(f"a receipt before {place} is missing")
            made = self._mac((account, role), nth, at, verb, reference, subjects)
            if not hmac.compare_digest(mac, made):
                tampered.append(f"the receipt {place} was changed")
            if lacks_later:
                tampered.append(f"a receipt after {place} is missing")
            receipts.append(Receipt(place, at, verb, account, role, reference, _uuids(subjects)))
            named += len(receipts[-1].subjects)
            if named > _MOST_NAMED:
                break
        is_last = len(receipts) == len(rows) < PAGE_SIZE
        return ReceiptPage(receipts, tampered, is_last)

    async def reconciled(self) -> Reconciled:
        """How far a keeper has compared them. Raises KeyServiceError."""
        rows = await self._store.fetch("SELECT number, until, again_after FROM reconciled")
        return Reconciled(*rows[0]) if rows else Reconciled()

    async def note_reconciled(self, done: Reconciled) -> None:
        """Raises KeyServiceError."""
        await self._store.execute(
            "INSERT INTO reconciled (number, until, again_after) VALUES ($1, $2, $3)"
            " ON CONFLICT (one) DO UPDATE SET number = $1, until = $2, again_after = $3",
            *done,
        )

    def _counts_of(self, viewer: tuple[str, str]) -> Counts:
        counts = self._counts.setdefault(viewer, Counts())
        self._counts.move_to_end(viewer)
        if len(self._counts) > _MOST_COUNTED:
            self._counts.popitem(last=False)
        return counts

    def _inquiry(self, reference: str | None) -> str | None:
        return reference if reference and reference.startswith(self._inquiries) else None

    def _mac(self, viewer: tuple[str, str], *said: Any) -> bytes:
        return hmac.digest(self._key, repr((*viewer, *said)).encode(), "sha256")


def _uuids(joined: bytes) -> list[UUID]:
    starts = range(0, len(joined), _UUID_BYTES)
    return [UUID(bytes=joined[at : at + _UUID_BYTES]) for at in starts]
