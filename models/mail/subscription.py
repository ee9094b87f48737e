"""What viewers asked to be told of by mail: reports by schedule, and findings that are new."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.mail.outbox import ADDRESS
from models.vocabulary import MailOccasion, Role

#: How long a subscription lasts unless it is renewed, and how long before its end a reminder goes.
SUBSCRIBED_DAYS, REMINDED_DAYS = 90, 14
#: Whoever was not here for so long is told nothing until they are back.
AWAY_DAYS = 35
#: The occasions that come by the clock; all others are alerts.
SCHEDULES = (MailOccasion.WEEKLY, MailOccasion.MONTHLY)
ALERTS = tuple(each for each in MailOccasion if each not in SCHEDULES)
#: How many a viewer has at a time.
MOST_SUBSCRIPTIONS = 20


class MailSubscription(Base):
    """One subscription, with the reach that its viewer had when it was made, or last renewed.

    No token is kept: a report is computed as whoever opens it. The reach says of whose figures an
    alert is, and the database writes it by itself, from the sealed viewer.
    """

    __tablename__ = "mail_subscription"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str]
    role: Mapped[str]
    own_partner: Mapped[str | None]
    own_countries: Mapped[list[str]] = mapped_column(ARRAY(Text))
    own_centres: Mapped[list[str]] = mapped_column(ARRAY(Text))
    occasion: Mapped[str]
    #: What it is about; without any of them all that the viewer reaches.
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    partner_code: Mapped[str | None] = mapped_column(ForeignKey("partner.code"))
    centre_code: Mapped[str | None] = mapped_column(ForeignKey("centre.code"))
    visa_type_code: Mapped[str | None] = mapped_column(ForeignKey("visa_type.code"))
    language: Mapped[str]
    #: From the provider's claim; removed when the subscription ends. No field shows it.
    address: Mapped[str | None]
    subscribed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    renewals: Mapped[int] = mapped_column(server_default=text("0"))
    renewed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    ends_at: Mapped[datetime] = mapped_column(
        server_default=text(f"(clock_timestamp() + '{SUBSCRIBED_DAYS} days'::interval)")
    )
    is_ended: Mapped[bool] = mapped_column(server_default=text("false"))
    #: When its last report was posted.
    mailed_at: Mapped[datetime | None]
    #: When the viewer was last here with a token of this role.
    seen_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: When figures were last looked at for an alert, and the codes of what was found then.
    checked_at: Mapped[datetime | None]
    found: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))

    __table_args__ = (
        one_of("role", Role),
        one_of("occasion", MailOccasion),
        CheckConstraint("language IN ('EN', 'ID')", name="language_is_known"),
        CheckConstraint(f"address ~ '^{ADDRESS}$'", name="address_is_formed"),
        CheckConstraint("(address IS NULL) = is_ended", name="address_until_ended"),
        CheckConstraint(
            "num_nonnulls(country_code, partner_code, centre_code) <= 1", name="of_one_place"
        ),
        CheckConstraint(
            "visa_type_code IS NULL OR occasion NOT IN ('WEEKLY', 'MONTHLY')",
            name="visa_type_of_an_alert",
        ),
        Index(None, "subject", "subscribed_at", "id"),
        Index(None, "ends_at", postgresql_where=text("NOT is_ended")),
        Index(
            "uq_mail_subscription_lasting",
            "subject",
            "role",
            "occasion",
            "country_code",
            "partner_code",
            "centre_code",
            "visa_type_code",
            unique=True,
            postgresql_where=text("NOT is_ended"),
            postgresql_nulls_not_distinct=True,
        ),
    )
