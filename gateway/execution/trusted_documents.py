"""Finds the text of a request's document, and decides about texts that nobody registered."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from graphql import FieldNode, OperationDefinitionNode
from sqlalchemy import Select, select

from gateway.access.transactions.begin import TransactionStarts
from gateway.access.transactions.prepared import bind_for
from gateway.access.transactions.reading import ReadTransaction
from gateway.cache import WeightedCache
from gateway.errors import ErrorCode, FieldError, RequestError
from gateway.execution.documents import parse_document
from gateway.execution.introspection import SCHEMA_FIELDS
from gateway.execution.operation import OperationRequest
from gateway.limits import MOST_CACHED_CHARACTERS
from gateway.logs import current_record
from gateway.settings import DocumentRule
from gateway.viewer import ANONYMOUS
from models import TrustedDocument
from models.database.pool import ConnectionPool
from models.documents import document_hash

#: How old the index may be: for this long, a retired document can still be used.
FRESH_SECONDS = 5.0
#: How old it may be if an id is not in it: unknown ids cause at most one reload in this time.
MISS_SECONDS = 1.0

_SHA256 = "sha256:"
#: The exact message that stock clients look for before they send the whole document.
_NOT_SUPPORTED = "PersistedQueryNotSupported"


@dataclass(frozen=True, slots=True)
class Index:
    """Which documents are registered, without their texts."""

    #: When it was read, by the clock of this process.
    read_at: float = float("-inf")
    #: The hash of a document by each of its ids.
    hashes: Mapping[str, str] = field(default_factory=dict[str, str])
    #: The names of its operations, by its hash.
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    clients: frozenset[str] = frozenset()


class TrustedDocuments:
    """The registered documents, read from the database when somebody asks for one.

    The index is reloaded when it is older than some seconds, so every gateway learns of a
    registration without a restart. Texts never change under their hash, so they are kept as long as
    there is room.
    """

    def __init__(
        self,
        pool: ConnectionPool,
        starts: TransactionStarts,
        *,
        rule: DocumentRule = DocumentRule.ALLOW,
        in_development: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._starts = starts
        self._rule = rule
        self._in_development = in_development
        self._clock = clock
        self._index = Index()
        self._reading = asyncio.Lock()
        self._texts: WeightedCache[str, str] = WeightedCache(MOST_CACHED_CHARACTERS)

    async def resolve(self, request: OperationRequest) -> OperationRequest:
        """The request with the text of its document.

        Raises RequestError with DOCUMENT_NOT_FOUND, PERSISTED_QUERY_NOT_SUPPORTED or
        DOCUMENT_REQUIRED.
        """
        if request.document is None:
            return replace(request, document=await self._registered_text(request))
        if self._rule is not DocumentRule.ALLOW:
            await self._judge(request.document)
        return request

    async def _registered_text(self, request: OperationRequest) -> str:
        id_ = request.document_id or ""
        hash_ = (await self._index_for(id_)).hashes.get(id_)
        text = await self._text_of(hash_) if hash_ else None
        if hash_ is None or text is None:
            raise _not_found(request)
        self._note(hash_)
        return text

    async def _judge(self, text: str) -> None:
        """Accept, note or refuse a document that was sent whole, by the setting."""
        hash_ = document_hash(text)
        index = await self._index_for(_SHA256 + hash_)
        if hash_ in index.names:
            self._note(hash_)
            return
        if self._rule is DocumentRule.LOG:
            current_record().is_unregistered = True
            self._note_client()
        elif not (self._in_development and _asks_only_of_schema(text)):
            raise RequestError(
                ErrorCode.DOCUMENT_REQUIRED,
                "Only registered documents run here: have this one registered, and send its"
                " `documentId`.",
            )

    def _note(self, hash_: str) -> None:
        record, names = current_record(), self._index.names.get(hash_, ())
        record.document = hash_
        if len(names) == 1:
            (record.name,) = names
        self._note_client()

    def _note_client(self) -> None:
        """Note what the client calls itself, if documents are registered under that name."""
        record = current_record()
        if record.claimed_client in self._index.clients:
            record.client = record.claimed_client

    async def _index_for(self, id_: str) -> Index:
        """The index, reloaded if it is old; sooner if the id is not in it."""
        if self._is_usable(id_):
            return self._index
        async with self._reading:  # another task may have reloaded it meanwhile
            if not self._is_usable(id_):
                self._index = await self._read_index()
        return self._index

    def _is_usable(self, id_: str) -> bool:
        age = self._clock() - self._index.read_at
        return age < (FRESH_SECONDS if id_ in self._index.hashes else MISS_SECONDS)

    async def _read_index(self) -> Index:
        read_at = self._clock()
        rows = await self._rows(
            select(
                TrustedDocument.sha256,
                TrustedDocument.ids,
                TrustedDocument.clients,
                TrustedDocument.operation_names,
            ).where(TrustedDocument.retired_at.is_(None))
        )
        hashes: dict[str, str] = {}
        names: dict[str, tuple[str, ...]] = {}
        clients: set[str] = set()
        for hash_, ids, its_clients, operation_names in rows:
            hashes |= dict.fromkeys((*ids, hash_, _SHA256 + hash_), hash_)
            names[hash_] = tuple(operation_names)
            clients.update(its_clients)
        return Index(read_at, hashes, names, frozenset(clients))

    async def _text_of(self, hash_: str) -> str | None:
        text = self._texts.get(hash_)
        if text is None:
            rows = await self._rows(
                select(TrustedDocument.text).where(
                    TrustedDocument.sha256 == hash_, TrustedDocument.retired_at.is_(None)
                )
            )
            text = rows[0][0] if rows else None
            if text is not None and hash_ not in self._texts:
                self._texts.put(hash_, text, len(text))
        return text

    async def _rows(self, statement: Select[*tuple[Any, ...]]) -> list[Any]:
        """Documents are found before anything is done for the viewer, so they are read as nobody.

        Raises RequestError in an outage.
        """
        transaction = ReadTransaction(self._pool, self._starts.for_reading(ANONYMOUS))
        try:
            [rows] = await transaction.fetch(bind_for(ANONYMOUS, "TrustedDocument", statement))
            return list(rows)
        except FieldError as error:
            raise RequestError(error.code, error.message, HTTPStatus.SERVICE_UNAVAILABLE) from None
        finally:
            await transaction.close()


def _not_found(request: OperationRequest) -> RequestError:
    """The same answer to ids that are unknown, retired or made up."""
    if request.is_persisted_query:
        return RequestError(ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED, _NOT_SUPPORTED)
    return RequestError(
        ErrorCode.DOCUMENT_NOT_FOUND, "This document is not known here: send it as `query`."
    )


def _asks_only_of_schema(text: str) -> bool:
    """Whether a document holds nothing but introspection. Raises RequestError with SYNTAX."""
    operations = [
        node
        for node in parse_document(text).definitions
        if isinstance(node, OperationDefinitionNode)
    ]
    return all(
        isinstance(selection, FieldNode)
        and (selection.name.value in SCHEMA_FIELDS or selection.name.value == "__typename")
        for operation in operations
        for selection in operation.selection_set.selections
    )
