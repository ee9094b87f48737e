"""Whom an entry of the ban list is about: personal data, and the digests by which it is found."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import IndexKind


class BannedPerson(Base):
    """A passport, a name and birth date, or both; never changed."""

    __tablename__ = "banned_person"

    ban_id: Mapped[UUID] = mapped_column(ForeignKey("ban_entry.id"), primary_key=True)
    issuing_state: Mapped[str | None]
    passport_number: Mapped[str | None]
    full_name: Mapped[str | None]
    birth_date: Mapped[date | None]

    __table_args__ = (
        CheckConstraint(
            "num_nulls(issuing_state, passport_number) IN (0, 2)"
            " AND num_nulls(full_name, birth_date) IN (0, 2)"
            " AND num_nonnulls(passport_number, full_name) > 0",
            name="can_be_found",
        ),
    )


class BanIndex(Base):
    """One digest of whom an entry is about, made as those of `PersonIndex` are."""

    __tablename__ = "ban_index"

    ban_id: Mapped[UUID] = mapped_column(ForeignKey("ban_entry.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "digest", "ban_id"),
        one_of("kind", IndexKind),
        CheckConstraint("length(digest) = 32", name="digest_is_whole"),
    )
