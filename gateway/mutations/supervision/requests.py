"""Requests of supervision, one class per mutation."""

from dataclasses import dataclass
from uuid import UUID

from gateway.mutations.requests import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionRequest(Request):
    """Anything that supervision says, with its reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAlert(SupervisionRequest):
    #: None if the id was malformed.
    alert_id: UUID | None
