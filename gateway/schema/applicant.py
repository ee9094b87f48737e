"""People who apply, under a pseudonym."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.linked_pages import pages
from gateway.schema.country import Country
from gateway.schema.identity import Identity
from models import Applicant as ApplicantRow
from models import Application as ApplicationRow
from models import Country as CountryRow
from models import Identity as IdentityRow

if TYPE_CHECKING:
    from gateway.schema.application import ApplicationConnection

Applications = Annotated["ApplicationConnection", strawberry.lazy("gateway.schema.application")]


@noun(key=ApplicantRow.id)
class Applicant(Node):
    """One person who applies. Who it is stands behind `identity`."""

    nationality: Country | None = link(
        ApplicantRow.nationality_code, CountryRow.code, "Nationality."
    )
    passport_last_four: str = column(
        ApplicantRow.passport_last_four, "Last four characters of the passport number."
    )
    applications: Applications = pages(
        ApplicantRow.id,
        ApplicationRow.applicant_id,
        "Applications of this person, latest first, as far as in your reach.",
        order=ApplicationRow.submitted_at,
        newest_first=True,
    )
    identity: Identity | None = link(
        ApplicantRow.id,
        IdentityRow.applicant_id,
        "Who this person is. Reading it takes a purpose, and is logged.",
    )
