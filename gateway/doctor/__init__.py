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
from gateway.doctor.reference import examine_reference_data
from gateway.doctor.roles import examine_roles
from gateway.doctor.ways_around import find_ways_around
from gateway.faults import Fault
from gateway.settings import Settings
from models.access_tokens.provider_keys import published_at, usable_keys
from models.database.connections import CONNECTION_ERRORS, connect
from models.database.url import read_database_url

__all__ = ["Finding", "examine", "find_alterations"]

#: Names mean what they say, whatever path the database gives to its owner: PostgreSQL's own come
#: first.
_AS_NAMED = "SET search_path = public, pg_temp"
_DISCOVERY = "/.well-known/openid-configuration"


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
            _examine_provider(settings),
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


async def _examine_provider(settings: Settings) -> AsyncIterator[Finding]:
    """Findings about the provider; none if the development sign-in issues the tokens."""
    if settings.issuer is None or settings.jwks_url is None:
        return
    async for finding in _examine_keys_of_provider(settings.jwks_url, settings.algorithms):
        yield finding
    async for finding in _examine_discovery(settings.issuer, settings.jwks_url):
        yield finding


async def _examine_keys_of_provider(
    address: str, algorithms: tuple[str, ...]
) -> AsyncIterator[Finding]:
    try:
        usable = usable_keys(await published_at(address)(), algorithms)
    except Exception as error:  # a foreign server may answer anything
        yield finding_of(
            Fault.KEYS, f"The provider's keys cannot be read at {address} ({type(error).__name__})."
        )
        return
    if not usable:
        yield Finding(
            f"The provider publishes no key for {', '.join(algorithms)}.",
            "Every token is refused.",
            "Let the provider sign with one of these, or name its algorithm in GERBANG_ALGORITHMS.",
        )


async def _examine_discovery(issuer: str, jwks_url: str) -> AsyncIterator[Finding]:
    try:
        document = await published_at(issuer.rstrip("/") + _DISCOVERY)()
    except Exception as error:  # a foreign server may answer anything
        yield Finding(
            f"The provider {issuer} does not describe itself ({type(error).__name__}).",
            "Nobody can see whether it is the issuer that the tokens name.",
            "Look at GERBANG_ISSUER: it is written exactly as in the claim iss.",
        )
        return
    for name, variable, ours in (
        ("issuer", "GERBANG_ISSUER", issuer),
        ("jwks_uri", "GERBANG_JWKS_URL", jwks_url),
    ):
        said = document.get(name) if isinstance(document, dict) else None
        if said != ours:
            yield Finding(
                f"The provider calls its {name} {said}, not {ours}.",
                "Tokens of another issuer, or keys of another set, are refused or wrongly trusted.",
                f"Set {variable} to what the provider says, if that is the right provider.",
            )
