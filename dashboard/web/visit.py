"""Whose request this is: set by the gate, read by whatever answers it."""

from contextvars import ContextVar
from dataclasses import dataclass

from dashboard.gateway.session import Session


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who has signed in, and the language their browser asks for."""

    session: Session
    language: str


current_visit: ContextVar[Visit] = ContextVar("current_visit")
