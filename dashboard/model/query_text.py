"""The question behind a figure as GraphQL that anybody can send who may see the figure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboard.model.filters import CENTRE, FILTER, FILTERS, condition
from dashboard.model.measures import Measure, MeasureKind
from dashboard.model.page_state import Address
from dashboard.model.period import Period

#: Filters by an enumeration, whose values GraphQL writes without quotes.
ENUMERATED = frozenset(each.where for each in FILTERS if each.words)
MONTH = "MONTH"


def query_of_groups(period: Period, measures: Sequence[Measure], address: Address) -> str:
    """What the table and the map show: every group, whichever was chosen."""
    where = condition(address.filters, without=address.by)
    return _query(period, [FILTER[address.by].dimension], where, measures, address)


def query_of_months(
    from_on: date, period: Period, measures: Sequence[Measure], address: Address
) -> str:
    """What the trend shows: each month, of each group that was chosen if there are several."""
    groups = [FILTER[address.by].dimension] if len(address.members) > 1 else []
    span = Period(from_on, period.to_on)
    return _query(span, [*groups, MONTH], condition(address.filters), measures, address)


def _query(
    period: Period,
    group_by: list[str],
    where: Mapping[str, Any],
    measures: Sequence[Measure],
    address: Address,
) -> str:
    arguments = [
        f'from: "{period.from_on}"',
        f'to: "{period.to_on}"',
        f"groupBy: {_list(group_by)}",
    ]
    if where:
        fields = ", ".join(
            f"{key}: {{ in: {_list(narrowed['in'], quoted=key not in ENUMERATED)} }}"
            for key, narrowed in where.items()
        )
        arguments.append(f"where: {{ {fields} }}")
    rows = [
        *([_group(address)] if FILTER[address.by].dimension in group_by else []),
        *(["period { startsOn }"] if MONTH in group_by else []),
        *(f"{measure.field} {{ {_fields(measure)} }}" for measure in measures),
    ]
    lines = [
        "query {",
        "  volumes(",
        *(f"    {argument}" for argument in arguments),
        "  ) {",
        "    asOf",
        "    rows {",
        *(f"      {row}" for row in rows),
        "    }",
        "  }",
        "}",
    ]
    return "\n".join(lines)


def _group(address: Address) -> str:
    field = FILTER[address.by].field
    if FILTER[address.by].words:
        return field
    if address.by == CENTRE:
        return f"{field} {{ code city }}"
    if address.by == "partner":
        return f"{field} {{ code name }}"
    return f"{field} {{ code name(language: {address.language.upper()}) }}"


def _fields(measure: Measure) -> str:
    match measure.kind:
        case MeasureKind.DURATION:
            return "hours measured"
        case MeasureKind.RATE:
            return "value denominator"
        case MeasureKind.MONEY:
            return "value { amount }"
        case _:
            return "value"


def _list(values: Sequence[str], *, quoted: bool = False) -> str:
    words = [f'"{each}"' if quoted else each for each in values]
    return f"[{', '.join(words)}]"
