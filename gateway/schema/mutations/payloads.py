"""What mutations answer with: what was changed, or errors as data with codes of their own."""

from enum import StrEnum
from typing import Any

import strawberry

from gateway.mutations.outcome import RefusedError, Result
from gateway.schema.application import Application
from models.life import MEANINGS, Refusal
from models.vocabulary import Status


def error_type(name: str, refusals: tuple[Refusal, ...]) -> Any:
    """``XError`` with ``XErrorCode``: what may be told of a mutation."""
    codes = _codes(name, refusals)
    members: dict[str, Any] = {
        "__annotations__": {
            "code": codes,
            "message": str,
            "path": list[str],
            "current_status": Status | None,
        },
        "code": strawberry.field(description="Why."),
        "message": strawberry.field(description="Why, in words, and what to do."),
        "path": strawberry.field(description="The place in the input."),
        "current_status": strawberry.field(
            description="The status that the application has now, where it could be the reason."
        ),
    }
    return strawberry.type(
        type(f"{name}Error", (), members), description="Why it was not done; nothing was changed."
    )


def payload_type(name: str, error: Any) -> Any:
    """``XPayload``: the application that was changed, or errors."""
    return _answering(f"{name}Payload", error, "What came of it.")


def batch_type(name: str, error: Any) -> Any:
    """``XPayload`` of a batch: a result for each application, in order."""
    result = _answering(f"{name}Result", error, "What came of one application of a batch.")

    def results(self: Any) -> Any:
        return self.results_of

    members: dict[str, Any] = {
        "__annotations__": {"results_of": strawberry.Private[list[Any]], "errors": list[error]},
        "errors": strawberry.field(description="Why nothing of the batch was done."),
        "results": strawberry.field(
            resolver=_returning(results, list[result]),
            description="What came of each application, in the order of the input.",
        ),
    }
    made: Any = strawberry.type(type(f"{name}Payload", (), members), description="What came of it.")

    def answered(whole: RefusedError | None, results: Any) -> Any:
        return made(results_of=[result.of(one) for one in results], errors=_told(error, whole))

    made.answered = staticmethod(answered)
    return made


def _answering(name: str, error: Any, description: str) -> Any:
    """A type with an application, read by the read policy, and errors."""

    def application(self: Any, info: strawberry.Info) -> Any:
        return info.context.application(self.key)

    members: dict[str, Any] = {
        "__annotations__": {"key": strawberry.Private[str | None], "errors": list[error]},
        "errors": strawberry.field(description="Why it was not done; empty where it was."),
        "application": strawberry.field(
            resolver=_returning(application, Application | None),
            description="The application as it stands now; null where nothing was done.",
        ),
    }
    made: Any = strawberry.type(type(name, (), members), description=description)

    def of(result: Result) -> Any:
        return made(key=result.key, errors=_told(error, result.refused))

    made.of = staticmethod(of)
    return made


def _told(error: Any, refused: RefusedError | None) -> list[Any]:
    if refused is None:
        return []
    return [
        error(
            code=refused.refusal,
            message=refused.message,
            path=list(refused.path),
            current_status=refused.status,
        )
    ]


def _codes(name: str, refusals: tuple[Refusal, ...]) -> Any:
    codes: Any = StrEnum(f"{name}ErrorCode", {one.name: one.value for one in refusals})
    declared: Any = strawberry.enum(codes, description="Why it was not done.")
    for value in declared.__strawberry_definition__.values:
        value.description = MEANINGS[Refusal(value.name)]
    return codes


def _returning(resolve: Any, kind: Any) -> Any:
    resolve.__annotations__["return"] = kind
    return resolve
