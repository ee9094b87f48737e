"""Who tried to track a file without an account, to open what was decided, or to claim a file."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of, partitioned_by

#: How many days after it was closed a file is tracked.
TRACKED_DAYS = 30


class TryKind(StrEnum):
    """What was tried with a file's reference: where it stands, what was decided, or to claim it."""

    TRACKING = "TRACKING"
    DELIVERY = "DELIVERY"
    CLAIM = "CLAIM"


class TrackingTry(Base):
    """One try, whether it found a file or not; never changed, and kept as long as the log of
    reads."""

    __tablename__ = "tracking_try"

    id: Mapped[UUID]
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: Digests that the key service makes, of the reference, and of the address with the day: they
    #: count tries, and tell nobody what was asked, or from where.
    file: Mapped[bytes] = mapped_column(LargeBinary)
    source: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str] = mapped_column(server_default=text("'TRACKING'"))
    is_found: Mapped[bool]
    trace_id: Mapped[str]
    #: The seal of the gateway that wrote it, and the key of that (`models.account`).
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        PrimaryKeyConstraint("occurred_at", "id"),
        Index(None, "file", "occurred_at"),
        Index(None, "source", "occurred_at"),
        one_of("kind", TryKind),
        CheckConstraint("length(file) = 16 AND length(source) = 16", name="digests_are_whole"),
        partitioned_by("occurred_at"),
    )
