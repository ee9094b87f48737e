"""Examines the trusted documents, where only those may be sent."""

from collections.abc import AsyncIterator

import asyncpg

from gateway.doctor.finding import Finding
from gateway.settings import DocumentRule, Settings

_ANY = "SELECT EXISTS (SELECT FROM trusted_document WHERE retired_at IS NULL)"


async def examine_documents(
    owner: asyncpg.Connection, settings: Settings
) -> AsyncIterator[Finding]:
    if settings.documents is DocumentRule.REQUIRE and not await owner.fetchval(_ANY):
        yield Finding(
            "GERBANG_DOCUMENTS requires documents to be registered, and none is.",
            "Every operation of every client is refused.",
            "Run `gerbang init` for the dashboard's, and `gerbang documents register FILE` for"
            " those of other clients; or set GERBANG_DOCUMENTS=log until then.",
        )
