"""Last characters of passport numbers, apart from applicants, since fewer people may read them."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class PassportEnding(Base):
    """The last four characters of an applicant's passport number; erased with the person.

    Whatever is written to ``applicant.passport_last_four`` moves here at once.
    """

    __tablename__ = "passport_ending"

    #: Checked at the end: the row of a new applicant is written while theirs is.
    applicant_id: Mapped[UUID] = mapped_column(
        ForeignKey("applicant.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    #: Enough for a counter to tell two applicants apart, not enough to find a person.
    last_four: Mapped[str]

    __table_args__ = (CheckConstraint("last_four ~ '^[A-Z0-9]{4}$'", name="last_four_is_four"),)
