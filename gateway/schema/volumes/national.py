"""National figures: refusals by ground, referrals to screening and holds, grants by rule, stays,
and complaints."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Table

from gateway.access.rows import reachable_in_role
from gateway.access.transactions.prepared import bind_for
from gateway.errors import ArgumentError
from gateway.mapping.arguments import FieldArguments, Parsing, parsed_by
from gateway.mapping.context import Context
from gateway.mapping.enums import CalendarPeriod, StayDimension
from gateway.mapping.figure_reads import Figures
from gateway.mapping.figure_types import CountFigure
from gateway.mapping.scalars import CountryCode
from gateway.rules import Attribute
from gateway.schema.volumes.arguments import parse_window
from gateway.schema.volumes.query import period_of
from gateway.schema.volumes.rows import VolumePeriod
from models.vocabulary import ComplaintKind, Ground
from models.volumes import Dimension, Period, Question
from models.volumes.complaints import COMPLAINTS, complaints
from models.volumes.lines import AnySelect
from models.volumes.national import grants_by_rule, grounds, referrals
from models.volumes.outcomes import has_whole_months
from models.volumes.stays import stays
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


@strawberry.type(description="Refusals of the whole country on one main ground.")
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


@strawberry.type(description="What rules granted of a visa type in the whole country.")
class GrantRuleFigureRow:
    visa_type: str = strawberry.field(description="Index of the visa type.")
    period: VolumePeriod | None = strawberry.field(description=_PERIOD)
    by_rule: CountFigure = strawberry.field(
        description="Granted by rule, by the day of the grant, whatever came of it later."
    )
    sampled: CountFigure = strawberry.field(
        description="Decided by people though a rule would have granted it: those drawn at random,"
        " by the day of the first decision."
    )
    sample_refused: CountFigure = strawberry.field(
        description="Those of them who were refused, as first decided: what rules may miss."
    )
    decided_twice: CountFigure = strawberry.field(
        description="Those of them whom two officers decided, each for themselves, by the day of"
        " the second decision."
    )
    differing: CountFigure = strawberry.field(
        description="Those of these where the two differ, in the outcome or in the main ground."
    )


@strawberry.type(description="A row for each visa type and period in which a rule granted or drew.")
class GrantRuleFigureTable:
    as_of: datetime = strawberry.field(description=_AS_OF)
    rows: list[GrantRuleFigureRow] = strawberry.field(description="By visa type and by period.")


@strawberry.type(
    description="Who came by the visas of the whole country, in one period and of one group."
)
class StayFigureRow:
    nationality: CountryCode | None = strawberry.field(
        description="Code of the nationality; null where not broken down by it."
    )
    visa_type: str | None = strawberry.field(
        description="Index of the visa type; null where not broken down by it."
    )
    period: VolumePeriod | None = strawberry.field(description=_PERIOD)
    in_country: CountFigure = strawberry.field(
        description="Visas whose holder is in the country, at the end of the window: a stock, never"
        " summed over time. Of a window that is not over, now."
    )
    overstays: CountFigure = strawberry.field(
        description="Those of them who are past the last day of the stay, at that instant. Exits"
        " are reported late: it is a presumption, and a late report moves what was before."
    )
    unused: CountFigure = strawberry.field(
        description="Visas that expired without an entry, by their last day of use: one that was"
        " revoked or corrected is none."
    )
    extensions: CountFigure = strawberry.field(
        description="Extensions of a stay that were granted, by the day of the first decision: a"
        " correction changes what counts on that day, and one that was revoked still counts. Those"
        " that were refused or are open do not."
    )


@strawberry.type(description="A row for each period and group of which there is something to tell.")
class StayFigureTable:
    as_of: datetime = strawberry.field(description=_AS_OF)
    rows: list[StayFigureRow] = strawberry.field(
        description="By nationality or visa type, and by period."
    )


@strawberry.type(description="Complaints that were lodged, as far as in your reach.")
class ComplaintFigureRow:
    kind: ComplaintKind = strawberry.field(description="Which kind they are of by now.")
    period: VolumePeriod | None = strawberry.field(description=_PERIOD)
    lodged: CountFigure = strawberry.field(description="How many were lodged.")


@strawberry.type(description="A row for each period and kind of which there are complaints.")
class ComplaintFigureTable:
    as_of: datetime = strawberry.field(description=_AS_OF)
    rows: list[ComplaintFigureRow] = strawberry.field(description="By kind and by period.")


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


async def grant_rule_figures(
    info: strawberry.Info, from_: From, to: To, group_by: By = None
) -> GrantRuleFigureTable:
    context, question = info.context, _question(from_, to, group_by)
    instant, rows = await _fetch_rows(context, "GrantRuleFigureRow", grants_by_rule(question))
    return GrantRuleFigureTable(
        as_of=instant,
        rows=[
            GrantRuleFigureRow(
                visa_type=row["visa_type_code"],
                period=period_of(question, row),
                by_rule=CountFigure.exactly(row["by_rule"]),
                sampled=CountFigure.exactly(row["sampled"]),
                sample_refused=CountFigure.exactly(row["sample_refused"]),
                decided_twice=CountFigure.exactly(row["decided_twice"]),
                differing=CountFigure.exactly(row["differing"]),
            )
            for row in rows
        ],
    )


async def stay_figures(
    info: strawberry.Info,
    from_: From,
    to: To,
    group_by: By = None,
    by: Annotated[
        StayDimension | None,
        strawberry.argument(description="A row for each of these; none for all together."),
    ] = None,
) -> StayFigureTable:
    context, question = info.context, _question(from_, to, group_by)
    dimension = Dimension[by] if by else None
    instant, rows = await _fetch_rows(context, "StayFigureRow", stays(question, dimension))
    return StayFigureTable(
        as_of=instant,
        rows=[
            StayFigureRow(
                nationality=_code_of(row, dimension, Dimension.NATIONALITY),
                visa_type=_code_of(row, dimension, Dimension.VISA_TYPE),
                period=period_of(question, row),
                in_country=CountFigure.exactly(row["in_country"]),
                overstays=CountFigure.exactly(row["overstays"]),
                unused=CountFigure.exactly(row["unused"]),
                extensions=CountFigure.exactly(row["extensions"]),
            )
            for row in rows
        ],
    )


async def complaint_figures(
    info: strawberry.Info, from_: From, to: To, group_by: By = None
) -> ComplaintFigureTable:
    context, question = info.context, _question(from_, to, group_by)
    asked = complaints(question)
    instant, rows = await _fetch_rows(context, "ComplaintFigureRow", asked, COMPLAINTS)
    return ComplaintFigureTable(
        as_of=instant,
        rows=[
            ComplaintFigureRow(
                kind=ComplaintKind(row["kind"]),
                period=period_of(question, row),
                lodged=CountFigure.exactly(row["lodged"]),
            )
            for row in rows
        ],
    )


def _code_of(row: Figures, by: Dimension | None, dimension: Dimension) -> Any:
    return row["code"] if by is dimension else None


def refusal_grounds_field() -> Any:
    return _national_field(refusal_grounds, "Refusals by their main grounds,")


def screening_referrals_field() -> Any:
    return _national_field(screening_referrals, "Referrals to screening and holds")


def grant_rule_figures_field() -> Any:
    return _national_field(grant_rule_figures, "Grants by rule, and the sample left to people,")


def stay_figures_field() -> Any:
    return _national_field(
        stay_figures,
        "Who is in the country by a visa, who overstays, which visas nobody used, and extensions,",
    )


def complaint_figures_field() -> Any:
    return strawberry.field(
        resolver=complaint_figures,
        metadata=parsed_by(_parse_months),
        description="Complaints in your reach, by kind, over a window of whole months in WIB.",
    )


def _parse_months(arguments: FieldArguments) -> Parsing[None]:
    """Looks at a window of which each month is counted as a whole."""
    yield from parse_window(arguments)
    values = arguments.values
    question = _question(values["from"], values["to"], values.get("groupBy"))
    if not has_whole_months(question):
        yield ArgumentError(
            ("from",),
            "Complaints are counted by whole months. Ask from the first day of one month to the"
            " last day of another, by MONTH, QUARTER, YEAR or no period.",
        )


def _national_field(resolver: Any, description: str) -> Any:
    return strawberry.field(
        resolver=resolver,
        metadata=parsed_by(parse_window),
        description=f"{description} of the whole country, over a window of days in WIB.",
    )


def _question(from_on: date, to_on: date, group_by: CalendarPeriod | None) -> Question:
    return Question(from_on, to_on, period=Period[group_by] if group_by else None)


async def _fetch_rows(
    context: Context, type_name: str, query: AnySelect, table: Table | None = None
) -> tuple[datetime, list[Figures]]:
    """The rows of a type in the viewer's reach, and the instant up to which they are complete.

    A rule that looks at columns looks at those of ``table``.
    """

    def column(attribute: Attribute) -> ColumnElement[Any]:
        return table.c[attribute.key] if table is not None else attribute.expression

    in_reach = query.where(reachable_in_role(type_name, context.viewer.role, column))
    instant = (await context.figures.freshness(VersionedData.FIGURES)).as_of
    [rows] = await context.session.fetch(bind_for(context.viewer, type_name, in_reach))
    return instant, [dict(zip(row.labels, row, strict=True)) for row in rows]
