"""Indexes the people of a batch, as the LINKER does once they are committed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from models.jobs.linking import READ_FIELDS
from models.key_service import KeyService, KeyUse
from models.person.matching import index_messages
from models.row_keys import new_key
from models.synthetic.rows import Batch

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
