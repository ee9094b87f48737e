"""The grains of the rollups: which figures are kept ready, by which dimensions and periods.

Another grain is another line here, a migration that creates its two tables, and a rebuild.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Identity,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from models.base import Base


class Dimension(StrEnum):
    """What figures can be told apart by, and its column: the same as in ``application``."""

    COUNTRY = "country_code"
    NATIONALITY = "nationality_code"
    PARTNER = "partner_code"
    CENTRE = "centre_code"
    VISA_TYPE = "visa_type_code"
    CHANNEL = "channel"


class Kind(StrEnum):
    """The durations that are measured, on the day in WIB on which they end."""

    #: From payment to the first decision.
    TURNAROUND = "turnaround"
    #: The same without the time in which information was awaited.
    ADJUSTED = "adjusted"
    #: From submission to receipt from the partner.
    HANDOVER = "handover"


#: What is counted, on days in WIB. An application counts once it is paid: ``intake``,
#: ``revenue_idr`` and whether information was requested on the day of payment, its outcome on the
#: day it closed. ``backlog_change`` is +1 on the day an open case passes its target and -1 on the
#: day it closes, so that summed up to a day it is the backlog at the end of that day; intake minus
#: outcomes is the work in progress.
FACTS = (
    "intake",
    "info_requested",
    "granted",
    "refused",
    "withdrawn",
    "lapsed",
    "within_target",
    "backlog_change",
    "revenue_idr",
)


@dataclass(frozen=True)
class Rollup:
    """One table of sums over changes: how its key and its values are made from a change."""

    table: Table
    key: dict[str, str]
    values: dict[str, str]
    #: The changes that it counts.
    counts: str


@dataclass(frozen=True)
class Grain:
    """Figures by some dimensions and one period: a table of facts and one of durations."""

    period: str
    dimensions: tuple[Dimension, ...]
    facts: Table
    durations: Table

    @property
    def rollups(self) -> tuple[Rollup, Rollup]:
        starts_on = f"date_trunc('{self.period}', day::timestamp)::date"
        key = {"starts_on": starts_on} | {name.value: name.value for name in self.dimensions}
        return (
            Rollup(self.facts, key, {fact: fact for fact in FACTS}, "kind IS NULL"),
            Rollup(
                self.durations,
                {"kind": "kind"} | key | {"bucket": "bucket"},
                {"measured": "measured"},
                "kind IS NOT NULL",
            ),
        )


def _dimension_columns(dimensions: Sequence[Dimension]) -> list[Column[str]]:
    return [Column(dimension.value, Text) for dimension in dimensions]


def _fact_columns() -> list[Column[int]]:
    return [
        Column(fact, BigInteger if fact == "revenue_idr" else Integer, nullable=False)
        for fact in FACTS
    ]


def _grain(name: str, period: str, *dimensions: Dimension) -> Grain:
    def group() -> list[Column[Any]]:
        return [Column("starts_on", Date, nullable=False), *_dimension_columns(dimensions)]

    kind = Column("kind", Text, nullable=False)
    bucket = Column("bucket", Integer, nullable=False)
    measured = Column("measured", Integer, nullable=False)
    return Grain(
        period,
        dimensions,
        facts=_table(f"volume_{name}", group(), _fact_columns()),
        durations=_table(f"volume_{name}_duration", [kind, *group(), bucket], [measured]),
    )


def _table(name: str, key: Sequence[Column[Any]], values: Sequence[Column[int]]) -> Table:
    """A table with one line for each key, in which null is a value like others."""
    unique = UniqueConstraint(
        *(column.name for column in key), name=f"uq_{name}", postgresql_nulls_not_distinct=True
    )
    return Table(name, Base.metadata, *key, *values, unique)


#: From the coarsest to the finest; the last one knows every dimension and every day.
GRAINS = (
    _grain("monthly", "month", Dimension.PARTNER, Dimension.COUNTRY),
    _grain("daily", "day", *Dimension),
)

#: Changes to the figures that are not yet in the grains, written by triggers on ``application``.
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
    Column("bucket", Integer),
    *_fact_columns(),
    Column("measured", Integer, nullable=False),
)
