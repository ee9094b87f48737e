"""The people whom each viewer has read within the last hour: what read budgets count besides
look-ups."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: How long a read counts.
HOURS_COUNTED = 1
#: Advisory locks of this class serialise the reads of one viewer in one role, and of nobody else.
LOCK_CLASS = 7_233


class BudgetedRead(Base):
    """One person whom a viewer has read lately, and when it was last.

    A trigger writes it with each entry of the log; the keeper deletes what no longer counts.
    """

    __tablename__ = "budgeted_read"

    actor: Mapped[str] = mapped_column(primary_key=True)
    actor_role: Mapped[str] = mapped_column(primary_key=True)
    #: The applicant, never a linked person: that would reveal links. An entry of the ban list
    #: counts as a person of its own.
    person: Mapped[UUID] = mapped_column(primary_key=True)
    read_at: Mapped[datetime]
