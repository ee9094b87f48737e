"""Exceptions from a budget of people: for whom, why, how far, and who agreed."""

from datetime import datetime
from typing import Any

from gateway.mapping.connections import connection_field
from gateway.mapping.declare import Node, column, noun
from models import BudgetException as Row
from models.supervision.widening import WAITING_MINUTES
from models.vocabulary import Role


@noun(key=Row.id)
class BudgetException(Node):
    """How many people one viewer reads beyond the budget of the role, and until when: proposed by
    one supervisor, agreed to by another; never removed.

    It widens the budget of an hour, a day and a week for as long as it lasts, of people and not of
    look-ups, and ends by itself. Auditors and other supervisors are alerted as it begins.
    """

    viewer: str = column(Row.viewer, "Subject of the viewer who reads.", filters=True)
    role: Role = column(Row.role, "The role in which they read.")
    reason: str = column(Row.reason, "Why.")
    most_people: int = column(Row.most_people, "How many people beyond the budget.")
    minutes: int = column(Row.minutes, "How long it lasts.")
    proposed_by: str = column(Row.proposed_by, "Subject who proposed it.")
    proposed_at: datetime = column(
        Row.proposed_at,
        f"When that was: within {WAITING_MINUTES} minutes another supervisor agrees, or nobody"
        " can any more.",
        filters=True,
        orders=True,
    )
    approved_by: str | None = column(Row.approved_by, "Subject who agreed.")
    approved_at: datetime | None = column(Row.approved_at, "When that was, and it began.")
    ends_at: datetime | None = column(
        Row.ends_at, "When it ends or ended; null where nobody has agreed."
    )
    seen: int = column(Row.seen, "How many people beyond the budget it has let in so far.")


def budget_exceptions_field() -> Any:
    return connection_field(
        BudgetException,
        "Exceptions from budgets of people, the newest first.",
        order="proposed_at",
        newest_first=True,
    )
