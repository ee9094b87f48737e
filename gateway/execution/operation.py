"""An operation on its way: as it was requested, as it was admitted, and its answer."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableValues,
)

from gateway.access.purpose import StatedPurpose
from gateway.errors import ErrorCode, RequestError
from gateway.execution.budgets import Charge
from gateway.mapping.arguments import ParsedArguments
from gateway.texts.language import Language
from gateway.viewer import Viewer
from models.vocabulary import Role


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """A well-formed request as the client sent it, not yet parsed or validated."""

    document: str | None = None
    document_id: str | None = None
    #: Whether the id came as `extensions.persistedQuery`, whose clients know errors of their own.
    is_persisted_query: bool = False
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    #: Each header `Gerbang-Purpose` of the request.
    purposes: tuple[str, ...] = ()
    #: The language of messages.
    language: Language = Language.EN
    #: The position of the last payload, from a client that resumes a subscription.
    resumed_at: str | None = None
    may_write: bool = True  # a GET may not: a mutation is then refused as METHOD_NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class AdmittedOperation:
    """An operation that its viewer may run, and whose arguments are right."""

    viewer: Viewer
    trace_id: str
    #: The source of its document.
    text: str
    document: DocumentNode
    operation: OperationDefinitionNode
    #: The schema of the viewer's role.
    view: GraphQLSchema
    variables: VariableValues
    #: The variables that may change what is selected.
    shaping: VariableValues
    #: Arguments of fields, parsed already, by the id of the field's node.
    arguments: Mapping[int, ParsedArguments]
    charge: Charge
    #: The identity fields that it reads, which are logged with the purpose.
    logged: tuple[str, ...]
    purpose: StatedPurpose | None
    #: Whether its document contains introspection.
    asks_of_schema: bool = False
    #: Whether a replica may answer it.
    may_be_late: bool = False
    language: Language = Language.EN


#: Data that is JSON already, in UTF-8: ``JsonBytes(b"{}")``. `orjson.dumps` writes it as it is,
#: without parsing it, and callers that must look inside use the bytes.
JsonBytes = orjson.Fragment
#: The data of an answer; None where an error left nothing of it.
Data = dict[str, Any] | JsonBytes | None


class Execution(NamedTuple):
    """What the execution of an operation gave: by a plan, or by graphql-core's executor."""

    data: Data
    errors: Sequence[GraphQLError]
    #: How many values the data holds.
    values: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to a client. ``data`` is absent, not null, if ``status`` is not OK; every entry
    of ``errors`` has ``extensions`` with ``code`` and ``traceId``."""

    data: Data
    errors: list[dict[str, Any]] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.OK
    #: After how many seconds to retry, if known.
    retry_after: int | None = None


class OperationRunner(Protocol):
    """Runs one operation for one viewer. Whatever goes wrong is in the answer."""

    async def run(self, request: OperationRequest, viewer: Viewer, trace_id: str) -> Answer: ...


class SubscriptionRunner(Protocol):
    """Runs subscriptions of viewers."""

    def serves(self, role: Role) -> bool:
        """Whether the role has any subscription."""
        ...

    def follow(
        self, request: OperationRequest, viewer: Viewer, trace_id: str
    ) -> AsyncGenerator[Answer, None]:
        """An answer for each payload; raises RequestError where the operation cannot start."""
        ...


def misplaced() -> RequestError:
    """The refusal of an operation that does not run where it was sent."""
    return RequestError(
        ErrorCode.INVALID_DOCUMENT,
        "Only subscriptions run over the socket, and only queries and mutations over HTTP.",
    )


def written_by_get() -> RequestError:
    """The refusal of a mutation by GET, which crawlers and other sites can trigger, and of what
    says who somebody is."""
    return RequestError(
        ErrorCode.METHOD_NOT_ALLOWED,
        "Send a mutation by POST, and what says who somebody is.",
        HTTPStatus.METHOD_NOT_ALLOWED,
    )
