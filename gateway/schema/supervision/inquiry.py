"""Inquiries: who looked at people without a case of theirs, why, and the review of it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from gateway.mapping.connections import Connection, connection_field
from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.linked_pages import pages
from models import Applicant as ApplicantRow
from models import Inquiry as Row
from models import InquiryPerson as PersonRow
from models.supervision.inquiry import REVIEW_HOURS, WAITING_HOURS
from models.vocabulary import InquiryVerdict

if TYPE_CHECKING:
    from gateway.schema.applicant import Applicant

InquiredApplicant = Annotated["Applicant", strawberry.lazy("gateway.schema.applicant")]


@noun(key=PersonRow.id)
class InquiryPerson:
    """One person whose identity an inquiry opened."""

    applicant: InquiredApplicant | None = link(
        PersonRow.applicant_id, ApplicantRow.id, "The person, under a pseudonym."
    )
    opened_at: datetime = column(PersonRow.opened_at, "When it was opened.")


@noun(key=Row.id)
class Inquiry(Node):
    """A window in which one supervisor reads some people without a case of theirs; never removed.

    While it lasts, its supervisor reads people with its reference as the purpose, and each read is
    logged. Auditors and other supervisors are alerted at once, and one of them reviews it.
    """

    reference: str = column(Row.reference, "What the purpose names, such as `INQ-7K3M-9QPX-2F4D`.")
    reason: str = column(Row.reason, "Why.")
    minutes: int = column(Row.minutes, "How long it lasts.")
    most_people: int = column(Row.most_people, "How many people it opens at most.")
    opened_by: str = column(Row.opened_by, "Subject who opened it.", filters=True)
    opened_at: datetime = column(
        Row.opened_at, "When it was opened, or asked for.", filters=True, orders=True
    )
    approved_by: str | None = column(
        Row.approved_by, "Subject who agreed to it; null where nobody else has to, or nobody has."
    )
    approved_at: datetime | None = column(Row.approved_at, "When that was, and it began.")
    ends_at: datetime | None = column(
        Row.ends_at, "When it ends or ended; null while it waits for a second supervisor."
    )
    lapsed_at: datetime | None = column(
        Row.lapsed_at,
        f"When it lapsed, since no second supervisor agreed to it within {WAITING_HOURS} hours.",
    )
    is_open: bool = column(
        Row.is_open,
        "Whether it waits for its review, or for a second supervisor before it lapses.",
        filters=True,
    )
    seen: int = column(
        Row.seen, "How many people it has opened so far; each look-up counts as one, too."
    )
    people: Connection[InquiryPerson] = pages(
        Row.reference,
        PersonRow.reference,
        "The people it opened, latest first: for its supervisor, for auditors, and for others while"
        " it waits for its review.",
        order=PersonRow.opened_at,
        newest_first=True,
    )
    review_due_at: datetime | None = column(
        Row.review_due_at,
        f"Until when somebody else is to review it: {REVIEW_HOURS} hours after it began.",
    )
    is_reviewed: bool = column(Row.is_reviewed, "Whether that was done.", filters=True)
    reviewed_by: str | None = column(Row.reviewed_by, "Subject who reviewed it.")
    reviewed_at: datetime | None = column(Row.reviewed_at, "When that was.")
    verdict: InquiryVerdict | None = column(Row.verdict, "What came of the review.")
    review_reason: str | None = column(Row.review_reason, "Why.")


def inquiries_field() -> Any:
    return connection_field(
        Inquiry,
        "Inquiries of supervisors, the newest first; those that wait for somebody by `isOpen`.",
        order="opened_at",
        newest_first=True,
    )
