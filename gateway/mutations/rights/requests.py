"""Requests about the rights of people on file, one class per mutation."""

from dataclasses import dataclass
from uuid import UUID

from gateway.mutations.requests import Request
from models.vocabulary import DataRequestKind, DataRequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsRequest(Request):
    """Any request, answer or hold. Ids are None where they were malformed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgeDataRequest(RightsRequest):
    kind: DataRequestKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterDataRequest(RightsRequest):
    kind: DataRequestKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NameDataSubject(RightsRequest):
    data_request: UUID | None
    applicant: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDataRequest(RightsRequest):
    data_request: UUID | None
    outcome: DataRequestState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldErasure(RightsRequest):
    application: UUID | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseErasure(RightsRequest):
    legal_hold: UUID | None
    reason: str
