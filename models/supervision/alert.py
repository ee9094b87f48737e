"""Alerts: what auditors, and supervisors who are not concerned, learn of at once."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.row_keys import new_key
from models.vocabulary import AlertKind, Role

#: A viewer raises at most one alert of a kind within so many hours.
HOURS_BETWEEN = 1
#: Whom the keeper's jobs name as the actor: no viewer, and no role of the domain.
KEEPER = "keeper"
#: How many tampered values that a viewer meets in that time raise an alert each.
MOST_TAMPERED = 20
#: Raises an alert about a subject whose sealed values were changed; its values are SQL expressions.
RAISE_TAMPERED = f"""\
PERFORM pg_advisory_xact_lock(hashtextextended('gerbang tampering', 0));
        INSERT INTO alert (id, kind, actor, actor_role, applicant_id, ban_id)
        SELECT {{id}}, '{AlertKind.TAMPERED}', {{actor}}, {{role}},
            CASE WHEN NOT {{is_banned}} THEN {{subject}} END,
            CASE WHEN {{is_banned}} THEN {{subject}} END
        WHERE {MOST_TAMPERED} > (
            SELECT count(*) FROM alert AS lately
            WHERE kind = '{AlertKind.TAMPERED}' AND actor = {{actor}}
                AND raised_at > clock_timestamp() - interval '{HOURS_BETWEEN} hours'
        ) AND NOT EXISTS (
            SELECT FROM alert AS lately
            WHERE kind = '{AlertKind.TAMPERED}' AND {{subject}} IN (applicant_id, ban_id)
                AND raised_at > clock_timestamp() - interval '{HOURS_BETWEEN} hours'
        );"""  # noqa: S608

_RAISE = "DO $do$ BEGIN {} END $do$"


class Alert(Base):
    """Something that somebody did, for others to look into; never removed, closed once."""

    __tablename__ = "alert"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Its position for those who follow alerts live, with its transaction: see
    #: ``models.case.change``.
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    written_in: Mapped[int] = mapped_column(
        BigInteger, server_default=text("pg_current_xact_id()::text::bigint")
    )
    raised_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    kind: Mapped[str]
    #: The viewer it is about, and the role.
    actor: Mapped[str]
    actor_role: Mapped[str]
    #: The inquiry that it is about, once of a kind.
    inquiry_id: Mapped[UUID | None] = mapped_column(ForeignKey("inquiry.id"))
    #: The breach of which somebody was not told in time.
    breach_id: Mapped[UUID | None] = mapped_column(ForeignKey("breach.id"), unique=True)
    #: The complaint that nobody answered in time.
    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaint.id"), unique=True)
    #: The case that it is about: of a hit, a referral, a document, a decision or a visa.
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    #: Whose sealed values were changed: an applicant, or an entry of the ban list.
    applicant_id: Mapped[UUID | None]
    ban_id: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    close_reason: Mapped[str | None]
    is_open: Mapped[bool] = mapped_column(Computed("closed_at IS NULL", persisted=True))

    __table_args__ = (
        Index(None, "raised_at", "id"),
        Index(None, "is_open", "raised_at", "id"),
        Index(None, "actor", "kind", "raised_at"),
        Index(None, "written_in", "number"),
        Index(None, "inquiry_id", "kind", unique=True),
        Index(
            "ix_alert_of_a_case",
            "application_id",
            "kind",
            unique=True,
            postgresql_where=text(
                f"closed_at IS NULL AND (kind = '{AlertKind.HIT}' OR kind = '{AlertKind.REFERRAL}'"
                f" OR kind = '{AlertKind.GRANT_PROPOSED}'"
                f" OR kind = '{AlertKind.REVOKED_IN_COUNTRY}')"
            ),
        ),
        one_of("kind", AlertKind),
        one_of("actor_role", Role),
        CheckConstraint(
            "num_nulls(closed_at, closed_by, close_reason) IN (0, 3)", name="closed_with_reason"
        ),
        CheckConstraint("closed_by <> actor", name="closed_by_another"),
        CheckConstraint(
            f"num_nonnulls(applicant_id, ban_id) = (kind = '{AlertKind.TAMPERED}')::integer",
            name="about_whom",
        ),
    )


async def raise_tampering(connection: asyncpg.Connection, tampered: Mapping[UUID, bool]) -> None:
    """Raise an alert about each subject, as the keeper; the values say which are entries of the
    ban list."""
    raised = (
        RAISE_TAMPERED.format(
            id=f"'{new_key()}'::uuid",
            actor=f"'{KEEPER}'",
            role=f"'{Role.ANONYMOUS}'",
            subject=f"'{subject}'::uuid",
            is_banned=str(is_banned).lower(),
        )
        for subject, is_banned in tampered.items()
    )
    await connection.execute(_RAISE.format("\n".join(raised)))
