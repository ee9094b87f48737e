"""Links between two people on file, and the verdicts of officers on them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.mapping.declare import Node, column, link, noun
from models import Applicant as ApplicantRow
from models import PersonLink as Row
from models.vocabulary import LinkReason, LinkState

if TYPE_CHECKING:
    from gateway.schema.applicant import Applicant

LinkedApplicant = Annotated["Applicant", strawberry.lazy("gateway.schema.applicant")]


@noun(key=Row.id)
class PersonLink(Node):
    """Another file of the same person, or of somebody who travels along; one for each reason.

    What it opens: an officer on whose desk a case is reads who the linked person is, where it is
    certain or confirmed.
    """

    reason: LinkReason = column(Row.reason, "What the two have in common.")
    state: LinkState | None = column(
        Row.state, "Whether it is the same person; null in a group, which is several people."
    )
    found_at: datetime = column(Row.found_at, "When it was found.")
    applicant: LinkedApplicant | None = link(
        Row.linked_id, ApplicantRow.id, "The other file, with its applications."
    )
    resolved_at: datetime | None = column(
        Row.resolved_at, "When an officer decided whether it is the same person."
    )
    resolved_by: str | None = column(Row.resolved_by, "Subject of that officer.")
    resolution: str | None = column(Row.resolution, "Why it is, or is not, the same person.")
