"""Whose identity was read between two instants, or by one viewer: who must be told of a breach."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
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
from gateway.schema.access_event import AccessEvent
from gateway.schema.applicant import Applicant
from gateway.schema.mutations.input_readers import key_in
from models.access_log import kept_since, number_read, reads_by_person
from models.vocabulary import BreachList

#: The cost of an operation assumes it.
MOST_PEOPLE_READ = 500
#: A breach may be found late, but nobody needs the whole log.
LONGEST_READ_WINDOW = timedelta(days=366)

Since = Annotated[
    datetime, strawberry.argument(name="from", description="Reads from this instant on.")
]
Before = Annotated[datetime, strawberry.argument(description="Reads before this instant.")]
By = Annotated[
    str | None, strawberry.argument(description="Only reads by this subject: one account.")
]
After = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only people behind this one: the last of the rows before."),
]


@strawberry.type(description="One person whose identity was read in the window.")
class PersonRead:
    applicant: strawberry.ID = strawberry.field(
        description="Global id of the applicant, a pseudonym: `node` has the files."
    )
    reads: CountFigure = strawberry.field(description="Reads that were logged.")
    first_read_at: datetime = strawberry.field(description="The first of them.")
    last_read_at: datetime = strawberry.field(description="The last of them.")
    viewers: list[str] = strawberry.field(description="Subjects who read, in order.")
    fields: list[str] = strawberry.field(
        description="The fields of `Identity` that were read, in order."
    )

    @classmethod
    def from_row(cls, row: Any) -> "PersonRead":
        return cls(
            applicant=strawberry.ID(GlobalId(Applicant.__name__, str(row.applicant_id)).encode()),
            reads=CountFigure.exactly(row.reads),
            first_read_at=row.first_read_at,
            last_read_at=row.last_read_at,
            viewers=sorted(row.viewers),
            fields=sorted(row.fields),
        )


@strawberry.type(
    description=f"The people whose identity was read in the window: {MOST_PEOPLE_READ} at once."
)
class PersonReadTable:
    as_of: datetime = strawberry.field(description="Everything logged before then is included.")
    kept_since: datetime | None = strawberry.field(
        description="Since when reads are kept; null where all of them are. Earlier ones were"
        " deleted because of their age."
    )
    people: CountFigure = strawberry.field(
        description="How many different people they are in all; AT_LEAST where the window begins"
        " before `keptSince`."
    )
    rows: list[PersonRead] = strawberry.field(
        description="The people; ask for those behind the last one until there are none."
    )


def parse_read_window(arguments: FieldArguments) -> Parsing[None]:
    """Looks at the window of instants."""
    values = arguments.values
    yield from window_mistakes(values["from"], values["before"], values.get("after"))


def window_mistakes(
    since: datetime, before: datetime, after: str | None
) -> Iterator[ArgumentError]:
    if before <= since:
        yield ArgumentError(("before",), "`before` must be later than `from`.")
    elif before - since > LONGEST_READ_WINDOW:
        yield ArgumentError(
            ("before",), f"`before` is at most {LONGEST_READ_WINDOW.days} days after `from`."
        )
    if after is not None and key_in(after, Applicant.__name__) is None:
        yield ArgumentError(("after",), "`after` is the global id of an applicant.")


async def people_who_were_read(
    info: strawberry.Info,
    since: Since,
    before: Before,
    viewer: By = None,
    after: After = None,
) -> PersonReadTable:
    context: Context = info.context
    log = partial(context.audit.record_breach_lookup, BreachList.READ, viewer, since, before)
    await context.once(str(info.path.key), log)
    role = context.viewer.role
    reads = reachable_in_role(AccessEvent.__name__, role), since, before, viewer
    behind = key_in(after, Applicant.__name__) if after else None
    asked = (
        reads_by_person(*reads, behind, MOST_PEOPLE_READ),
        number_read(*reads),
        select(func.now()),
        kept_since(role),
    )
    rows, [(number,)], [(at,)], [(since_kept,)] = await context.session.fetch(
        *(bind_for(context.viewer, AccessEvent.__name__, each) for each in asked)
    )
    is_whole = since_kept is None or since >= since_kept
    return PersonReadTable(
        as_of=at,
        kept_since=since_kept,
        people=CountFigure.exactly(number) if is_whole else CountFigure.at_least(number),
        rows=[PersonRead.from_row(row) for row in rows],
    )
