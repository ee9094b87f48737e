"""What supervisors and auditors are alerted to."""

from datetime import datetime
from typing import Any

import strawberry

from gateway.mapping.connections import connection_field
from gateway.mapping.declare import POSITION, Node, column, link, noun, position
from gateway.schema.applicant import Applicant
from gateway.schema.application import Application
from gateway.schema.ban_entry import BanEntry
from gateway.schema.complaint import Complaint
from gateway.schema.supervision.budget_exception import BudgetException
from gateway.schema.supervision.inquiry import Inquiry
from models import Alert as Row
from models import Applicant as ApplicantRow
from models import Application as ApplicationRow
from models import BanEntry as BanRow
from models import BudgetException as ExceptionRow
from models import Complaint as ComplaintRow
from models import Inquiry as InquiryRow
from models.supervision.alert import HOURS_BETWEEN
from models.vocabulary import AlertKind, Role


@strawberry.interface(description="A payload for a follower of alerts: an alert or a heartbeat.")
class AlertUpdate:
    position: str = strawberry.field(description=POSITION)


@noun(key=Row.id)
class Alert(Node, AlertUpdate):
    """Something that a viewer did, for others to look into: never removed, closed once.

    Whoever it is about neither sees nor closes it.
    """

    position: str = position(Row.written_in, Row.number)
    raised_at: datetime = column(Row.raised_at, "When.", filters=True, orders=True)
    kind: AlertKind = column(
        Row.kind, f"What was done; the same raises one alert in {HOURS_BETWEEN} hour at most."
    )
    actor: str = column(Row.actor, "Subject of the viewer that the alert is about.")
    actor_role: Role = column(Row.actor_role, "The role in which it was done.")
    is_open: bool = column(Row.is_open, "Whether somebody has yet to look into it.", filters=True)
    closed_at: datetime | None = column(Row.closed_at, "When it was closed.")
    closed_by: str | None = column(Row.closed_by, "Subject who looked into it.")
    close_reason: str | None = column(Row.close_reason, "What came of it.")
    inquiry: Inquiry | None = link(
        Row.inquiry_id, InquiryRow.id, "The inquiry that it is about; null where it is about none."
    )
    budget_exception: BudgetException | None = link(
        Row.id, ExceptionRow.id, "The exception from a budget that began, where it is of that."
    )
    applicant: Applicant | None = link(
        Row.applicant_id, ApplicantRow.id, "Whose sealed values were changed, where it is of that."
    )
    ban_entry: BanEntry | None = link(
        Row.ban_id, BanRow.id, "The entry of the ban list whose sealed values were changed."
    )
    complaint: Complaint | None = link(
        Row.complaint_id, ComplaintRow.id, "The complaint that nobody answered in time."
    )
    application: Application | None = link(
        Row.application_id,
        ApplicationRow.id,
        "The file that has a hit, was referred, was decided differently by two, or to which an"
        " infected document was sent; or that of somebody in the country without a visa in force.",
    )


def alerts_field() -> Any:
    return connection_field(
        Alert,
        "What viewers did that others look into, the newest first: never an alert about you.",
        order="raised_at",
        newest_first=True,
    )
