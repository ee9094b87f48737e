"""Identities in a database of a test: sealed as a gateway does, and opened again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from models.person.identity import Identity
from models.person.sealed import cells_sql
from models.person.vault import SEALED, Cell, Person, Vault
from tests.linking import KEYS


async def as_written(row: Mapping[str, Any], version: int = 1) -> dict[str, Any]:
    """A row of an identity with what is sealed of it."""
    [sealed] = await Vault(KEYS).seal([Person(row["applicant_id"], version, row)])
    rest = {name: value for name, value in row.items() if name not in SEALED}
    return {**rest, "sealed": orjson.dumps(sealed).decode()}


async def rewrite(connection: asyncpg.Connection, applicant: UUID, **values: Any) -> None:
    """Write other values of a person, as if they had been lodged."""
    written = await as_written({"applicant_id": applicant, **values})
    await connection.execute(
        "UPDATE identity SET sealed = sealed || $2 WHERE applicant_id = $1",
        *(applicant, written["sealed"]),
    )


async def identities(
    connection: asyncpg.Connection, where: str = "true", *arguments: Any
) -> list[dict[str, Any]]:
    """Identities as they are on file, opened; dates as ISO 8601."""
    cells = cells_sql(*(getattr(Identity, name) for name in SEALED))
    rows = await connection.fetch(
        f"SELECT applicant_id, passport_issuing_state, {cells}"
        f" FROM identity WHERE {where} ORDER BY applicant_id",
        *arguments,
    )
    found = []
    for row in rows:
        names = [name for name in SEALED if row[name] is not None]
        opened = await Vault(KEYS).open(
            [Cell(row["applicant_id"], name, row[name]) for name in names]
        )
        found.append({**row, **dict(zip(names, opened, strict=True))})
    return found
