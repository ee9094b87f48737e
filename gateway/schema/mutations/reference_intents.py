"""The table of reference-data mutations: input, description and possible refusals."""

from collections.abc import Callable
from typing import Any

from gateway.mutations.reference import requests
from gateway.mutations.reference.requests import ReferenceRequest
from gateway.schema.mutations import reference_inputs as inputs
from gateway.schema.mutations.intents import Intent, faults_of_key
from models.life import Refusal

_DATED_REFUSALS = (Refusal.NOT_FOUND, Refusal.DATE_PASSED)
_OPENING_REFUSALS = (*_DATED_REFUSALS, Refusal.ALREADY_BEGUN)
_ENDING_REFUSALS = (*_DATED_REFUSALS, Refusal.ALREADY_ENDED)


def _request_from_input(kind: type[ReferenceRequest]) -> Callable[[Intent, Any], ReferenceRequest]:
    """A function that copies an input to a request, field by field."""

    def request(intent: Intent, input_: inputs.ReferenceInput) -> ReferenceRequest:
        values = dict(vars(input_))
        key = values.pop("idempotency_key")
        return kind(mutation=intent.name, key=key, faults=faults_of_key(key), **values)

    return request


def _intent(
    kind: type[ReferenceRequest], input_: type[Any], description: str, refusals: tuple[Refusal, ...]
) -> Intent:
    name = kind.__name__[0].lower() + kind.__name__[1:]
    return Intent(name, input_, description, _request_from_input(kind), (), refusals)


REFERENCE_INTENTS = (
    _intent(requests.AddPartner, inputs.AddPartnerInput,
            "Add a partner; it takes nothing in before a country is opened for it.",
            (Refusal.CODE_TAKEN,)),
    _intent(requests.OpenPartnerCountry, inputs.OpenPartnerCountryInput,
            "Let a partner take applications in a country. A day that has not passed may be said"
            " anew; what was closed before today is not opened again.", _OPENING_REFUSALS),
    _intent(requests.ClosePartnerCountry, inputs.ClosePartnerCountryInput,
            "Let a partner, with all its centres there, take nothing in from a country any more."
            " What it took in goes on.", _ENDING_REFUSALS),
    _intent(requests.OpenCentre, inputs.OpenCentreInput,
            "Open a centre. A day that has not passed may be said anew, with the city.",
            (*_OPENING_REFUSALS, Refusal.CODE_TAKEN)),
    _intent(requests.CloseCentre, inputs.CloseCentreInput,
            "Close a centre. What it took in goes on.", _ENDING_REFUSALS),
    _intent(requests.IntroduceVisaType, inputs.IntroduceVisaTypeInput,
            "Introduce a visa type, with its first fee and target.",
            (Refusal.CODE_TAKEN, Refusal.DATE_PASSED)),
    _intent(requests.EndVisaType, inputs.EndVisaTypeInput,
            "End a visa type: it cannot be asked for any more. What was asked for goes on.",
            _ENDING_REFUSALS),
    _intent(requests.SetFee, inputs.SetFeeInput,
            "Set the fee that payments from a day on take. What was paid keeps its fee.",
            _DATED_REFUSALS),
    _intent(requests.SetServiceTarget, inputs.SetServiceTargetInput,
            "Set the target of what is paid from a day on. What was paid keeps its target.",
            _DATED_REFUSALS),
    _intent(requests.SetEntryRule, inputs.SetEntryRuleInput,
            "Set what nationals of a country need to enter from a day on.", _DATED_REFUSALS),
)  # fmt: skip
