"""What each officer has on the desk, decided, refused and gave back; for supervisors."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import strawberry

from gateway.access.rows import reachable_in_role
from gateway.access.transactions.prepared import bind_for
from gateway.errors import ErrorCode, FieldError
from gateway.findings.rates import expected_cases
from gateway.mapping.context import Context
from gateway.mapping.figure_types import CountFigure
from gateway.schema.supervision.rates import ExpectedRate, ObservedRate
from gateway.schema.volumes.national import From, To
from models.volumes import Question
from models.volumes.officers import desks, done_by_officers
from models.volumes.versions import VersionedData

#: The cost of an operation assumes it.
MOST_OFFICERS = 1_000


@strawberry.type(description="What one officer has on the desk now, and did in the window.")
class OfficerRow:
    officer: str = strawberry.field(description="Subject of the officer, such as `officer`.")
    on_desk: CountFigure = strawberry.field(description="Open cases on the desk now.")
    overdue: CountFigure = strawberry.field(
        description="Of these, those that should have been decided by now."
    )
    decisions: CountFigure = strawberry.field(
        description="Decisions that the officer made in the window, by their day in WIB: visas"
        " granted and refused. A later correction by somebody else takes none of them away."
    )
    refused: CountFigure = strawberry.field(description="Of these decisions, the refusals.")
    refusal_rate: ObservedRate = strawberry.field(
        description="Refusals among these decisions, with its interval and n."
    )
    expected_refusal_rate: ExpectedRate | None = strawberry.field(
        description="What is expected of decisions on the same visa types: each type with the rate"
        " at which all officers together refused it in the window. Not compared by nationality:"
        " cases come to officers by their due date, not by applicant. Null without decisions."
    )
    given_back: CountFigure = strawberry.field(
        description="Cases that the officer took and gave back (`releaseCase`), by the day in WIB."
    )
    given_back_after_reading: CountFigure = strawberry.field(
        description="Of these, those whose applicant the officer had read while the case was on the"
        " desk, by the log of reads: an officer who looks and passes on may be searching for"
        " somebody."
    )
    given_back_after_reading_rate: ObservedRate = strawberry.field(
        description="Cases given back after a read among those that the officer was done with in"
        " the window: decided, or given back. With its interval and n."
    )
    expected_given_back_after_reading_rate: ExpectedRate | None = strawberry.field(
        description="What is expected of cases for the same visa types: each type with the rate at"
        " which all officers together gave it back after a read. Null where the officer was done"
        " with none."
    )


@strawberry.type(
    description="A row for each officer who has a case on the desk, or decided or gave back one in"
    " the window."
)
class OfficerTable:
    as_of: datetime = strawberry.field(
        description="All that was recorded before it is counted; desks are as of now."
    )
    rows: list[OfficerRow] = strawberry.field(description="The officers, in order of the subject.")


@dataclass(slots=True)
class _OfficerCounts:
    """What one officer did, by visa type and together."""

    decisions: Counter[str] = field(default_factory=Counter[str])
    #: Decided, or given back.
    ended: Counter[str] = field(default_factory=Counter[str])
    refused: int = 0
    given_back: int = 0
    given_back_after_reading: int = 0


async def officers(info: strawberry.Info, from_: From, to: To) -> OfficerTable:
    context: Context = info.context
    role = context.viewer.role
    in_reach, cases = (reachable_in_role(name, role) for name in ("OfficerRow", "Application"))
    asked = (done_by_officers(Question(from_, to)).where(in_reach), desks().where(in_reach, cases))
    lines, on_desks = await context.session.fetch(
        *(bind_for(context.viewer, "OfficerRow", each) for each in asked)
    )
    instant = (await context.figures.freshness(VersionedData.FIGURES)).as_of
    return OfficerTable(as_of=instant, rows=_rows(lines, on_desks))


def _rows(lines: Iterable[Any], on_desks: Iterable[Any]) -> list[OfficerRow]:
    done: defaultdict[str, _OfficerCounts] = defaultdict(_OfficerCounts)
    decided, refused = Counter[str](), Counter[str]()
    ended, passed_on = Counter[str](), Counter[str]()
    for line in lines:
        of, number = done[line.officer], line.granted + line.refused
        of.decisions[line.visa_type_code] += number
        of.refused += line.refused
        of.given_back += line.given_back
        of.given_back_after_reading += line.given_back_after_reading
        of.ended[line.visa_type_code] += number + line.given_back
        ended[line.visa_type_code] += number + line.given_back
        passed_on[line.visa_type_code] += line.given_back_after_reading
        decided[line.visa_type_code] += number
        refused[line.visa_type_code] += line.refused
    desk_of = {row.officer: row for row in on_desks}
    subjects = sorted({*done, *desk_of})
    if len(subjects) > MOST_OFFICERS:
        raise FieldError(
            ErrorCode.INVALID_INPUT,
            f"This has more than {MOST_OFFICERS} officers. Ask for a shorter window.",
        )
    return [
        _row(
            subject,
            done[subject],
            desk_of.get(subject),
            expected_cases(done[subject].decisions, refused, decided),
            expected_cases(done[subject].ended, passed_on, ended),
        )
        for subject in subjects
    ]


def _row(
    subject: str, of: _OfficerCounts, desk: Any, refusals_expected: float, passed_on_expected: float
) -> OfficerRow:
    decisions, ended = of.decisions.total(), of.ended.total()
    passed_on = of.given_back_after_reading
    return OfficerRow(
        officer=subject,
        on_desk=CountFigure.exactly(desk.on_desk if desk else 0),
        overdue=CountFigure.exactly(desk.overdue if desk else 0),
        decisions=CountFigure.exactly(decisions),
        refused=CountFigure.exactly(of.refused),
        refusal_rate=ObservedRate.of_counts(of.refused, decisions),
        expected_refusal_rate=ExpectedRate.of_counts(of.refused, decisions, refusals_expected),
        given_back=CountFigure.exactly(of.given_back),
        given_back_after_reading=CountFigure.exactly(passed_on),
        given_back_after_reading_rate=ObservedRate.of_counts(passed_on, ended),
        expected_given_back_after_reading_rate=ExpectedRate.of_counts(
            passed_on, ended, passed_on_expected
        ),
    )
