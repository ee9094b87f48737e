"""Examines the owner of the database: it needs certain rights, and must not have more."""

from collections.abc import AsyncIterator

import asyncpg

from gateway.doctor.finding import Finding
from gateway.settings import Settings
from models.database.owner import by_what, is_superuser, missing_rights


async def examine_owner_rights(owner: asyncpg.Connection, login: str) -> AsyncIterator[Finding]:
    for what, statements in by_what(await missing_rights(owner, login)).items():
        yield Finding(
            what,
            "`gerbang migrate` and `gerbang keep` would fail, or keep figures of no row.",
            f"Let a superuser run this in the database once: {'; '.join(statements)};",
        )


async def examine_owner_privileges(
    owner: asyncpg.Connection, settings: Settings
) -> AsyncIterator[Finding]:
    """A superuser is acceptable only in development."""
    if not settings.in_development and await is_superuser(owner):
        yield Finding(
            "The owner in GERBANG_OWNER_URL is a superuser.",
            "Who learns its password has every database of the server, and its files.",
            "Prepare another one with deploy/postgres/owner.sql and name it there; then"
            " `gerbang migrate` says what is to be handed over to it.",
        )
