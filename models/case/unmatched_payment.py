"""Payments that the treasury received and that fit no bill: kept until they do, or are refunded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import UnmatchedPaymentState

_STATE = (
    "CASE WHEN assigned_to IS NOT NULL THEN 'ASSIGNED' WHEN seconded_by IS NOT NULL THEN 'REFUND'"
    " WHEN recommended_by IS NOT NULL THEN 'RECOMMENDED' ELSE 'KEPT' END"
)


class UnmatchedPayment(Base):
    """One payment; never removed.

    It is assigned by reporting its receipt for a bill of the same amount. A refund is recommended
    by two people; the payment order is the finance ministry's.
    """

    __tablename__ = "unmatched_payment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_number: Mapped[str] = mapped_column(unique=True)
    #: As somebody paid under it: maybe of no bill.
    billing_code: Mapped[str]
    amount_idr: Mapped[int]
    kept_by: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    recommended_by: Mapped[str | None]
    reason: Mapped[str | None]
    recommended_at: Mapped[datetime | None]
    seconded_by: Mapped[str | None]
    second_reason: Mapped[str | None]
    seconded_at: Mapped[datetime | None]
    #: The code of the bill that it paid in the end: a trigger of the bill writes it.
    assigned_to: Mapped[str | None]
    assigned_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Computed(_STATE, persisted=True))

    __table_args__ = (
        one_of("state", UnmatchedPaymentState),
        CheckConstraint("receipt_number ~ '^[0-9A-Z]{16}$'", name="receipt_number_is_formed"),
        CheckConstraint("billing_code ~ '^[0-9]{1,20}$'", name="billing_code_is_a_number"),
        CheckConstraint("amount_idr > 0", name="amount_is_positive"),
        CheckConstraint(
            "num_nulls(recommended_by, reason, recommended_at) IN (0, 3)", name="recommended_once"
        ),
        CheckConstraint(
            "num_nulls(seconded_by, second_reason, seconded_at) IN (0, 3)", name="seconded_once"
        ),
        CheckConstraint("seconded_by <> recommended_by", name="seconded_by_another"),
        CheckConstraint(
            "seconded_by IS NULL OR recommended_by IS NOT NULL", name="recommended_before"
        ),
        CheckConstraint(
            "num_nulls(assigned_to, assigned_at) IN (0, 2)", name="assigned_to_something"
        ),
        CheckConstraint("num_nonnulls(seconded_by, assigned_to) < 2", name="settled_once"),
        Index(None, "kept_at", "id"),
        Index(None, "state", "kept_at", "id"),
    )
