"""The checklist of a case: which documents belong to it, and which are there."""

from datetime import datetime

from gateway.mapping.declare import column, noun
from models import CaseDocument as CaseDocumentRow
from models.vocabulary import DocumentKind


@noun(key=CaseDocumentRow.kind)
class CaseDocument:
    """A document that belongs to the file, and whether it is there: never what is in it."""

    kind: DocumentKind = column(CaseDocumentRow.kind, "Which document.")
    recorded_at: datetime | None = column(
        CaseDocumentRow.recorded_at, "When it was recorded as present; null while it is missing."
    )
    recorded_by: str | None = column(CaseDocumentRow.recorded_by, "Subject who recorded it.")
