"""Exceptions from a budget of people: two supervisors widen it for one viewer, for a while."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.supervision.widening import MOST_MINUTES, MOST_PEOPLE
from models.vocabulary import Role

#: Whose budgets are widened: of those who read people for their work.
WIDENED_ROLES = (
    Role.PARTNER_AGENT,
    Role.PARTNER_MANAGER,
    Role.OFFICER,
    Role.SUPERVISOR,
    Role.SCREENING,
    Role.AUDITOR,
    Role.PARTNER_SERVICE,
)
_LISTED = ", ".join(f"'{role}'" for role in WIDENED_ROLES)


class BudgetException(Base):
    """How many people one viewer reads in a role beyond the budget, until when; never removed.

    The database says when it begins and ends: as another supervisor agrees. Where nobody does
    within the hour, nobody can any more.
    """

    __tablename__ = "budget_exception"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: The subject of the token of whoever reads.
    viewer: Mapped[str]
    role: Mapped[str]
    reason: Mapped[str]
    most_people: Mapped[int]
    minutes: Mapped[int]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    #: How many people beyond the budget were read at most.
    seen: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        Index(None, "proposed_at", "id"),
        Index(None, "viewer", "role", "proposed_at"),
        one_of("role", Role),
        CheckConstraint(f"role IN ({_LISTED})", name="of_who_works"),
        CheckConstraint(
            f"most_people BETWEEN 1 AND {MOST_PEOPLE} AND minutes BETWEEN 1 AND {MOST_MINUTES}",
            name="limited",
        ),
        CheckConstraint("seen BETWEEN 0 AND most_people", name="within_its_limit"),
        CheckConstraint("proposed_by <> viewer", name="proposed_by_another"),
        CheckConstraint(
            "approved_by <> proposed_by AND approved_by <> viewer", name="approved_by_another"
        ),
        CheckConstraint(
            "num_nulls(approved_by, approved_at, ends_at) IN (0, 3)", name="approved_once"
        ),
    )
