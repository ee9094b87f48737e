"""Trusted documents: the operations that clients have registered, to ask for by an id."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from sqlalchemy import ARRAY, CheckConstraint, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: Longer ids are refused: MD5, SHA-1 and SHA-256 in hexadecimal have 32 to 64 characters.
LONGEST_ID = 200
#: How many of those registered last are told of.
MOST_DOCUMENTS_LISTED = 300


class TrustedDocument(Base):
    """A GraphQL document that was registered. Only the owner of the database writes it."""

    __tablename__ = "trusted_document"

    #: Of the text in UTF-8, in hexadecimal.
    sha256: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    #: Further ids by which clients ask for it, such as the MD5 that Relay's compiler writes.
    ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: The names of the clients that send it.
    clients: Mapped[list[str]] = mapped_column(ARRAY(Text))
    operation_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    registered_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    registered_by: Mapped[str]
    #: Since when it is unknown to clients again; null while it can be asked for.
    retired_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hexadecimal"),)


#: The advisory lock that serialises registrations, so that no id is taken twice.
_LOCK = 7_461_005

_TAKEN = """
    SELECT sha256, ids FROM trusted_document
    WHERE retired_at IS NULL AND ids && $1::text[] ORDER BY sha256
"""
#: One row for each document that was new, or had been retired.
_REGISTER = """
    INSERT INTO trusted_document AS known
        (sha256, text, ids, clients, operation_names, registered_by)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (sha256) DO UPDATE SET
        ids = CASE WHEN known.retired_at IS NULL
            THEN ARRAY(SELECT DISTINCT unnest(known.ids || excluded.ids) ORDER BY 1)
            ELSE excluded.ids END,
        clients = CASE WHEN known.retired_at IS NULL
            THEN ARRAY(SELECT DISTINCT unnest(known.clients || excluded.clients) ORDER BY 1)
            ELSE excluded.clients END,
        registered_at = CASE WHEN known.retired_at IS NULL
            THEN known.registered_at ELSE excluded.registered_at END,
        registered_by = CASE WHEN known.retired_at IS NULL
            THEN known.registered_by ELSE excluded.registered_by END,
        retired_at = NULL
    WHERE known.retired_at IS NOT NULL
        OR NOT known.ids @> excluded.ids OR NOT known.clients @> excluded.clients
    RETURNING sha256
"""
_LIST = """
    SELECT sha256, text, ids, clients, operation_names FROM trusted_document
    WHERE retired_at IS NULL ORDER BY operation_names, sha256
"""
_RETIRE = """
    UPDATE trusted_document SET retired_at = clock_timestamp()
    WHERE retired_at IS NULL AND (sha256 = ANY ($1) OR ids && $1::text[])
    RETURNING sha256
"""


@dataclass(frozen=True, slots=True)
class Registration:
    """A document to register. ``ids`` are those that clients have for it besides its hash."""

    text: str
    operation_names: tuple[str, ...]
    ids: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        return document_hash(self.text)


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document that can be asked for."""

    sha256: str
    text: str
    ids: tuple[str, ...]
    clients: tuple[str, ...]
    operation_names: tuple[str, ...]


class IdTakenError(Exception):
    """An id belongs to another document already; the message names it."""


def document_hash(text: str) -> str:
    """The SHA-256 of a document's text, in hexadecimal."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


async def register(
    connection: asyncpg.Connection, documents: Iterable[Registration], *, client: str, by: str
) -> Collection[str]:
    """Register documents, all or none; return the hashes of those that changed anything.

    A document that is known already gains the client and the ids. Raises IdTakenError.
    """
    changed: list[str] = []
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        for one in documents:
            ids = sorted({*one.ids} - {one.sha256})
            for row in await connection.fetch(_TAKEN, ids):
                if row["sha256"] != one.sha256:
                    taken = sorted({*ids} & {*row["ids"]})
                    raise IdTakenError(
                        f"The id {taken[0]} belongs to the document sha256:{row['sha256']}:"
                        " retire that one first."
                    )
            names = sorted(one.operation_names)
            values = (one.sha256, one.text, ids, [client], names, by)
            changed += [row["sha256"] for row in await connection.fetch(_REGISTER, *values)]
    return changed


async def list_documents(connection: asyncpg.Connection) -> list[KnownDocument]:
    """The documents that can be asked for."""
    return [
        KnownDocument(
            row["sha256"],
            row["text"],
            tuple(row["ids"]),
            tuple(row["clients"]),
            tuple(row["operation_names"]),
        )
        for row in await connection.fetch(_LIST)
    ]


async def retire(connection: asyncpg.Connection, ids: Sequence[str]) -> list[str]:
    """Retire documents by any of their ids; return the hashes of those that were known."""
    plain = [each.removeprefix("sha256:") for each in ids]
    return [row["sha256"] for row in await connection.fetch(_RETIRE, plain)]


__all__ = [
    "IdTakenError",
    "KnownDocument",
    "Registration",
    "TrustedDocument",
    "document_hash",
    "list_documents",
    "register",
    "retire",
]
