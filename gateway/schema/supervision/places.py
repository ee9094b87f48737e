"""How often further documents were asked for, by place of intake: who checks files well."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, and_

from gateway.access.rows import reachable_in_role
from gateway.access.transactions.prepared import bind_for
from gateway.findings.rates import expected_cases
from gateway.mapping.context import Context
from gateway.mapping.scalars import CountryCode
from gateway.schema.supervision.rates import ExpectedRate, ObservedRate
from gateway.schema.volumes.national import From, To
from models.volumes import Dimension, Measure, Question, statement
from models.volumes.grains import BY_CENTRE
from models.volumes.lines import Columns
from models.volumes.versions import VersionedData


@strawberry.type(
    description="One place of a partner, and how often its applications needed further information:"
    " a centre, or all that the partner took in by other ways in a country."
)
class InformationRequestRow:
    partner: str = strawberry.field(description="Code of the partner, such as `NUSA`.")
    country: CountryCode = strawberry.field(description="Code of the partner country.")
    centre: str | None = strawberry.field(
        description="Code of the centre, such as `AU-SYD`; null for the portal of the country, and"
        " groups."
    )
    rate: ObservedRate = strawberry.field(
        description="Of the applications first paid in the window, those of which more was asked"
        " for at least once, with the interval and n."
    )
    expected_rate: ExpectedRate | None = strawberry.field(
        description="What is expected of applications for the same visa types: each type with the"
        " rate of all partners together in the window."
    )


@strawberry.type(description="A row for each place of a partner that took something in.")
class InformationRequestTable:
    as_of: datetime = strawberry.field(description="All that was recorded before it is counted.")
    rows: list[InformationRequestRow] = strawberry.field(
        description="The places, by partner, country and centre."
    )


async def information_requests_of_places(
    info: strawberry.Info, from_: From, to: To
) -> InformationRequestTable:
    context: Context = info.context

    def of_partners(c: Columns) -> ColumnElement[bool]:
        in_reach = reachable_in_role("VolumeRow", context.viewer.role, lambda one: c[one.key])
        return and_(c[Dimension.PARTNER].is_not(None), in_reach)

    measures = frozenset({Measure.INFO_REQUEST_RATE})
    question = Question(from_, to, (*BY_CENTRE, Dimension.VISA_TYPE), measures=measures)
    asked = statement(question, of_partners)
    [lines] = await context.session.fetch(bind_for(context.viewer, "VolumeRow", asked))
    instant = (await context.figures.freshness(VersionedData.FIGURES)).as_of
    return InformationRequestTable(as_of=instant, rows=_rows(lines))


def _rows(lines: Iterable[Any]) -> list[InformationRequestRow]:
    intake: defaultdict[tuple[Any, ...], Counter[str]] = defaultdict(Counter[str])
    requested = Counter[tuple[Any, ...]]()
    taken_in, asked_for = Counter[str](), Counter[str]()
    for line in lines:
        place = tuple(getattr(line, dimension.value) for dimension in BY_CENTRE)
        intake[place][line.visa_type_code] += line.intake
        requested[place] += line.info_requested
        taken_in[line.visa_type_code] += line.intake
        asked_for[line.visa_type_code] += line.info_requested
    return [
        _row(
            place,
            requested[place],
            intake[place].total(),
            expected_cases(intake[place], asked_for, taken_in),
        )
        for place in sorted(intake, key=lambda one: tuple(code or "" for code in one))
    ]


def _row(
    place: tuple[Any, ...], requested: int, intake: int, expected: float
) -> InformationRequestRow:
    partner, country, centre = place
    return InformationRequestRow(
        partner=partner,
        country=CountryCode(country),
        centre=centre,
        rate=ObservedRate.of_counts(requested, intake),
        expected_rate=ExpectedRate.of_counts(requested, intake, expected),
    )
