"""The table of reference-data mutations: input, description and possible refusals."""

from collections.abc import Callable
from typing import Any

from gateway.mapping.money import MoneyInput
from gateway.mutations.reference import requests
from gateway.mutations.reference.requests import ReferenceRequest
from gateway.schema.mutations import reference_inputs as inputs
from gateway.schema.mutations.input_readers import faults_of_key, key_in
from gateway.schema.mutations.intent import Intent
from models.life import Refusal
from models.reference.partner import DAYS_WITH_A_CLOSED_PLACE
from models.suspension import UNCONFIRMED_HOURS

#: Names of inputs that are global ids, with the type that they name; and those of free text.
_IDS = {"suspension_id": "Suspension", "change_id": "ReferenceChange"}
_STRIPPED = {"reason", "decree"}
_LISTS = {"nationalities", "visa_types", "channels"}
_PROPOSING_REFUSALS = (Refusal.ALREADY_PROPOSED,)
_DATED_REFUSALS = (*_PROPOSING_REFUSALS, Refusal.NOT_FOUND, Refusal.DATE_PASSED)
_OPENING_REFUSALS = (*_DATED_REFUSALS, Refusal.ALREADY_BEGUN)
_SUSPENDING_REFUSALS = (Refusal.ALREADY_SUSPENDED, Refusal.SECOND_PERSON_REQUIRED)
_ENDING_REFUSALS = (*_DATED_REFUSALS, Refusal.ALREADY_ENDED)


def _request_from_input(kind: type[ReferenceRequest]) -> Callable[[Intent, Any], ReferenceRequest]:
    """A function that copies an input to a request, field by field."""

    def request(intent: Intent, input_: inputs.ReferenceInput) -> ReferenceRequest:
        values = dict(vars(input_))
        key = values.pop("idempotency_key")
        for name, type_name in _IDS.items():
            if name in values:
                values[name] = key_in(values[name], type_name)
        if isinstance(fee := values.get("fee"), MoneyInput):
            values["fee"] = fee.amount
        for name in _LISTS & values.keys():
            values[name] = tuple(values[name] or ())
        for name in _STRIPPED & values.keys():
            values[name] = values[name].strip()
        return kind(mutation=intent.name, key=key, faults=faults_of_key(key), **values)

    return request


def _intent(
    kind: type[ReferenceRequest], input_: type[Any], description: str, refusals: tuple[Refusal, ...]
) -> Intent:
    name = kind.__name__[0].lower() + kind.__name__[1:]
    return Intent(name, input_, description, _request_from_input(kind), (), refusals)


REFERENCE_INTENTS = (
    _intent(requests.ProposeCountry, inputs.ProposeCountryInput,
            "Propose another country, or other names of one; it takes effect when it is approved.",
            (*_PROPOSING_REFUSALS, Refusal.CODE_TAKEN)),
    _intent(requests.ProposePartner, inputs.ProposePartnerInput,
            "Propose a partner; it takes nothing in before a country is opened for it. It takes"
            " effect when it is approved.", (*_PROPOSING_REFUSALS, Refusal.CODE_TAKEN)),
    _intent(requests.ProposePartnerCountry, inputs.ProposePartnerCountryInput,
            "Propose that a partner takes applications in a country. A first day that has not"
            " passed can be changed; what was closed before today is not opened again.",
            _OPENING_REFUSALS),
    _intent(requests.ProposePartnerCountryClosing, inputs.ProposePartnerCountryClosingInput,
            "Propose that a partner, with all its centres there, takes nothing in from a country"
            " any more. What it took in goes on; what is open"
            f" {DAYS_WITH_A_CLOSED_PLACE} days later goes to its successor, or to the directorate.",
            _ENDING_REFUSALS),
    _intent(requests.ProposeCentre, inputs.ProposeCentreInput,
            "Propose a centre. A first day that has not passed can be changed, and the city with"
            " it.",
            (*_OPENING_REFUSALS, Refusal.CODE_TAKEN)),
    _intent(requests.ProposeCentreClosing, inputs.ProposeCentreClosingInput,
            "Propose to close a centre. What it took in goes on; what is open"
            f" {DAYS_WITH_A_CLOSED_PLACE} days later goes to its successor, or to the directorate.",
            _ENDING_REFUSALS),
    _intent(requests.ProposeVisaType, inputs.ProposeVisaTypeInput,
            "Propose a visa type, with its first passport rule, fee and target.",
            (*_PROPOSING_REFUSALS, Refusal.CODE_TAKEN, Refusal.DATE_PASSED)),
    _intent(requests.ProposeVisaTypeEnd, inputs.ProposeVisaTypeEndInput,
            "Propose to end a visa type: it cannot be asked for any more. What was asked for goes"
            " on.", _ENDING_REFUSALS),
    _intent(requests.ProposeEligibility, inputs.ProposeEligibilityInput,
            "Propose to open or close a visa type to nationals of a kind of entry, for a purpose,"
            " from a day on. What was handed in goes on.", _DATED_REFUSALS),
    _intent(requests.ProposeRequiredDocument, inputs.ProposeRequiredDocumentInput,
            "Propose that a document belongs, or no longer belongs, to a complete file of a visa"
            " type, from a day on. What was handed in keeps its checklist.", _DATED_REFUSALS),
    _intent(requests.ProposePassportRule, inputs.ProposePassportRuleInput,
            "Propose for how many months a passport must be valid from the intended day of entry"
            " on, for what is handed in from a day on. What was handed in keeps its rule.",
            _DATED_REFUSALS),
    _intent(requests.ProposeExtensionRule, inputs.ProposeExtensionRuleInput,
            "Propose how often, by how many days and at which fee a stay is extended, for what is"
            " handed in from a day on. What was handed in keeps its rule.", _DATED_REFUSALS),
    _intent(requests.ProposeHandlingRule, inputs.ProposeHandlingRuleInput,
            "Propose how files are handled from a day on: whether a refusal is announced to its"
            " applicant first, who may answer once (a ban, security and a forged document never"
            " are), and whether the person is corrected after the grant.", _DATED_REFUSALS),
    _intent(requests.ProposeFee, inputs.ProposeFeeInput,
            "Propose the fee of a validity that is billed from a day on, or that it is no longer"
            " offered. What was handed in keeps its validity and its fee.",
            _DATED_REFUSALS),
    _intent(requests.ProposeServiceTarget, inputs.ProposeServiceTargetInput,
            "Propose the target, and the promised share, of what is paid from a day on. What was"
            " paid keeps its target.", _DATED_REFUSALS),
    _intent(requests.ProposeDeadline, inputs.ProposeDeadlineInput,
            "Propose how long a case waits for its applicant. A wait that has begun keeps its"
            " deadline.", (*_PROPOSING_REFUSALS, Refusal.DATE_PASSED)),
    _intent(requests.ProposeDayOff, inputs.ProposeDayOffInput,
            "Propose a day off, which counts for no target in working days of what is paid after"
            " the approval.", (*_PROPOSING_REFUSALS, Refusal.DATE_PASSED)),
    _intent(requests.ProposeEntryRule, inputs.ProposeEntryRuleInput,
            "Propose what nationals of a country need to enter from a day on.", _DATED_REFUSALS),
    _intent(requests.ProposeNamedEvent, inputs.ProposeNamedEventInput,
            "Propose an event with which figures of its days are read: soon after it began, and"
            " with the figures as they are always first.",
            (*_PROPOSING_REFUSALS, Refusal.NOT_FOUND)),
    _intent(requests.ProposeGrantRule, inputs.ProposeGrantRuleInput,
            "Propose by which rule applications for a visa type are granted without an officer:"
            " where every condition is certain, and never before its hour. Nothing is refused by"
            " it.", (*_PROPOSING_REFUSALS, Refusal.NOT_FOUND)),
    _intent(requests.ProposePool, inputs.ProposePoolInput,
            "Propose a pool, which officers take cases from whose tokens name it, or others for it."
            " What is on a desk stays there.", (*_PROPOSING_REFUSALS, Refusal.NOT_FOUND)),
    _intent(requests.StopGrantRule, inputs.StopGrantRuleInput,
            "Stop a rule at once, and for good: nothing is granted by it after the answer. It takes"
            " a new version, proposed by one and approved by another, to go on.",
            (Refusal.NOT_FOUND, Refusal.ALREADY_ENDED)),
    _intent(requests.ApproveReferenceChange, inputs.ApproveReferenceChangeInput,
            "Agree to a change that another administrator proposed, or, as an auditor, to an event,"
            " or, as a supervisor, to a rule that grants or a pool: it is in force from its day"
            " on.",
            (Refusal.NOT_FOUND, Refusal.ALREADY_APPROVED, Refusal.ALREADY_CANCELLED,
             Refusal.SECOND_PERSON_REQUIRED, Refusal.DATE_PASSED, Refusal.CHANGED_MEANWHILE)),
    _intent(requests.CancelReferenceChange, inputs.CancelReferenceChangeInput,
            "Stop a change before its day, approved or not: what was in force stays so. Any"
            " administrator may, alone, an auditor where it is an event, and a supervisor where it"
            " is a rule that grants or a pool.",
            (Refusal.NOT_FOUND, Refusal.ALREADY_CANCELLED, Refusal.ALREADY_IN_FORCE,
             Refusal.CHANGED_MEANWHILE)),
    _intent(requests.SuspendPartner, inputs.SuspendPartnerInput,
            "End the reach of a partner, of all its people and systems, within 5 seconds. It ends"
            f" after {UNCONFIRMED_HOURS} hours unless another administrator confirms it.",
            (Refusal.NOT_FOUND, *_SUSPENDING_REFUSALS)),
    _intent(requests.SuspendViewer, inputs.SuspendViewerInput,
            "End the reach of one viewer, in every role, within 5 seconds. It ends after"
            f" {UNCONFIRMED_HOURS} hours unless another administrator confirms it.",
            _SUSPENDING_REFUSALS),
    _intent(requests.ConfirmSuspension, inputs.ConfirmSuspensionInput,
            "Agree to a suspension that another administrator made: it lasts until it is lifted.",
            (Refusal.NOT_FOUND, Refusal.NOT_SUSPENDED, Refusal.ALREADY_CONFIRMED,
             Refusal.SECOND_PERSON_REQUIRED)),
    _intent(requests.ProposeLifting, inputs.ProposeLiftingInput,
            "Propose to end a suspension, and say why: it lasts until another administrator lifts"
            " it.",
            (Refusal.NOT_FOUND, Refusal.NOT_SUSPENDED, Refusal.ALREADY_PROPOSED)),
    _intent(requests.LiftSuspension, inputs.LiftSuspensionInput,
            "End a suspension, as another administrator proposed: what the token says is in reach"
            " again.",
            (Refusal.NOT_FOUND, Refusal.NOT_SUSPENDED, Refusal.SECOND_PERSON_REQUIRED)),
)  # fmt: skip
