"""What every table shares: the registry, the names of constraints, the column types.

Columns that can be filtered are text, integer, date, timestamptz or uuid only: an enum, a
numeric or a char(n) compares with functions that are not leakproof, so under row level security
its index would not be used.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, MetaData, Table, Text, Uuid
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Every table of the visa database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - the name and kind that SQLAlchemy asks for
        str: Text,
        int: BigInteger,
        date: Date,
        datetime: DateTime(timezone=True),
        UUID: Uuid,
    }


def partitioned_by(column: str) -> dict[str, str]:
    """The last of ``__table_args__`` of a table that grows for ever: it has a partition for each
    quarter of an instant that never changes (models/schema/partitions.sql). The instant is part of
    the key; in each partition `id` alone is unique.
    """
    return {"postgresql_partition_by": f"RANGE ({column})"}


def partition_key(table: Table) -> str | None:
    """By what a table is partitioned, as the server says it."""
    return table.dialect_options["postgresql"]["partition_by"]


def is_partitioned(table: str) -> bool:
    """Whether old rows of a table go by whole partitions."""
    return partition_key(Base.metadata.tables[table]) is not None


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """Hold a text column to the words of a vocabulary."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


def each_once(column: str, words: Iterable[StrEnum]) -> CheckConstraint:
    """Hold a list of texts to the words of a vocabulary, each of them once at most."""
    places = ", ".join(f"array_position({column}, '{word.value}')" for word in words)
    return CheckConstraint(
        f"cardinality({column}) = num_nonnulls({places})", name=f"{column}_are_known"
    )
