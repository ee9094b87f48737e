"""Complaints of applicants, and what they say."""

from datetime import datetime
from typing import Any

from gateway.mapping.connections import Connection, connection_field
from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.linked_pages import pages
from gateway.schema.application import Application
from gateway.schema.country import Country
from gateway.schema.partner import Centre, Partner
from models import Application as ApplicationRow
from models import Centre as CentreRow
from models import Complaint as Row
from models import ComplaintRead as ReadRow
from models import ComplaintText as TextRow
from models import Country as CountryRow
from models import Partner as PartnerRow
from models.person.sealed import sealed_cell
from models.rights.complaint import ANSWER_DAYS
from models.vocabulary import ComplaintKind, Purpose, Role


@noun(key=TextRow.complaint_id, is_logged=True)
class ComplaintText:
    """What a complaint says, and what it was answered; null once the complainant is erased.

    Say why you read it, with the reference of the complaint:
    `query Said($for: String!) @purpose(code: COMPLAINT, reference: $for)`. Complainants need not.
    """

    complaint: str | None = column(sealed_cell(TextRow.complaint), "What is complained of.")
    answer: str | None = column(
        sealed_cell(TextRow.answer), "What it was answered; null until then."
    )


@noun(key=ReadRow.id)
class ComplaintRead:
    """One read of what a complaint says; never changed."""

    occurred_at: datetime = column(ReadRow.occurred_at, "When.")
    actor: str = column(ReadRow.actor, "Subject who read.")
    actor_role: Role = column(ReadRow.actor_role, "Role in which it was read.")
    purpose: Purpose = column(ReadRow.purpose, "Why.")
    fields: list[str] = column(ReadRow.fields, "The fields that were read.")


@noun(key=Row.id)
class Complaint(Node):
    """What an applicant complains about: a case of theirs, a centre, or the directorate. It is
    sorted first, and never removed."""

    reference: str = column(
        Row.reference, "What a purpose names to read what it says, such as `7K3M-9QPX-2F4D`."
    )
    kind: ComplaintKind = column(Row.kind, "Who reads it.", filters=True)
    is_open: bool = column(Row.is_open, "Whether it waits for its answer.", filters=True)
    lodged_at: datetime = column(Row.lodged_at, "When it was lodged.")
    due_at: datetime = column(
        Row.due_at,
        f"By when it is to be answered: the end of the {ANSWER_DAYS}th working day after it was"
        " lodged.",
        filters=True,
        orders=True,
    )
    application: Application | None = link(
        Row.application_id, ApplicationRow.id, "The case that it is about, if it is about one."
    )
    centre: Centre | None = link(
        Row.centre_code, CentreRow.code, "The centre that it is about, if it is about one."
    )
    partner: Partner | None = link(
        Row.partner_code, PartnerRow.code, "The partner that took the case in, or runs the centre."
    )
    country: Country | None = link(
        Row.country_code, CountryRow.code, "Where that was; null where no partner is concerned."
    )
    sorted_by: str | None = column(Row.sorted_by, "Subject who sorted it.")
    sorted_at: datetime | None = column(Row.sorted_at, "When it was sorted.")
    entrusted_to: str | None = column(
        Row.entrusted_to, "Subject of the supervisor who reads it beside the auditors."
    )
    entrusted_by: str | None = column(Row.entrusted_by, "Subject who entrusted it to them.")
    entrusted_at: datetime | None = column(Row.entrusted_at, "When that was.")
    answered_by: str | None = column(Row.answered_by, "Subject who answered it.")
    answered_role: Role | None = column(Row.answered_role, "The role in which it was answered.")
    answered_at: datetime | None = column(Row.answered_at, "When it was answered.")
    text: ComplaintText | None = link(
        Row.id, TextRow.complaint_id, "What it says; null where the purpose names another one."
    )
    reads: Connection[ComplaintRead] = pages(
        Row.id,
        ReadRow.complaint_id,
        "Reads of what it says, latest first.",
        order=ReadRow.occurred_at,
        newest_first=True,
    )


def complaints_field() -> Any:
    return connection_field(
        Complaint, "Complaints in your reach, the first due first.", order="due_at"
    )
