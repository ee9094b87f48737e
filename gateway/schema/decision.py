"""What officers decided."""

from datetime import datetime
from typing import Annotated

import strawberry

from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.enums import PublicReason
from gateway.schema.visa import Visa
from models import Decision as DecisionRow
from models import Visa as VisaRow
from models.vocabulary import Ground, Outcome


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
