"""Operations on keys: sweeps of keys without a subject, rotations and erasures."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import KeyOperationKind, KeyUsedFor


class KeyOperation(Base):
    """One operation on keys; never changed, never removed. It holds no key.

    A sweep is written before keys are deleted, and its key is the token by which the store
    recognises this database: a database without it is another one, or an older copy. Other
    operations are noted by the key service, and copied here (`models.jobs.keys`).
    """

    __tablename__ = "key_operation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    kind: Mapped[str]
    #: The subjects whose keys were to be swept: none of them on file.
    subjects: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    #: Why nothing was swept.
    reason: Mapped[str | None]
    #: What the key is for that was added or retired.
    used_for: Mapped[str | None]
    #: The login of the person who changed the file of keys; null if none of our commands did.
    operator: Mapped[str | None]
    #: The key that wrote before, or that is no longer accepted.
    from_key: Mapped[str | None]
    #: The key that writes from now on.
    to_key: Mapped[str | None]
    #: How many data keys there were to wrap, or were erased.
    keys: Mapped[int | None]

    __table_args__ = (
        one_of("kind", KeyOperationKind),
        one_of("used_for", KeyUsedFor),
        CheckConstraint("(kind = 'REFUSED') = (reason IS NOT NULL)", name="refused_with_reason"),
        CheckConstraint("kind = 'SWEEP' OR subjects = '{}'", name="sweeps_alone_delete"),
        CheckConstraint(
            "(kind IN ('ADDED', 'RETIRED')) = (used_for IS NOT NULL AND to_key IS NOT NULL)",
            name="changes_name_keys",
        ),
        CheckConstraint("(kind = 'RETIRED') <= (from_key IS NOT NULL)", name="retired_is_named"),
        CheckConstraint("(kind = 'ERASED') <= (keys > 0)", name="erased_are_counted"),
        Index(None, "occurred_at", "id"),
        Index(None, "kind", "occurred_at", "id"),
    )
