"""Versions of the data: snapshots with the same version hold the same data."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ScalarSelect,
    Table,
    Text,
    Uuid,
    literal_column,
    select,
    text,
)

from models.base import Base

#: Renewed by triggers, once in each transaction that changes any of the data. A version is random:
#: a database that was set back in time does not give one out again.
VERSION = Table(
    "data_version",
    Base.metadata,
    Column("data", Text, primary_key=True),
    Column("version", Uuid, server_default=text("gen_random_uuid()"), nullable=False),
    #: The transaction that renewed it last.
    Column(
        "changed_in",
        BigInteger,
        server_default=text("pg_current_xact_id()::text::bigint"),
        nullable=False,
    ),
)


#: The tables whose version is that of names.
NAMED_TABLES = frozenset({"centre", "country", "partner", "visa_type"})


class VersionedData(StrEnum):
    """The data that have a version."""

    #: The rollups, and the ages of open cases.
    FIGURES = "figures"
    #: Published figures and their editions.
    PUBLISHED = "published"
    #: Countries, partners, centres and visa types.
    NAMES = "names"


def version_of(data: VersionedData) -> ScalarSelect[ColumnElement[object]]:
    """The version of some data as a subquery, so that a statement reads both in one snapshot."""
    name = literal_column(f"'{data}'")
    return select(VERSION.c.version).where(VERSION.c.data == name).scalar_subquery()
