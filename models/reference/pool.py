"""Pools: which cases the officers take whose tokens name them."""

from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, ColumnElement, Text, and_, any_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.vocabulary import Channel

_CHANNELS = ", ".join(f"'{channel}'" for channel in Channel)


class Pool(Base):
    """The cases of some visa types, channels and nationalities; an empty list narrows to none.

    As long as no pool is open, every officer takes every case. From the first on, officers take the
    cases of the open pools that their tokens name, and no others.
    """

    __tablename__ = "pool"

    code: Mapped[str] = mapped_column(primary_key=True)
    visa_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    nationalities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_open: Mapped[bool]

    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'", name="code_is_formed"),
        CheckConstraint(f"channels <@ ARRAY[{_CHANNELS}]", name="channels_are_known"),
    )


def covers(pool: Any, visa_type: Any, channel: Any, nationality: Any) -> ColumnElement[bool]:
    """Whether a case of these is in a pool, by the columns of the pool."""
    narrowed = (
        (pool.visa_types, visa_type),
        (pool.channels, channel),
        (pool.nationalities, nationality),
    )
    return and_(
        pool.is_open, *(or_(func.cardinality(of) == 0, value == any_(of)) for of, value in narrowed)
    )


def in_pools(named: Any, visa_type: Any, channel: Any, nationality: Any) -> ColumnElement[bool]:
    """Whether a case is in an open pool of these codes, or none is open."""
    pool, other = Pool.__table__.alias(), Pool.__table__.alias()
    has_it = select(pool.c.code).where(
        pool.c.code == any_(named), covers(pool.c, visa_type, channel, nationality)
    )
    return or_(~select(other.c.code).where(other.c.is_open).exists(), has_it.exists())
