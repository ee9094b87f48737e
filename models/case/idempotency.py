"""The idempotency keys of mutations, so that nothing is done twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Idempotency(Base):
    """One mutation under one key of one actor; deleted after a while.

    Only digests of key and input are kept. The key's is that of actor and key together; the
    input's is salted with the key. The answer holds ids and codes, never what was written.
    """

    __tablename__ = "idempotency"

    key_digest: Mapped[str] = mapped_column(primary_key=True)
    input_digest: Mapped[str]
    #: Null until the transaction of the mutation ends.
    answer: Mapped[Any | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (Index(None, "created_at"),)
