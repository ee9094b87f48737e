"""Contents of documents: where to send them, what is there, and how to open it."""

from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import Text, cast, func

from gateway.access.document_links import PATH
from gateway.mapping.context import Context
from gateway.mapping.declare import Fact, Node, column, derived_field, link, noun
from gateway.mapping.enums import FileFormat
from gateway.schema.mutations.inputs import KEY, required
from models import DocumentContent as ContentRow
from models import DocumentUpload as UploadRow
from models.contents.sealing import Content
from models.person.sealed import sealed_cell
from models.vocabulary import DocumentKind, UploadState


def _link(root: Any, info: strawberry.Info) -> str:
    context: Context = info.context
    content = Content.from_json(root.__dict__["content"])
    return context.services.document_links.write(context.viewer, content)


@noun(key=ContentRow.applicant_id, is_logged=True)
class DocumentContent:
    """The content of a document. It is read like `Identity`: with a purpose, and logged."""

    link: str = derived_field(
        _link,
        "The path from which you alone get the bytes, with your token, for a minute (GET; ranges"
        " are served). With `?page=1` it answers that page as a JPEG, `&pixels=800` on its longer"
        " side (64 to 1,600), and how many pages there are in `Gerbang-Pages`; NO_PICTURE where"
        " none can be made. Both are the same read.",
        Fact("content", sealed_cell(ContentRow.content), ("DocumentContent", "link")),
        fields=(),
    )


@noun(key=UploadRow.id)
class DocumentUpload(Node):
    """One document of a file: announced first, then there; or registered in the partner's own
    store, from which the gateway fetches nothing."""

    kind: DocumentKind = column(UploadRow.kind, "Which document.")
    format: FileFormat = column(UploadRow.media_type, "What it is.")
    size: int = column(UploadRow.size, "How large it is, in bytes.")
    sha256: str = column(
        func.encode(UploadRow.sha256, "hex", type_=Text),
        "SHA-256 of its bytes, in hexadecimal digits.",
    )
    locator: str | None = column(
        UploadRow.locator,
        "Its name in the partner's own store, a random UUID; null where the bytes are sent here.",
    )
    registered_sha256: str | None = column(
        func.encode(UploadRow.registered_sha256, "hex", type_=Text),
        "SHA-256 under which the document was registered first, with which everything is compared"
        " that takes its place, until an officer asks for the document anew; null if it never was.",
    )
    ticket: str = column(
        func.concat(PATH, cast(UploadRow.id, Text)),
        "The path to which whoever announced it sends the bytes (PUT), with a token of the same"
        " account. What was cut off goes on from the `Upload-Offset` that HEAD tells, with a"
        " `Content-Range`. It takes no bytes of what is in the partner's own store.",
    )
    expires_at: datetime = column(
        UploadRow.expires_at,
        "Until when the bytes are awaited; without a meaning in the partner's own store.",
    )
    state: UploadState = column(UploadRow.state, "How far it is.")
    completed_at: datetime | None = column(
        UploadRow.completed_at,
        "When it began to count: all of it was there, and where documents are scanned, the scanner"
        " had found nothing in it; or it was registered. Null before.",
    )
    requested_by: str = column(UploadRow.requested_by, "Subject who announced and sent it.")
    content: DocumentContent | None = link(
        UploadRow.id,
        ContentRow.upload_id,
        "What is in it; null until it counts, and in the partner's own store.",
    )


@strawberry.input(description="A document whose bytes you are about to send.")
class RequestUploadInput:
    application_id: strawberry.ID = required("The application to whose file it belongs.")
    kind: DocumentKind = required("Which document. Once whole, it replaces the one that is there.")
    format: FileFormat = required("What it is.")
    size: int = required("How large it is, in bytes: at most 1 GiB.")
    sha256: str = required("SHA-256 of its bytes: 64 hexadecimal digits.")
    idempotency_key: str = required(KEY)


@strawberry.input(description="A document that stays in the partner's own store.")
class RegisterDocumentInput:
    application_id: strawberry.ID = required("The application to whose file it belongs.")
    kind: DocumentKind = required(
        "Which document. It takes the place of the one that is there; if it is registered anew with"
        " another digest, that shows as CHANGED."
    )
    format: FileFormat = required("What it is.")
    size: int = required("How large it is, in bytes: at most 1 GiB.")
    sha256: str = required("SHA-256 of its bytes: 64 hexadecimal digits.")
    locator: str = required(
        "Its name in your store: a random UUID (version 4 or 7), which says nothing of anybody."
    )
    idempotency_key: str = required(KEY)
