"""What applicants have to pay: a bill for each application, paid once the treasury says so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Bill(Base):
    """The fee of one application, fixed when it was billed: later fees do not touch it."""

    __tablename__ = "bill"

    #: What the applicant pays under: 15 digits.
    billing_code: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), unique=True)
    amount_idr: Mapped[int]
    issued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    #: The treasury's number of the payment: 16 capital letters and digits, for one bill alone.
    receipt_number: Mapped[str | None] = mapped_column(unique=True)

    __table_args__ = (
        CheckConstraint("billing_code ~ '^[0-9]{15}$'", name="billing_code_is_formed"),
        CheckConstraint("receipt_number ~ '^[0-9A-Z]{16}$'", name="receipt_number_is_formed"),
        CheckConstraint("amount_idr >= 0", name="amount_is_not_negative"),
        CheckConstraint("due_at > issued_at", name="due_after_issue"),
        CheckConstraint("paid_at >= issued_at", name="paid_after_issue"),
        CheckConstraint("(paid_at IS NULL) = (receipt_number IS NULL)", name="paid_with_receipt"),
    )
