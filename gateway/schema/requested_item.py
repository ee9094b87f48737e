"""What applicants are asked for."""

from datetime import datetime

from gateway.mapping.declare import column, noun
from models import RequestedItem as RequestedItemRow
from models.vocabulary import RequestedItemKind


@noun(key=RequestedItemRow.id)
class RequestedItem:
    """One thing that the applicant was asked for: a document, or something about person or trip."""

    kind: RequestedItemKind = column(RequestedItemRow.kind, "What is missing.")
    note: str | None = column(RequestedItemRow.note, "What about it.")
    requested_at: datetime = column(RequestedItemRow.requested_at, "When it was asked for.")
    answered_at: datetime | None = column(
        RequestedItemRow.answered_at, "When it was handed in; null while it is missing."
    )
    answered_by: str | None = column(
        RequestedItemRow.answered_by, "Subject who recorded that it was handed in."
    )
