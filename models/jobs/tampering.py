"""Tells auditors that a job met a sealed value which somebody had changed."""

import asyncpg

from models.person.vault import VaultError
from models.row_keys import new_key
from models.supervision.alert import RAISE_TAMPERED
from models.vocabulary import Role

#: No viewer: a job of the keeper, which acts in no role of the domain.
_ACTOR = "keeper"
_RAISE = "DO $do$ BEGIN {} END $do$"


async def raise_tampering(connection: asyncpg.Connection, error: VaultError) -> None:
    """Raise an alert, as the keeper."""
    raised = RAISE_TAMPERED.format(
        id=f"'{new_key()}'::uuid",
        actor=f"'{_ACTOR}'",
        role=f"'{Role.ANONYMOUS}'",
        subject=f"'{error.subject}'::uuid",
        is_banned=str(error.is_banned).lower(),
    )
    await connection.execute(_RAISE.format(raised))
