"""What supervision answered."""

from datetime import datetime

from gateway.mapping.declare import column, noun
from models import Screening as ScreeningRow
from models.vocabulary import ScreeningKind, ScreeningResult


@noun(key=ScreeningRow.id)
class Screening:
    """One question to supervision and its answer."""

    kind: ScreeningKind = column(ScreeningRow.kind, "What was asked.")
    result: ScreeningResult = column(ScreeningRow.result, "What was answered.")
    requested_at: datetime = column(ScreeningRow.requested_at, "When it was asked.")
    answered_at: datetime | None = column(ScreeningRow.answered_at, "When it was answered.")
