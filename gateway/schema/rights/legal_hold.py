"""Holds that stop an erasure."""

from datetime import datetime

from gateway.mapping.declare import Node, column, noun
from models import LegalHold as Row


@noun(key=Row.id)
class LegalHold(Node):
    """While it lasts, the applicant of the case is not erased; never removed."""

    reason: str = column(Row.reason, "Why.")
    held_by: str = column(Row.held_by, "Subject who held.")
    held_at: datetime = column(Row.held_at, "When it began.")
    released_by: str | None = column(Row.released_by, "Subject who released it.")
    released_at: datetime | None = column(Row.released_at, "When it was released.")
    release_reason: str | None = column(Row.release_reason, "Why it was released.")
