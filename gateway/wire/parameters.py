"""Parses the parameters of an operation from a body, a message or a URL."""

from collections.abc import Mapping
from typing import Any

from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import OperationRequest
from gateway.wire.json_text import read_json

#: The only way to write U+0000 in JSON, so bodies without it need no closer look.
_NUL = rb"\u0000"
URL_PARAMETERS = ("query", "documentId", "operationName", "variables", "extensions")


def from_body(body: bytes) -> OperationRequest:
    """The operation in a POST's body."""
    parameters = read_json(body)
    if isinstance(parameters, list):
        raise _bad("Send one operation per request: a list of operations is not accepted.")
    if not isinstance(parameters, dict):
        raise _bad("The body must be a JSON object.")
    return _operation(parameters, may_write=True, may_hold_nul=_NUL in body)


def from_message(payload: Any) -> OperationRequest:
    """The operation in the payload of a `subscribe` message."""
    if not isinstance(payload, dict):
        raise _bad("The payload must be an object.")
    return _operation(payload, may_write=False)


def from_url(query: Mapping[str, str]) -> OperationRequest:
    """The operation in the query string of a GET, which may not be a mutation."""
    parameters: dict[str, Any] = {name: query[name] for name in URL_PARAMETERS if name in query}
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = read_json(parameters[name].encode("utf-8", "surrogatepass"))
    return _operation(parameters, may_write=False)


def _operation(
    parameters: dict[str, Any], *, may_write: bool, may_hold_nul: bool = True
) -> OperationRequest:
    document = _optional(parameters, "query", str)
    document_id = _optional(parameters, "documentId", str)
    if (document is None) == (document_id is None):
        raise _bad("Send either `query`, the document, or `documentId`.")
    _optional(parameters, "extensions", dict)
    variables = _optional(parameters, "variables", dict) or {}
    if may_hold_nul:
        _refuse_nul(variables)
    return OperationRequest(
        document=document,
        document_id=document_id,
        operation_name=_optional(parameters, "operationName", str),
        variables=variables,
        may_write=may_write,
    )


def _optional(parameters: dict[str, Any], name: str, kind: type) -> Any:
    value = parameters.get(name)
    if value is not None and not isinstance(value, kind):
        raise _bad(f"`{name}` must be {'an object' if kind is dict else 'a text'}.")
    return value


def _refuse_nul(variables: dict[str, Any]) -> None:
    """Refuse the character U+0000, which PostgreSQL cannot store in a text."""
    level: list[Any] = [variables]
    while level:
        if any(isinstance(value, str) and "\0" in value for value in level):
            raise _bad("`variables` hold the character U+0000, which is no text.")
        level = [inner for value in level for inner in _children(value)]


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _bad(message: str) -> RequestError:
    return RequestError(ErrorCode.BAD_REQUEST, message)
