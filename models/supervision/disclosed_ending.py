"""The people whose passport endings each viewer was shown within the last hour."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

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
