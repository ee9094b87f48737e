"""Bounds the rows of tables of figures, and the lines that the database aggregates for them."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from math import ceil, log, prod
from typing import Any, NamedTuple

from gateway.access.rows import scopes_narrowing
from gateway.execution.cost.arguments import length
from gateway.execution.cost.bounds import (
    FINDINGS,
    GROUNDS,
    MOST_LINES,
    MOST_OF_A_KIND,
    OF_A_PLACE,
    PEOPLE_AT_SEVERAL_PARTNERS,
    PEOPLE_IN_REACH,
    PEOPLE_READ,
    READERS,
    Per,
)
from gateway.execution.cost.known import KnownSizes
from gateway.findings.claims.watched import ENOUGH
from gateway.findings.figures import RECENT_MONTHS
from gateway.findings.outliers import STEP
from gateway.policy import PARTNERS
from gateway.rules import Scope
from gateway.schema.findings.query import place_of
from gateway.schema.volumes.arguments import LONGEST_WINDOW
from gateway.schema.volumes.query import MOST_ROWS
from gateway.viewer import Viewer
from models.vocabulary import ComplaintKind
from models.volumes import Dimension, Period, Question
from models.volumes.question import MONTHS
from models.volumes.stays import STAY_DIMENSIONS

#: The field of `where` that filters each dimension.
FILTERS: Mapping[Dimension, str] = {
    Dimension.REGION: "region",
    Dimension.COUNTRY: "country",
    Dimension.NATIONALITY: "nationality",
    Dimension.PARTNER: "partner",
    Dimension.CENTRE: "centre",
    Dimension.VISA_TYPE: "visaType",
    Dimension.TRIP_PURPOSE: "tripPurpose",
    Dimension.CHANNEL: "channel",
}
_SCOPES: Mapping[Dimension, Scope] = {
    Dimension.COUNTRY: Scope.COUNTRIES,
    Dimension.PARTNER: Scope.PARTNER,
    Dimension.CENTRE: Scope.CENTRES,
}
#: A place has no more decisions.
_MOST_DECISIONS = 10_000_000
#: From one day to another, both inclusive.
Window = tuple[date, date]
_LONGEST: Window = (date(2000, 1, 1), date(2000, 1, 1) + LONGEST_WINDOW)


class Table(NamedTuple):
    """The most rows of a table, and the most lines that the database aggregates for it."""

    rows: int
    lines: int
    #: How many items all rows together have in their lists, by coordinate.
    items: Mapping[str, int] = {}


TableBound = Callable[[Mapping[str, Any], Viewer, KnownSizes], Table]


def volume_table(arguments: Mapping[str, Any], viewer: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `volumes`. Invalid arguments count as the largest possible."""
    names = _names(arguments.get("groupBy"))
    window = _window(arguments)
    where = arguments.get("where")
    filters = where if isinstance(where, dict) else {}
    lines = 1
    # Published figures are of the whole country.
    is_of_all = arguments.get("published") is not False and "published" in arguments
    scopes = frozenset() if is_of_all else scopes_narrowing("VolumeRow", viewer.role)
    for name in dict.fromkeys(names):
        if name in Dimension.__members__:
            lines *= _groups(Dimension[name], filters, viewer, scopes, known)
        elif name in Period.__members__:
            lines *= _periods(Period[name], window)
    return Table(min(lines, MOST_ROWS), min(lines, known.figures))


def grounds_table(arguments: Mapping[str, Any], _: Viewer, __: KnownSizes) -> Table:
    """Bounds the table of `refusalGrounds`."""
    return _by_period(arguments, GROUNDS.most)


def referrals_table(arguments: Mapping[str, Any], _: Viewer, __: KnownSizes) -> Table:
    """Bounds the table of `screeningReferrals`."""
    return _by_period(arguments, 1)


def grants_by_rule_table(arguments: Mapping[str, Any], _: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `grantRuleFigures`: a line for each day and visa type."""
    first, last = _window(arguments)
    types = known.groups[Dimension.VISA_TYPE]
    return Table(_by_period(arguments, types).rows, types * ((last - first).days + 1))


def stays_table(arguments: Mapping[str, Any], _: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `stayFigures`: changes since the first movement, of each group."""
    by = arguments.get("by")
    groups = 1 if by is None else max(known.groups[each] for each in STAY_DIMENSIONS)
    if isinstance(by, str) and by in Dimension.__members__:
        groups = known.groups[Dimension[by]]
    rows = _by_period(arguments, groups).rows
    return Table(rows, max(rows, groups * known.months * 31))


def complaints_table(arguments: Mapping[str, Any], _: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `complaintFigures`: of each month, those of service of each place."""
    rows = _by_period(arguments, len(ComplaintKind)).rows
    places = known.groups[Dimension.PARTNER] * known.groups[Dimension.COUNTRY]
    return Table(rows, max(rows, known.months * (len(ComplaintKind) + places)))


def findings_table(arguments: Mapping[str, Any], viewer: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `findings`; all kinds are made of the same figures."""
    kinds = arguments.get("kinds")
    named = set(kinds) if isinstance(kinds, list) else set(FINDINGS)
    there_are = _what_findings_are_of(arguments, viewer, known)
    is_of_one = isinstance(arguments.get("about"), str)
    rows = numbers = notes = 0
    for kind, bound in FINDINGS.items():
        if kind in named:
            each = () if is_of_one and kind in OF_A_PLACE else bound.of_each
            most = bound.times * prod(there_are[per] for per in each)
            most = min(most, MOST_OF_A_KIND.get(kind, most))
            rows += most
            numbers += most * bound.numbers
            notes += most * bound.notes
    return Table(
        rows,
        known.figures,
        {"Finding.numbers": numbers, "Finding.notes": notes},
    )


def _what_findings_are_of(
    arguments: Mapping[str, Any], viewer: Viewer, known: KnownSizes
) -> Mapping[Per, int]:
    """How many places, visa types, months and so on there can be."""
    where = arguments.get("where")
    filters = where if isinstance(where, dict) else {}
    scopes = scopes_narrowing("VolumeRow", viewer.role)
    # Places are compared with all others, whichever are asked for.
    places = _groups(place_of(viewer), {}, viewer, scopes, known)
    types = _groups(Dimension.VISA_TYPE, filters, viewer, scopes, known)
    reason = arguments.get("reason", Dimension.COUNTRY.name)
    reasons = max(known.groups.values())
    if isinstance(reason, str) and reason in Dimension.__members__:
        reasons = _groups(Dimension[reason], filters, viewer, scopes, known)
    # The lines of the funnel lie between the fewest decisions that say something and the most.
    most = known.applications if known.applications < MOST_LINES else _MOST_DECISIONS
    steps = ceil(log(most / ENOUGH, STEP)) + 2 if most >= ENOUGH else 0
    return {
        Per.PLACE: places,
        Per.REASON: reasons,
        Per.VISA_TYPE: types,
        Per.WORKED_ON: places + types if viewer.role in PARTNERS else 0,
        Per.MONTH: known.months,
        Per.RECENT_MONTH: min(known.months, RECENT_MONTHS),
        Per.STEP: steps,
        Per.EVENT: known.events,
    }


def officers_table(arguments: Mapping[str, Any], _: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `officers`: a line for each officer, day and visa type."""
    first, last = _window(arguments)
    lines = known.officers * ((last - first).days + 1) * known.groups[Dimension.VISA_TYPE]
    return Table(known.officers, min(lines, known.applications))


def places_table(arguments: Mapping[str, Any], _: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `informationRequests`, which the finest grain answers."""
    first, last = _window(arguments)
    lines = known.places * ((last - first).days + 1) * known.groups[Dimension.VISA_TYPE]
    return Table(known.places, min(lines, known.figures))


def readers_table(arguments: Mapping[str, Any], _: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `readers`: a line for each read, of which a day has ten thousand."""
    first, last = _window(arguments)
    lines = 10_000 * ((last - first).days + 1)
    return Table(READERS.most, min(lines, known.reads))


def people_read_table(_: Mapping[str, Any], __: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `peopleRead`, which goes through the log of reads."""
    return Table(PEOPLE_READ.most, known.reads)


def people_in_reach_table(_: Mapping[str, Any], __: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `peopleInReach`, which goes through what is on file."""
    return Table(PEOPLE_IN_REACH.most, known.applications)


def several_partners_table(arguments: Mapping[str, Any], _: Viewer, known: KnownSizes) -> Table:
    """Bounds the table of `peopleAtSeveralPartners`: a day has a thousand files with links."""
    first, last = _window(arguments)
    lines = 1_000 * ((last - first).days + 1)
    return Table(PEOPLE_AT_SEVERAL_PARTNERS.most, min(lines, known.applications))


#: The bound of each field that returns a table of figures.
TABLES: Mapping[str, TableBound] = {
    "volumes": volume_table,
    "findings": findings_table,
    "refusalGrounds": grounds_table,
    "screeningReferrals": referrals_table,
    "grantRuleFigures": grants_by_rule_table,
    "stayFigures": stays_table,
    "complaintFigures": complaints_table,
    "officers": officers_table,
    "informationRequests": places_table,
    "readers": readers_table,
    "peopleAtSeveralPartners": several_partners_table,
    "peopleRead": people_read_table,
    "peopleInReach": people_in_reach_table,
}


def _by_period(arguments: Mapping[str, Any], groups: int) -> Table:
    period = arguments.get("groupBy")
    if period is None:
        return Table(groups, groups)
    kind = Period.__members__.get(str(period), Period.DAY)
    rows = groups * _periods(kind, _window(arguments))
    return Table(rows, rows)


def _names(group_by: Any) -> list[str]:
    """The names in `groupBy`; all dimensions and days if any of them is invalid."""
    names = group_by if isinstance(group_by, list) else [group_by]
    return names if all(map(_is_known, names)) else [*Dimension.__members__, Period.DAY.name]


def _is_known(name: Any) -> bool:
    return isinstance(name, str) and (name in Dimension.__members__ or name in Period.__members__)


def _groups(
    dimension: Dimension,
    where: Mapping[str, Any],
    viewer: Viewer,
    scopes: frozenset[Scope],
    known: KnownSizes,
) -> int:
    most = known.groups[dimension]
    filter_ = where.get(FILTERS[dimension])
    if isinstance(filter_, dict):
        # A null comparison is an absent one, and so leaves every group.
        if filter_.get("eq") is not None:
            most = 1
        if (values := filter_.get("in")) is not None:
            most = min(most, length(values))
    if (scope := _SCOPES.get(dimension)) in scopes:
        scope_values = getattr(viewer, str(scope))
        # A viewer without centres has one group: the applications that no centre took in.
        most = min(most, max(len(scope_values), 1) if isinstance(scope_values, tuple) else 1)
    if dimension is Dimension.COUNTRY and Scope.CENTRES in scopes:
        # A centre is in one country; what no centre took in is of the own countries.
        most = min(most, max(len(viewer.centres) + len(viewer.countries), 1))
    return most


def _periods(period: Period, window: Window) -> int:
    """The number of periods that overlap the window."""
    calendar = Question(*window, period=period)
    first, last = map(calendar.first_day_of, window)
    match period:
        case Period.DAY:
            return (last - first).days + 1
        case Period.WEEK:
            return (last - first).days // 7 + 1
        case _:
            months = (last.year - first.year) * 12 + last.month - first.month
            return months // MONTHS[period] + 1


def _window(arguments: Mapping[str, Any]) -> Window:
    """The requested window; the longest possible if it is invalid."""
    try:
        from_on, to_on = (date.fromisoformat(arguments[name]) for name in ("from", "to"))
    except (KeyError, TypeError, ValueError):
        return _LONGEST
    is_usable = timedelta() <= to_on - from_on <= LONGEST_WINDOW
    return (from_on, to_on) if is_usable else _LONGEST
