"""Announces the bytes of documents, and notes what came of them, or where else they are."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gateway.access.replicas import Replicas
from gateway.access.transactions.begin import TransactionStarts
from gateway.access.transactions.writing import WriteTransaction, begin_writing
from gateway.access.vault import closed_vault, statement_of, vault_errors
from gateway.mutations.outcome import Effects, Reasons
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import lock_row, read_row
from gateway.policy import MUTATIONS
from gateway.viewer import Viewer
from models import Application, DocumentContent, DocumentUpload
from models.contents.sealing import Content, content_key
from models.database.pool import ConnectionPool
from models.key_service import KeyService
from models.life import Refusal
from models.person.vault import CONTENT, Person, seal_by
from models.row_keys import new_key
from models.vocabulary import DocumentKind, FileFormat, UploadState

_REQUEST = "requestUpload"
#: A scan has some millions.
MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRequest(Request):
    """A document whose bytes are to come, or are in the partner's own store."""

    #: None if the id was malformed.
    application: UUID | None
    kind: DocumentKind
    media_type: FileFormat
    size: int
    sha256: str
    #: Where it is in the partner's own store.
    locator: str | None = None


async def request_upload(
    transaction: WriteTransaction, request: UploadRequest, reasons: Reasons
) -> str:
    """Await or register a document. Raises RefusedError where its case is not in reach, or closed.

    What is in the partner's own store is never fetched: whether it is as registered shows when it
    is registered again, or handed in.
    """
    key = {"id": request.application}
    case = await lock_row(transaction, request.mutation, Application, key, "closed_at")
    if case is None:
        reasons.add(Refusal.NOT_FOUND, "applicationId")
    elif case.closed_at:
        reasons.add(Refusal.WRONG_STAGE, "applicationId")
    reasons.refuse_if_any()
    upload = {
        "id": new_key(),
        "application_id": request.application,
        "kind": request.kind.value,
        "media_type": request.media_type.value,
        "size": request.size,
        "sha256": bytes.fromhex(request.sha256),
        "requested_by": transaction.viewer.subject,
    }
    if request.locator:
        upload["locator"] = request.locator
    transaction.insert(DocumentUpload, upload)
    return str(upload["id"])


EFFECTS: Effects = {UploadRequest: request_upload}


_OF_A_CONTENT = (
    *("application_id", "media_type", "size", "sha256", "sent_at", "replaced_at", "expires_at"),
    *("locator", "state"),
)


@dataclass(frozen=True, slots=True)
class AwaitedUpload:
    """An upload that its viewer may send, or has sent."""

    viewer: Viewer
    applicant: UUID
    is_complete: bool
    #: Whether the scanner found something in it.
    is_refused: bool
    data_key: bytes
    content: Content


class Uploads:
    """The uploads that viewers announced, as they are sent. No transaction is open meanwhile."""

    def __init__(
        self,
        pool: ConnectionPool,
        starts: TransactionStarts,
        keys: KeyService | None,
        replicas: Replicas | None = None,
    ) -> None:
        self._pool = pool
        self._starts = starts
        self._keys = keys
        self._replicas = replicas

    async def find(self, viewer: Viewer, id_: UUID) -> AwaitedUpload | None:
        """An upload that this viewer announced; None where there is none, or no longer, or where
        the document is in the partner's own store.

        Raises FieldError with UNAVAILABLE where its person's key cannot be had.
        """
        if viewer.role not in MUTATIONS[_REQUEST].rows:
            return None
        async with self._begin(viewer) as transaction:
            row = await read_row(transaction, DocumentUpload, {"id": id_}, *_OF_A_CONTENT)
            case: Any = (
                row
                and _is_there(row)
                and not row.locator
                and await read_row(
                    transaction,
                    Application,
                    {"id": row.application_id},
                    "reference",
                    "applicant_id",
                )
            )
        if not case:
            return None
        if self._keys is None:
            raise closed_vault()
        subject = case.applicant_id
        statement = statement_of(viewer, case.reference, is_change=True)
        with vault_errors():
            data_key = (await self._keys.make_data_keys([subject], statement))[subject]
        key = content_key(data_key, id_)
        content = Content(id_, row.media_type, row.size, bytes(row.sha256), key)
        return AwaitedUpload(
            viewer, subject, bool(row.sent_at), row.state == UploadState.REFUSED, data_key, content
        )

    async def complete(self, upload: AwaitedUpload) -> bool:
        """Note that all of it is there, and by what it is opened; whether it was awaited still.

        Raises FieldError with UNAVAILABLE in an outage.
        """
        content, table = upload.content, DocumentContent.__tablename__
        person = Person(upload.applicant, 1, {CONTENT: content.to_json()}, table)
        opened = {
            "upload_id": content.id,
            "applicant_id": upload.applicant,
            "sealed": seal_by(upload.data_key, person),
        }
        async with self._begin(upload.viewer) as transaction:
            if not await _is_awaited(transaction, content.id):
                return False
            now = {"sent_at": datetime.now(UTC)}
            transaction.update(DocumentUpload, {"id": content.id}, now)
            transaction.insert(DocumentContent, opened)
        if self._replicas:
            self._replicas.note_change(upload.viewer)
        return True

    async def refuse(self, upload: AwaitedUpload) -> None:
        """Await it no longer: what was sent is not what had been announced."""
        async with self._begin(upload.viewer) as transaction:
            if await _is_awaited(transaction, upload.content.id):
                now = {"replaced_at": datetime.now(UTC)}
                transaction.update(DocumentUpload, {"id": upload.content.id}, now)

    def _begin(self, viewer: Viewer) -> AbstractAsyncContextManager[WriteTransaction]:
        start, announcements = self._starts.for_writing(viewer), []
        if self._replicas:
            announcements = [self._replicas.announcement_of(viewer)]
        return begin_writing(self._pool, viewer, start, self._keys, announcements)


async def _is_awaited(transaction: WriteTransaction, id_: UUID) -> bool:
    columns = ("application_id", "sent_at", "replaced_at", "expires_at")
    row = await read_row(transaction, DocumentUpload, {"id": id_}, *columns)
    if not row or row.sent_at or not _is_there(row):
        return False
    case = await read_row(transaction, Application, {"id": row.application_id}, "closed_at")
    return case is not None and case.closed_at is None


def _is_there(upload: Any) -> bool:
    """Whether it was sent or can be, and no later one has taken its place."""
    if upload.replaced_at:
        return False
    return bool(upload.sent_at or upload.expires_at > datetime.now(UTC))
