"""What a viewer asked to be told of by mail."""

from datetime import datetime

from gateway.mapping.declare import Node, column, link, noun
from gateway.schema.country import Country
from gateway.schema.partner import Centre, Partner
from gateway.schema.visa_type import VisaType
from gateway.texts.language import Language
from models import Centre as CentreRow
from models import Country as CountryRow
from models import MailSubscription as Row
from models import Partner as PartnerRow
from models import VisaType as VisaTypeRow
from models.mail.subscription import SUBSCRIBED_DAYS
from models.vocabulary import MailOccasion, Role


@noun(key=Row.id)
class MailSubscription(Node):
    """Your subscription to a report, or to a finding that is new. Mail holds a link and no figure:
    what the link shows is computed as whoever opens it."""

    occasion: MailOccasion = column(Row.occasion, "When mail is sent.")
    role: Role = column(Row.role, "The role in which you subscribed.")
    country: Country | None = link(
        Row.country_code, CountryRow.code, "The country that it is about; null where it is another."
    )
    partner: Partner | None = link(
        Row.partner_code, PartnerRow.code, "The partner that it is about; null where it is another."
    )
    centre: Centre | None = link(
        Row.centre_code, CentreRow.code, "The centre that it is about; null where it is another."
    )
    visa_type: VisaType | None = link(
        Row.visa_type_code,
        VisaTypeRow.code,
        "The visa type that an alert is about; null where it is about any.",
    )
    language: Language = column(Row.language, "The language of its mail.")
    subscribed_at: datetime = column(Row.subscribed_at, "When you subscribed.", orders=True)
    renewed_at: datetime = column(Row.renewed_at, "When you last renewed it.")
    ends_at: datetime = column(
        Row.ends_at, f"When it ends or ended: {SUBSCRIBED_DAYS} days after it was renewed."
    )
    is_ended: bool = column(Row.is_ended, "Whether it has ended.", filters=True)
    mailed_at: datetime | None = column(Row.mailed_at, "Since when its last report waits.")
