"""The grains of the rollups: which figures are precomputed, by which dimensions and periods.

To add a grain: a line in ``GRAINS``, its tables in ``models/schema/notifications.sql``,
a migration that creates them, and a rebuild.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Computed,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from models.base import Base
from models.volumes.rollups import Ranks, Rollup, Sums


class Dimension(StrEnum):
    """A dimension of the figures, and its column, named as in ``application``."""

    #: Of the partner country: read from ``country``, and stored in no rollup.
    REGION = "region"
    COUNTRY = "country_code"
    NATIONALITY = "nationality_code"
    PARTNER = "partner_code"
    CENTRE = "centre_code"
    VISA_TYPE = "visa_type_code"
    TRIP_PURPOSE = "trip_purpose"
    CHANNEL = "channel"


STORED_DIMENSIONS = tuple(each for each in Dimension if each is not Dimension.REGION)


class Kind(StrEnum):
    """What a duration measures. Each counts on the day (WIB) on which it ended."""

    #: From payment to the first decision, of cases that never waited for information.
    UNPAUSED = "unpaused"
    #: The same, of cases that did wait.
    PAUSED = "paused"
    #: From payment to the first decision without the wait, of cases that did wait.
    ADJUSTED = "adjusted"
    #: From submission to receipt from the partner.
    HANDOVER = "handover"
    #: An open case, counted on the day of payment and removed when it closes. Its bucket is the
    #: hour in which its target passes, in hours since 1970.
    OPEN = "open"


#: The additive facts, by day in WIB. An application counts once it is paid. On the day of payment
#: count ``intake``, ``revenue_idr``, ``info_requested``, and whether it was decided, and within
#: target (``cohort_…``); on the day it closed counts its outcome; on that of the first decision,
#: that a decision was ``overturned``. The changes, summed up to a day,
#: give the stock at its end: ``wip_change`` is +1 at payment and -1 when the case closes,
#: ``backlog_change`` is +1 on the day an open case passes its target and -1 when it closes.
FACTS = (
    "intake", "info_requested", "wip_change", "backlog_change", "revenue_idr", "granted", "refused",
    "withdrawn", "lapsed", "within_target", "cohort_decided", "cohort_within_target", "overturned",
)  # fmt: skip
#: Facts that the database computes from others, and their SQL. A role that reads one needs no right
#: to the facts that it is made of.
COMPUTED_FACTS = {"decisions": "granted + refused"}
READ_FACTS = (*FACTS, *COMPUTED_FACTS)

#: What is counted of rules that grant: each is a kind of change.
RULE_FACTS = ("by_rule", "sample_granted", "sample_refused", "decided_twice", "differing")

IS_DURATION = "kind IN ({})".format(", ".join(f"'{kind}'" for kind in Kind))


class Clock(StrEnum):
    """The histograms of a group: of durations, and of the targets of open cases."""

    TURNAROUND = "turnaround"
    ADJUSTED = "adjusted"
    HANDOVER = "handover"
    OPEN = "open"
    #: The ages of open cases at the end of a day; in separate tables.
    AGE = "age"


#: The kinds of durations that each clock consists of.
KINDS: dict[str, tuple[Kind, ...]] = {
    Clock.TURNAROUND: (Kind.UNPAUSED, Kind.PAUSED),
    Clock.ADJUSTED: (Kind.UNPAUSED, Kind.ADJUSTED),
    Clock.HANDOVER: (Kind.HANDOVER,),
    Clock.OPEN: (Kind.OPEN,),
}


@dataclass(frozen=True)
class Grain:
    """A rollup by some dimensions and one period: a table of facts and one of durations.

    Durations by every dimension have a row for each kind and bucket. Those of other grains have a
    row for each clock with a cumulative histogram: ``ranks`` are the numbers of durations up to
    each of its ``buckets``. Yearly grains have none; they only speed up stocks before a window.
    """

    period: str
    dimensions: tuple[Dimension, ...]
    facts: Table
    durations: Table | None

    @property
    def is_ranked(self) -> bool:
        return self.dimensions != STORED_DIMENSIONS

    @property
    def histograms(self) -> Table:
        if self.durations is None:
            raise LookupError(f"{self.facts.name} has no durations")
        return self.durations

    @property
    def rollups(self) -> Iterator[Rollup]:
        starts_on = f"date_trunc('{self.period}', day::timestamp)::date"
        key = {"starts_on": starts_on} | {name.value: name.value for name in self.dimensions}
        yield Sums(self.facts, key, {fact: fact for fact in FACTS}, "kind IS NULL")
        if self.durations is not None:
            histogram = {"kind": "kind"} | key | {"bucket": "bucket"}
            yield (
                Ranks(self.durations, key, KINDS)
                if self.is_ranked
                else Sums(self.durations, histogram, {"measured": "measured"}, IS_DURATION)
            )


@dataclass(frozen=True)
class Ages:
    """The number of open cases by age at the end of each day, by some dimensions.

    Unlike rollups these are not folded from changes, but computed once a day is over.
    """

    dimensions: tuple[Dimension, ...]
    table: Table


def _dimension_columns(dimensions: Sequence[Dimension]) -> list[Column[str]]:
    return [Column(dimension.value, Text) for dimension in dimensions]


def _fact_columns(*have_default: str) -> list[Column[int]]:
    return [
        Column(
            fact,
            BigInteger if fact == "revenue_idr" else Integer,
            nullable=False,
            server_default=text("0") if fact in have_default else None,
        )
        for fact in FACTS
    ]


def _computed_fact_columns() -> list[Column[int]]:
    return [
        Column(fact, Integer, Computed(made_of, persisted=True), nullable=False)
        for fact, made_of in COMPUTED_FACTS.items()
    ]


def group_columns(dimensions: Sequence[Dimension]) -> list[Column[Any]]:
    return [Column("starts_on", Date, nullable=False), *_dimension_columns(dimensions)]


def _histogram(name: str, dimensions: Sequence[Dimension], *kind: Column[Any]) -> Table:
    bucket = Column("bucket", Integer, nullable=False)
    measured = Column("measured", Integer, nullable=False)
    return keyed_table(name, [*kind, *group_columns(dimensions), bucket], [measured])


def _grain(name: str, period: str, *dimensions: Dimension) -> Grain:
    facts = keyed_table(
        f"volume_{name}",
        group_columns(dimensions),
        [*_fact_columns(), *_computed_fact_columns()],
    )
    make = _lines_of_kinds if dimensions == STORED_DIMENSIONS else _ranks_of_clocks
    durations = None if period == "year" else make(f"volume_{name}_duration", dimensions)
    return Grain(period, dimensions, facts, durations)


def _lines_of_kinds(name: str, dimensions: Sequence[Dimension]) -> Table:
    kind = Column("kind", Text, nullable=False)
    durations = _histogram(name, dimensions, kind)
    Index(f"ix_{name}_empty", kind, postgresql_where=durations.c.measured == 0)
    return durations


def _ranks_of_clocks(name: str, dimensions: Sequence[Dimension]) -> Table:
    clock = Column("clock", Text, nullable=False)
    ranks = [Column(of, ARRAY(Integer), nullable=False) for of in ("buckets", "ranks")]
    return keyed_table(name, [clock, *group_columns(dimensions)], ranks)


def _ages(name: str, *dimensions: Dimension) -> Ages:
    return Ages(dimensions, _histogram(f"volume_{name}", dimensions))


def keyed_table(name: str, key: Sequence[Column[Any]], values: Sequence[Column[Any]]) -> Table:
    """A table with a unique key in which nulls are equal."""
    unique = UniqueConstraint(
        *(column.name for column in key), name=f"uq_{name}", postgresql_nulls_not_distinct=True
    )
    return Table(name, Base.metadata, *key, *values, unique)


BY_PLACE = (Dimension.PARTNER, Dimension.COUNTRY)
BY_CENTRE = (*BY_PLACE, Dimension.CENTRE)

#: For each period from the coarsest to the finest. The last grain has every dimension by day.
GRAINS = (
    _grain("yearly", "year", *BY_PLACE),
    _grain("monthly_type", "month", Dimension.VISA_TYPE, Dimension.CHANNEL),
    _grain("monthly", "month", *BY_PLACE),
    _grain("monthly_centre", "month", *BY_CENTRE),
    _grain("monthly_type_place", "month", Dimension.VISA_TYPE, Dimension.CHANNEL, *BY_CENTRE),
    _grain("monthly_nationality", "month", Dimension.NATIONALITY),
    _grain("monthly_nationality_place", "month", Dimension.NATIONALITY, *BY_CENTRE),
    _grain("daily_type", "day", Dimension.VISA_TYPE, Dimension.CHANNEL),
    _grain("daily_place", "day", *BY_PLACE),
    _grain("daily_nationality", "day", Dimension.NATIONALITY),
    _grain("daily", "day", *STORED_DIMENSIONS),
)

#: The grains of the ages of open cases, from the coarsest to the finest.
AGES = (
    _ages("age", Dimension.PARTNER, Dimension.COUNTRY),
    _ages("age_detailed", *STORED_DIMENSIONS),
)

# A partner's people read what is of their centres or countries alone.
_BY_DAY = [grain for grain in GRAINS if grain.period == "day"]
for _daily in (*(each for of in _BY_DAY for each in (of.facts, of.histograms)), AGES[-1].table):
    for _place in (Dimension.CENTRE, Dimension.COUNTRY):
        if _place in _daily.c:
            Index(None, *(_daily.c[name] for name in (Dimension.PARTNER, _place, "starts_on")))

#: Refusals by ground and day of the first decision, national.
GROUNDS = keyed_table(
    "volume_ground",
    [Column("starts_on", Date, nullable=False), Column("ground", Text, nullable=False)],
    [Column("refused", Integer, nullable=False)],
)

#: What rules granted, and how people first decided their sample, by day and visa type, national.
RULES = keyed_table(
    "volume_rule",
    [Column("starts_on", Date, nullable=False), Column("visa_type_code", Text, nullable=False)],
    [Column(name, Integer, nullable=False, server_default="0") for name in RULE_FACTS],
)

#: Referrals to screening and holds by day, national.
REFERRALS = keyed_table(
    "volume_referral",
    [Column("starts_on", Date, nullable=False)],
    [Column(name, Integer, nullable=False) for name in ("referred", "held")],
)

#: Changes of figures that are not yet folded into the rollups; written by triggers. It is folded
#: every second, in any order, so it needs no key.
OUTBOX = Table(
    "volume_outbox",
    Base.metadata,
    Column(
        "written_at",
        DateTime(timezone=True),
        server_default=text("clock_timestamp()"),
        nullable=False,
    ),
    Column("day", Date, nullable=False),
    *_dimension_columns(STORED_DIMENSIONS),
    Column("kind", Text),
    Column("ground", Text),
    Column("done_by", Text),
    Column("bucket", Integer),
    *_fact_columns(*FACTS),
    Column("measured", Integer, server_default=text("0"), nullable=False),
)

#: Days whose age snapshots are out of date; written by triggers.
STALE_DAYS = Table(
    "volume_stale_days",
    Base.metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date),  # none while the case is open
)

#: The last day that has an age snapshot; a single row.
AGED_UNTIL = Table("volume_aged_until", Base.metadata, Column("day", Date, primary_key=True))
