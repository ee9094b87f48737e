"""The table of trusted documents."""

from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: Longer ids are refused: MD5, SHA-1 and SHA-256 in hexadecimal have 32 to 64 characters.
LONGEST_ID = 200


class TrustedDocument(Base):
    """A GraphQL document that was registered. Only the owner of the database writes it."""

    __tablename__ = "trusted_document"

    #: Of the text in UTF-8, in hexadecimal.
    sha256: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    #: Further ids by which clients ask for it, such as the MD5 that Relay's compiler writes.
    ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: The names of the clients that send it.
    clients: Mapped[list[str]] = mapped_column(ARRAY(Text))
    operation_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    registered_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    registered_by: Mapped[str]
    #: Since when it is unknown to clients again; null while it can be asked for.
    retired_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hexadecimal"),)
