"""What a grant yields: a visa with its number, until when it serves to enter, and for how long."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: Whether a visa is live today: its holder may still enter or, having entered on the last day,
#: stay. The file knows of no entries and no extensions, and each of many entries is by `use_by`.
IS_LIVE = (
    "visa.revoked_at IS NULL AND visa.superseded_at IS NULL"
    " AND visa.use_by + visa.stay_days::integer >= wib_day(clock_timestamp())"
)


class Visa(Base):
    """The visa of one granting decision; its terms are those of the day on which it was granted."""

    __tablename__ = "visa"

    #: Random, so that nobody can guess one number from another.
    visa_number: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    decision_id: Mapped[UUID] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    #: The last day on which it serves to enter.
    use_by: Mapped[date]
    stay_days: Mapped[int]
    revoked_at: Mapped[datetime | None]
    #: When the decision that granted it was corrected, which voids the visa.
    superseded_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "application_id"),
        ForeignKeyConstraint(
            ["decision_id", "application_id"], ["decision.id", "decision.application_id"]
        ),
        CheckConstraint("visa_number ~ '^ID[0-9A-HJKMNP-TV-Z]{12}$'", name="visa_number_is_formed"),
        CheckConstraint("stay_days > 0", name="stay_is_positive"),
        CheckConstraint("revoked_at >= issued_at", name="revoked_after_issue"),
        CheckConstraint("superseded_at >= issued_at", name="superseded_after_issue"),
    )
