"""Documents of visas, the keys that sign them, and the list of those that were taken back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: The name of the one list.
TAKEN_BACK = "visas"


class VisaDocument(Base):
    """One document of a visa: ordered by a trigger, signed and proven by the keeper.

    A corrected holder gets another one, which replaces it.
    """

    __tablename__ = "visa_document"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    visa_number: Mapped[str] = mapped_column(ForeignKey("visa.visa_number"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    ordered_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    issued_at: Mapped[datetime | None]
    #: SHA-256 of the content: it has a random part, so nobody finds its holder by trying.
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_id: Mapped[str | None]
    #: The code, sealed for its holder (`models.person.vault`).
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Always null: the code is sealed.
    code: Mapped[str | None]
    #: That the account has it (C2SP tlog-proof), and since when.
    proof: Mapped[str | None]
    proven_at: Mapped[datetime | None]
    #: When the key service refused to sign it: no officer granted this.
    refused_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    #: When a partner's system fetched it, and whose: each is fetched once.
    fetched_at: Mapped[datetime | None]
    fetched_by: Mapped[str | None]

    __table_args__ = (
        # One that counts of each visa.
        Index(
            "uq_visa_document_current",
            "visa_number",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index(None, "applicant_id"),
        Index(
            "ix_visa_document_unfinished",
            "ordered_at",
            "id",
            postgresql_where=text("proven_at IS NULL AND refused_at IS NULL"),
        ),
        CheckConstraint("code IS NULL", name="code_is_sealed"),
        CheckConstraint("length(digest) = 32", name="digest_is_whole"),
        CheckConstraint(
            "num_nulls(issued_at, digest, key_id) IN (0, 3)"
            " AND (issued_at IS NOT NULL OR sealed = '{}')",
            name="issued_as_a_whole",
        ),
        CheckConstraint(
            "num_nulls(proof, proven_at) IN (0, 2)"
            " AND (proven_at IS NULL OR issued_at IS NOT NULL)",
            name="proven_once_issued",
        ),
        CheckConstraint("num_nonnulls(refused_at, issued_at) < 2", name="refused_or_issued"),
        CheckConstraint(
            "num_nulls(fetched_at, fetched_by) IN (0, 2)"
            " AND (fetched_at IS NULL OR proven_at IS NOT NULL)",
            name="fetched_once_proven",
        ),
    )


class VisaKey(Base):
    """A key that signs documents, or did: readers are told all of them."""

    __tablename__ = "visa_key"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    #: Ed25519, as base64.
    public_key: Mapped[str]
    first_seen_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: When it signed no more; its documents stay good.
    retired_at: Mapped[datetime | None]
    #: When nobody was to believe it any more: its documents are made anew.
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("length(public_key) = 44", name="key_is_whole"),
        Index(None, "first_seen_at", "key_id"),
    )


class TakenBackList(Base):
    """The signed list of documents that were taken back: one row, once there is any."""

    __tablename__ = "taken_back_list"

    name: Mapped[str] = mapped_column(primary_key=True)
    signed_at: Mapped[datetime]
    note: Mapped[str]

    __table_args__ = (CheckConstraint(f"name = '{TAKEN_BACK}'", name="there_is_one"),)
