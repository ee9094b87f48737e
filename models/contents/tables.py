"""Documents that were sent or registered, what the scanner says, and what opens their contents."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import DocumentKind, FileFormat, UploadState

#: A random UUID, in lower case: a name in the partner's own store that says nothing of anybody.
LOCATOR = "[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_STATE = f"""
    CASE WHEN refused_at IS NOT NULL THEN '{UploadState.REFUSED}'
        WHEN completed_at IS NOT NULL THEN CASE
            WHEN sha256 <> registered_sha256 THEN '{UploadState.CHANGED}'
            WHEN locator IS NOT NULL THEN '{UploadState.REGISTERED}'
            ELSE '{UploadState.THERE}' END
        WHEN sent_at IS NOT NULL THEN '{UploadState.PENDING}'
        ELSE '{UploadState.AWAITED}' END
"""


class DocumentUpload(Base):
    """The bytes of one document of a case: announced, then there, until others replace them.

    They lie in the object store, never here; or in the partner's own, to which nobody here goes.
    """

    __tablename__ = "document_upload"

    #: Names the ticket, and where the parts are (`models.contents.store`).
    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[str]
    media_type: Mapped[str]
    #: In bytes.
    size: Mapped[int]
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Where it is in the partner's own store, if it is there.
    locator: Mapped[str | None]
    #: The SHA-256 under which this document of the case was registered first, if it was. What
    #: counts after that, and is something else, has changed; an officer who asks for the document
    #: anew is given another one.
    registered_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    requested_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: The subject who announced it, and alone may send it.
    requested_by: Mapped[str]
    expires_at: Mapped[datetime]
    #: When all of it was there, and was what had been announced.
    sent_at: Mapped[datetime | None]
    #: When it began to count: at once, or when the scanner that is set up had found nothing in it.
    completed_at: Mapped[datetime | None]
    #: When the scanner found something in it.
    refused_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Computed(_STATE, persisted=True))
    #: When another upload of this kind took its place, what was sent was not what had been
    #: announced, or its person was erased.
    replaced_at: Mapped[datetime | None]
    #: When its parts were removed from the store.
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        # One that counts, and one that is under way, of each document.
        Index(
            "uq_document_upload_current",
            "application_id",
            "kind",
            unique=True,
            postgresql_where=text("completed_at IS NOT NULL AND replaced_at IS NULL"),
        ),
        Index(
            "uq_document_upload_awaited",
            "application_id",
            "kind",
            unique=True,
            postgresql_where=text("completed_at IS NULL AND replaced_at IS NULL"),
        ),
        Index(
            "ix_document_upload_to_remove",
            "requested_at",
            "id",
            postgresql_where=text(
                "removed_at IS NULL AND (completed_at IS NULL OR replaced_at IS NOT NULL)"
            ),
        ),
        Index(
            "ix_document_upload_to_scan",
            "sent_at",
            "id",
            postgresql_where=text(
                "sent_at IS NOT NULL AND completed_at IS NULL AND refused_at IS NULL"
                " AND replaced_at IS NULL"
            ),
        ),
        one_of("kind", DocumentKind),
        one_of("media_type", FileFormat),
        CheckConstraint("size > 0", name="size_is_positive"),
        CheckConstraint("length(sha256) = 32", name="digest_is_whole"),
        CheckConstraint(
            "sha256 IS NOT NULL OR replaced_at IS NOT NULL", name="digest_until_erased"
        ),
        CheckConstraint(f"locator ~ '^{LOCATOR}$'", name="locator_says_nothing"),
        CheckConstraint("locator IS NULL OR completed_at IS NOT NULL", name="registered_counts"),
        CheckConstraint("expires_at > requested_at", name="expires_after_request"),
        CheckConstraint(
            "num_nonnulls(completed_at, refused_at) < CASE WHEN sent_at IS NULL THEN 1 ELSE 2 END",
            name="answered_once_sent",
        ),
        CheckConstraint(
            "removed_at IS NULL OR completed_at IS NULL OR replaced_at IS NOT NULL",
            name="removed_once_replaced",
        ),
    )


class DocumentContent(Base):
    """By what a content is opened: sealed for the document's person, so it is erased with them."""

    __tablename__ = "document_content"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("document_upload.id"), primary_key=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    #: Its key and what it is, sealed for the applicant (`models.person.vault`).
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Always null: it is sealed.
    content: Mapped[str | None]

    __table_args__ = (
        Index(None, "applicant_id"),
        CheckConstraint("content IS NULL", name="content_is_sealed"),
    )


class DocumentScanner(Base):
    """There while a scanner is set up: until it has answered, no document counts."""

    __tablename__ = "document_scanner"

    #: Always true: there is one row at most.
    is_set_up: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))

    __table_args__ = (CheckConstraint("is_set_up", name="is_one"),)
