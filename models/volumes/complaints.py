"""How many complaints were lodged, by month and kind; those of service by place, too.

Complaints are few, and what is told of one of integrity must move nothing that others follow: so
each is counted in the transaction that lodges or sorts it, past the outbox, whose every fold tells
all who follow figures that there are others.
"""

from sqlalchemy import BigInteger, Column, Integer, Text, cast, func, select

from models.volumes.grains import BY_PLACE, group_columns, keyed_table
from models.volumes.lines import AnySelect, first_day
from models.volumes.question import Question
from models.volumes.rollups import Sums

COMPLAINTS = keyed_table(
    "volume_complaint",
    [Column("kind", Text, nullable=False), *group_columns(BY_PLACE)],
    [Column("lodged", Integer, nullable=False)],
)
#: As changes that are computed anew have it: the kind of a complaint stands where a ground does.
ROLLUP = Sums(
    COMPLAINTS,
    {"kind": "ground", "starts_on": "day"} | {name.value: name.value for name in BY_PLACE},
    {"lodged": "measured"},
    "kind = 'complaint'",
)


def complaints(question: Question) -> AnySelect:
    """Rows of ``kind``, ``period`` (if the question has one) and the number ``lodged``."""
    c = COMPLAINTS.c
    lodged = cast(func.sum(c.lodged), BigInteger)
    period = [first_day(question, c.starts_on).label("period")] if question.period else []
    keys = [c.kind, *period]
    window = c.starts_on >= question.from_on, c.starts_on <= question.to_on
    return (
        select(*keys, lodged.label("lodged"))
        .where(*window)
        .group_by(*keys)
        .having(lodged > 0)
        .order_by(*keys)
    )
