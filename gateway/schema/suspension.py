"""Suspensions: who was suspended, by whom, and who confirmed it."""

from datetime import datetime

from gateway.mapping.declare import Node, column, link, noun
from gateway.schema.partner import Partner
from models import Partner as PartnerRow
from models import Suspension as Row
from models.suspension import UNCONFIRMED_HOURS


@noun(key=Row.id)
class Suspension(Node):
    """A partner, or one viewer, who reaches nothing while it lasts; never removed."""

    partner: Partner | None = link(
        Row.partner_code, PartnerRow.code, "The partner; null where it is one viewer."
    )
    subject: str | None = column(Row.subject, "Subject of the viewer; null where it is a partner.")
    reason: str = column(Row.reason, "Why.")
    suspended_by: str = column(Row.suspended_by, "Subject who suspended.")
    suspended_at: datetime = column(Row.suspended_at, "When it began.", filters=True, orders=True)
    ends_at: datetime | None = column(
        Row.ends_at,
        f"When it ends or ended: after {UNCONFIRMED_HOURS} hours where nobody confirms it; null"
        " once it is confirmed, until it is lifted.",
    )
    confirmed_by: str | None = column(Row.confirmed_by, "Subject who agreed.")
    confirmed_at: datetime | None = column(Row.confirmed_at, "When it was confirmed.")
    lift_proposed_by: str | None = column(
        Row.lift_proposed_by, "Subject who proposed to lift it; somebody else lifts it."
    )
    lift_proposed_at: datetime | None = column(
        Row.lift_proposed_at, "When it was proposed to lift it."
    )
    lifted_by: str | None = column(Row.lifted_by, "Subject who lifted it.")
    lifted_at: datetime | None = column(Row.lifted_at, "When it was lifted.")
    lift_reason: str | None = column(Row.lift_reason, "Why it should be lifted, or was.")
