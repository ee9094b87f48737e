"""The outbox: what is to be sent, to whom, and what became of it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.row_keys import new_key
from models.vocabulary import MailKind

#: The shape of an address that is accepted: printable ASCII, so that nothing ends a header.
ADDRESS = r"[!-~]{1,64}@[A-Za-z0-9.-]{1,190}"


class Mail(Base):
    """One message, written in the transaction of its cause, and the record of its delivery.

    What it says follows from its kind; a link is all that differs. The address is removed as soon
    as nothing is to be sent any more. Nobody but the keeper reads it.
    """

    __tablename__ = "mail"

    #: Also its Message-ID, so that whoever gets it twice can tell.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    #: What made it necessary: of one cause there is one message.
    cause: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    #: Where its link leads: a path of the dashboard.
    path: Mapped[str]
    #: Whose it is; it is withheld while the viewer, or the partner, is suspended.
    subject: Mapped[str]
    partner_code: Mapped[str | None]
    address: Mapped[str | None]
    posted_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: When it is tried, for the first time or again.
    due_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    delivered_at: Mapped[datetime | None]
    withheld_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    #: Why the last attempt failed: a reply code of SMTP, or a type of error.
    failure: Mapped[str | None]

    __table_args__ = (
        one_of("kind", MailKind),
        CheckConstraint("language IN ('EN', 'ID')", name="language_is_known"),
        CheckConstraint("starts_with(path, '/')", name="path_is_local"),
        CheckConstraint(f"address ~ '^{ADDRESS}$'", name="address_is_formed"),
        CheckConstraint(
            "num_nonnulls(address, delivered_at, withheld_at, failed_at) = 1",
            name="address_until_done",
        ),
        Index(
            "ix_mail_waiting",
            "address",
            "posted_at",
            "id",
            postgresql_where=text("address IS NOT NULL"),
        ),
    )


class Letter(NamedTuple):
    """What is to be posted."""

    kind: MailKind
    cause: str
    language: str
    path: str
    subject: str
    partner_code: str | None
    address: str


_POST = """
    INSERT INTO mail (id, kind, cause, language, path, subject, partner_code, address)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (cause) DO NOTHING
    RETURNING id
"""


async def post(connection: asyncpg.Connection, letter: Letter) -> bool:
    """Put a message into the outbox, once for each cause; False if it is there already.

    Call it in the transaction that records the cause.
    """
    return await connection.fetchval(_POST, new_key(), *letter) is not None
