"""The grains of the rollups: which figures are kept ready, by which dimensions and periods.

Another grain is another line here, a migration that creates its tables, and a rebuild.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
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
    """What figures can be told apart by, and its column: the same as in ``application``."""

    COUNTRY = "country_code"
    NATIONALITY = "nationality_code"
    PARTNER = "partner_code"
    CENTRE = "centre_code"
    VISA_TYPE = "visa_type_code"
    CHANNEL = "channel"


class Kind(StrEnum):
    """What lines of the durations tell, beside the day in WIB on which a duration ended."""

    #: From payment to the first decision, where the case never waited for information.
    UNPAUSED = "unpaused"
    #: The same, where it did wait.
    PAUSED = "paused"
    #: Of those that waited, the time without the wait.
    ADJUSTED = "adjusted"
    #: From submission to receipt from the partner.
    HANDOVER = "handover"
    #: An open case, on the day of payment; gone when it closes. Its bucket is the day on which
    #: its target passes, in days since 2000.
    OPEN = "open"


#: What is counted, on days in WIB. An application counts once it is paid: on the day of payment
#: ``intake``, ``revenue_idr``, whether information was requested, whether it is decided and was so
#: in time (``cohort_…``); its outcome on the day it closed. The changes, summed up to a day, are
#: stocks at its end: ``wip_change`` is +1 at payment and -1 when the case closes,
#: ``backlog_change`` +1 on the day an open case passes its target and -1 when it closes.
FACTS = (
    "intake",
    "info_requested",
    "wip_change",
    "backlog_change",
    "revenue_idr",
    "granted",
    "refused",
    "withdrawn",
    "lapsed",
    "within_target",
    "cohort_decided",
    "cohort_within_target",
)

IS_DURATION = "kind IN ({})".format(", ".join(f"'{kind}'" for kind in Kind))


class Clock(StrEnum):
    """What is measured of a group: percentiles, and the open cases of the intake."""

    TURNAROUND = "turnaround"
    ADJUSTED = "adjusted"
    HANDOVER = "handover"
    OPEN = "open"
    #: Of open cases, at the end of a day; kept in tables of its own.
    AGE = "age"


#: The lines that each clock is made of.
KINDS: dict[str, tuple[Kind, ...]] = {
    Clock.TURNAROUND: (Kind.UNPAUSED, Kind.PAUSED),
    Clock.ADJUSTED: (Kind.UNPAUSED, Kind.ADJUSTED),
    Clock.HANDOVER: (Kind.HANDOVER,),
    Clock.OPEN: (Kind.OPEN,),
}


@dataclass(frozen=True)
class Grain:
    """Figures by some dimensions and one period: a table of facts and one of durations.

    By the day, durations have a line for each kind and bucket. By the month they have one for
    each clock, whose ``ranks`` tell how many lay in each of its ``buckets`` or before. By the
    year there are none: years are for what stocks have gathered before a window.
    """

    period: str
    dimensions: tuple[Dimension, ...]
    facts: Table
    durations: Table | None

    @property
    def is_ranked(self) -> bool:
        return self.period == "month"

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
    """How many cases of each age were open at the end of each day, by some dimensions.

    Not sums over changes: a day is made from the applications when it is over.
    """

    dimensions: tuple[Dimension, ...]
    table: Table


def _dimension_columns(dimensions: Sequence[Dimension]) -> list[Column[str]]:
    return [Column(dimension.value, Text) for dimension in dimensions]


def _fact_columns(**options: Any) -> list[Column[int]]:
    return [
        Column(fact, BigInteger if fact == "revenue_idr" else Integer, nullable=False, **options)
        for fact in FACTS
    ]


def _group(dimensions: Sequence[Dimension]) -> list[Column[Any]]:
    return [Column("starts_on", Date, nullable=False), *_dimension_columns(dimensions)]


def _histogram(name: str, dimensions: Sequence[Dimension], *kind: Column[Any]) -> Table:
    bucket = Column("bucket", Integer, nullable=False)
    measured = Column("measured", Integer, nullable=False)
    return _table(name, [*kind, *_group(dimensions), bucket], [measured])


def _grain(name: str, period: str, *dimensions: Dimension) -> Grain:
    facts = _table(f"volume_{name}", _group(dimensions), _fact_columns())
    make = {"day": _lines_of_kinds, "month": _ranks_of_clocks}.get(period)
    durations = make(f"volume_{name}_duration", dimensions) if make else None
    return Grain(period, dimensions, facts, durations)


def _lines_of_kinds(name: str, dimensions: Sequence[Dimension]) -> Table:
    kind = Column("kind", Text, nullable=False)
    durations = _histogram(name, dimensions, kind)
    Index(f"ix_{name}_empty", kind, postgresql_where=durations.c.measured == 0)
    return durations


def _ranks_of_clocks(name: str, dimensions: Sequence[Dimension]) -> Table:
    clock = Column("clock", Text, nullable=False)
    ranks = [Column(of, ARRAY(Integer), nullable=False) for of in ("buckets", "ranks")]
    return _table(name, [clock, *_group(dimensions)], ranks)


def _ages(name: str, *dimensions: Dimension) -> Ages:
    return Ages(dimensions, _histogram(f"volume_{name}", dimensions))


def _table(name: str, key: Sequence[Column[Any]], values: Sequence[Column[Any]]) -> Table:
    """A table with one line for each key, in which null is a value like others."""
    unique = UniqueConstraint(
        *(column.name for column in key), name=f"uq_{name}", postgresql_nulls_not_distinct=True
    )
    return Table(name, Base.metadata, *key, *values, unique)


_BY_PLACE = (Dimension.PARTNER, Dimension.COUNTRY)

#: For each period from the coarsest to the finest; the last one knows every dimension and day.
GRAINS = (
    _grain("yearly", "year", *_BY_PLACE),
    _grain("monthly", "month", *_BY_PLACE),
    _grain("monthly_type", "month", *_BY_PLACE, Dimension.VISA_TYPE, Dimension.CHANNEL),
    _grain("monthly_nationality", "month", Dimension.NATIONALITY),
    _grain("monthly_nationality_place", "month", Dimension.NATIONALITY, *_BY_PLACE),
    _grain("daily", "day", *Dimension),
)

#: The same for the ages of open cases.
AGES = (
    _ages("age", Dimension.PARTNER, Dimension.COUNTRY),
    _ages("age_detailed", *Dimension),
)

#: How many were refused on each ground, by the day of the first decision: the whole country.
GROUNDS = _table(
    "volume_ground",
    [Column("starts_on", Date, nullable=False), Column("ground", Text, nullable=False)],
    [Column("refused", Integer, nullable=False)],
)

#: How often applications were referred to screening, and held: the whole country.
REFERRALS = _table(
    "volume_referral",
    [Column("starts_on", Date, nullable=False)],
    [Column(name, Integer, nullable=False) for name in ("referred", "held")],
)

ROLLUPS: tuple[Rollup, ...] = (
    *(rollup for grain in GRAINS for rollup in grain.rollups),
    Sums(
        GROUNDS,
        {"starts_on": "day", "ground": "ground"},
        {"refused": "measured"},
        "kind = 'ground'",
    ),
    Sums(
        REFERRALS,
        {"starts_on": "day"},
        {
            "referred": "CASE kind WHEN 'referral' THEN measured ELSE 0 END",
            "held": "CASE kind WHEN 'hold' THEN measured ELSE 0 END",
        },
        "kind IN ('referral', 'hold')",
    ),
)

#: Changes to the figures that are not yet in the rollups, written by triggers.
OUTBOX = Table(
    "volume_outbox",
    Base.metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "written_at",
        DateTime(timezone=True),
        server_default=text("clock_timestamp()"),
        nullable=False,
    ),
    Column("day", Date, nullable=False),
    *_dimension_columns(tuple(Dimension)),
    Column("kind", Text),
    Column("ground", Text),
    Column("bucket", Integer),
    *_fact_columns(server_default=text("0")),
    Column("measured", Integer, server_default=text("0"), nullable=False),
)

#: Days whose ages were made before something changed on them, written by triggers.
STALE_DAYS = Table(
    "volume_stale_days",
    Base.metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("first_on", Date, nullable=False),
    #: None where a case is still open.
    Column("last_on", Date),
)

#: The one day up to whose end ages are there.
AGED_UNTIL = Table("volume_aged_until", Base.metadata, Column("day", Date, primary_key=True))
