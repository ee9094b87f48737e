"""Examines the vault: whether somebody changed what is sealed, and whether keys are swept."""

from collections.abc import AsyncIterator

import asyncpg

from gateway.doctor.finding import Finding

_TAMPERED = """
    SELECT count(*) AS number, max(raised_at)::timestamptz(0)::text AS latest FROM alert
    WHERE kind = 'TAMPERED' AND is_open
"""
_LAST_SWEEP = """
    SELECT reason FROM key_operation WHERE kind IN ('BEGIN', 'SWEEP', 'REFUSED')
    ORDER BY occurred_at DESC LIMIT 1
"""


async def examine_vault(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    tampered = await owner.fetchrow(_TAMPERED)
    if tampered and tampered["number"]:
        yield Finding(
            f"Sealed values were changed in the database: {tampered['number']} open alerts, the"
            f" last of {tampered['latest']}.",
            "Whoever did it writes to the database past every gateway; nobody reads these people.",
            "Find out who did (`gerbang audit verify`), put the values back from a backup, and let"
            " a supervisor close the alerts.",
        )
    if refused := await owner.fetchval(_LAST_SWEEP):
        yield Finding(
            f"The last sweep of data keys was refused: {refused}.",
            "Keys that belong to nobody stay; if people are missing in the database, their keys"
            " must not go.",
            "Look whether this is the right database, and whole; then run `gerbang vault sweep`.",
        )
