"""Answers to requested items, as mutations take them."""

from collections.abc import Mapping, Sequence
from datetime import date

import strawberry

from gateway.mapping.enums import RequestedItemKind
from gateway.mapping.scalars import CountryCode
from gateway.mutations.outcome import Reason
from gateway.mutations.requests import Item
from gateway.schema.mutations.inputs import StepInput
from models.life import Refusal
from models.vocabulary import ANSWERED_WITH, AnswerKind

_LINE = "From 1 to 200 characters, all of them visible."


@strawberry.input(description="An address in Indonesia.")
class AddressInput:
    street: str = strawberry.field(
        description=f"The street with its number, or the house and its name. {_LINE}"
    )
    city: str = strawberry.field(description=f"The city or the regency. {_LINE}")
    province: str | None = strawberry.field(default=None, description=f"The province. {_LINE}")
    postal_code: str | None = strawberry.field(
        default=None, description="Five digits, such as `80361`."
    )


@strawberry.input(one_of=True, description="A value of one kind.")
class ItemValueInput:
    text: str | None = strawberry.field(default=strawberry.UNSET, description=f"A text. {_LINE}")
    day: date | None = strawberry.field(default=strawberry.UNSET, description="A date.")
    country: CountryCode | None = strawberry.field(
        default=strawberry.UNSET, description="A country."
    )
    address: AddressInput | None = strawberry.field(
        default=strawberry.UNSET, description="An address in Indonesia."
    )


@strawberry.input(description="What is answered to a requested item that is no document.")
class ItemAnswerInput:
    kind: RequestedItemKind = strawberry.field(
        description="Which item; its description says what kind of value."
    )
    value: ItemValueInput = strawberry.field(
        description="The answer. It stands once it is handed in."
    )


@strawberry.input(description="A case in which the applicant has answered.")
class AnswerInformationInput(StepInput):
    items: list[RequestedItemKind] = strawberry.field(
        default_factory=list,
        description="The requested documents that were handed in, of those not yet answered.",
    )
    answers: list[ItemAnswerInput] = strawberry.field(
        default_factory=list,
        description="The answers to other requested items, each kind once. An answer to a request"
        " without items has neither.",
    )


#: The type of each field of a value.
_TYPES: Mapping[str, AnswerKind] = {
    "text": AnswerKind.TEXT,
    "day": AnswerKind.DATE,
    "country": AnswerKind.COUNTRY,
    "address": AnswerKind.ADDRESS,
}
_FIELDS = {type_: name for name, type_ in _TYPES.items()}


def read_answers(given: Sequence[ItemAnswerInput]) -> tuple[list[Item], list[Reason]]:
    """The answers as items that are handed in, and what is wrong with their kinds and types."""
    faults: list[Reason] = []
    if len({one.kind for one in given}) < len(given):
        faults.append(Reason(Refusal.INVALID, ("answers",), rule="answers"))
    answers: list[Item] = []
    for number, one in enumerate(given):
        path = ("answers", str(number))
        [(name, value)] = [
            (name, value)
            for name, value in vars(one.value).items()
            if value is not strawberry.UNSET
        ]
        needed = ANSWERED_WITH.get(one.kind)
        if needed is None:
            faults.append(Reason(Refusal.INVALID, (*path, "kind"), rule="is_a_document"))
        elif needed is not _TYPES[name]:
            limits = {"kind": one.kind.value, "takes": _FIELDS[needed]}
            faults.append(
                Reason(Refusal.INVALID, (*path, "value"), rule="answer_type", limits=limits)
            )
        columns = vars(value) if isinstance(value, AddressInput) else {f"as_{name}": value}
        answers.append(Item(kind=one.kind, answer=columns))
    return answers, faults
