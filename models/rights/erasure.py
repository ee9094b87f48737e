"""The erasure of a person: why it was ordered, and how far it has come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import ErasureCause

#: How long copies of keys may live: those of a store's backups, and with them the person's data.
COPIES_DAYS = 30


class Erasure(Base):
    """One person who is to be erased; the keeper does it as soon as nothing prevents it.

    First the identity is removed from the database, then the data key from its store, and last the
    digests by which the person is found. Digests of forgers, of banned people and of those whose
    visa was revoked stay until a period of their own has ended.
    """

    __tablename__ = "erasure"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"), unique=True)
    data_request_id: Mapped[UUID | None] = mapped_column(ForeignKey("data_request.id"))
    cause: Mapped[str]
    ordered_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: When the identity was removed; nobody can read it any more.
    erased_at: Mapped[datetime | None]
    #: When the key was deleted, without which no copy of the database can be read.
    keys_deleted_at: Mapped[datetime | None]
    #: When the last copy of the key has gone.
    copies_end_at: Mapped[datetime | None]
    index_removed_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("cause", ErasureCause),
        CheckConstraint("(cause = 'REQUEST') = (data_request_id IS NOT NULL)", name="as_asked"),
        CheckConstraint("erased_at >= ordered_at", name="erased_after_order"),
        CheckConstraint(
            "num_nulls(keys_deleted_at, copies_end_at) IN (0, 2)", name="copies_end_with_keys"
        ),
        CheckConstraint(
            "erased_at IS NOT NULL OR num_nonnulls(keys_deleted_at, index_removed_at) = 0",
            name="hidden_first",
        ),
        Index(None, "data_request_id", unique=True),
        Index(
            "ix_erasure_unfinished",
            "id",
            postgresql_where=text("keys_deleted_at IS NULL OR index_removed_at IS NULL"),
        ),
    )
