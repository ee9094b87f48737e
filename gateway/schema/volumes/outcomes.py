"""How cases were first decided: which questions it answers, and reading it beside other figures."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Date, Text, bindparam, func, select

from gateway.access.fields import reads_first_decisions
from gateway.errors import ArgumentError
from gateway.mapping.context import Context
from gateway.mapping.enums import Precision
from gateway.mapping.figure_reads import FigureQuestion, Figures
from gateway.mapping.figure_types import CountFigure, RateFigure
from gateway.mapping.scalars import BigInt
from gateway.schema.volumes.measures import FIELDS
from gateway.schema.volumes.rows import NetworkOutcomes
from models.instants import wib_day
from models.vocabulary import Role
from models.volumes import Dimension, Measure, Question, Scope
from models.volumes.outcomes import (
    NETWORK_PARTS,
    OUTCOME_DIMENSIONS,
    OutcomeQuestion,
    broken_down_by,
    has_whole_months,
)
from models.volumes.versions import VersionedData

_FREE = "Everything else can be asked for by any day and any dimensions."


def first_decided(measures: Set[Measure], role: Role) -> frozenset[Measure]:
    """The measures that the role reads as first decided."""
    return frozenset(each for each in measures if reads_first_decisions(FIELDS[each], role))


def outcome_mistakes(
    question: Question, role: Role, *, with_network: bool
) -> Iterator[ArgumentError]:
    """Why outcomes, or those of the network, do not answer a question, and what to ask instead."""
    if with_network and len(_network_parts(question)) != 1:
        yield ArgumentError(
            ("groupBy",),
            "`network` is of a visa type or a nationality: group by one of the two, or name one of"
            " it in `where`.",
        )
    if not (with_network or first_decided(question.measures, role)):
        return
    this_month = wib_day(datetime.now(UTC)).replace(day=1)
    if not has_whole_months(question):
        yield ArgumentError(
            ("to",),
            "Granted, refused and the refusal rate come by whole months. Ask from the first day of"
            " one month to the last day of another, by MONTH, QUARTER, YEAR or no period."
            f" {_FREE}",
        )
    elif question.to_on >= this_month:
        yield ArgumentError(
            ("to",),
            "Granted, refused and the refusal rate come once a month is over. Ask up to"
            f" {this_month - timedelta(days=1)}. {_FREE}",
        )
    if len(broken_down_by(question)) > 1:
        listed = ", ".join(each.name for each in OUTCOME_DIMENSIONS)
        yield ArgumentError(
            ("groupBy",),
            "Granted, refused and the refusal rate are broken down by one dimension at a time, be"
            f" it in `groupBy` or in `where`: one of {listed}, beside COUNTRY and PARTNER. Ask for"
            f" each by itself. {_FREE}",
        )


async def add_outcomes(
    context: Context, question: Question, scope: Scope, rows: Sequence[Figures]
) -> list[Figures]:
    """Rows of other figures, with how the cases of each group were first decided."""
    asked = OutcomeQuestion(question, scope)
    figures = FigureQuestion(
        "VolumeRow", "outcomes", asked.shape, asked.parameters, asked.statement
    )
    mark = (await context.figures.freshness(VersionedData.FIGURES)).mark
    found = {key_of(question, row): row for row in await context.figures.rows(figures, mark)}
    return [{**row, **_outcomes(found.get(key_of(question, row)))} for row in rows]


def _outcomes(row: Figures | None) -> Figures:
    granted, refused = (row["granted"] or 0, row["refused"] or 0) if row else (0, 0)
    decisions = granted + refused
    return {
        Measure.GRANTED: granted,
        Measure.REFUSED: refused,
        Measure.REFUSAL_RATE: refused / decisions if decisions else None,
        f"{Measure.REFUSAL_RATE}_of": decisions,
    }


def key_of(question: Question, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The key of a row: its groups, and its period if the question groups by one."""
    groups = tuple(row[dimension] for dimension in question.dimensions)
    return (*groups, row["period"]) if question.period else groups


# The whole network -------------------------------------------------------------------------------


def _network_parts(question: Question) -> list[Dimension]:
    named = {each for each, codes in question.where.items() if len(codes) == 1}
    return [each for each in NETWORK_PARTS if each in {*question.dimensions, *named}]


class Network:
    """How cases of the whole network were first decided, by visa type or nationality and month."""

    def __init__(self, question: Question, part: Dimension, months: Sequence[Figures]) -> None:
        self._question = question
        self._part = part
        self._months: defaultdict[tuple[str, date | None], list[Figures]] = defaultdict(list)
        for month in months:
            self._months[month["code"], self._period(month["starts_on"])].append(month)

    def outcomes_beside(self, row: Figures) -> NetworkOutcomes | None:
        """Those of a row's period; None where not every month of it has enough."""
        part, question = self._part, self._question
        code = row[part] if part in question.dimensions else question.where[part][0]
        months = self._months.get((code, row.get("period")), ())
        if len(months) < self._number_of_months(row.get("period")):
            return None
        granted, refused = (sum(month[name] for month in months) for name in ("granted", "refused"))
        rate = RateFigure(
            value=refused / (granted + refused),
            precision=Precision.EXACT,
            denominator=BigInt(granted + refused),
        )
        return NetworkOutcomes(
            decisions=CountFigure.exactly(granted + refused),
            granted=CountFigure.exactly(granted),
            refused=CountFigure.exactly(refused),
            refusal_rate=rate,
        )

    def _period(self, day: date) -> date | None:
        return self._question.first_day_of(day) if self._question.period else None

    def _number_of_months(self, period: date | None) -> int:
        """How many months of a period the window has."""
        question = self._question
        first = max(period or question.from_on, question.from_on)
        last = min(question.last_day_of(period) if period else question.to_on, question.to_on)
        return (last.year - first.year) * 12 + last.month - first.month + 1


async def read_network(context: Context, question: Question) -> Network:
    """Read what the database tells a manager of the whole network."""
    (part,) = _network_parts(question)
    parameters = {"part": part.value, "from_on": question.from_on, "to_on": question.to_on}
    figures = FigureQuestion("VolumeRow", "network", (), parameters, _network_statement)
    mark = (await context.figures.freshness(VersionedData.FIGURES)).mark
    return Network(question, part, await context.figures.rows(figures, mark))


def _network_statement() -> Any:
    columns = (
        Column("code", Text),
        Column("starts_on", Date),
        *(Column(name, BigInteger) for name in ("granted", "refused")),
    )
    days = (bindparam(name, None, type_=Date) for name in ("from_on", "to_on"))
    outcomes = func.viewer.network_outcomes(bindparam("part", None, type_=Text), *days)
    return select(*outcomes.table_valued(*columns).c)
