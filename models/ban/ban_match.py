"""Which applications entries of the ban list match, by digests alone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import IndexKind


class BanMatch(Base):
    """An entry that is in force and the applicant of a case have something in common.

    Written once for each pair, so that a person who is found again makes no second hit.
    """

    __tablename__ = "ban_match"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ban_id: Mapped[UUID] = mapped_column(ForeignKey("ban_entry.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    by: Mapped[str]
    found_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: When the entry had ended or was withdrawn.
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("application_id", "ban_id", "by"),
        one_of("by", IndexKind),
        Index("ix_ban_match_lasting", "ban_id", postgresql_where=text("ended_at IS NULL")),
    )
