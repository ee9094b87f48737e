"""The tables of published figures, and the publishing job's private notes.

Roles with published figures read ``volume_published`` and ``volume_edition`` alone: there is no
true count in them. ``volume_publication_note`` has the true counts; only the job reads it.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped

from models.base import Base
from models.publication.sets import PUBLIC_DIMENSIONS

COUNTS = ("intake", "decisions", "refused", "refused_below")
RATES = ("refusal_rate", "refusal_rate_below", "target_rate")
DURATIONS = (
    "turnaround_p50",
    "turnaround_p90",
    "turnaround_adjusted_p50",
    "turnaround_adjusted_p90",
)
FIGURES = (*COUNTS, *RATES, *DURATIONS)
CODES = tuple(dimension.value for dimension in PUBLIC_DIMENSIONS)

#: The editions of each published calendar period, and when they were published.
EDITION = Table(
    "volume_edition",
    Base.metadata,
    Column("period", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("period", "starts_on", "edition", name="pk_volume_edition"),
)

_PUBLISHED = Table(
    "volume_published",
    Base.metadata,
    Column("dimension_set", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    *(Column(code, Text) for code in CODES),
    Column("edition", Integer, nullable=False),
    *(Column(name, BigInteger) for name in COUNTS),
    *(Column(name, Double) for name in (*RATES, *DURATIONS)),
    UniqueConstraint(
        "dimension_set",
        "period",
        "starts_on",
        *CODES,
        "edition",
        name="uq_volume_published",
        postgresql_nulls_not_distinct=True,
    ),
)


class PublishedVolume(Base):
    """A row for each group and period in which something happened; null means not published.

    Of refusals there is a rounded number or the bound that there are fewer. An edition has only the
    rows that changed since the edition before.
    """

    __tablename__ = "volume_published"
    __table__ = _PUBLISHED
    __mapper_args__ = {  # noqa: RUF012 - the name and kind that SQLAlchemy asks for
        "primary_key": [column for column in _PUBLISHED.c if column.name not in FIGURES]
    }

    dimension_set: Mapped[str]


#: The counts that are audited.
AUDITED = ("intake", "decisions", "refused")
#: The counts of each cell when it was last published, and the interval that all its editions leave
#: of each.
NOTE = Table(
    "volume_publication_note",
    Base.metadata,
    Column("dimension_set", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("codes", ARRAY(Text), nullable=False),
    *(
        Column(name, BigInteger, nullable=False)
        for audited in AUDITED
        for name in (audited, f"{audited}_low", f"{audited}_high")
    ),
    PrimaryKeyConstraint(
        "dimension_set", "period", "starts_on", "codes", name="pk_volume_publication_note"
    ),
)
