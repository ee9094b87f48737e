"""People who applied through several partners: for supervisors, under pseudonyms."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

import strawberry
from sqlalchemy import func, select

from gateway.access.rows import reachable_in_role
from gateway.access.transactions.prepared import bind_for
from gateway.errors import ArgumentError
from gateway.mapping.arguments import FieldArguments, Parsing
from gateway.mapping.context import Context
from gateway.mapping.figure_types import CountFigure
from gateway.mapping.ids import GlobalId
from gateway.mapping.scalars import CountryCode
from gateway.schema.applicant import Applicant
from gateway.schema.mutations.input_readers import key_in
from gateway.schema.person_link import PersonLink
from gateway.schema.supervision.rates import ObservedRate
from gateway.schema.volumes.arguments import window_mistakes
from gateway.schema.volumes.national import From, To
from models.instants import WIB
from models.person.several_partners import (
    LodgedFiles,
    people_at_several_partners,
    people_who_applied_again,
)

#: The cost of an operation assumes it.
MOST_PEOPLE_AT_SEVERAL_PARTNERS = 200
#: Every link of people who applied in the window is followed.
_LONGEST_DAYS = 366

AtPartner = Annotated[
    str | None, strawberry.argument(description="Only people with a file at this partner.")
]
After = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only people behind this one: the last of the rows before."),
]


@strawberry.type(
    description="One person, and what that person handed in through several partners in the window."
)
class PersonAtSeveralPartners:
    applicant: strawberry.ID = strawberry.field(
        description="Global id of the first applicant who is this person, a pseudonym: `node` has"
        " the files, and `linked` the others."
    )
    files: CountFigure = strawberry.field(
        description="Applications that were handed in in the window."
    )
    partners: list[str] = strawberry.field(
        description="Codes of the partners that took them in, in order: two or more."
    )
    countries: list[CountryCode] = strawberry.field(
        description="Codes of the partner countries in which they were taken in, in order."
    )
    granted: CountFigure = strawberry.field(description="Of these applications, those granted now.")
    refused: CountFigure = strawberry.field(description="Of these applications, those refused now.")
    first_submitted_at: datetime = strawberry.field(description="When the first was handed in.")
    last_submitted_at: datetime = strawberry.field(description="When the last was handed in.")

    @classmethod
    def from_row(cls, row: Any) -> "PersonAtSeveralPartners":
        return cls(
            applicant=strawberry.ID(GlobalId(Applicant.__name__, str(row.person)).encode()),
            files=CountFigure.exactly(row.files),
            partners=sorted(row.partners),
            countries=sorted(map(CountryCode, row.countries)),
            granted=CountFigure.exactly(row.granted),
            refused=CountFigure.exactly(row.refused),
            first_submitted_at=row.first_submitted_at,
            last_submitted_at=row.last_submitted_at,
        )


@strawberry.type(
    description="People who applied through several partners in the window:"
    f" {MOST_PEOPLE_AT_SEVERAL_PARTNERS} at once. Files are of one person by the same passport, or"
    " by a name that an officer has confirmed."
)
class PersonAtSeveralPartnersTable:
    as_of: datetime = strawberry.field(
        description="All that was linked before it is in it; a case is linked within moments."
    )
    rate: ObservedRate = strawberry.field(
        description="Of the people with more than one application in the window, those who handed"
        " them in through several partners, with the interval and n."
    )
    rows: list[PersonAtSeveralPartners] = strawberry.field(
        description="The people, whose first file is the newest before the others; ask for those"
        " behind the last one until there are none."
    )


def parse_several_partners(arguments: FieldArguments) -> Parsing[None]:
    """Looks at the window, and behind whom the list goes on."""
    values = arguments.values
    yield from _mistakes(values["from"], values["to"], values.get("after"))


def _mistakes(from_: date, to: date, after: str | None) -> Iterator[ArgumentError]:
    yield from window_mistakes(from_, to)
    if (to - from_).days >= _LONGEST_DAYS:
        yield ArgumentError(("to",), f"The window has at most {_LONGEST_DAYS} days.")
    if after is not None and key_in(after, Applicant.__name__) is None:
        yield ArgumentError(("after",), "`after` is the global id of an applicant.")


async def people_at_several(
    info: strawberry.Info, from_: From, to: To, partner: AtPartner = None, after: After = None
) -> PersonAtSeveralPartnersTable:
    context: Context = info.context
    lodged = LodgedFiles(
        reachable_in_role(PersonLink.__name__, context.viewer.role),
        reachable_in_role("Application", context.viewer.role),
        datetime.combine(from_, time(), WIB),
        datetime.combine(to + timedelta(days=1), time(), WIB),
    )
    behind = key_in(after, Applicant.__name__) if after else None
    most = MOST_PEOPLE_AT_SEVERAL_PARTNERS
    found = people_at_several_partners(lodged, partner, behind, most)
    asked = (found, people_who_applied_again(lodged), select(func.now()))
    rows, [counts], [(at,)] = await context.session.fetch(
        *(bind_for(context.viewer, PersonLink.__name__, each) for each in asked)
    )
    return PersonAtSeveralPartnersTable(
        as_of=at,
        rate=ObservedRate.of_counts(counts.at_several, counts.people),
        rows=[PersonAtSeveralPartners.from_row(row) for row in rows],
    )
