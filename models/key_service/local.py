"""The key service itself: the keys of a file, and the store of the data keys that they wrap."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag

from models.key_service.erasures import Erased
from models.key_service.interface import Digest, KeyServiceError, KeyUse, Signature
from models.key_service.local_file import LocalKeys
from models.key_service.store import KeyStore, WrappedKey

_NONCE_BYTES = 12


class LocalKeyService:
    """Keys in this process: of the process that serves them, and of development."""

    def __init__(self, keys: LocalKeys, store: KeyStore) -> None:
        self._keys = keys
        self._store = store

    @classmethod
    def open(cls, file: Path, second: Path | None = None) -> "LocalKeyService":
        """The keys of a file, with the store beside it; ``second`` is that of its second copy.

        Raises KeyServiceError if one of them cannot be used.
        """
        return cls(LocalKeys.read(file), KeyStore.beside(file, second))

    async def key_ids(self, use: KeyUse) -> Sequence[str]:
        return await self._keys.key_ids(use)

    async def digests(self, use: KeyUse, messages: Sequence[bytes]) -> Sequence[Sequence[Digest]]:
        return await self._keys.digests(use, messages)

    async def sign(self, use: KeyUse, message: bytes) -> Signature:
        return await self._keys.sign(use, message)

    async def public_keys(self, use: KeyUse) -> Mapping[str, bytes]:
        return await self._keys.public_keys(use)

    async def make_data_keys(self, subjects: Sequence[UUID]) -> Mapping[UUID, bytes]:
        found = await self.open_data_keys(subjects)
        new = {one: secrets.token_bytes(32) for one in subjects if one not in found}
        if not new or self._store.add({one: self._wrap(one, key) for one, key in new.items()}):
            return {**found, **new}
        return await self.open_data_keys(subjects)  # another process was first

    async def open_data_keys(self, subjects: Sequence[UUID]) -> Mapping[UUID, bytes]:
        found = self._store.find(subjects)
        return {subject: self._unwrap(subject, wrapped) for subject, wrapped in found.items()}

    async def erase_data_keys(self, subjects: Sequence[UUID]) -> Sequence[Erased]:
        return self._store.erase(subjects)

    async def erased_subjects(self, after: UUID) -> Sequence[Erased]:
        return self._store.list_erased(after)

    def _wrap(self, subject: UUID, key: bytes) -> WrappedKey:
        key_id, cipher = self._keys.cipher(KeyUse.DATA_KEY)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = cipher.encrypt(nonce, key, _bound_to(key_id, subject))
        return WrappedKey(key_id, nonce + sealed)

    def _unwrap(self, subject: UUID, wrapped: WrappedKey) -> bytes:
        nonce, sealed = wrapped.value[:_NONCE_BYTES], wrapped.value[_NONCE_BYTES:]
        _, cipher = self._keys.cipher(KeyUse.DATA_KEY, wrapped.key_id)
        try:
            return cipher.decrypt(nonce, sealed, _bound_to(wrapped.key_id, subject))
        except InvalidTag:
            raise KeyServiceError("a data key is not the one that was stored") from None


def _bound_to(key_id: str, subject: UUID) -> bytes:
    return b"gerbang data key 1\0%s\0%s" % (key_id.encode(), subject.bytes)
