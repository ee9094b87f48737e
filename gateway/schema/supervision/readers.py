"""How many people each viewer read, beside the others in the same role: for supervisors."""

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import strawberry
from sqlalchemy import func, select

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.context import Context
from gateway.mapping.figure_types import CountFigure
from gateway.schema.volumes.national import From, To
from models import BudgetException
from models.access_log import ViewerReads, compare_viewers, people_counted, reads_by_viewer
from models.instants import WIB
from models.vocabulary import Role

#: The cost of an operation assumes it.
MOST_READERS = 200
_OTHERS = " Null where fewer than four others read anybody in the window."


@strawberry.type(
    description="What one viewer read of people in the window, by the log of reads. Whose data it"
    " was is not in it."
)
class ReaderRow:
    viewer: str = strawberry.field(description="Subject of the viewer.")
    role: Role = strawberry.field(description="The role in which the viewer read.")
    people: CountFigure = strawberry.field(description="Different people whose identity was read.")
    reads: CountFigure = strawberry.field(description="Reads that were logged.")
    counted_now: int = strawberry.field(
        description="Different people whom the budget counts now: those read within the last hour,"
        " entries of the ban list included."
    )
    budget: int | None = strawberry.field(
        description="How many people an hour the viewer may read in the role, with the exception"
        " that lasts, if any; null where there is no limit."
    )
    others: int = strawberry.field(
        description="How many others in this role read anybody in the window: what the viewer is"
        " compared with."
    )
    lower_quartile: float | None = strawberry.field(
        description=f"A quarter of the others read at most so many people.{_OTHERS}"
    )
    median: float | None = strawberry.field(
        description=f"Half of the others read at most so many people.{_OTHERS}"
    )
    upper_quartile: float | None = strawberry.field(
        description=f"Three quarters of the others read at most so many people.{_OTHERS}"
    )
    is_unusual: bool | None = strawberry.field(
        description="Whether the viewer read more than the upper quartile and one and a half times"
        f" the distance between the quartiles (Tukey's fence).{_OTHERS}"
    )

    @classmethod
    def from_reads(cls, reading: ViewerReads, counted_now: int, budget: int | None) -> "ReaderRow":
        lower, median, upper = reading.quartiles or (None, None, None)
        fence = reading.fence
        return cls(
            viewer=reading.viewer,
            role=reading.role,
            people=CountFigure.exactly(reading.people),
            reads=CountFigure.exactly(reading.reads),
            counted_now=counted_now,
            budget=budget,
            others=reading.others,
            lower_quartile=lower,
            median=median,
            upper_quartile=upper,
            is_unusual=None if fence is None else reading.people > fence,
        )


@strawberry.type(
    description=f"The {MOST_READERS} viewers who read the most people, the most first; applicants,"
    " who read themselves, are not among them."
)
class ReaderTable:
    as_of: datetime = strawberry.field(description="All that was logged before it is counted.")
    rows: list[ReaderRow] = strawberry.field(description="The viewers.")


async def readers(info: strawberry.Info, from_: From, to: To) -> ReaderTable:
    context: Context = info.context
    window = _midnight(from_), _midnight(to + timedelta(days=1))
    role, budget = context.viewer.role, context.audit.log.limit
    asked = (
        *(reads_by_viewer(role, *window), people_counted(role), select(func.now())),
        _select_widened(),
    )
    rows, counted, [(instant,)], widened = await context.session.fetch(
        *(bind_for(context.viewer, "ReaderRow", each) for each in asked)
    )
    now = {(row.reader, row.reader_role): row.people for row in counted}
    further = {(row.viewer, row.role): row.most_people for row in widened}
    listed: list[ReaderRow] = []
    for each in islice(compare_viewers(rows), MOST_READERS):
        reader, most = (each.viewer, each.role), budget(each.role)
        most = None if most is None else most + further.get(reader, 0)
        listed.append(ReaderRow.from_reads(each, now.get(reader, 0), most))
    return ReaderTable(as_of=instant, rows=listed)


def _select_widened() -> Any:
    """Whose budget an exception widens now, and by how many people."""
    widened = select(BudgetException.viewer, BudgetException.role, BudgetException.most_people)
    return widened.where(BudgetException.ends_at > func.now())


def _midnight(day: date) -> datetime:
    """When a day begins in WIB."""
    return datetime.combine(day, time(), WIB)
