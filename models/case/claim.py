"""Which account claimed a file that a partner lodged: it reads the stage, outcome and visa."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: How many files an account has claimed at a time: a family's, and no agency's.
MOST_CLAIMS = 20
#: How many files outside one group a contact serves at most whose holder may claim: beyond that it
#: is an agency's.
MOST_FILES_OF_A_CONTACT = 5
#: How often a file is asked for, and an account asks, in so many hours.
TRIES_OF_A_CLAIM, CLAIM_HOURS = 5, 24


class FileClaim(Base):
    """That an account claimed a file, by the code that a trigger then takes; removed when its
    person is erased. It opens nobody."""

    __tablename__ = "file_claim"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    account: Mapped[str]
    #: The digest of the code.
    code: Mapped[bytes] = mapped_column(LargeBinary)
    claimed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))

    __table_args__ = (Index(None, "account", "claimed_at"),)


class ContactDigest(Base):
    """Which files the same contact serves: a digest of the address that the key service makes, as
    the MAILER notes it with each message. By it nobody is written to."""

    __tablename__ = "contact_digest"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)

    __table_args__ = (
        Index(None, "application_id"),
        CheckConstraint("length(digest) = 32", name="digest_is_whole"),
    )
