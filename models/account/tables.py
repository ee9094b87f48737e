"""The tables of the account, which no viewer's role reads: triggers and the keeper write them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: No setting, and no signature, lets an entry go that is younger.
FEWEST_DAYS_KEPT = 365
SALT_BYTES = 16


class AccountOutbox(Base):
    """A row that is to be integrated, noted by the transaction that wrote it."""

    __tablename__ = "account_outbox"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    source: Mapped[str]
    row_id: Mapped[UUID]


class AccountLeaf(Base):
    """A leaf of the tree: the row it is for, and the hash of its content."""

    __tablename__ = "account_leaf"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    row_id: Mapped[UUID]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    #: Random: by the hash alone nobody tries out what an entry says.
    salt: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("length(hash) = 32", name="hash_is_whole"),
        CheckConstraint(f"length(salt) = {SALT_BYTES}", name="salt_is_whole"),
        # People are given proofs of reads alone.
        Index(
            "ix_account_leaf_reads",
            "row_id",
            postgresql_where=text("source = 'access_event'"),
        ),
    )


class AccountNode(Base):
    """The hash over a whole subtree of signed leaves: by a few of them the proof of any leaf is
    made, however many there are."""

    __tablename__ = "account_node"

    #: 64 to the power of the level is how many leaves are below it (`models.account.nodes`).
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    #: Which of its level, from 0 on.
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AccountHead(Base):
    """The state of the tree that was signed last: one row, once there is any."""

    __tablename__ = "account_head"

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    size: Mapped[int]
    frontier: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    signed_at: Mapped[datetime]
    #: The checkpoint as it stands outside, for proofs.
    note: Mapped[str]
    #: Since when a witness has not cosigned; null if all did, or there are none.
    uncosigned_since: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("is_only", name="there_is_one"),)


class AccountSource(Base):
    """A source whose rows from before its trigger were noted, too."""

    __tablename__ = "account_source"

    source: Mapped[str] = mapped_column(primary_key=True)
    taken_up_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: Of the events of cases, which are followed: all that transactions before this one wrote are
    #: integrated, and all others that are, with leaves from this position on.
    changes_from: Mapped[int | None]
    leaves_from: Mapped[int | None]


class AccountDrop(Base):
    """Entries that the keeper dropped because of their age; their leaves stay.

    It is an entry of the account itself, and signed by the key of checkpoints, which no gateway
    reaches (`models.account.drop_records`).
    """

    __tablename__ = "account_drop"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dropped_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: When the checkpoint was signed that covers all of them: they are older than that.
    before: Mapped[datetime]
    #: For how long they were to be kept.
    kept_days: Mapped[int]
    #: The places of their leaves, as runs: the first of each, and the last.
    firsts: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    lasts: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    #: The key by which it is signed: a rotation signs it again.
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint(f"kept_days >= {FEWEST_DAYS_KEPT}", name="kept_long_enough"),
        CheckConstraint("before + kept_days * interval '24 hours' <= dropped_at", name="of_age"),
        CheckConstraint(
            "cardinality(firsts) = cardinality(lasts) AND cardinality(firsts) > 0",
            name="runs_are_whole",
        ),
    )
