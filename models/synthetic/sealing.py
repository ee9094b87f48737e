"""Seals the people of a batch, as a gateway does when they are handed in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

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


class SealedBannedRow(NamedTuple):
    """A row of ``banned_person``."""

    ban_id: UUID
    issuing_state: str | None
    sealed: str


async def sealed_rows(vault: Vault, batch: Batch) -> Mapping[str, Sequence[Any]]:
    """The rows of a batch by the tables in which they are sealed."""
    identities, versions, banned = batch.identity, batch.identity_version, batch.banned_person
    people = [Person(row.applicant_id, 1, row._asdict()) for row in identities]
    people += [Person(row.applicant_id, row.number, row._asdict()) for row in versions]
    people += [Person(row.ban_id, 1, row._asdict(), "banned_person") for row in banned]
    texts = [orjson.dumps(sealed).decode() for sealed in await vault.seal(people)]
    written = iter(texts)
    return {
        "identity": [_identity(row, next(written)) for row in identities],
        "identity_version": [_version(row, next(written)) for row in versions],
        "banned_person": [
            SealedBannedRow(row.ban_id, row.issuing_state, next(written)) for row in banned
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
