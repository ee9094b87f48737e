"""`gerbang doctor`: examines an installation, and says how to mend each fault."""

import time
from collections.abc import AsyncIterator

import asyncpg

from gateway.access.transactions.errors import TOO_MANY_CONNECTIONS, state_of
from gateway.doctor.database import (
    examine_account,
    examine_breaches,
    examine_disk,
    examine_documents,
    examine_figures,
    examine_identity_keys,
    examine_jobs,
    examine_key_service,
    examine_locks,
    examine_owner_privileges,
    examine_owner_rights,
    examine_partitions,
    examine_revision,
    examine_row_rules,
    examine_seal_keys,
    examine_vault,
)
from gateway.doctor.finding import Finding, finding_of
from gateway.doctor.login import (
    Clock,
    examine_keys,
    examine_login,
    examine_replicas,
    examine_transport,
)
from gateway.doctor.provider import examine_provider
from gateway.doctor.reference import examine_reference_data
from gateway.doctor.roles import examine_roles
from gateway.doctor.ways_around import find_ways_around
from gateway.faults import Fault
from gateway.settings import Settings
from models.database.connections import CONNECTION_ERRORS, connect
from models.database.url import read_database_url

__all__ = ["Finding", "examine", "find_alterations"]

#: Names mean what they say, whatever path the database gives to its owner: PostgreSQL's own come
#: first.
_AS_NAMED = "SET search_path = public, pg_temp"


async def examine(settings: Settings, clock: Clock = time.time) -> list[Finding]:
    """All findings about an installation. Nothing is changed."""
    return [
        finding
        for examination in (
            examine_keys(settings),
            examine_transport(settings),
            _examine_as_owner(settings),
            examine_login(settings, clock),
            examine_replicas(settings),
            examine_key_service(settings),
            examine_provider(settings),
        )
        async for finding in examination
    ]


async def _examine_as_owner(settings: Settings) -> AsyncIterator[Finding]:
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
        await owner.execute(_AS_NAMED)
        async for finding in _examine_database(owner, settings):
            yield finding
    finally:
        await owner.close()


async def _examine_database(
    owner: asyncpg.Connection, settings: Settings
) -> AsyncIterator[Finding]:
    """Findings about the database.

    If the owner lacks rights, the revision is wrong or the disk is full, the examination stops
    there: the later ones would fail, since some of them write and roll back.
    """
    login = read_database_url(settings.database_url).user
    obstacles = (
        examine_owner_rights(owner, login),
        examine_revision(settings.required_owner_url),
        examine_disk(owner),
    )
    for obstacle in obstacles:
        findings = [finding async for finding in obstacle]
        for finding in findings:
            yield finding
        if findings:
            return
    async for finding in examine_owner_privileges(owner):
        yield finding
    async for finding in examine_row_rules(owner):
        yield finding
    async for finding in examine_seal_keys(owner):
        yield finding
    for finding in await find_alterations(owner, login):
        yield finding
    async for finding in examine_partitions(owner):
        yield finding
    async for finding in examine_locks(owner, settings.database_connections):
        yield finding
    async for finding in examine_figures(owner):
        yield finding
    async for finding in examine_jobs(owner):
        yield finding
    async for finding in examine_account(owner, settings):
        yield finding
    async for finding in examine_breaches(owner):
        yield finding
    async for finding in examine_vault(owner):
        yield finding
    async for finding in examine_identity_keys(owner, settings):
        yield finding
    async for finding in examine_documents(owner, settings):
        yield finding
    for finding in await examine_reference_data(owner):
        yield finding


async def find_alterations(owner: asyncpg.Connection, login: str) -> list[Finding]:
    """What in the catalogue is not as this version makes it: rights, settings of roles, row rules,
    rewriting rules, triggers and functions."""
    await owner.execute(_AS_NAMED)
    return [*await examine_roles(owner, login), *await find_ways_around(owner, login)]
