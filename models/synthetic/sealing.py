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
