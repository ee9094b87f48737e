"""What was done under which idempotency key, so that nothing is done twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Idempotency(Base):
    """One effect under one key of one actor; forgotten after a while.

    Neither the key nor the input is kept, only digests: the key's is that of actor and key, the
    input's is salted with the key. The answer holds ids and codes, never what was written.
    """

    __tablename__ = "idempotency"

    key_digest: Mapped[str] = mapped_column(primary_key=True)
    input_digest: Mapped[str]
    #: None while the transaction that does it has not ended.
    answer: Mapped[Any | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (Index(None, "created_at"),)
