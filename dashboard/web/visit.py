"""Whose request this is: set by the gate, read by whatever answers it."""

from contextvars import ContextVar
from dataclasses import dataclass

from dashboard.gateway.client import GatewayClient
from dashboard.gateway.session import Session


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who has signed in, and the language their browser asks for."""

    session: Session
    gateway: GatewayClient
    language: str
    #: By it the browser knows that a style is ours; each page has another.
    nonce: str = ""
    path: str = "/"
    #: For whom the page was drawn that asks, as the page says itself; None where a page is opened,
    #: or a file by its address alone.
    drawn_for: str | None = None
    is_development: bool = False
    #: Where officers take and decide cases, if the installation says so.
    officers_url: str | None = None


current_visit: ContextVar[Visit] = ContextVar("current_visit")
