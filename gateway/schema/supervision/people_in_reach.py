"""Whose identity one account could have read between two instants: at most these are notified."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import strawberry
from sqlalchemy import func, select

from gateway.access.transactions.prepared import bind_for
from gateway.errors import ArgumentError
from gateway.mapping.arguments import FieldArguments, Parsing
from gateway.mapping.context import Context
from gateway.mapping.figure_types import CountFigure
from gateway.mapping.ids import GlobalId
from gateway.schema.access_event import AccessEvent
from gateway.schema.applicant import Applicant
from gateway.schema.mutations.input_readers import key_in
from gateway.schema.supervision.people_read import After, window_mistakes
from models.access_log import Account, number_in_reach, people_in_reach
from models.vocabulary import BreachList, ReachedBy, Role

#: The cost of an operation assumes it.
MOST_PEOPLE_IN_REACH = 500
#: The roles that read by the policy who somebody is; a partner's system by the visas it fetches.
_OF_A_PARTNER = (Role.PARTNER_AGENT, Role.PARTNER_SERVICE)
_ROLES = (Role.OFFICER, Role.SUPERVISOR, *_OF_A_PARTNER, Role.SCREENING, Role.APPLICANT)
_MOST_PLACES = 300

Since = Annotated[
    datetime, strawberry.argument(name="from", description="In reach from this instant on.")
]
Before = Annotated[datetime, strawberry.argument(description="In reach before this instant.")]
Of = Annotated[str, strawberry.argument(description="The subject of the account.")]
In = Annotated[
    Role, strawberry.argument(description="In which role: ask once for each that its tokens held.")
]
OfPartner = Annotated[
    str | None,
    strawberry.argument(
        description="The partner of its tokens: an agent's or a partner's system's, and nobody"
        " else's."
    ),
]
Places = Annotated[
    list[str] | None,
    strawberry.argument(
        description="The centres of its tokens, or the countries where they named none, as those"
        " of a partner's system; without them all places of the partner count."
    ),
]


@strawberry.type(description="One person whose identity the account could have read.")
class PersonInReach:
    applicant: strawberry.ID = strawberry.field(
        description="Global id of the applicant, a pseudonym: `node` has the files."
    )
    in_reach_from: datetime = strawberry.field(description="Since when, within the window.")
    in_reach_until: datetime = strawberry.field(description="Until when, within the window.")
    ways: list[ReachedBy] = strawberry.field(description="By what, in order.")
    case_references: list[str] = strawberry.field(
        description="The cases or inquiries through which, in order; of supervision none is listed."
    )
    was_read: bool = strawberry.field(
        description="Whether the log has a read of this person by the account in the window."
    )

    @classmethod
    def from_row(cls, row: Any) -> "PersonInReach":
        return cls(
            applicant=strawberry.ID(GlobalId(Applicant.__name__, str(row.applicant_id)).encode()),
            in_reach_from=row.from_at,
            in_reach_until=row.until_at,
            ways=[ReachedBy(way) for way in sorted(row.ways)],
            case_references=sorted(row.case_references),
            was_read=row.was_read,
        )


@strawberry.type(
    description="The people whose identity the account could have read in the window:"
    f" {MOST_PEOPLE_IN_REACH} at once. It is a bound from above, by what the database still knows:"
    " no more can have been opened by the account in this role, and its budget of reads may have"
    " let through far fewer. Not in it are people erased since then, links that a correction has"
    " undone, and the people of ban entries."
)
class PersonInReachTable:
    as_of: datetime = strawberry.field(description="The instant whose knowledge the list rests on.")
    people_at_most: CountFigure = strawberry.field(
        description="How many different people they are in all: no more were read."
    )
    rows: list[PersonInReach] = strawberry.field(
        description="The people; ask for those behind the last one until there are none."
    )


def parse_reach(arguments: FieldArguments) -> Parsing[None]:
    """Looks at the window, and at whose reach is asked for."""
    values = arguments.values
    yield from window_mistakes(values["from"], values["before"], values.get("after"))
    yield from _mistakes(Role(values["role"]), values.get("partner"), values.get("places"))


def _mistakes(role: Role, partner: str | None, places: list[str] | None) -> Iterator[ArgumentError]:
    if role not in _ROLES:
        yield ArgumentError(("role",), f"{role} reads nobody's identity: name another role.")
    if (role in _OF_A_PARTNER) != (partner is not None):
        yield ArgumentError(
            ("partner",),
            "Name the `partner` of an agent or of a partner's system, and of nobody else.",
        )
    if places and (partner is None or len(places) > _MOST_PLACES):
        yield ArgumentError(
            ("places",), f"Name `places` where a `partner` is named, {_MOST_PLACES} at most."
        )


async def people_who_were_in_reach(
    info: strawberry.Info,
    since: Since,
    before: Before,
    viewer: Of,
    role: In,
    partner: OfPartner = None,
    places: Places = None,
    after: After = None,
) -> PersonInReachTable:
    context: Context = info.context
    log = partial(context.audit.record_breach_lookup, BreachList.IN_REACH, viewer, since, before)
    await context.once(str(info.path.key), log)
    account = Account(viewer, role, partner, tuple(places or ()))
    behind = key_in(after, Applicant.__name__) if after else None
    asked = (
        people_in_reach(account, since, before, behind, MOST_PEOPLE_IN_REACH),
        number_in_reach(account, since, before),
        select(func.now()),
    )
    rows, [(number,)], [(at,)] = await context.session.fetch(
        *(bind_for(context.viewer, AccessEvent.__name__, each) for each in asked)
    )
    return PersonInReachTable(
        as_of=at,
        people_at_most=CountFigure.exactly(number),
        rows=[PersonInReach.from_row(row) for row in rows],
    )
