"""Payloads of mutations: the changed object, or errors as data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry

from gateway.mapping.declare import CHANGED_TYPE
from gateway.mutations.outcome import Outcome, Reason, Result
from gateway.schema.alert import Alert
from gateway.schema.application import Application
from gateway.schema.ban_entry import BanEntry
from gateway.schema.breach import Breach
from gateway.schema.case_file import Bill, UnmatchedPayment
from gateway.schema.complaint import Complaint
from gateway.schema.data_request import DataRequest
from gateway.schema.erasure import LegalHold
from gateway.schema.grant_rule import GrantRule
from gateway.schema.mail_subscription import MailSubscription
from gateway.schema.mutations.errors import MutationError, error_of
from gateway.schema.reader import MonthNote, SavedView
from gateway.schema.reference_change import ReferenceChange
from gateway.schema.screening import Screening, ScreeningReplay
from gateway.schema.supervision.budget_exception import BudgetException
from gateway.schema.supervision.inquiry import Inquiry
from gateway.schema.suspension import Suspension
from gateway.schema.upload import DocumentUpload
from gateway.schema.visa_document import VisaDocument
from gateway.schema.webhook import WebhookEndpoint
from gateway.strawberry_bridge import computed_field
from gateway.texts.language import Language


@dataclass(frozen=True, slots=True)
class Answer:
    """The payload field with the changed object."""

    type: type[Any]
    description: str


_NOW = "as it is now; null where nothing was done."
ANSWERS: Mapping[str, Answer] = {
    "application": Answer(Application, f"The application {_NOW}"),
    "screening": Answer(
        Screening,
        "The question, while it is open; null where nothing was done, and once it is answered.",
    ),
    "bill": Answer(Bill, f"The bill {_NOW.removesuffix('.')}, or no bill was paid."),
    "unmatchedPayment": Answer(UnmatchedPayment, f"The payment {_NOW}"),
    "upload": Answer(DocumentUpload, f"The upload {_NOW}"),
    "visaDocument": Answer(
        VisaDocument,
        "The visa in hand; null where nothing was done, and once another replaced it, or the visa"
        " was taken back.",
    ),
    "banEntry": Answer(BanEntry, f"The entry {_NOW}"),
    "suspension": Answer(Suspension, f"The suspension {_NOW}"),
    "dataRequest": Answer(DataRequest, f"The request {_NOW}"),
    "complaint": Answer(Complaint, f"The complaint {_NOW}"),
    "breach": Answer(Breach, f"The breach {_NOW}"),
    "legalHold": Answer(LegalHold, f"The hold {_NOW}"),
    "mailSubscription": Answer(MailSubscription, f"The subscription {_NOW}"),
    "webhookEndpoint": Answer(WebhookEndpoint, f"The endpoint {_NOW}"),
    "savedView": Answer(SavedView, f"The view {_NOW.removesuffix('.')}, or it was removed."),
    "monthNote": Answer(MonthNote, f"The note {_NOW.removesuffix('.')}, or it was removed."),
    "grantRule": Answer(GrantRule, f"The rule {_NOW}"),
    "alert": Answer(Alert, f"The alert {_NOW}"),
    "screeningReplay": Answer(ScreeningReplay, f"The replay {_NOW}"),
    "inquiry": Answer(Inquiry, f"The inquiry {_NOW}"),
    "budgetException": Answer(BudgetException, f"The exception {_NOW}"),
    "referenceChange": Answer(ReferenceChange, f"The change, with its values, {_NOW}"),
}


#: The fields of payloads that say how many things were changed, where they are too many to list.
COUNT_FIELDS: Mapping[str, str] = {
    "recorded": "How many were not recorded before; null where nothing was done.",
    "hours": "How many hours a code is valid that was sent; null where nothing was done.",
    "claimed": "How many files were claimed, which is one; null where nothing was done.",
    "relieved": "How many cases went back to their queues; null where nothing was done.",
}


_SHOWN_ONCE = (
    "By which whoever is told verifies it (Standard Webhooks): shown this once. Null where nothing"
    " was done, and where the change is repeated with its key."
)


def payload_type(name: str, answers: str, *, shows_secret: bool = False) -> Any:
    """The type ``XPayload``: the changed object, or errors."""
    return _payload_with(f"{name}Payload", "What came of it.", answers, shows_secret=shows_secret)


def count_type(name: str, answers: str) -> Any:
    """The type ``XPayload`` of a change of many cases: how many they were, or errors."""
    members: dict[str, Any] = {
        "__annotations__": {answers: int | None, "errors": list[MutationError]},
        answers: strawberry.field(description=COUNT_FIELDS[answers]),
        "errors": strawberry.field(
            description="Why it was not done: every mistake at once; empty where it was."
        ),
    }
    payload: Any = strawberry.type(
        type(f"{name}Payload", (), members), description="What came of it."
    )

    def make_payload(result: Result, language: Language) -> Any:
        number = None if result.key is None else int(result.key)
        return payload(**{answers: number}, errors=_errors(result.refused, language))

    payload.make = staticmethod(make_payload)
    return payload


def batch_type(name: str, answers: str) -> Any:
    """The type ``XPayload`` of a batch: a result for each item, in order."""
    result = _payload_with(f"{name}Result", "What came of one item of a batch.", answers)

    def results(self: Any) -> Any:
        return self.item_results

    members: dict[str, Any] = {
        "__annotations__": {
            "item_results": strawberry.Private[list[Any]],
            "errors": list[MutationError],
        },
        "errors": strawberry.field(description="Why nothing of the batch was done."),
        "results": computed_field(
            _with_return_type(results, list[result]),
            "What came of each item, in the order of the input.",
        ),
    }
    payload: Any = strawberry.type(
        type(f"{name}Payload", (), members), description="What came of it."
    )

    def make_batch(outcome: Outcome, language: Language) -> Any:
        return payload(
            item_results=[result.make(one, language) for one in outcome.results],
            errors=_errors(outcome.refused, language),
        )

    payload.make_batch = staticmethod(make_batch)
    return payload


def _payload_with(name: str, description: str, answers: str, *, shows_secret: bool = False) -> Any:
    """A payload type: errors, and the changed object as the viewer may read it."""
    answer = ANSWERS[answers]

    def changed(self: Any, info: strawberry.Info) -> Any:
        return info.context.load_changed(answer.type.__name__, self.key)

    members: dict[str, Any] = {
        "__annotations__": {
            "key": strawberry.Private[str | None],
            "errors": list[MutationError],
        },
        "errors": strawberry.field(
            description="Why it was not done: every mistake at once; empty where it was."
        ),
        answers: strawberry.field(
            resolver=_with_return_type(changed, answer.type | None),
            name=answers,
            description=answer.description,
            metadata={CHANGED_TYPE: answer.type.__name__},
        ),
    }
    if shows_secret:
        members["__annotations__"]["secret"] = str | None
        members["secret"] = strawberry.field(description=_SHOWN_ONCE)
    payload: Any = strawberry.type(type(name, (), members), description=description)

    def make_payload(result: Result, language: Language) -> Any:
        shown = {"secret": result.secret} if shows_secret else {}
        return payload(key=result.key, errors=_errors(result.refused, language), **shown)

    payload.make = staticmethod(make_payload)
    return payload


def _errors(reasons: Iterable[Reason], language: Language) -> list[MutationError]:
    return [error_of(reason, language) for reason in reasons]


def _with_return_type(resolve: Any, kind: Any) -> Any:
    resolve.__annotations__["return"] = kind
    return resolve
