"""What read budgets count: whom each viewer has read, and whose passport ending they were shown,
within the last hour.
"""

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


#: Advisory locks of this class serialise the counts of one viewer in one role.
ENDINGS_LOCK_CLASS = 7_234


class DisclosedEnding(Base):
    """A person whose passport ending a viewer was shown lately, and when it was last.

    A function of the database writes it before the answer leaves; the keeper deletes what no longer
    counts.
    """

    __tablename__ = "ending_told"

    actor: Mapped[str] = mapped_column(primary_key=True)
    actor_role: Mapped[str] = mapped_column(primary_key=True)
    applicant_id: Mapped[UUID] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]
