"""What the keeper did to data keys that belong to nobody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import KeyOperationKind


class KeyOperation(Base):
    """One sweep of the store of data keys; never changed, never removed.

    It is written before keys are deleted, and its key is the token by which the store knows this
    database: one that lacks it is another one, or one from before.
    """

    __tablename__ = "key_operation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    kind: Mapped[str]
    #: Whose keys were to be deleted: nobody's who is on file.
    subjects: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    #: Why nothing was swept.
    reason: Mapped[str | None]

    __table_args__ = (
        one_of("kind", KeyOperationKind),
        CheckConstraint("(kind = 'REFUSED') = (reason IS NOT NULL)", name="refused_with_reason"),
        CheckConstraint("kind = 'SWEEP' OR subjects = '{}'", name="sweeps_alone_delete"),
        Index(None, "occurred_at"),
    )
