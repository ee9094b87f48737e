"""The statement that writes entries of the access log, where there is room for them.

It asks and writes at once, so that BEGIN, entries and COMMIT take one write and one wait, however
many entries there are.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson

from gateway.errors import RequestError
from models.base import Base
from models.database.command_pipeline import Command


class Room(Protocol):
    """What limits how many people a viewer reads: a budget, or an inquiry."""

    def question(self) -> Command:
        """A call of a database function that admits these people and returns null where there is
        room, and otherwise returns why there is none."""
        ...

    def refusal(self, why: str) -> RequestError:
        """The error that the viewer gets for such an answer."""
        ...


def write_entries(
    noun: type[Base], rows: Sequence[Mapping[str, Any]], room: Room | None
) -> Command:
    """Write the rows if there is room; otherwise write none, and return why.

    Also returns how many were written: a trigger of whoever administers the database can swallow
    them.
    """
    question = room.question() if room else Command("NULL")
    if not rows:
        text = f"SELECT ({question.text})::text AS why, 0::bigint AS written"
        return Command(text, question.arguments)
    columns = ", ".join(f'"{name}"' for name in rows[0])
    table, entries = noun.__tablename__, f"${len(question.arguments) + 1}"
    text = f"""
        WITH room AS MATERIALIZED (SELECT ({question.text})::text AS why), written AS (
            INSERT INTO {table} ({columns})
            SELECT {columns} FROM room, json_populate_recordset(NULL::{table}, {entries}::json)
            WHERE why IS NULL RETURNING 1
        )
        SELECT why, (SELECT count(*) FROM written) AS written FROM room
    """  # noqa: S608 - the names are those of our models
    return Command(text, (*question.arguments, orjson.dumps(rows, default=_as_json).decode()))


def _as_json(value: object) -> str:
    """Values that JSON cannot express, as PostgreSQL reads them."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"no entry holds {type(value).__name__}")
