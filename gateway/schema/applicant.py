"""People who apply, under a pseudonym."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from gateway.mapping.connections import Connection
from gateway.mapping.declare import (
    Beside,
    Fact,
    Node,
    column,
    derived_field,
    link,
    noun,
    ruled_value,
)
from gateway.mapping.enums import IdentityAbsence
from gateway.mapping.linked_pages import pages
from gateway.schema.access_event import AccessEvent
from gateway.schema.breach import BreachNotice
from gateway.schema.country import Country
from gateway.schema.crossing import Movement
from gateway.schema.erasure import Erasure
from gateway.schema.identity import Identity, IdentityVersion, LinkerRead
from gateway.schema.person_link import PersonLink
from models import AccessEvent as AccessEventRow
from models import Applicant as ApplicantRow
from models import Application as ApplicationRow
from models import BreachNotice as BreachNoticeRow
from models import Country as CountryRow
from models import Erasure as ErasureRow
from models import Identity as IdentityRow
from models import IdentityVersion as IdentityVersionRow
from models import LinkerRead as LinkerReadRow
from models import Movement as MovementRow
from models import PassportEnding as PassportEndingRow
from models import PersonLink as PersonLinkRow

if TYPE_CHECKING:
    from gateway.schema.application import ApplicationConnection

Applications = Annotated["ApplicationConnection", strawberry.lazy("gateway.schema.application")]

#: Set where the row rules of `Identity` open this person to the viewer.
_OPENED = Fact(
    "_opened",
    Beside(ApplicantRow.id, IdentityRow.applicant_id, IdentityRow.applicant_id),
    ("Identity", "fullName"),
)
#: The case that the purpose names, where it is this person's and in the viewer's reach.
_NAMED = Fact(
    "_named",
    Beside(ApplicantRow.id, ApplicationRow.applicant_id, ApplicationRow.reference, is_named=True),
    ("Application", "reference"),
)


def _identity_absence(root: Any, info: strawberry.Info) -> IdentityAbsence | None:
    read = root.__dict__
    if read[_OPENED.label] is not None:
        return None
    if read.get("erased_at") is not None:
        return IdentityAbsence.ERASED
    if info.context.viewer.purpose_reference is None or read[_NAMED.label] is not None:
        return IdentityAbsence.NOT_IN_HAND
    return IdentityAbsence.ANOTHER_CASE


@noun(key=ApplicantRow.id)
class Applicant(Node):
    """One person who applies, under a pseudonym; `identity` says who it is."""

    nationality: Country | None = link(
        ApplicantRow.nationality_code, CountryRow.code, "Nationality."
    )
    passport_last_four: str | None = ruled_value(
        ("PassportEnding", "lastFour"),
        ApplicantRow.id,
        PassportEndingRow.applicant_id,
        PassportEndingRow.last_four,
        "Last four characters of the passport number, such as `T2K9`; null where you may not read"
        " them, and once the person is erased.",
    )
    erased_at: datetime | None = column(
        ApplicantRow.erased_at,
        "Since when nobody can read who this person was: `identity` is null, and stays so.",
    )
    erasure: Erasure | None = link(
        ApplicantRow.id, ErasureRow.applicant_id, "The erasure of this person, once ordered."
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
    identity_absence: IdentityAbsence | None = derived_field(
        _identity_absence,
        "Why `identity` is null for the stated purpose; null where it is answered. Asking takes the"
        " purpose, and is not logged: it says nothing of who somebody is.",
        _OPENED,
        _NAMED,
        fields=("erased_at",),
    )
    identity_versions: Connection[IdentityVersion] = pages(
        ApplicantRow.id,
        IdentityVersionRow.applicant_id,
        "Who this person was before a correction, and is proposed to be, latest first; empty where"
        " nothing was ever corrected. Reading it takes a purpose, and is logged.",
        order=IdentityVersionRow.number,
        newest_first=True,
    )
    movements: Connection[Movement] = pages(
        ApplicantRow.id,
        MovementRow.applicant_id,
        "Entries and exits of this person, latest report first. Reading it takes a purpose, and is"
        " logged.",
        order=MovementRow.id,
        newest_first=True,
    )
    access_events: Connection[AccessEvent] = pages(
        ApplicantRow.id,
        AccessEventRow.applicant_id,
        "Reads of the identity of this person, latest first.",
        order=AccessEventRow.occurred_at,
        newest_first=True,
    )
    breach_notices: Connection[BreachNotice] = pages(
        ApplicantRow.id,
        BreachNoticeRow.applicant_id,
        "Breaches of data protection in which this person was read, and was told so, latest first.",
        order=BreachNoticeRow.told_at,
        newest_first=True,
    )
    linked: Connection[PersonLink] = pages(
        ApplicantRow.id,
        PersonLinkRow.applicant_id,
        "Other files of this person, wherever they were lodged, and people who travel along in a"
        " group of up to 20: each with the reason, the latest found first.",
        order=PersonLinkRow.found_at,
        newest_first=True,
    )
    linker_reads: Connection[LinkerRead] = pages(
        ApplicantRow.id,
        LinkerReadRow.applicant_id,
        "When a job of the keeper read the identity or a document of this person, latest first.",
        order=LinkerReadRow.read_at,
        newest_first=True,
    )
