"""Endpoints of partners' systems, the outbox of what they are told, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import NoticeState, Stage, WebhookState

#: How many endpoints a partner has in a country at a time.
MOST_ENDPOINTS = 5
#: How long the secret before is signed with beside the new one.
ROTATED_HOURS = 24
#: How long a notice is tried, and an endpoint that takes nothing.
TRIED_DAYS, FAILING_DAYS = 3, 5
#: How long notices are kept after they were written, for whoever wants one again.
KEPT_DAYS = 30
#: The shape of a URL that is accepted; what the host may be is decided as it is resolved.
URL = r"https?://[A-Za-z0-9.:\[\]-]{1,253}(/[!-~]*)?"
LONGEST_URL = 500

_NOW = text("clock_timestamp()")
_STATE = (
    "CASE WHEN removed_at IS NOT NULL THEN 'REMOVED' WHEN paused_at IS NOT NULL THEN 'PAUSED'"
    " WHEN approved_at IS NOT NULL THEN 'LIVE' ELSE 'PROPOSED' END"
)


class WebhookEndpoint(Base):
    """Where the system of a partner wants to be told of its files in a country.

    The partner's system registers it, and a manager of the partner approves it: a stolen token of
    the system alone directs nothing anywhere.
    """

    __tablename__ = "webhook_endpoint"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_code: Mapped[str] = mapped_column(ForeignKey("partner.code"))
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    url: Mapped[str]
    #: Sealed for the keeper (`models.webhooks.secret`); no role reads it.
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The one before, for a day after it was replaced.
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    registered_by: Mapped[str]
    registered_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    paused_by: Mapped[str | None]
    paused_at: Mapped[datetime | None]
    resumed_by: Mapped[str | None]
    resumed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    #: The numbers of the notices that are to be sent once more, and who asked for that.
    redeliver_from: Mapped[int | None]
    redeliver_through: Mapped[int | None]
    redeliver_by: Mapped[str | None]
    state: Mapped[str] = mapped_column(Computed(_STATE, persisted=True))

    __table_args__ = (
        one_of("state", WebhookState),
        CheckConstraint(f"url ~ '^{URL}$' AND length(url) <= {LONGEST_URL}", name="url_is_formed"),
        CheckConstraint("(secret IS NULL) = (removed_at IS NOT NULL)", name="secret_until_removed"),
        CheckConstraint("approved_by <> registered_by", name="approved_by_another"),
        CheckConstraint("num_nulls(approved_by, approved_at) IN (0, 2)", name="approved_once"),
        CheckConstraint("num_nulls(removed_by, removed_at) IN (0, 2)", name="removed_once"),
        CheckConstraint(
            "num_nulls(redeliver_from, redeliver_through, redeliver_by) IN (0, 3)",
            name="redelivered_for_somebody",
        ),
        Index(None, "partner_code", "country_code", "registered_at", "id"),
        Index(None, "registered_at", "id"),
    )


class WebhookDelivery(Base):
    """How an endpoint does. The keeper writes it, and nobody else."""

    __tablename__ = "webhook_delivery"

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"), primary_key=True)
    #: The number of its last notice.
    last_number: Mapped[int] = mapped_column(server_default=text("0"))
    delivered_at: Mapped[datetime | None]
    #: How many attempts failed since the last one that did not, and since when.
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    failing_since: Mapped[datetime | None]
    failure: Mapped[str | None]
    #: When an endpoint that fails is tried again.
    due_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    #: Since when it is told nothing, having failed for long; whoever resumes it ends that.
    disabled_at: Mapped[datetime | None]


class WebhookNotice(Base):
    """One notice, numbered for its endpoint; each time that it is sent it is the same."""

    __tablename__ = "webhook_notice"

    #: Also its `webhook-id`, so that whoever gets it twice can tell.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"))
    number: Mapped[int]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    stage: Mapped[str]
    #: How many percent of its target have passed, where that is what is told.
    target_percent: Mapped[int | None]
    written_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    #: From when on it is tried, in vain at first; it begins anew where it is asked for again.
    tried_from: Mapped[datetime] = mapped_column(server_default=_NOW)
    #: When it is tried next; while it is under way, when another keeper may take it.
    due_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    #: Why the last attempt failed: a status, or a kind of error.
    failure: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default=NoticeState.WAITING)
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("stage", Stage),
        one_of("state", NoticeState),
        CheckConstraint("(state = 'WAITING') = (settled_at IS NULL)", name="waits_until_settled"),
        UniqueConstraint("endpoint_id", "number"),
        Index(
            "ix_webhook_notice_waiting",
            "endpoint_id",
            "number",
            postgresql_where=text("state = 'WAITING'"),
        ),
        Index(
            "ix_webhook_notice_of_case",
            "endpoint_id",
            "application_id",
            "number",
            postgresql_where=text("state = 'WAITING'"),
        ),
        Index(None, "written_at", "id"),
        Index(None, "state", "written_at", "id"),
        Index(None, "application_id"),
    )


class WebhookCursor(Base):
    """Up to where changes of cases were turned into notices; one row."""

    __tablename__ = "webhook_cursor"

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    written_in: Mapped[int]
    change_id: Mapped[int]

    __table_args__ = (CheckConstraint("is_only", name="is_only"),)


class WebhookKey(Base):
    """The public half of the key for which secrets are sealed, as the keeper says it; one row."""

    __tablename__ = "webhook_key"

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (CheckConstraint("is_only", name="is_only"),)
