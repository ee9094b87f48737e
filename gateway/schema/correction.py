"""How the person on file is corrected: who proposed it, and what came of it."""

from datetime import datetime

from gateway.mapping.declare import Node, column, noun
from models import Correction as Row
from models.vocabulary import CorrectionState, Role


@noun(key=Row.id)
class Correction(Node):
    """A proposed version of the identity; its values are in `Applicant.identityVersions`."""

    version: int = column(Row.version, "The number of that version.")
    state: CorrectionState = column(Row.state, "What came of it.")
    proposed_at: datetime = column(Row.proposed_at, "When it was proposed.")
    proposed_by: str = column(Row.proposed_by, "Subject who proposed it.")
    proposed_role: Role = column(Row.proposed_role, "Role in which it was proposed.")
    approved_at: datetime | None = column(
        Row.approved_at, "After a grant: when the first of two approved it."
    )
    approved_by: str | None = column(Row.approved_by, "Subject who approved it first.")
    closed_at: datetime | None = column(
        Row.closed_at, "When it took effect, was rejected, or lapsed with its case."
    )
    closed_by: str | None = column(
        Row.closed_by, "Subject who let it take effect, or rejected it; none where it lapsed."
    )
    reason: str | None = column(Row.reason, "Why it was rejected.")
