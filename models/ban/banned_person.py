"""The person that an entry of the ban list is about: personal data, and the digests by which it is
found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import IndexKind

#: The columns that are sealed. The issuing state is a country, by which nobody can be found.
SEALED_OF_BANS = ("passport_number", "full_name", "birth_date")
_HAS = {name: f"num_nonnulls({name}, sealed -> '{name}')" for name in SEALED_OF_BANS}


class BannedPerson(Base):
    """A passport, a name and birth date, or both; never changed, and emptied when it is erased."""

    __tablename__ = "banned_person"

    ban_id: Mapped[UUID] = mapped_column(ForeignKey("ban_entry.id"), primary_key=True)
    issuing_state: Mapped[str | None]
    #: The sealed values by column (`models.person.vault`), each of version 1.
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Plain columns: null but in a synthetic world that was made without a key service.
    passport_number: Mapped[str | None]
    full_name: Mapped[str | None]
    birth_date: Mapped[date | None]
    #: When the personal data was removed, and when its key was deleted.
    erased_at: Mapped[datetime | None]
    keys_deleted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            f"{_HAS['passport_number']} = num_nonnulls(issuing_state)"
            f" AND {_HAS['full_name']} = {_HAS['birth_date']}"
            f" AND ({_HAS['passport_number']} + {_HAS['full_name']} > 0) = (erased_at IS NULL)",
            name="can_be_found",
        ),
        CheckConstraint("keys_deleted_at IS NULL OR erased_at IS NOT NULL", name="hidden_first"),
        Index(
            "ix_banned_person_unfinished",
            "ban_id",
            postgresql_where=text("erased_at IS NOT NULL AND keys_deleted_at IS NULL"),
        ),
    )


class BanIndex(Base):
    """One digest of the person that an entry is about, made like those of `PersonIndex`."""

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
