"""Who read whose identity."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.enums import translated_column
from gateway.schema.access_words import IN_ENGLISH, IN_INDONESIAN
from models import AccessEvent as Row
from models import Applicant as ApplicantRow
from models.vocabulary import Purpose, Role

if TYPE_CHECKING:
    from gateway.schema.applicant import Applicant

ReadPerson = Annotated["Applicant", strawberry.lazy("gateway.schema.applicant")]


@noun(key=Row.id)
class AccessEvent(Node):
    """One read of one applicant's identity; never changed, never removed.

    The person who was read sees the role, the purpose and when: for supervision once the case
    is closed, for an inquiry once it was reviewed. Reads for another case are not shown here: ask
    an auditor about them.
    """

    occurred_at: datetime = column(Row.occurred_at, "When.", filters=True, orders=True)
    actor: str = column(Row.actor, "Subject who read it.", filters=True)
    actor_role: Role = column(Row.actor_role, "Role in which it was read.", filters=True)
    purpose: Purpose = column(Row.purpose, "Why.", filters=True)
    case_reference: str = column(
        Row.case_reference, "The case, or the inquiry, that it was read for.", filters=True
    )
    fields: list[str] = column(Row.fields, "The fields of `Identity` that were read.")
    in_words: str = translated_column(
        "Who read it and why, in words for the person.", en=IN_ENGLISH, id=IN_INDONESIAN
    )
    applicant: ReadPerson | None = link(
        Row.applicant_id, ApplicantRow.id, "Whose identity.", filters=True
    )
