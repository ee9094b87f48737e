"""National figures: refusals by ground, referrals to screening and holds."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from gateway.access.rows import reachable_in_role
from gateway.access.transactions.prepared import bind_for
from gateway.mapping.context import Context
from gateway.mapping.enums import CalendarPeriod
from gateway.mapping.figure_reads import Figures
from gateway.mapping.figure_types import CountFigure
from gateway.schema.volumes.query import period_of
from gateway.schema.volumes.rows import VolumePeriod
from models.vocabulary import Ground
from models.volumes import Period, Question
from models.volumes.lines import AnySelect
from models.volumes.national import grounds, referrals
from models.volumes.versions import VersionedData

From = Annotated[
    date, strawberry.argument(name="from", description="First day of the window, in WIB.")
]
To = Annotated[date, strawberry.argument(description="Last day of the window, in WIB.")]
By = Annotated[
    CalendarPeriod | None,
    strawberry.argument(description="A row for each period; none for the whole window."),
]
_AS_OF = "All that was recorded before it is counted."
_PERIOD = "Period; null where the question does not group by one."


@strawberry.type(description="Refusals of the whole country on one ground.")
class RefusalGroundRow:
    ground: Ground = strawberry.field(description="Ground.")
    period: VolumePeriod | None = strawberry.field(description=_PERIOD)
    refused: CountFigure = strawberry.field(
        description="Refused on it, by the day of the first decision; a correction moves what it"
        " corrects, on that day. All grounds together are what was refused."
    )


@strawberry.type(description="A row for each ground on which someone was refused.")
class RefusalGroundTable:
    as_of: datetime = strawberry.field(description=_AS_OF)
    rows: list[RefusalGroundRow] = strawberry.field(description="The grounds, in order.")


@strawberry.type(description="What went to supervision in the whole country.")
class ScreeningReferralRow:
    period: VolumePeriod | None = strawberry.field(description=_PERIOD)
    referred: CountFigure = strawberry.field(
        description="How often an application was referred to screening."
    )
    held: CountFigure = strawberry.field(description="How often a supervisor held an application.")


@strawberry.type(description="A row for each period in which something went to supervision.")
class ScreeningReferralTable:
    as_of: datetime = strawberry.field(description=_AS_OF)
    rows: list[ScreeningReferralRow] = strawberry.field(description="The periods, in order.")


async def refusal_grounds(
    info: strawberry.Info, from_: From, to: To, group_by: By = None
) -> RefusalGroundTable:
    context, question = info.context, _question(from_, to, group_by)
    instant, rows = await _fetch_rows(context, "RefusalGroundRow", grounds(question))
    return RefusalGroundTable(
        as_of=instant,
        rows=[
            RefusalGroundRow(
                ground=Ground(row["ground"]),
                period=period_of(question, row),
                refused=CountFigure.exactly(row["refused"]),
            )
            for row in rows
        ],
    )


async def screening_referrals(
    info: strawberry.Info, from_: From, to: To, group_by: By = None
) -> ScreeningReferralTable:
    context, question = info.context, _question(from_, to, group_by)
    instant, rows = await _fetch_rows(context, "ScreeningReferralRow", referrals(question))
    return ScreeningReferralTable(
        as_of=instant,
        rows=[
            ScreeningReferralRow(
                period=period_of(question, row),
                referred=CountFigure.exactly(row["referred"]),
                held=CountFigure.exactly(row["held"]),
            )
            for row in rows
        ],
    )


def _question(from_on: date, to_on: date, group_by: CalendarPeriod | None) -> Question:
    return Question(from_on, to_on, period=Period[group_by] if group_by else None)


async def _fetch_rows(
    context: Context, type_name: str, query: AnySelect
) -> tuple[datetime, list[Figures]]:
    """The rows of a type in the viewer's reach, and the instant up to which they are complete."""
    in_reach = query.where(reachable_in_role(type_name, context.viewer.role))
    instant = (await context.figures.freshness(VersionedData.FIGURES)).as_of
    [rows] = await context.session.fetch(bind_for(context.viewer, type_name, in_reach))
    return instant, [dict(zip(row.labels, row, strict=True)) for row in rows]
