"""What officers decided."""

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import case, null

from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.enums import PublicReason
from models import Decision as DecisionRow
from models.vocabulary import CONFIDENTIAL_GROUNDS, Ground, Outcome

_PUBLIC_REASON = case(
    (DecisionRow.ground.is_(None), null()),
    (DecisionRow.ground.in_(CONFIDENTIAL_GROUNDS), PublicReason.NOT_DISCLOSED.value),
    else_=DecisionRow.ground,
)


@noun(key=DecisionRow.id)
class Decision(Node):
    """A visa granted or refused by one officer; a correction is a decision of its own."""

    outcome: Outcome = column(DecisionRow.outcome, "Granted or refused.")
    decided_at: datetime = column(DecisionRow.decided_at, "When.")
    ground: Ground | None = column(DecisionRow.ground, "Why it was refused.")
    is_incomplete: bool = column(
        DecisionRow.ground.is_not_distinct_from(Ground.INCOMPLETE.value),
        "Whether it was refused because the file was not complete.",
    )
    public_reason: PublicReason | None = column(
        _PUBLIC_REASON, "Why it was refused, as far as applicants are told."
    )
    officer: str = column(DecisionRow.officer, "Subject of the officer who decided.")
    internal_note: str | None = column(DecisionRow.internal_note, "Note within the directorate.")
    supersedes: Annotated["Decision", strawberry.lazy("gateway.schema.decision")] | None = link(
        DecisionRow.supersedes_id, DecisionRow.id, "The decision that this one corrects."
    )
