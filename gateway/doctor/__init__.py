"""`gerbang doctor`: examines an installation, and says how to mend each fault."""

import time
from collections.abc import AsyncIterator

import asyncpg

from gateway.access.transactions.errors import TOO_MANY_CONNECTIONS, state_of
from gateway.doctor.account import account
from gateway.doctor.database import figures, revision, room_on_disk, row_rules
from gateway.doctor.documents import trusted_documents
from gateway.doctor.finding import Finding, finding_of
from gateway.doctor.login import Clock, keys, way_in
from gateway.doctor.owner import owner_is_able, owner_is_plain
from gateway.doctor.provider import provider
from gateway.doctor.reference import reference_data
from gateway.doctor.roles import roles_and_rights
from gateway.doctor.seal_keys import seal_keys
from gateway.doctor.transport import transport
from gateway.doctor.vault import vault
from gateway.doctor.ways_around import ways_around
from gateway.faults import Fault
from gateway.settings import Settings
from models.database.connections import CONNECTION_ERRORS, connect
from models.database.url import read_database_url

__all__ = ["Finding", "examine"]


async def examine(settings: Settings, clock: Clock = time.time) -> list[Finding]:
    """All findings about an installation. Nothing is changed."""
    return [
        finding
        for examination in (
            keys(settings),
            transport(settings),
            _with_owner(settings),
            way_in(settings, clock),
            provider(settings),
        )
        async for finding in examination
    ]


async def _with_owner(settings: Settings) -> AsyncIterator[Finding]:
    try:
        owner = await connect(settings.required_owner_url)
    except CONNECTION_ERRORS as error:
        if state_of(error) == TOO_MANY_CONNECTIONS:
            yield finding_of(Fault.POOL, "The server takes no more connections of the owner.")
            return
        yield Finding(
            f"The owner cannot log in to the database ({type(error).__name__}).",
            "Nothing can be migrated, kept or examined.",
            "Look at GERBANG_OWNER_URL, and whether the database answers.",
        )
        return
    try:
        async for finding in _of_database(owner, settings):
            yield finding
    finally:
        await owner.close()


async def _of_database(owner: asyncpg.Connection, settings: Settings) -> AsyncIterator[Finding]:
    """Findings about the database.

    If the owner lacks rights, the revision is wrong or the disk is full, the examination stops
    there: the later ones would fail, since some of them write and roll back.
    """
    login = read_database_url(settings.database_url).user
    obstacles = (
        owner_is_able(owner, login),
        revision(settings.required_owner_url),
        room_on_disk(owner),
    )
    for obstacle in obstacles:
        findings = [finding async for finding in obstacle]
        for finding in findings:
            yield finding
        if findings:
            return
    async for finding in owner_is_plain(owner, settings):
        yield finding
    async for finding in row_rules(owner):
        yield finding
    async for finding in seal_keys(owner):
        yield finding
    for finding in await roles_and_rights(owner, login):
        yield finding
    for finding in await ways_around(owner, login):
        yield finding
    async for finding in figures(owner):
        yield finding
    async for finding in account(owner, settings):
        yield finding
    async for finding in vault(owner):
        yield finding
    async for finding in trusted_documents(owner, settings):
        yield finding
    for finding in await reference_data(owner):
        yield finding
