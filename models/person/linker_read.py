"""Which identities the LINKER read: its part of the record of processing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class LinkerRead(Base):
    """One read of one version of an identity by the LINKER; never changed, never removed.

    Everybody on file is read in the same way, so a read does not reveal a link.
    """

    __tablename__ = "linker_read"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    version: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: The fields of Identity that were read, by their names in the API.
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))

    __table_args__ = (Index(None, "applicant_id", "read_at", "id"),)
