"""The question of the page Today, and its answer as plain values: pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dashboard.analysis.attention import Count
from dashboard.analysis.contributions import Share
from dashboard.model.filters import FILTER, condition
from dashboard.model.page_state import REASONS, Address
from dashboard.model.period import Period, month_start
from dashboard.model.volumes import LISTS, Choice

MANAGER, AGENT = "PARTNER_MANAGER", "PARTNER_AGENT"
#: Which figures each role asks for: those of `measures.AUDIENCE.graphql`.
ASKS = {"LEADERSHIP": "processing", MANAGER: "partner", AGENT: "partner"}
#: What can be compared with each other.
PLACES = ("country", "centre", "visa")
#: Dimensions that are always read, since they serve for more than the reasons of a change: the
#: season is that of the countries, promises are of visa types.
ALWAYS_READ = ("country", "visa")
#: History for what comes next, and months before a month that is judged by its own past.
KNOWN_MONTHS, RECENT_MONTHS = 49, 13
#: A group that rows do not name: direct applications have neither country nor partner, and those
#: of before no purpose.
NOWHERE = ""


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """The counts of one row; refusals are None where they were not asked for."""

    intake: int = 0
    decisions: int = 0
    refused: int | None = None
    in_target: int = 0

    @property
    def timely(self) -> Share:
        """Decisions, and those in target."""
        return Share(self.decisions, self.in_target)

    @property
    def refusals(self) -> Share:
        """Decisions, and those that refused."""
        return Share(self.decisions, self.refused or 0)


Cells = Mapping[str, CaseCounts]
Months = Mapping[date, CaseCounts]


@dataclass(frozen=True)
class Today:
    """Everything that the sentences are made of."""

    period: Period
    as_of: datetime
    #: The first day from which figures are complete, whatever this viewer sees of them.
    complete_from: date
    #: By dimension and code: the period, and the same period of the year before. Of the reasons
    #: that can be chosen, only the chosen one is there.
    now: Mapping[str, Cells]
    before: Mapping[str, Cells]
    #: By dimension and code; places are countries, centres or visa types.
    names: Mapping[str, Mapping[str, str]]
    place: str
    places: Cells
    place_months: Mapping[str, Months]
    months: Months
    visa_months: Mapping[str, Months]
    #: By visa type, as a share: what is promised at the end of the period.
    promised: Mapping[str, float]
    #: Whether refusals were asked for.
    has_outcomes: bool
    #: Partners and visa types that there are.
    choices: Mapping[str, Sequence[Choice]]
    #: Countries that the address names and the gateway knows; None where it names none.
    named: Mapping[str, str] | None
    #: The page knows no centres by their code.
    named_centres: Mapping[str, str] | None = None

    @property
    def has_before(self) -> bool:
        """Whether the year before is completely known."""
        return self.complete_from <= self.period.year_before.from_on

    @property
    def last_month(self) -> date | None:
        """The last month that is over."""
        return max(self.months, default=None)

    def total(self, period: Mapping[str, Cells]) -> CaseCounts:
        """All groups together, as the visa types add up."""
        cells = list(period["visa"].values())
        return CaseCounts(
            sum(cell.intake for cell in cells),
            sum(cell.decisions for cell in cells),
            sum(cell.refused or 0 for cell in cells) if self.has_outcomes else None,
            sum(cell.in_target for cell in cells),
        )

    def counts(self, cells: Mapping[Any, CaseCounts], *, is_refusals: bool) -> list[Count]:
        """What is looked at for attention: refusals, or decisions that were late."""
        return [
            Count(
                key.isoformat() if isinstance(key, date) else key,
                cell.decisions,
                (cell.refused or 0) if is_refusals else cell.decisions - cell.in_target,
            )
            for key, cell in cells.items()
        ]


def variables_of(
    address: Address, period: Period, now: date, *, place: str, has_outcomes: bool = True
) -> dict[str, Any]:
    """The variables of ``question.graphql``.

    A year by a dimension without a monthly grain, such as purpose, is read day by day, so only the
    dimension that is shown is read.
    """
    last = month_start(now) - timedelta(days=1)
    days = {
        "from": period.from_on,
        "to": period.to_on,
        "beforeFrom": period.year_before.from_on,
        "beforeTo": period.year_before.to_on,
        "knownFrom": month_start(last, 1 - KNOWN_MONTHS),
        "recentFrom": month_start(last, 1 - RECENT_MONTHS),
        "monthsTo": last,
    }
    return {
        **{name: day.isoformat() for name, day in days.items()},
        "place": FILTER[place].dimension,
        **{f"isBy{key.capitalize()}": key == place for key in PLACES},
        "reason": FILTER[address.why].dimension,
        "hasReason": address.why not in ALWAYS_READ,
        "hasOutcomes": has_outcomes,
        "where": condition(address.filters),
        "wherePlaces": condition(address.filters, without=place),
        "isNamed": bool(address.country),
        "named": list(address.country),
        "language": address.language.upper(),
    }


def read_today(
    data: Mapping[str, Any], period: Period, place: str, why: str, *, has_outcomes: bool = True
) -> Today:
    """The answer, by dimension, place and month; ``why`` is the reason that was asked for."""
    names: dict[str, dict[str, str]] = {key: {} for key in (*REASONS, "place")}
    aliases = {key: key for key in ALWAYS_READ}
    if why not in aliases:
        aliases[why] = "reason"

    def cells(key: str, alias: str) -> Cells:
        rows = data[alias]["rows"]
        return {key_of(row, FILTER[key].field, names[key]): _cell(row) for row in rows}

    now = {key: cells(key, alias) for key, alias in aliases.items()}
    before = {key: cells(key, f"{alias}Before") for key, alias in aliases.items()}
    names["partner"] |= {node["code"]: node["name"] for node in data["partners"]["nodes"]}
    names["visa"] |= {node["code"]: node["name"] for node in data["visaTypes"]["nodes"]}
    field = FILTER[place].field
    return Today(
        period=period,
        as_of=datetime.fromisoformat(data["country"]["asOf"]),
        complete_from=date.fromisoformat(data["country"]["completeFrom"]),
        now=now,
        before=before,
        names=names,
        place=place,
        places={key_of(row, field, names["place"]): _cell(row) for row in data["places"]["rows"]},
        place_months=_by_month(data["placeMonths"]["rows"], field, names["place"]),
        months={month_of(row): _cell(row) for row in data["months"]["rows"]},
        visa_months=_by_month(data["visaMonths"]["rows"], "visaType", {}),
        promised=_promised_shares(data["visaTypes"]["nodes"], period.to_on),
        has_outcomes=has_outcomes,
        choices={
            key: tuple(Choice(node["code"], node["name"]) for node in data[table]["nodes"])
            for table, key in LISTS.items()
        },
        named=(
            {node["code"]: node["name"] for node in data["named"]["nodes"]}
            if "named" in data
            else None
        ),
    )


def whole_months(months: Months, last: date) -> tuple[date, list[CaseCounts]]:
    """The months without a gap, from the first with an application to the last that is over."""
    known = [month for month, cell in months.items() if cell.intake and month <= last]
    if not known:
        return last, []
    first, cells = min(known), list[CaseCounts]()
    month = first
    while month <= last:
        cells.append(months.get(month, CaseCounts()))
        month = month_start(month, 1)
    return first, cells


def _cell(row: Mapping[str, Any]) -> CaseCounts:
    decisions = row["decisions"]["value"] or 0
    rate = row["targetRate"]["value"] if "targetRate" in row else None
    return CaseCounts(
        intake=row["intake"]["value"] if "intake" in row else 0,
        decisions=decisions,
        refused=row["refused"]["value"] if "refused" in row else None,
        # A share of counts, so that the count comes back exactly.
        in_target=round((rate or 0) * decisions),
    )


def key_of(row: Mapping[str, Any], field: str, names: dict[str, str]) -> str:
    """The code of a row's group; what it is called is put among the names."""
    group = row[field]
    if group is None:
        return NOWHERE
    if isinstance(group, str):
        return group
    names.setdefault(group["code"], group.get("name") or group.get("city") or group["code"])
    return group["code"]


def month_of(row: Mapping[str, Any]) -> date:
    """The first day of a row's month, or of its quarter."""
    return date.fromisoformat(row["period"]["startsOn"])


def _by_month(
    rows: Sequence[Mapping[str, Any]], field: str, names: dict[str, str]
) -> dict[str, dict[date, CaseCounts]]:
    found: dict[str, dict[date, CaseCounts]] = {}
    for row in rows:
        found.setdefault(key_of(row, field, names), {})[month_of(row)] = _cell(row)
    return {key: dict(sorted(months.items())) for key, months in found.items()}


def _promised_shares(nodes: Sequence[Mapping[str, Any]], on: date) -> dict[str, float]:
    """The promise in force on a day, of what most nationalities apply for."""
    promised: dict[str, float] = {}
    for node in nodes:
        in_force = [
            target
            for target in node["serviceTargets"]
            if target["clock"] == "STANDARD" and date.fromisoformat(target["validFrom"]) <= on
        ]
        latest = max(in_force, key=lambda target: target["validFrom"], default=None)
        if latest and latest["promisedPercent"]:
            promised[node["code"]] = latest["promisedPercent"] / 100
    return promised
