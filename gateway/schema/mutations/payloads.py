"""Payloads of mutations: the changed object, or errors as data with codes of their own."""

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
from gateway.strawberry_bridge import describe_values
from models.life import MEANINGS, Refusal
from models.vocabulary import Status


@dataclass(frozen=True, slots=True)
class Answer:
    """The payload field with the changed object."""

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
    """The types ``XError`` and ``XErrorCode`` with the refusals of one mutation."""
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
    """The type ``XPayload``: the changed object, or errors."""
    return _payload_with(f"{name}Payload", error, "What came of it.", answers)


def batch_type(name: str, error: Any) -> Any:
    """The type ``XPayload`` of a batch: a result for each application, in order."""
    description = "What came of one application of a batch."
    result = _payload_with(f"{name}Result", error, description, "application")

    def results(self: Any) -> Any:
        return self.item_results

    members: dict[str, Any] = {
        "__annotations__": {"item_results": strawberry.Private[list[Any]], "errors": list[error]},
        "errors": strawberry.field(description="Why nothing of the batch was done."),
        "results": strawberry.field(
            resolver=_with_return_type(results, list[result]),
            description="What came of each application, in the order of the input.",
        ),
    }
    payload: Any = strawberry.type(
        type(f"{name}Payload", (), members), description="What came of it."
    )

    def of_batch(refused: RefusedError | None, outcomes: Any) -> Any:
        return payload(
            item_results=[result.of(outcome) for outcome in outcomes],
            errors=_error_list(error, refused),
        )

    payload.of_batch = staticmethod(of_batch)
    return payload


def _payload_with(name: str, error: Any, description: str, answers: str) -> Any:
    """A payload type: errors, and the changed object as the viewer may read it."""
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
    payload: Any = strawberry.type(type(name, (), members), description=description)

    def of(result: Result) -> Any:
        return payload(key=result.key, errors=_error_list(error, result.refused))

    payload.of = staticmethod(of)
    return payload


def _error_list(error: Any, refused: RefusedError | None) -> list[Any]:
    if refused is None:
        return []
    values = {"code": refused.refusal, "message": refused.message, "path": list(refused.path)}
    if refused.status is not None:
        values["current_status"] = refused.status
    return [error(**values)]


def _codes(name: str, refusals: tuple[Refusal, ...]) -> Any:
    codes: Any = StrEnum(f"{name}ErrorCode", {refusal.name: refusal.value for refusal in refusals})
    declared: Any = strawberry.enum(codes, description="Why it was not done.")
    describe_values(declared, lambda value: MEANINGS[Refusal(value.name)])
    return codes


def _with_return_type(resolve: Any, kind: Any) -> Any:
    resolve.__annotations__["return"] = kind
    return resolve
