"""What mutations answer with: what was changed, or errors as data with codes of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import strawberry

from gateway.mutations.outcome import RefusedError, Result
from gateway.schema.application import Application
from gateway.schema.country import Country
from gateway.schema.partner import Centre, Partner
from gateway.schema.visa_type import VisaType
from models.life import MEANINGS, Refusal
from models.vocabulary import Status


@dataclass(frozen=True, slots=True)
class Answer:
    """The field of a payload that holds what was changed."""

    type: type[Any]
    description: str


_NOW = "as it stands now; null where nothing was done."
ANSWERS: Mapping[str, Answer] = {
    "application": Answer(Application, f"The application {_NOW}"),
    "partner": Answer(Partner, f"The partner, with its countries, {_NOW}"),
    "centre": Answer(Centre, f"The centre {_NOW}"),
    "visaType": Answer(VisaType, f"The visa type, with its fees and targets, {_NOW}"),
    "country": Answer(Country, f"The country, with its entry rules, {_NOW}"),
}


def error_type(name: str, refusals: tuple[Refusal, ...], *, has_status: bool) -> Any:
    """``XError`` with ``XErrorCode``: what may be told of a mutation."""
    codes = _codes(name, refusals)
    members: dict[str, Any] = {
        "__annotations__": {
            "code": codes,
            "message": str,
            "path": list[str],
        },
        "code": strawberry.field(description="Why."),
        "message": strawberry.field(description="Why, in words, and what to do."),
        "path": strawberry.field(description="The place in the input."),
    }
    if has_status:
        members["__annotations__"]["current_status"] = Status | None
        members["current_status"] = strawberry.field(
            default=None,
            description="The status that the application has now, where it could be the reason.",
        )
    return strawberry.type(
        type(f"{name}Error", (), members), description="Why it was not done; nothing was changed."
    )


def payload_type(name: str, error: Any, answers: str) -> Any:
    """``XPayload``: what was changed, or errors."""
    return _payload_with(f"{name}Payload", error, "What came of it.", answers)


def batch_type(name: str, error: Any) -> Any:
    """``XPayload`` of a batch: a result for each application, in order."""
    one = "What came of one application of a batch."
    result = _payload_with(f"{name}Result", error, one, "application")

    def results(self: Any) -> Any:
        return self.results_of

    members: dict[str, Any] = {
        "__annotations__": {"results_of": strawberry.Private[list[Any]], "errors": list[error]},
        "errors": strawberry.field(description="Why nothing of the batch was done."),
        "results": strawberry.field(
            resolver=_with_return_type(results, list[result]),
            description="What came of each application, in the order of the input.",
        ),
    }
    made: Any = strawberry.type(type(f"{name}Payload", (), members), description="What came of it.")

    def answered(whole: RefusedError | None, results: Any) -> Any:
        return made(
            results_of=[result.of(one) for one in results], errors=_error_list(error, whole)
        )

    made.answered = staticmethod(answered)
    return made


def _payload_with(name: str, error: Any, description: str, answers: str) -> Any:
    """A type with what was changed, read by the read policy, and errors."""
    answer = ANSWERS[answers]

    def changed(self: Any, info: strawberry.Info) -> Any:
        return info.context.load_changed(answer.type.__name__, self.key)

    members: dict[str, Any] = {
        "__annotations__": {"key": strawberry.Private[str | None], "errors": list[error]},
        "errors": strawberry.field(description="Why it was not done; empty where it was."),
        answers: strawberry.field(
            resolver=_with_return_type(changed, answer.type | None),
            name=answers,
            description=answer.description,
        ),
    }
    made: Any = strawberry.type(type(name, (), members), description=description)

    def of(result: Result) -> Any:
        return made(key=result.key, errors=_error_list(error, result.refused))

    made.of = staticmethod(of)
    return made


def _error_list(error: Any, refused: RefusedError | None) -> list[Any]:
    if refused is None:
        return []
    told = {"code": refused.refusal, "message": refused.message, "path": list(refused.path)}
    if refused.status is not None:
        told["current_status"] = refused.status
    return [error(**told)]


def _codes(name: str, refusals: tuple[Refusal, ...]) -> Any:
    codes: Any = StrEnum(f"{name}ErrorCode", {one.name: one.value for one in refusals})
    declared: Any = strawberry.enum(codes, description="Why it was not done.")
    for value in declared.__strawberry_definition__.values:
        value.description = MEANINGS[Refusal(value.name)]
    return codes


def _with_return_type(resolve: Any, kind: Any) -> Any:
    resolve.__annotations__["return"] = kind
    return resolve
