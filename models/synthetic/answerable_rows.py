"""Rows of who answers for applicants, before they are sealed."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class GuarantorRow(NamedTuple):
    """A row of ``guarantor``, before it is sealed."""

    id: UUID
    application_id: UUID
    applicant_id: UUID
    kind: str
    valid_from: datetime
    name: str
    registration_number: str
    street: str
    city: str


class GuardianRow(NamedTuple):
    """A row of ``guardian``, before it is sealed."""

    id: UUID
    application_id: UUID
    applicant_id: UUID
    kind: str
    consented_at: datetime
    valid_from: datetime
    #: Of somebody who is named.
    name: str | None = None
    relation: str | None = None
    phone: str | None = None
