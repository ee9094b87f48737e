"""What officers decided, and the visas that grants yield."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.enums import PublicReason
from models import Decision as DecisionRow
from models import Visa as VisaRow
from models.vocabulary import Ground, Outcome


@noun(key=VisaRow.visa_number)
class Visa:
    """A visa, with the terms that held on the day on which it was granted."""

    number: str = column(VisaRow.visa_number, "Its number: `ID`, and 12 digits and letters.")
    issued_at: datetime = column(VisaRow.issued_at, "When it was granted.")
    use_by: date = column(VisaRow.use_by, "Last day on which it is valid for entry.")
    stay_days: int = column(VisaRow.stay_days, "Days of stay, of each entry.")
    revoked_at: datetime | None = column(VisaRow.revoked_at, "When it was taken back.")
    superseded_at: datetime | None = column(
        VisaRow.superseded_at, "When the decision that granted it was corrected."
    )


@noun(key=DecisionRow.id)
class Decision(Node):
    """A visa granted or refused by one officer; a correction is a decision of its own."""

    outcome: Outcome = column(DecisionRow.outcome, "Granted or refused.")
    decided_at: datetime = column(DecisionRow.decided_at, "When.")
    ground: Ground | None = column(DecisionRow.ground, "Why it was refused.")
    is_incomplete: bool = column(
        DecisionRow.is_incomplete,
        "Whether it was refused because the file was not complete.",
    )
    public_reason: PublicReason | None = column(
        DecisionRow.public_reason, "Why it was refused, as far as applicants may know."
    )
    visa: Visa | None = link(
        DecisionRow.id,
        VisaRow.decision_id,
        "The visa that it yields; null for a refusal.",
    )
    officer: str = column(DecisionRow.officer, "Subject of the officer who decided.")
    internal_note: str | None = column(DecisionRow.internal_note, "Note within the directorate.")
    supersedes: Annotated["Decision", strawberry.lazy("gateway.schema.decision")] | None = link(
        DecisionRow.supersedes_id, DecisionRow.id, "The decision that this one corrects."
    )
