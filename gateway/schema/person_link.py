"""Links between two people on file, and the verdicts of officers on them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import func, select

from gateway.access.transactions.prepared import bind_for
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


@strawberry.type(
    description="How many pairs of files are linked, each pair and reason once. A link by passport"
    " counts; one by name counts once an officer has confirmed it. Until then it opens nobody, and"
    " stops grants by rule."
)
class LinkFigures:
    certain: int = strawberry.field(description="Linked by the same passport.")
    confirmed: int = strawberry.field(description="By name and birth date, and confirmed.")
    rejected: int = strawberry.field(description="By name and birth date, and rejected.")
    waiting: int = strawberry.field(description="By name and birth date, and not looked at yet.")


def link_figures_field() -> Any:
    """The field ``linkFigures``."""

    async def link_figures(info: strawberry.Info) -> LinkFigures:
        viewer = info.context.viewer
        names = ("certain", "confirmed", "rejected", "proposed")
        counted = select(func.viewer.links_counted(viewer.role.value).table_valued(*names))
        [[row]] = await info.context.session.fetch(bind_for(viewer, PersonLink.__name__, counted))
        certain, confirmed, rejected, waiting = row
        return LinkFigures(certain=certain, confirmed=confirmed, rejected=rejected, waiting=waiting)

    return strawberry.field(
        resolver=link_figures,
        description="How many links there are, and how many wait for an officer's verdict.",
    )
