"""Row security of the figures: tables, columns and rows per role, and the functions they call.

Exact and published figures are in different tables. Of the exact ones, a role is granted only the
columns and durations from which its measures are computed.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Table

from gateway.policy import POLICY
from gateway.row_security.grants import attributes
from gateway.rules import Rule, every_row
from gateway.schema.volumes.measures import MEASURES
from models import Base
from models.publication.tables import EDITION, PublishedVolume
from models.vocabulary import Role
from models.volumes.complaints import COMPLAINTS
from models.volumes.grains import (
    AGED_UNTIL,
    AGES,
    GRAINS,
    GROUNDS,
    KINDS,
    OUTBOX,
    READ_FACTS,
    REFERRALS,
    RULES,
    Clock,
)
from models.volumes.measures import (
    COUNTS,
    OPEN_BREACHES,
    PERCENTILES,
    RATIOS,
    STOCKS,
    Measure,
)
from models.volumes.officers import OFFICER_MONTHS, OFFICERS
from models.volumes.outcomes import OUTCOMES
from models.volumes.stays import STAY_MONTHS, STAYS
from models.volumes.versions import VERSION

#: Functions that statements for figures call; none of them reads a table.
FUNCTIONS = ("wib_day", "epoch_hour", "rank_at", "total_rank", "percentile_buckets", "negated")

_NATIONAL = {
    "RefusalGroundRow": (GROUNDS,),
    "ScreeningReferralRow": (REFERRALS,),
    "GrantRuleFigureRow": (RULES,),
    "StayFigureRow": (STAY_MONTHS, STAYS),
    "ComplaintFigureRow": (COMPLAINTS,),
    "OfficerRow": (OFFICER_MONTHS, OFFICERS),
}
#: The versions of data are no secret: roles that read what is cached by version must read them.
_VERSION = {VERSION: frozenset({"data", "version"})}
#: Up to when figures are complete is no secret; other columns of the outbox are not granted.
_REACH = {OUTBOX: frozenset({OUTBOX.c.written_at.name}), AGED_UNTIL: frozenset({"day"})}


@dataclass(frozen=True)
class Figures:
    """A table of figures that a role reads: the columns, and the rule for its rows.

    ``extra_condition`` narrows the rows further, by SQL; empty for none.
    """

    table: Table
    columns: frozenset[str]
    rule: Rule
    extra_condition: str = ""


def figures(role: Role) -> Iterator[Figures]:
    """All tables of figures that a role reads."""
    exact, published = [*_by_group(role), *_national(role)], [*_published_figures(role)]
    common = (_REACH if exact else {}) | _VERSION
    yield from exact
    yield from (Figures(table, columns, every_row) for table, columns in common.items())
    yield from published


def _published_figures(role: Role) -> Iterator[Figures]:
    """The published figures."""
    if role not in POLICY["VolumeRow"].published_to:
        return
    table = Base.metadata.tables[PublishedVolume.__tablename__]
    yield _whole_table(table, every_row)
    yield _whole_table(EDITION, every_row)


def _by_group(role: Role) -> Iterator[Figures]:
    rule = POLICY["VolumeRow"].rows.get(role)
    if rule is None:
        return
    needed = {attribute.key for attribute in attributes(rule)}
    measures = frozenset(_exact_measures(role))
    facts, clocks = frozenset(_facts(measures)), frozenset(_clocks(measures))
    unread_facts = frozenset(READ_FACTS) - facts
    for grain in GRAINS:
        if needed <= set(grain.dimensions):
            yield Figures(grain.facts, frozenset(grain.facts.c.keys()) - unread_facts, rule)
            if grain.durations is not None and clocks & KINDS.keys():
                yield _durations(grain.durations, clocks, rule)
    if any(role in roles for roles in POLICY["VolumeRow"].first_decided.values()):
        yield from _first_decisions(rule)
    if Clock.AGE in clocks:
        yield from (
            _whole_table(ages.table, rule) for ages in AGES if needed <= set(ages.dimensions)
        )


def _first_decisions(rule: Rule) -> Iterator[Figures]:
    """For roles that read no outcome otherwise, how cases were first decided in months over."""
    needed = {attribute.key for attribute in attributes(rule)}
    table = next(each.table for each in OUTCOMES if needed <= set(each.place))
    columns = frozenset(table.c.keys())
    over = f"{table.name}.starts_on < date_trunc('month', wib_day(now())::timestamp)"
    yield Figures(table, columns, rule, over)


def _durations(table: Table, clocks: frozenset[Clock], rule: Rule) -> Figures:
    """The rows of a durations table for the clocks that a role reads."""
    column, every = (
        ("clock", tuple(KINDS)) if "clock" in table.c else ("kind", _duration_kinds(KINDS))
    )
    read = clocks if column == "clock" else _duration_kinds(clocks)
    listed = ", ".join(f"'{name}'" for name in sorted(every) if name in read)
    extra_condition = "" if set(every) <= set(read) else f"{table.name}.{column} IN ({listed})"
    return Figures(table, frozenset(table.c.keys()), rule, extra_condition)


def _duration_kinds(clocks: Collection[str]) -> frozenset[str]:
    return frozenset(kind for clock, kinds in KINDS.items() if clock in clocks for kind in kinds)


def _exact_measures(role: Role) -> Iterator[Measure]:
    access = POLICY["VolumeRow"]
    for field, measure in MEASURES.items():
        if role in access.fields[field] and role not in access.first_decided.get(field, ()):
            yield measure


def _facts(measures: frozenset[Measure]) -> Iterator[str]:
    for measure in measures:
        yield from COUNTS.get(measure, ())
        if measure in STOCKS:
            yield STOCKS[measure]
        if measure in RATIOS:
            part, whole = RATIOS[measure]
            yield from (name for name in (*part, *whole) if name != OPEN_BREACHES)


def _clocks(measures: frozenset[Measure]) -> Iterator[Clock]:
    for measure in measures:
        if measure in PERCENTILES:
            yield PERCENTILES[measure].clock
        if measure in RATIOS and OPEN_BREACHES in RATIOS[measure].whole:
            yield Clock.OPEN


def _national(role: Role) -> Iterator[Figures]:
    for type_name, tables in _NATIONAL.items():
        if role in POLICY[type_name].rows:
            for table in tables:
                yield _whole_table(table, POLICY[type_name].rows[role])


def _whole_table(table: Table, rule: Rule) -> Figures:
    return Figures(table, frozenset(table.c.keys()), rule)
