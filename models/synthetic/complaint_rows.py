"""The generated rows of complaints."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from models.vocabulary import ComplaintKind, Role


class ComplaintRow(NamedTuple):
    """A row of ``complaint``."""

    id: UUID
    reference: str
    applicant_id: UUID
    account: str
    application_id: UUID | None
    centre_code: str | None
    partner_code: str | None
    country_code: str | None
    lodged_at: datetime
    due_at: datetime
    kind: ComplaintKind
    sorted_by: str | None
    sorted_at: datetime | None
    entrusted_to: str | None
    entrusted_by: str | None
    entrusted_at: datetime | None
    answered_by: str | None
    answered_role: Role | None
    answered_at: datetime | None


class ComplaintTextRow(NamedTuple):
    """What a complaint says; never written but sealed."""

    complaint_id: UUID
    complaint: str
    answer: str | None
