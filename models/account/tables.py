"""The tables of the account, which no viewer's role reads: triggers and the keeper write them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Identity, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class AccountOutbox(Base):
    """A row that is to be integrated, noted by the transaction that wrote it."""

    __tablename__ = "account_outbox"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    source: Mapped[str]
    row_id: Mapped[UUID]


class AccountLeaf(Base):
    """A leaf of the tree: of which row, and the hash of what that said."""

    __tablename__ = "account_leaf"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    row_id: Mapped[UUID]
    hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (CheckConstraint("length(hash) = 32", name="hash_is_whole"),)


class AccountHead(Base):
    """The state of the tree that was signed last: one row, once there is any."""

    __tablename__ = "account_head"

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    size: Mapped[int]
    frontier: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    signed_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("is_only", name="there_is_one"),)


class AccountSource(Base):
    """A source whose rows from before its trigger were noted, too."""

    __tablename__ = "account_source"

    source: Mapped[str] = mapped_column(primary_key=True)
    taken_up_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
