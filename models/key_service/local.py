"""The key service itself: the keys of a file, and the store of the data keys that they wrap."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from models.key_service.codes import CodeKeeping
from models.key_service.erasures import ErasedSubject
from models.key_service.interface import (
    Cause,
    Ceiling,
    Digest,
    KeyServiceError,
    KeyUse,
    LookUp,
    Signature,
    Statement,
    Try,
)
from models.key_service.key_ages import SweepState
from models.key_service.local_file import LocalKeys
from models.key_service.operations import KeyOperationNote
from models.key_service.receipts import FEWEST_DAYS, ReceiptPage, Receipts, Reconciled
from models.key_service.relations import (
    OWN_KEY,
    Digester,
    Opening,
    Relation,
    RelationKind,
    Relations,
    said_of_visa,
)
from models.key_service.store import KeyStore, WrappedKey
from models.visa_document.content import VisaTerms, canonical, message_of


class WatchedKeys:
    """The keys of a file as they are now; an incomplete or foreign file is not taken over."""

    def __init__(self, file: Path) -> None:
        """Raises KeyServiceError if the file cannot be used."""
        self._file = file
        self._keys = LocalKeys.from_file(file)
        self._stamp: tuple[int, int] | None = None

    def current_keys(self) -> LocalKeys:
        with contextlib.suppress(OSError, KeyServiceError):
            found = self._file.stat()
            stamp = (found.st_ino, found.st_mtime_ns)
            if stamp != self._stamp:
                self._keys, self._stamp = LocalKeys.from_file(self._file), stamp
        return self._keys


_NONCE_BYTES = 12
#: How often keys and data keys are read again if they do not fit: a rotation changes both.
_TRIES = 4
#: How long after the second auditor agreed look-ups are compared with somebody.
_OPENED_SECONDS = 86_400


class LocalKeyService(CodeKeeping):
    """Keys in this process: in the one that serves them, and in development."""

    def __init__(
        self,
        keys: LocalKeys | WatchedKeys,
        store: KeyStore,
        ceiling: Ceiling | None = None,
        digests: Ceiling | None = None,
    ) -> None:
        self._source = keys
        self._store = store
        self._ceiling = ceiling
        self._digests = digests
        self._own_key: bytes | None = None
        #: Those of who was opened; None in a process that judges nobody.
        self._receipts: Receipts | None = None

    @classmethod
    def open(
        cls,
        file: Path,
        store: str,
        ceiling: Ceiling | None = None,
        digests: Ceiling | None = None,
    ) -> "LocalKeyService":
        """The keys of a file, with the store at a URL.

        ``ceiling`` limits how many data keys are opened or deleted, ``digests`` how many digests of
        people are made. Changes of the file take effect at once. Raises KeyServiceError if the file
        cannot be used; the store is first opened when it is needed.
        """
        return cls(WatchedKeys(file), KeyStore(store), ceiling, digests)

    @property
    def _keys(self) -> LocalKeys:
        """The keys that are accepted now."""
        return (
            self._source.current_keys() if isinstance(self._source, WatchedKeys) else self._source
        )

    async def key_ids(self, use: KeyUse) -> Sequence[str]:
        return await self._keys.key_ids(use)

    async def digests(
        self, use: KeyUse, messages: Sequence[bytes], statement: Statement | Cause | None = None
    ) -> Sequence[Sequence[Digest]]:
        # A digest of a person tells whether a guess is right; a seal tells nothing of anybody.
        if use is KeyUse.PERSON_INDEX:
            self._take_digests(len(messages))
        elif use is KeyUse.LOOK_UP:
            raise KeyServiceError("these are compared for two auditors alone")
        return await self._keys.digests(use, messages)

    async def look_up(self, message: bytes, statement: Statement | None = None) -> LookUp:
        self._take_digests(1)
        return await self._keys.look_up(message)

    async def sought(
        self, opening: Opening, messages: Sequence[bytes], digests: Sequence[Digest]
    ) -> Sequence[bool] | None:
        digester = await self.digester()
        named = [
            digester.named(kind, str(opening))
            for kind in (RelationKind.OPENING, RelationKind.AGREEMENT)
        ]
        noted = Relations(digester, await self._store.find_beginning(named), is_strict=True)
        agreed_at = noted.agreement_at(str(opening))
        if agreed_at is None or time.time() > agreed_at + _OPENED_SECONDS:
            return None
        keys = self._keys
        return [keys.is_sought(messages, one) for one in digests]

    async def track(self, reference: str, source: str, message: bytes) -> Try:
        self._take_digests(1)
        [digests] = await self._keys.digests(KeyUse.PERSON_INDEX, [message])
        return Try(digests, *(await self.digester()).tried(reference, source))

    async def sign(self, use: KeyUse, message: bytes) -> Signature:
        return await self._keys.sign(use, message)

    async def public_keys(self, use: KeyUse) -> Mapping[str, bytes]:
        return await self._keys.public_keys(use)

    async def make_data_keys(
        self,
        subjects: Sequence[UUID],
        statement: Statement | Cause | None = None,
        relations: Sequence[Relation] = (),
    ) -> Mapping[UUID, bytes]:
        stored = await self._store.find(subjects)
        self._take(len(stored))  # a key that is made now opens nothing yet
        found = await self._unwrap_all(stored)
        new = {one: secrets.token_bytes(32) for one in subjects if one not in found}
        related = (await self.digester()).rows(relations) if relations else []
        if not new or await self._store.add(lambda: _wrap_all(self._keys, new), related):
            return {**found, **new}
        # Another process made it first, or it was erased.
        return {**found, **await self._unwrap_all(await self._store.find(list(new)))}

    async def open_data_keys(
        self, subjects: Sequence[UUID], statement: Statement | Cause | None = None
    ) -> Mapping[UUID, bytes]:
        self._take(len(subjects))
        return await self._unwrap_all(await self._store.find(subjects))

    async def unwrap_found(self, found: Mapping[UUID, WrappedKey]) -> Mapping[UUID, bytes]:
        """The data keys that were found. Raises KeyServiceError beyond the ceiling."""
        self._take(len(found))
        return await self._unwrap_all(found)

    async def lacking_subjects(self, subjects: Sequence[UUID]) -> Sequence[UUID]:
        return await self._store.list_lacking(subjects)

    async def list_subjects(self, after: UUID) -> Sequence[UUID]:
        return await self._store.list_subjects(after)

    async def stored_subjects(self, subjects: Sequence[UUID]) -> set[UUID]:
        """Which of some subjects have a key."""
        return set(await self._store.find(subjects))

    async def digester(self) -> Digester:
        """By which relations are written."""
        return Digester(await self.own_key())

    async def own_key(self) -> bytes:
        """A key of the service for itself, wrapped and rotated like the data keys."""
        if self._own_key is None:
            kept = await self._unwrap_all(await self._store.find([OWN_KEY]))
            self._own_key = (kept or await self.make_data_keys([OWN_KEY]))[OWN_KEY]
        return self._own_key

    async def relate(
        self, relations: Sequence[Relation], statement: Statement | Cause | None = None
    ) -> None:
        await self._store.relate((await self.digester()).rows(relations))

    async def sign_visas(
        self, visas: Sequence[tuple[UUID, Mapping[str, Any]]]
    ) -> Sequence[tuple[bytes, bytes] | None]:
        terms = [VisaTerms(**content["visa"]) for _, content in visas]
        digester = await self.digester()
        rows = [
            digester.rows(said_of_visa(granted, subject))
            for granted, (subject, _) in zip(terms, visas, strict=True)
        ]
        said = [*chain.from_iterable(rows)]
        # A store from before relations were kept knows none.
        noted, keys = await self._store.find_noted(said), self._keys
        if not await self._store.judges_everybody():
            noted |= set(said)
        [key_id, *_] = await keys.key_ids(KeyUse.VISA)
        signed: list[tuple[bytes, bytes] | None] = []
        for of_one, (_, content) in zip(rows, visas, strict=True):
            text = canonical({**content, "key": key_id})
            signature = await keys.sign(KeyUse.VISA, message_of(text))
            signed.append((text, signature.value) if noted.issuperset(of_one) else None)
        return signed

    async def require_store(self) -> None:
        """Raises KeyServiceError where the store does not answer."""
        await self._store.fetch("SELECT 1")

    async def answering(self, seconds: float) -> tuple[int, int]:
        """The same as of several services, of this one."""
        try:
            async with asyncio.timeout(seconds):
                await self.require_store()
        except (KeyServiceError, TimeoutError):
            return 0, 1
        return 1, 1

    async def judges_everybody(self) -> bool:
        """Whether nobody is opened for a viewer without a relation."""
        return await self._store.judges_everybody()

    async def judge_everybody(self) -> None:
        await self._store.judge_everybody()

    async def _unwrap_all(self, found: Mapping[UUID, WrappedKey]) -> Mapping[UUID, bytes]:
        keys = self._keys
        for _ in range(_TRIES):
            if {wrapped.key_id for wrapped in found.values()} <= set(keys.by_use[KeyUse.DATA_KEY]):
                break
            keys, found = self._keys, await self._store.find(list(found))
        return {subject: unwrap(keys, subject, wrapped) for subject, wrapped in found.items()}

    async def erase_data_keys(self, subjects: Sequence[UUID]) -> Sequence[ErasedSubject]:
        self._take(len(subjects))
        return await self._store.erase(subjects)

    async def erased_subjects(self, after: UUID) -> Sequence[ErasedSubject]:
        return await self._store.list_erased(after)

    async def key_operations(self, before: int | None = None) -> Sequence[KeyOperationNote]:
        keys = self._keys
        await self._store.note_accepted(keys.accepted_ids(), keys.changed_by)
        return await self._store.list_operations(before)

    async def sweep_state(self) -> SweepState:
        return await self._store.sweep_state()

    async def aged_subjects(self, after: UUID, days: int) -> Sequence[UUID]:
        return await self._store.list_aged(after, days)

    async def begin_ages(self, token: UUID) -> None:
        await self._store.begin_ages(token)

    async def sweep_data_keys(self, subjects: Sequence[UUID], days: int, token: UUID) -> int:
        self._take(len(subjects))
        return await self._store.sweep(subjects, days, token)

    async def open_receipts(self, inquiries: str) -> Receipts:
        """Keep receipts from now on. ``inquiries`` is how the references of inquiries begin.
        Raises KeyServiceError."""
        self._receipts = Receipts(self._store, await self.own_key(), inquiries)
        return self._receipts

    @property
    def receipts(self) -> Receipts:
        """Raises KeyServiceError where none are kept."""
        if self._receipts is None:
            raise KeyServiceError("no receipts are kept here: nobody is judged")
        return self._receipts

    async def list_receipts(self, after: int, before: int) -> ReceiptPage:
        return await self.receipts.list_after(after, before)

    async def reconciled(self) -> Reconciled:
        return await self.receipts.reconciled()

    async def note_reconciled(self, done: Reconciled) -> None:
        await self.receipts.note_reconciled(done)

    async def forget_receipts(self, before: int) -> int:
        if before > (time.time() - FEWEST_DAYS * 86_400) * 1000:
            raise KeyServiceError(f"receipts are kept for {FEWEST_DAYS} days at least")
        return await self._store.forget_receipts(before)

    async def close(self) -> None:
        """Close the connections to the store."""
        await self._store.close()

    def _take_digests(self, number: int) -> None:
        """Raises KeyServiceError beyond the ceiling."""
        if self._digests is not None:
            self._digests.take(number)

    def _take(self, number: int) -> None:
        """Raises KeyServiceError beyond the ceiling."""
        if self._ceiling is not None:
            self._ceiling.take(number)


def wrap(keys: LocalKeys, subject: UUID, key: bytes) -> WrappedKey:
    """A data key, wrapped by the key that writes."""
    key_id, cipher = keys.cipher(KeyUse.DATA_KEY)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return WrappedKey(key_id, nonce + cipher.encrypt(nonce, key, _bound_to(key_id, subject)))


def unwrap(keys: LocalKeys, subject: UUID, wrapped: WrappedKey) -> bytes:
    """A data key. Raises KeyServiceError if it is not what was stored, or its key is not there."""
    nonce, sealed = wrapped.value[:_NONCE_BYTES], wrapped.value[_NONCE_BYTES:]
    _, cipher = keys.cipher(KeyUse.DATA_KEY, wrapped.key_id)
    try:
        return cipher.decrypt(nonce, sealed, _bound_to(wrapped.key_id, subject))
    except InvalidTag:
        raise KeyServiceError("a data key is not the one that was stored") from None


def _wrap_all(keys: LocalKeys, new: Mapping[UUID, bytes]) -> dict[UUID, WrappedKey]:
    return {subject: wrap(keys, subject, key) for subject, key in new.items()}


def _bound_to(key_id: str, subject: UUID) -> bytes:
    return b"gerbang data key 1\0%s\0%s" % (key_id.encode(), subject.bytes)
