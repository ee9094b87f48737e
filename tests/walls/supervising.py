"""What supervisors say of alerts, and which of them the database lets each viewer close."""

from contextlib import suppress

import asyncpg

from tests.acting import act_writing
from tests.gateway.oracle import Claims, role_of
from tests.walls.reach import ALERTS, viewer
from tests.walls.undoing import undone

#: Which table each mutation writes.
OF = {"closeAlert": "alert"}
_CLOSE = "UPDATE alert SET closed_by = viewer.subject(NULL), close_reason = 'Why' RETURNING actor"


def allowed_by_domain(claims: Claims) -> set[str]:
    """Whom the alerts are about that a viewer may close: another one."""
    if role_of(claims) != "SUPERVISOR":
        return set()
    return {actor for actor, _ in ALERTS if actor != claims["sub"]}


async def allowed_by_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """The same, as the database has it. Everything is rolled back."""
    async with undone(connection):
        with suppress(asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError):
            await act_writing(connection, viewer(claims))
            return {row["actor"] for row in await connection.fetch(_CLOSE)}
    return set()
