"""Applicants, under a pseudonym: their names and passports are in ``identity`` alone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Applicant(Base):
    """One person who applies, by a random id and a nationality."""

    __tablename__ = "applicant"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: The subject of the applicant's own sign-in, where there is one.
    account: Mapped[str | None] = mapped_column(unique=True)
    nationality_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    #: Where it is written; a trigger moves it to ``PassportEnding`` at once, so it is always null.
    passport_last_four: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: When the identity was removed; nobody can read it any more.
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("id", "nationality_code"),
        Index(None, "created_at", "id"),
        CheckConstraint("passport_last_four ~ '^[A-Z0-9]{4}$'", name="passport_last_four_is_four"),
    )
