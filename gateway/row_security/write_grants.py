"""What a writing role may do with one table, and the grants and row policies that say so."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.row_security.columns import hidden_columns
from gateway.row_security.writer import NEVER, Writer
from models import Base


@dataclass(frozen=True)
class WriteGrant:
    """The rights of a writing role on one table: columns and row conditions per verb."""

    select: frozenset[str]
    insert: frozenset[str] = frozenset()
    update: frozenset[str] = frozenset()
    #: Conditions for the rows to read, to insert, and to update; the last defaults to the first.
    #: None: any viewer with a valid seal.
    select_if: str | None = None
    insert_if: str | None = None
    update_if: str | None = None
    #: The condition for a row after its update, where it differs from the one before.
    update_after: str | None = None


def columns_in(noun: type[Base]) -> frozenset[str]:
    """All columns of a table."""
    return frozenset(noun.__table__.c.keys())


def grant_statements(writer: Writer, table: str, grant: WriteGrant) -> Iterator[str]:
    select_if = grant.select_if or writer.sealed
    readable = grant.select - hidden_columns(table, writer.role)
    yield from _verb(writer, table, "SELECT", readable, f"USING ({select_if})")
    insert_if = grant.insert_if or writer.sealed
    yield from _verb(writer, table, "INSERT", grant.insert, f"WITH CHECK ({insert_if})")
    before = grant.update_if or select_if
    after = grant.update_after or before
    clause = f"USING ({before}) WITH CHECK ({after})"
    yield from _verb(writer, table, "UPDATE", grant.update, clause)


def _verb(
    writer: Writer, table: str, verb: str, columns: frozenset[str], clause: str
) -> Iterator[str]:
    if columns and not _is_never(clause):
        name = f"{writer.prefix}_{verb.lower()}"
        yield f"GRANT {verb} ({', '.join(sorted(columns))}) ON {table} TO {writer.database_role};"
        yield f"CREATE POLICY {name} ON {table} FOR {verb} TO {writer.database_role}\n    {clause};"


def _is_never(clause: str) -> bool:
    """Whether one of several required conditions can never be met."""
    condition = clause[clause.index("(") + 1 :].removesuffix(")")
    return NEVER in condition.split(" AND ") or condition.startswith(f"{NEVER})")
