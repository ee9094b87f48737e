"""Examines the connections to the database: whether each has verified TLS."""

from collections.abc import AsyncIterator

from gateway.doctor.finding import Finding
from gateway.settings import Settings
from gateway.settings.transport import REMEDY, unprotected_hosts


async def examine_transport(settings: Settings) -> AsyncIterator[Finding]:
    for variable, url in (
        ("GERBANG_DATABASE_URL", settings.database_url),
        ("GERBANG_OWNER_URL", settings.owner_url),
    ):
        if hosts := url and unprotected_hosts(url, settings.database_tls):
            yield Finding(
                f"{variable} reaches {hosts} without verified TLS.",
                "Whoever stands in between can read everything, or answer instead.",
                f"Add {REMEDY}.",
            )
