"""Seals the people of a batch, as a gateway does when they are handed in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from models.key_service import Digest, KeyService, KeyUse, Signature
from models.person.vault import Person, Vault
from models.synthetic.rows import Batch, IdentityRow, IdentityVersionRow


class SealedIdentityRow(NamedTuple):
    """A row of ``identity``."""

    applicant_id: UUID
    passport_issuing_state: str
    sealed: str


class SealedVersionRow(NamedTuple):
    """A row of ``identity_version``."""

    applicant_id: UUID
    number: int
    written_at: datetime
    passport_issuing_state: str | None
    nationality_code: str | None
    passport_last_four: str | None
    sealed: str
    valid_from: datetime | None
    valid_until: datetime | None


class HeldKeys:
    """A key service whose new data keys are held as long as a world is made, rather than asked for
    again: linking reads all of them at once."""

    def __init__(self, keys: KeyService) -> None:
        self._keys = keys
        self._held: dict[UUID, bytes] = {}

    async def key_ids(self, use: KeyUse) -> Sequence[str]:
        return await self._keys.key_ids(use)

    async def digests(self, use: KeyUse, messages: Sequence[bytes]) -> Sequence[Sequence[Digest]]:
        return await self._keys.digests(use, messages)

    async def sign(self, use: KeyUse, message: bytes) -> Signature:
        return await self._keys.sign(use, message)

    async def public_keys(self, use: KeyUse) -> Mapping[str, bytes]:
        return await self._keys.public_keys(use)

    async def make_data_keys(self, subjects: Sequence[UUID]) -> Mapping[UUID, bytes]:
        made = await self._keys.make_data_keys([one for one in subjects if one not in self._held])
        self._held.update(made)
        return {one: self._held[one] for one in subjects}

    async def open_data_keys(self, subjects: Sequence[UUID]) -> Mapping[UUID, bytes]:
        return {one: self._held[one] for one in subjects if one in self._held}


async def sealed_rows(vault: Vault, batch: Batch) -> Mapping[str, Sequence[Any]]:
    """The rows of a batch by the tables in which they are sealed."""
    identities, versions = batch.identity, batch.identity_version
    people = [Person(row.applicant_id, 1, row._asdict()) for row in identities]
    people += [Person(row.applicant_id, row.number, row._asdict()) for row in versions]
    texts = [orjson.dumps(sealed).decode() for sealed in await vault.seal(people)]
    return {
        "identity": [_identity(*of) for of in zip(identities, texts, strict=False)],
        "identity_version": [
            _version(*of) for of in zip(versions, texts[len(identities) :], strict=True)
        ],
    }


def _identity(row: IdentityRow, sealed: str) -> SealedIdentityRow:
    return SealedIdentityRow(row.applicant_id, row.passport_issuing_state, sealed)


def _version(row: IdentityVersionRow, sealed: str) -> SealedVersionRow:
    number = row.passport_number
    return SealedVersionRow(
        *(row.applicant_id, row.number, row.written_at),
        *(row.passport_issuing_state, row.nationality_code, number and number[-4:], sealed),
        *(row.valid_from, row.valid_until),
    )
