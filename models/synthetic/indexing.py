"""What is written of a batch of people beside their rows: the digests that the LINKER would
make, and sealed identities.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from models.jobs.linking import READ_FIELDS
from models.key_service import KeyService, KeyUse
from models.person.matching import index_messages
from models.person.vault import Person, Vault
from models.row_keys import new_key
from models.synthetic.rows import Batch, IdentityRow, IdentityVersionRow

#: What is written of the people of a batch besides its own tables.
TABLES = ("person_index", "linker_read")


class IndexRow(NamedTuple):
    """A row of ``person_index``."""

    applicant_id: UUID
    version: int
    kind: str
    key_id: str
    digest: bytes


class ReadRow(NamedTuple):
    """A row of ``linker_read``."""

    id: UUID
    applicant_id: UUID
    version: int
    fields: Sequence[str]


async def index_rows(keys: KeyService, batch: Batch) -> Mapping[str, Sequence[Any]]:
    """The rows of a batch in the tables that the LINKER writes. Raises KeyServiceError."""
    versions = list(_versions(batch))
    messages = [
        (person.applicant_id, number, kind.value, message)
        for number, person in versions
        for kind, message in index_messages(
            person.passport_issuing_state,
            person.passport_number,
            person.full_name,
            person.birth_date,
        )
    ]
    digests = await keys.digests(KeyUse.PERSON_INDEX, [message for *_, message in messages])
    return {
        "person_index": [
            IndexRow(person, number, kind, *digest)
            for (person, number, kind, _), of_keys in zip(messages, digests, strict=True)
            for digest in of_keys
        ],
        "linker_read": [
            ReadRow(new_key(), person.applicant_id, number, READ_FIELDS)
            for number, person in versions
        ],
    }


def _versions(batch: Batch) -> Iterator[tuple[int, Any]]:
    """Each version that is or was in force, with its number."""
    in_force = {one.applicant_id: one.number for one in batch.identity_version if one.valid_from}
    for person in batch.identity:
        yield in_force.get(person.applicant_id, 1), person
    for version in batch.identity_version:
        if version.valid_until is not None:
            yield version.number, version


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


class SealedAnswerRow(NamedTuple):
    """A row of ``item_answer``."""

    item_id: UUID
    application_id: UUID
    applicant_id: UUID
    sealed: str


class SealedIntentionAnswerRow(NamedTuple):
    """A row of ``intention_answer``."""

    application_id: UUID
    applicant_id: UUID
    sealed: str


class SealedGuarantorRow(NamedTuple):
    """A row of ``guarantor``."""

    id: UUID
    application_id: UUID
    applicant_id: UUID
    kind: str
    valid_from: datetime
    sealed: str


class SealedGuardianRow(NamedTuple):
    """A row of ``guardian``."""

    id: UUID
    application_id: UUID
    applicant_id: UUID
    kind: str
    consented_at: datetime
    valid_from: datetime
    sealed: str


class SealedTextRow(NamedTuple):
    """A row of ``complaint_text``."""

    complaint_id: UUID
    sealed: str


async def sealed_rows(vault: Vault, batch: Batch) -> Mapping[str, Sequence[Any]]:
    """The rows of a batch by the tables in which they are sealed."""
    identities, versions, banned = batch.identity, batch.identity_version, batch.banned_person
    people = [Person(row.applicant_id, 1, row._asdict()) for row in identities]
    people += [Person(row.applicant_id, row.number, row._asdict()) for row in versions]
    people += [Person(row.ban_id, 1, row._asdict(), "banned_person") for row in banned]
    people += [
        Person(row.applicant_id, row.item_id, row._asdict(), "item_answer")
        for row in batch.item_answer
    ]
    people += [
        Person(row.applicant_id, row.application_id, row._asdict(), "intention_answer")
        for row in batch.intention_answer
    ]
    people += [
        Person(row.applicant_id, row.id, row._asdict(), "guarantor") for row in batch.guarantor
    ]
    people += [
        Person(row.applicant_id, row.id, row._asdict(), "guardian") for row in batch.guardian
    ]
    people += [
        Person(row.complaint_id, 1, row._asdict(), "complaint_text") for row in batch.complaint_text
    ]
    texts = [orjson.dumps(sealed).decode() for sealed in await vault.seal(people)]
    written = iter(texts)
    return {
        "identity": [_identity(row, next(written)) for row in identities],
        "identity_version": [_version(row, next(written)) for row in versions],
        "banned_person": [
            SealedBannedRow(row.ban_id, row.issuing_state, next(written)) for row in banned
        ],
        "item_answer": [SealedAnswerRow(*row[:3], next(written)) for row in batch.item_answer],
        "intention_answer": [
            SealedIntentionAnswerRow(*row[:2], next(written)) for row in batch.intention_answer
        ],
        "guarantor": [SealedGuarantorRow(*row[:5], next(written)) for row in batch.guarantor],
        "guardian": [SealedGuardianRow(*row[:6], next(written)) for row in batch.guardian],
        "complaint_text": [
            SealedTextRow(row.complaint_id, next(written)) for row in batch.complaint_text
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
