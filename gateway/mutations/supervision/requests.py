"""Requests of supervision, one class per mutation."""

from dataclasses import dataclass
from uuid import UUID

from gateway.mutations.requests import Request
from models.vocabulary import InquiryVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionRequest(Request):
    """Any request of supervision, mostly with its reason."""

    #: None where it takes none.
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAlert(SupervisionRequest):
    #: None if the id was malformed.
    alert_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInquiry(SupervisionRequest):
    minutes: int
    most_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveInquiry(SupervisionRequest):
    """A second supervisor approves an inquiry, which already has its reason."""

    #: None if the id was malformed.
    inquiry_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewInquiry(SupervisionRequest):
    #: None if the id was malformed.
    inquiry_id: UUID | None
    verdict: InquiryVerdict
