"""What is kept of changes for a while: for subscriptions, and so that no mutation runs twice.

Triggers write changes, and a job deletes them. They are read in the order of the transactions that
wrote them, and only those below the oldest transaction that still runs, so that no change appears
before one that was read already. Ids and instants would not do as an order: transactions do not
commit in the order in which they begin.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import ChangedPart, ChangedVolumes, EventKind

#: The channel on which PostgreSQL notifies of committed changes, without any payload.
CHANNEL = "gerbang_change"

_THIS_TRANSACTION = text("pg_current_xact_id()::text::bigint")
_NOW = text("clock_timestamp()")


class ApplicationChange(Base):
    """An event of an application, for those who follow it."""

    __tablename__ = "application_change"

    #: The id of the event.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    written_in: Mapped[int] = mapped_column(server_default=_THIS_TRANSACTION)
    written_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    application_id: Mapped[UUID]
    kind: Mapped[str]
    changed: Mapped[str]

    __table_args__ = (
        Index(None, "written_in", "id"),
        one_of("kind", EventKind),
        one_of("changed", ChangedPart),
    )


class VolumeChange(Base):
    """A partner and country whose volumes changed by a fold; null for direct applications."""

    __tablename__ = "volume_change"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    written_in: Mapped[int] = mapped_column(server_default=_THIS_TRANSACTION)
    written_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    partner_code: Mapped[str | None]
    country_code: Mapped[str | None]
    changed: Mapped[str] = mapped_column(server_default=ChangedVolumes.FIGURES)

    __table_args__ = (Index(None, "written_in", "id"), one_of("changed", ChangedVolumes))


class Idempotency(Base):
    """One mutation under one key of one actor; deleted after a while.

    Only digests of key and input are kept. The key's is that of actor and key together; the
    input's is salted with the key. The answer holds ids and codes, never what was written.
    """

    __tablename__ = "idempotency"

    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    input_digest: Mapped[bytes] = mapped_column(LargeBinary)
    #: Null until the transaction of the mutation ends.
    answer: Mapped[Any | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (Index(None, "created_at"),)
