"""Payments that the treasury received and that fit no bill: kept until they do, or are refunded."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import UnmatchedPaymentState

#: How the finance ministry numbers a payment order, or the treasury a reversal, such as
#: `230191301012345` or `00031A/411/110`.
ORDER_NUMBER = "^[0-9A-Z][0-9A-Z/.-]{0,39}$"
_STATE = (
    "CASE WHEN reversed_at IS NOT NULL THEN 'REVERSED'"
    " WHEN assigned_to IS NOT NULL THEN 'ASSIGNED' WHEN ordered_by IS NOT NULL THEN 'REFUNDED'"
    " WHEN seconded_by IS NOT NULL THEN 'REFUND'"
    " WHEN recommended_by IS NOT NULL THEN 'RECOMMENDED' ELSE 'KEPT' END"
)


class UnmatchedPayment(Base):
    """One payment; never removed.

    Two people settle it. One recommends the bill that it belongs to, of the same amount, and
    another reports its receipt for that bill; or two recommend a refund. The payment order is the
    finance ministry's: its number and its day are recorded. One that the bank took back meanwhile
    is settled by that alone.
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
    #: The code of the bill that it should pay; none where a refund is recommended.
    recommended_bill: Mapped[str | None]
    seconded_by: Mapped[str | None]
    second_reason: Mapped[str | None]
    seconded_at: Mapped[datetime | None]
    #: The payment order by which it went back.
    order_number: Mapped[str | None]
    ordered_on: Mapped[date | None]
    ordered_by: Mapped[str | None]
    order_recorded_at: Mapped[datetime | None]
    #: The code of the bill that it paid in the end: a trigger of the bill writes it.
    assigned_to: Mapped[str | None]
    assigned_at: Mapped[datetime | None]
    #: When the treasury no longer had it: a trigger of `PaymentReversal` writes these.
    reversed_at: Mapped[datetime | None]
    reversal_number: Mapped[str | None]
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
            "recommended_bill IS NULL OR recommended_by IS NOT NULL AND seconded_by IS NULL",
            name="bill_recommended_by_somebody",
        ),
        CheckConstraint(
            "num_nulls(order_number, ordered_on, ordered_by, order_recorded_at) IN (0, 4)",
            name="ordered_once",
        ),
        CheckConstraint("ordered_by IS NULL OR seconded_by IS NOT NULL", name="seconded_before"),
        CheckConstraint(f"order_number ~ '{ORDER_NUMBER}'", name="order_number_is_formed"),
        CheckConstraint(
            "num_nulls(assigned_to, assigned_at) IN (0, 2)", name="assigned_to_something"
        ),
        CheckConstraint("num_nonnulls(seconded_by, assigned_to) < 2", name="settled_once"),
        CheckConstraint("num_nulls(reversed_at, reversal_number) IN (0, 2)", name="reversed_once"),
        CheckConstraint(
            "num_nonnulls(assigned_to, ordered_by, reversed_at) < 2", name="ended_once"
        ),
        Index(None, "kept_at", "id"),
        Index(None, "state", "kept_at", "id"),
    )
