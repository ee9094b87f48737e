"""Rows that no constraint would let in, and viewers that no provider would vouch for."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, BigInteger, Text, Uuid

from gateway.policy import POLICY
from gateway.row_security.grants import attributes
from gateway.viewer import Viewer
from models import Assignment, DocumentUpload
from models.vocabulary import Role
from models.volumes.grains import GRAINS
from tests.walls.meaning import Row, Tables

#: Words that are equal, alike, empty, quoted, or look like the language around them.
WORDS = (
    "NUSA", "DIRECT", "nusa", "NUSA ", "AU", "", " ", "HELD", "RELEASED", "NULL", "null", "'", '"',
    "''", "' OR true --", "') OR viewer.acts_as('SUPERVISOR') --", "$1", "%s", ":partner",
    "{AU,NZ}", "AU,NZ", "\\", "\\'", "a\nb", "\N{LATIN SMALL LETTER E WITH ACUTE}",
    "e\N{COMBINING ACUTE ACCENT}", "\N{ZERO WIDTH SPACE}", "\N{PASSPORT CONTROL}", "%", "_",
    "\N{LATIN SMALL LETTER DOTLESS I}", "x" * 3_000,
)  # fmt: skip

_LOOSEN = """
    DO $$
    DECLARE
        held record;
    BEGIN
        FOR held IN SELECT conrelid::regclass AS on_table, conname FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'c', 'u', 'p')
            ORDER BY contype = 'f' DESC
        LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', held.on_table, held.conname);
        END LOOP;
        FOR held IN SELECT attrelid::regclass AS on_table, attname FROM pg_attribute
            JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p')
            WHERE relnamespace = 'public'::regnamespace AND attgenerated = 's'
        LOOP
            EXECUTE format(
                'ALTER TABLE %s ALTER %I DROP EXPRESSION', held.on_table, held.attname
            );
        END LOOP;
        FOR held IN SELECT attrelid::regclass AS on_table, attname FROM pg_attribute
            JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p')
            WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND attnotnull
                AND attidentity = ''
        LOOP
            EXECUTE format('ALTER TABLE %s ALTER %I DROP NOT NULL', held.on_table, held.attname);
        END LOOP;
        FOR held IN SELECT indexrelid::regclass AS named FROM pg_index
            JOIN pg_class ON pg_class.oid = indexrelid
            WHERE relnamespace = 'public'::regnamespace AND indisunique
        LOOP
            EXECUTE format('DROP INDEX %s', held.named);
        END LOOP;
    END
    $$
"""


async def loosen(url: str) -> None:
    """Let a database take any row at all."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_LOOSEN)
    finally:
        await connection.close()


def _rules() -> dict[str, dict[str, Any]]:
    """The columns of each table that some rule looks at; figures share those of applications."""
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for access in POLICY.values():
        for rule in access.rows.values():
            for attribute in attributes(rule):
                found[attribute.class_.__tablename__][attribute.key] = attribute
    for grain in GRAINS:
        found[grain.facts.name] = {
            name.value: grain.facts.c[name.value] for name in grain.dimensions
        }
    return found


RULED = _rules()
#: Identity columns take no null; nothing else is as it must be.
_NUMBERED = ("application_change", "application_event", "assignment", "volume_change")


def odd_world(random: Random) -> tuple[Tables, Viewer]:
    """A few rows for each table and a viewer of any role, of few words, so that some agree."""
    words = random.choices(WORDS, k=2)
    tables = {
        table: [_row(random, table, words, number) for number in range(random.randint(0, 4))]
        for table in sorted(RULED)
    }
    return tables, odd_viewer(random, words)


def odd_viewer(random: Random, words: list[str]) -> Viewer:
    role = random.choice(tuple(Role))
    return Viewer(
        random.choice(words),
        role,
        partner=random.choice([*words, None]),
        countries=tuple(random.sample(words, random.randint(0, 2))),
        centres=tuple(random.sample(words, random.randint(0, 2))),
        purpose_reference=random.choice([*words, None]),
    )


def _row(random: Random, table: str, words: list[str], number: int) -> Row:
    row = {key: _value(random, column, words) for key, column in RULED[table].items()}
    if table == Assignment.__tablename__:
        # The database holds rules that look at assignments to their own rule as well, which hides
        # a role that is null; there is none.
        row["role"] = random.choice(words)
    elif table == DocumentUpload.__tablename__ and row["completed_at"] is not None:
        # Likewise: contents are looked for among uploads that are sent, as all that counts is.
        row["sent_at"] = row["completed_at"]
    return row | ({"id": number} if table in _NUMBERED else {})


def _value(random: Random, column: Any, words: list[str]) -> Any:
    """A word, a key of very few, or nothing: more often where there need be nothing."""
    if random.random() < (0.5 if column.expression.nullable else 0.2):
        return None
    if isinstance(column.type, Uuid):
        return UUID(int=random.randint(0, 2))
    if isinstance(column.type, BigInteger):
        return random.randint(0, 2)
    if isinstance(column.type, ARRAY):
        return random.sample(words, random.randint(0, min(2, len(words))))
    if isinstance(column.type, Text):
        return random.choice(words)
    days_ago = timedelta(random.choice((-1, 0, 29, 30, 31, 400)))
    return datetime.now(UTC) - days_ago - timedelta(hours=1)


async def write(connection: asyncpg.Connection, tables: Tables) -> None:
    """Write rows past every constraint and trigger."""
    await connection.execute("SET LOCAL session_replication_role = replica")
    for table, rows in tables.items():
        for row in rows:
            columns = ", ".join(row)
            places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
            await connection.execute(
                f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE VALUES ({places})",
                *row.values(),
            )
