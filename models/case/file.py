"""What belongs to the file of a case: its bill, its documents, what its applicant was asked for or
told, and answered, and what was noted while somebody worked on it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Computed, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, each_once, one_of
from models.case.unmatched_payment import ORDER_NUMBER
from models.vocabulary import (
    UNANNOUNCED_GROUNDS,
    DocumentKind,
    Ground,
    RequestedItemKind,
    ReversalEffect,
)

#: Of an application, in SQL: its fee was paid, that payment was reversed, and nobody paid anew.
OWES_FEE = (
    "application.paid_at IS NOT NULL AND EXISTS (SELECT FROM bill"
    " WHERE bill.application_id = application.id"
    " AND (bill.paid_at IS NULL OR bill.reversed_at IS NOT NULL))"
)


class Bill(Base):
    """The fee of one application, fixed when it was billed: later fees do not touch it.

    A family that is billed together has a bill of no application besides: the sum of its files'
    bills, which are shares of it. That one alone is paid under its code, and what happens to it
    happens to each share in the same transaction; triggers keep it.
    """

    __tablename__ = "bill"

    #: 15 digits: what is paid under, but for a share.
    billing_code: Mapped[str] = mapped_column(primary_key=True)
    #: None where it is a family's.
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"), unique=True)
    #: Of a family's bill alone, and the same under each of its codes.
    family_id: Mapped[UUID | None]
    #: Of a share: the code of the family, and what it pays in all.
    family_code: Mapped[str | None] = mapped_column(
        ForeignKey("bill.billing_code", onupdate="CASCADE", deferrable=True, initially="DEFERRED")
    )
    family_fee_idr: Mapped[int | None]
    paid_under: Mapped[str] = mapped_column(
        Computed("coalesce(family_code, billing_code)", persisted=True)
    )
    amount_idr: Mapped[int]
    issued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    #: The treasury's number of the payment: 16 capital letters and digits, for one code alone.
    receipt_number: Mapped[str | None]
    #: A reversal of that payment: a trigger of `PaymentReversal` writes these.
    reversed_at: Mapped[datetime | None]
    reversal_number: Mapped[str | None]
    reversal_effect: Mapped[str | None]

    __table_args__ = (
        one_of("reversal_effect", ReversalEffect),
        Index(
            "uq_bill_receipt_of_code",
            "receipt_number",
            text("coalesce(family_code || billing_code, '')"),
            unique=True,
        ),
        Index(None, "paid_under"),
        Index(None, "family_code", postgresql_where=text("family_code IS NOT NULL")),
        Index(
            "uq_bill_family_id",
            "family_id",
            unique=True,
            postgresql_where=text("family_id IS NOT NULL"),
        ),
        CheckConstraint("num_nonnulls(application_id, family_id) = 1", name="of_file_or_family"),
        CheckConstraint("family_code IS NULL OR family_id IS NULL", name="share_of_a_file"),
        CheckConstraint(
            "family_fee_idr IS NULL OR family_code IS NOT NULL", name="family_fee_of_a_share"
        ),
        # The treasury's list, by each of its orders.
        Index(None, "issued_at", "billing_code"),
        Index(None, "due_at", "billing_code"),
        Index(None, "paid_at", "billing_code"),
        Index(
            None, "reversed_at", "billing_code", postgresql_where=text("reversed_at IS NOT NULL")
        ),
        CheckConstraint("billing_code ~ '^[0-9]{15}$'", name="billing_code_is_formed"),
        CheckConstraint("receipt_number ~ '^[0-9A-Z]{16}$'", name="receipt_number_is_formed"),
        CheckConstraint("amount_idr >= 0", name="amount_is_not_negative"),
        CheckConstraint("due_at > issued_at", name="due_after_issue"),
        CheckConstraint("paid_at >= issued_at", name="paid_after_issue"),
        CheckConstraint("(paid_at IS NULL) = (receipt_number IS NULL)", name="paid_with_receipt"),
        CheckConstraint(
            "num_nulls(reversed_at, reversal_number, reversal_effect) IN (0, 3)",
            name="reversed_once",
        ),
        CheckConstraint("reversed_at >= paid_at", name="reversed_after_payment"),
    )


class FormerBill(Base):
    """A code that a bill had before: written as the bill gets a new one, and never removed, so that
    a payment under it is known.

    Whoever asks names the new code. A trigger says when that may be, writes down what the bill
    was, and gives the bill its new code.
    """

    __tablename__ = "former_bill"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Of a family: the file whose applicant or agent asked.
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    #: Where it is the code of a family: `Bill.family_id`.
    family_id: Mapped[UUID | None]
    billing_code: Mapped[str] = mapped_column(unique=True)
    #: The code that the bill got instead.
    replaced_by: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    #: A payment that was reversed, which is why the bill was renewed.
    paid_at: Mapped[datetime | None]
    receipt_number: Mapped[str | None] = mapped_column(unique=True)
    reversed_at: Mapped[datetime | None]
    reversal_number: Mapped[str | None]
    renewed_by: Mapped[str]
    renewed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))

    __table_args__ = (
        Index(None, "application_id"),
        Index(None, "family_id", postgresql_where=text("family_id IS NOT NULL")),
        Index(None, "renewed_at", "id"),
        CheckConstraint("replaced_by ~ '^[0-9]{15}$'", name="replaced_by_is_formed"),
    )


class PaymentReversal(Base):
    """A report of the treasury that it no longer has a payment: written once, and never removed.

    A trigger takes the fee from the revenue, in the period in which it was paid first. Nothing is
    granted until the fee is paid anew, under another code (`FormerBill`).
    """

    __tablename__ = "payment_reversal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Of the payment.
    receipt_number: Mapped[str] = mapped_column(unique=True)
    #: Of the reversal, as the treasury numbers it: one may be of several payments.
    reversal_number: Mapped[str]
    reason: Mapped[str]
    reported_by: Mapped[str]
    reported_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))

    __table_args__ = (
        CheckConstraint(f"reversal_number ~ '{ORDER_NUMBER}'", name="reversal_number_is_formed"),
    )


class CaseDocument(Base):
    """One document of the checklist of a case: said to be there, or sent (`DocumentUpload`).

    A trigger writes the checklist as an application comes in: what its visa type requires that day.
    """

    __tablename__ = "case_document"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    #: When it was said to be there; none while it is missing.
    recorded_at: Mapped[datetime | None]
    #: The subject who said so.
    recorded_by: Mapped[str | None]

    __table_args__ = (
        one_of("kind", DocumentKind),
        CheckConstraint(
            "(recorded_at IS NULL) = (recorded_by IS NULL)", name="recorded_by_somebody"
        ),
    )


class RequestedItem(Base):
    """What an officer asked for: a document, or something about the person or the trip."""

    __tablename__ = "requested_item"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[str]
    #: A note about it, for the applicant and the agent who takes the file in.
    note: Mapped[str | None]
    requested_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    #: The subject who said that it was handed in.
    answered_by: Mapped[str | None]

    __table_args__ = (
        Index(None, "application_id", "requested_at", "id"),
        one_of("kind", RequestedItemKind),
        CheckConstraint("length(note) BETWEEN 1 AND 500", name="note_is_bounded"),
        CheckConstraint("answered_at >= requested_at", name="answered_after_request"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_somebody"
        ),
    )


class ItemAnswer(Base):
    """What was answered to an item that is no document: a text, a date, a country or an address.

    It is written once, sealed for its person (`models.person.vault`) and bound to its item. Whoever
    made a mistake is asked again.
    """

    __tablename__ = "item_answer"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("requested_item.id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    #: The sealed values by column.
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Always null: the values are sealed.
    as_text: Mapped[str | None]
    as_day: Mapped[date | None]
    as_country: Mapped[str | None]
    street: Mapped[str | None]
    city: Mapped[str | None]
    province: Mapped[str | None]
    postal_code: Mapped[str | None]

    __table_args__ = (
        Index(None, "application_id"),
        Index(None, "applicant_id"),
        CheckConstraint(
            "num_nonnulls(as_text, as_day, as_country, street, city, province, postal_code) = 0",
            name="values_are_sealed",
        ),
    )


class RefusalIntention(Base):
    """That the officer who has a case means to refuse it, and why: its applicant may say something
    to that, once.

    What was announced is never changed. The answer, or the end of the time for it, is filled in.
    """

    __tablename__ = "refusal_intention"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    #: The main ground first; each of them may be told.
    grounds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: What there is to it, for the applicant and the agent who takes the file in.
    note: Mapped[str | None]
    announced_at: Mapped[datetime]
    announced_by: Mapped[str]
    #: When it was answered, or the time for that ran out: the officer decides from then on.
    ended_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    #: The documents that were handed in with the answer.
    documents: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))

    __table_args__ = (
        each_once("grounds", tuple(one for one in Ground if one not in UNANNOUNCED_GROUNDS)),
        each_once("documents", DocumentKind),
        CheckConstraint("grounds <> '{}'", name="is_of_some_ground"),
        CheckConstraint("length(note) BETWEEN 1 AND 500", name="note_is_bounded"),
        CheckConstraint("ended_at >= announced_at", name="ended_after_announcement"),
        CheckConstraint("answered_at IS NULL OR answered_at = ended_at", name="answer_ends_it"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_somebody"
        ),
        CheckConstraint(
            "answered_at IS NOT NULL OR documents = '{}'", name="documents_of_an_answer"
        ),
    )


class IntentionAnswer(Base):
    """What the applicant said to an intention to refuse: written once, sealed for its person
    (`models.person.vault`) and bound to its case."""

    __tablename__ = "intention_answer"

    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("refusal_intention.application_id"), primary_key=True
    )
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Always null: it is sealed.
    as_text: Mapped[str | None]

    __table_args__ = (
        Index(None, "applicant_id"),
        CheckConstraint("as_text IS NULL", name="text_is_sealed"),
    )


class CaseNote(Base):
    """What somebody who works on a case wrote down for whoever works on it next: written once,
    sealed for the applicant (`models.person.vault`)."""

    __tablename__ = "case_note"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    author: Mapped[str]
    written_at: Mapped[datetime]
    #: Where two officers decide, each for themselves, and the first has not: who wrote it, and
    #: alone of all officers reads it.
    first_of_two: Mapped[str | None]
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Always null: it is sealed.
    as_text: Mapped[str | None]

    __table_args__ = (
        Index(None, "application_id", "written_at", "applicant_id"),
        Index(None, "applicant_id"),
        CheckConstraint("as_text IS NULL", name="text_is_sealed"),
        CheckConstraint("first_of_two = author", name="kept_for_its_author"),
    )
