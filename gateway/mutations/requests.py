"""Requests for changes of applications: typed, not yet checked against the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from gateway.mutations.outcome import Reason
from models.life import Verb
from models.vocabulary import (
    DocumentKind,
    Ground,
    GuarantorKind,
    GuardianRelation,
    Outcome,
    Queue,
    ReferralReason,
    RequestedItemKind,
    ScreeningKind,
    ScreeningResult,
    Sex,
    Stage,
    Status,
    TripPurpose,
    VisaCondition,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Any change: the name of the mutation, and its idempotency key."""

    mutation: str
    key: str
    #: Mistakes of the input itself. They are reported together with the reasons that come from the
    #: database.
    faults: tuple[Reason, ...] = ()

    def canonical(self) -> bytes:
        """The requested change as canonical JSON: everything but the key and the mistakes."""
        return orjson.dumps(_what_to_change(self), option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that an applicant is asked for, or hands in."""

    kind: RequestedItemKind
    note: str | None = None
    #: The answer by the columns of `ItemAnswer`: personal data, never logged.
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRequest(Request):
    """A step of one application."""

    verb: Verb
    #: None if the id was malformed.
    application: UUID | None = None
    #: What names the application instead of its id: the code of its bill.
    billing_code: str | None = None
    expected_status: Status | None = None
    expected_stage: Stage | None = None
    paid: int | None = None
    receipt_number: str | None = None
    question: ScreeningKind | None = None
    answer: ScreeningResult | None = None
    outcome: Outcome | None = None
    #: Of a refusal: the main ground first.
    grounds: tuple[Ground, ...] = ()
    #: Of a grant, in the order of the list.
    conditions: tuple[VisaCondition, ...] = ()
    internal_note: str | None = None
    #: To an applicant, about grounds that are announced.
    note: str | None = None
    #: What the applicant says to them, or what is noted of a case: personal data, never logged.
    statement: str | None = None
    #: What the applicant is asked for, or has handed in.
    items: tuple[Item, ...] = ()
    #: Which documents are there; the others of the checklist are missing.
    documents: tuple[DocumentKind, ...] = ()
    reason: str | None = None
    correction: "ProposedCorrection | None" = None
    #: The queue whose most urgent case is taken, in place of a named case.
    queue: Queue | None = None
    #: The officer to whom a case is given; None if it goes back to its queue.
    receiver: str | None = None
    #: The link that is confirmed or rejected; None if its id was malformed.
    link: UUID | None = None
    referral_reason: ReferralReason | None = None
    referral_note: str | None = None
    #: When somebody entered, of whom border control reported no entry.
    entered_on: date | None = None

    @property
    def target(self) -> str:
        """The field of the input that names the application."""
        if self.queue is not None:
            return "queue"
        return "applicationId" if self.billing_code is None else "billingCode"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsRequest:
    """A step of each of several applications, each under a key of its own."""

    mutation: str
    #: The field of the input that lists them.
    items: str
    steps: tuple[StepRequest, ...]
    #: Mistakes of the whole: nothing is done.
    faults: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefRequest(Request):
    """The relief of an officer of all cases on the desk."""

    officer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Personal data of an applicant; never logged, never stored outside the vault."""

    full_name: str
    passport_number: str
    birth_date: date
    email: str
    phone: str
    passport_expires_on: date
    sex: Sex | None = None
    place_of_birth: str | None = None
    passport_issuing_state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenGuarantor:
    """Who answers for an applicant: personal data like a person's."""

    kind: GuarantorKind
    name: str
    registration_number: str
    street: str
    city: str
    province: str | None = None
    postal_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenGuardian:
    """Who accompanies a minor, and whether the guardian consents."""

    travels_in_group: bool
    has_consented: bool
    name: str | None = None
    relation: GuardianRelation | None = None
    phone: str | None = None

    @property
    def named(self) -> tuple[str | None, ...]:
        return self.name, self.relation, self.phone


@dataclass(frozen=True, slots=True)
class ProposedCorrection:
    """The changes to a person on file; never logged, like a person."""

    #: By the columns of an identity.
    values: Mapping[str, Any]
    nationality: str | None
    #: Who answers instead.
    guarantor: GivenGuarantor | None = None
    #: Who accompanies a minor, where that changes.
    guardian: GivenGuardian | None = None

    @property
    def says_who_is_a_minor(self) -> bool:
        return self.guardian is not None or "birth_date" in self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One application to submit."""

    visa_type: str
    nationality: str
    entry_on: date
    use_within_days: int | None
    centre: str | None
    #: The partner country whose portal takes it in, where no centre does.
    country: str | None
    trip_purpose: TripPurpose | None
    person: Person | None
    guarantor: GivenGuarantor | None = None
    guardian: GivenGuardian | None = None
    #: Of an application of a batch: it is handed in once under it, in whichever batch it comes.
    key: str | None = None

    def canonical(self) -> bytes:
        """What is handed in, as canonical JSON: everything but the key."""
        return orjson.dumps({**orjson.loads(orjson.dumps(self)), "key": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRequest(Request):
    """Applications to submit, with a result for each."""

    submissions: tuple[Submission, ...]
    #: Whether they travel together, as a new group; or the group that they join.
    is_group: bool = False
    group_reference: str | None = None
    #: Whether what can be handed in gets one bill.
    is_billed_together: bool = False


def api_name(name: str) -> str:
    """The name of a field in the API: ``birthDate`` for ``birth_date``."""
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


def _what_to_change(request: Request) -> dict[str, Any]:
    values = orjson.loads(orjson.dumps(request))
    del values["key"], values["faults"]
    return values
