"""Which steps of an application can be taken now: a function of what the role reads of it."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

import strawberry
from sqlalchemy import select

from gateway.mapping.declare import Fact
from gateway.mapping.enums import Outcome
from gateway.mutations.case_statements import (
    documents_of,
    extendability,
    grant_stop,
    handled,
    has_appeared,
    has_live_visa,
    has_open_intention,
    has_unused_visa,
    is_extension,
    lacks_company,
    missing_documents,
    was_announced,
)
from gateway.mutations.stepping import reason_of
from gateway.policy import MUTATIONS
from gateway.schema.mutations.case_intents import INTENTS
from gateway.schema.mutations.errors import MutationError, error_of
from gateway.strawberry_bridge import describe_values
from models import (
    Application,
    ApplicationEvent,
    Assignment,
    Correction,
    Decision,
    HandlingRule,
)
from models.life import Attempt, CaseState, Verb, statuses_alike, visible_refusal
from models.vocabulary import (
    OPEN_CORRECTIONS,
    CorrectionState,
    EventKind,
    Extendability,
    Role,
    Stage,
    Status,
)

_STEPS = {intent.name: intent for intent in INTENTS if intent.is_step}


def _word(mutation: str) -> str:
    """``RECORD_PAYMENT`` for ``recordPayment``."""
    return "".join(f"_{letter}" if letter.isupper() else letter for letter in mutation).upper()


#: The value of each is the name of its mutation.
_words: Any = StrEnum("ApplicationStep", {_word(name): name for name in _STEPS})
ApplicationStep: Any = strawberry.enum(
    _words, description="A step of an application: a mutation of the same name."
)
describe_values(ApplicationStep, lambda value: _STEPS[value.value].description)

#: Roles that read the decision also read who made it, in the same row.
DECIDED_BY = Fact(
    "_decided_by",
    select(Decision.officer)
    .where(Decision.id == Application.current_decision_id)
    .scalar_subquery(),
    ("Decision", "officer"),
)
#: Who revoked the visa last.
REVOKED_BY = Fact(
    "_revoked_by",
    select(ApplicationEvent.actor)
    .where(
        ApplicationEvent.application_id == Application.id,
        ApplicationEvent.kind == EventKind.REVOKED,
    )
    .order_by(ApplicationEvent.occurred_at.desc())
    .limit(1)
    .scalar_subquery(),
    ("ApplicationEvent", "actor"),
)
#: On whose desk it is, as far as the role may know.
OFFICER = Fact(
    "_officer",
    select(Assignment.officer)
    .where(
        Assignment.application_id == Application.id,
        Assignment.ended_at.is_(None),
        Assignment.role == Role.OFFICER,
    )
    .scalar_subquery(),
    ("Assignment", "officer"),
)
SUPERVISOR = Fact(
    "_supervisor",
    select(Assignment.officer)
    .where(
        Assignment.application_id == Application.id,
        Assignment.ended_at.is_(None),
        Assignment.role == Role.SUPERVISOR,
    )
    .scalar_subquery(),
    ("Application", "hasOpenHit"),
)
_OPEN_CORRECTION = (Correction.application_id == Application.id) & Correction.state.in_(
    OPEN_CORRECTIONS
)
CORRECTION = Fact(
    "_correction",
    select(Correction.state).where(_OPEN_CORRECTION).scalar_subquery(),
    ("Correction", "state"),
)
APPROVED_BY = Fact(
    "_approved_by",
    select(Correction.approved_by).where(_OPEN_CORRECTION).scalar_subquery(),
    ("Correction", "approvedBy"),
)
#: Whether there is something to hold or to ask about after the grant.
HAS_LIVE_VISA = Fact("_has_live_visa", has_live_visa(), ("Application", "isVisaHeld"))
HAS_UNUSED_VISA = Fact("_has_unused_visa", has_unused_visa(), ("Visa", "document"))
EXTENDABILITY = Fact("_extendability", extendability(), ("Visa", "document"))
IS_EXTENSION = Fact("_is_extension", is_extension(), ("Application", "extends"))
HAS_APPEARED = Fact("_has_appeared", has_appeared(), ("Application", "extends"))
GRANT_STOP = Fact("_grant_stop", grant_stop(), ("Application", "isReferred"))
LACKS_COMPANY = Fact("_lacks_company", lacks_company(), ("Assignment", "officer"))
MISSING_DOCUMENTS = Fact(
    "_missing_documents", missing_documents().element, ("CaseDocument", "recordedAt")
)
NEEDS_INTENTION = Fact(
    "_needs_intention", handled(HandlingRule.is_announced), ("VisaType", "handlingRules")
)
MAY_BE_CORRECTED = Fact(
    "_may_be_corrected", handled(HandlingRule.is_corrected), ("VisaType", "handlingRules")
)
WAS_ANNOUNCED = Fact("_was_announced", was_announced(), ("RefusalIntention", "announcedAt"))
HAS_OPEN_INTENTION = Fact(
    "_has_open_intention", has_open_intention(), ("RefusalIntention", "announcedAt")
)
FACTS = (
    DECIDED_BY, REVOKED_BY, OFFICER, SUPERVISOR, CORRECTION, APPROVED_BY, HAS_LIVE_VISA,
    HAS_UNUSED_VISA, EXTENDABILITY, IS_EXTENSION, HAS_APPEARED, GRANT_STOP, LACKS_COMPANY,
    MISSING_DOCUMENTS, NEEDS_INTENTION, WAS_ANNOUNCED, HAS_OPEN_INTENTION,
    MAY_BE_CORRECTED,
)  # fmt: skip
#: The fields of an application that `allowed_steps` looks at.
LOOKED_AT = (
    "status",
    "stage",
    "is_held",
    "is_linked",
    "is_urgent",
    "paid_at",
    "received_at",
    "partner",
)
#: The attributes of `CaseState` that steps depend on: the label of the column that tells each.
_LABELS: Mapping[str, str] = {
    "status": "status",
    "is_received": "received_at",
    "is_partnered": "_partner_code",
    "is_held": "is_held",
    "is_linked": "is_linked",
    "is_urgent": "is_urgent",
    "decided_by": DECIDED_BY.label,
    "revoked_by": REVOKED_BY.label,
    "has_live_visa": HAS_LIVE_VISA.label,
    "has_unused_visa": HAS_UNUSED_VISA.label,
    "extendability": EXTENDABILITY.label,
    "is_extension": IS_EXTENSION.label,
    "has_appeared": HAS_APPEARED.label,
    "grant_stop": GRANT_STOP.label,
    "lacks_company": LACKS_COMPANY.label,
    "missing_documents": MISSING_DOCUMENTS.label,
    "needs_intention": NEEDS_INTENTION.label,
    "was_announced": WAS_ANNOUNCED.label,
    "has_open_intention": HAS_OPEN_INTENTION.label,
    "may_be_corrected": MAY_BE_CORRECTED.label,
    "officer": OFFICER.label,
    "supervisor": SUPERVISOR.label,
    "correction": CORRECTION.label,
    "correction_approved_by": APPROVED_BY.label,
}
_REACHING = {
    Outcome.GRANTED: (Verb.GRANT, Verb.GRANT_FIRST, Verb.CORRECT_TO_GRANTED),
    Outcome.REFUSED: (Verb.REFUSE, Verb.REFUSE_FIRST, Verb.CORRECT_TO_REFUSED),
}
#: Of each step that decides, by its mutation: the verbs that reach an outcome.
_OUTCOMES = {
    name: {
        outcome: [verb for verb in intent.verbs if verb in reaching]
        for outcome, reaching in _REACHING.items()
    }
    for name, intent in _STEPS.items()
    if {*intent.verbs} & {*_REACHING[Outcome.REFUSED]}
}


@strawberry.type(description="An outcome of a decision, and whether it can be reached now.")
class AllowedOutcome:
    outcome: Outcome = strawberry.field(description="The outcome.")
    is_allowed: bool = strawberry.field(
        description="Whether nothing that your role reads is in its way: what supervision answered,"
        " and what depends on a ground, only the attempt shows."
    )
    reason: MutationError | None = strawberry.field(
        description="Why not; null where it can be reached."
    )


@strawberry.type(
    description="A step that your role may ever take, and whether it can be taken now."
)
class AllowedStep:
    step: StrEnum = strawberry.field(description="The step.", graphql_type=ApplicationStep)
    is_allowed: bool = strawberry.field(description="Whether it can be taken now.")
    reason: MutationError | None = strawberry.field(
        description="Why not, as its mutation would answer; null where it can be taken."
    )
    outcomes: list[AllowedOutcome] = strawberry.field(
        description="Of a step that decides, each outcome by itself: often it can be refused and"
        " not granted. Empty for the others."
    )


def allowed_steps(root: Any, info: strawberry.Info) -> list[AllowedStep]:
    """Every step of the acting role, judged by the columns that the role has read."""
    viewer, language = info.context.viewer, info.context.language
    read: Mapping[str, Any] = root.__dict__
    known = {fact for fact, label in _LABELS.items() if label in read}
    stage, is_paid = Stage(read["stage"]), read["paid_at"] is not None
    alike = statuses_alike(stage, is_paid=is_paid)
    statuses = (Status(read["status"]),) if "status" in known else alike
    now = CaseState(
        status=statuses[0],
        is_paid=is_paid,
        is_held=bool(read.get("is_held")),
        is_linked=bool(read.get("is_linked")),
        is_urgent=bool(read.get("is_urgent")),
        is_partnered=read["_partner_code"] is not None,
        is_received=read["received_at"] is not None,
        decided_by=read.get(DECIDED_BY.label),
        revoked_by=read.get(REVOKED_BY.label),
        has_live_visa=bool(read.get(HAS_LIVE_VISA.label)),
        has_unused_visa=bool(read.get(HAS_UNUSED_VISA.label)),
        extendability=Extendability(read.get(EXTENDABILITY.label) or Extendability.NO_RULE),
        is_extension=bool(read.get(IS_EXTENSION.label)),
        has_appeared=bool(read.get(HAS_APPEARED.label)),
        grant_stop=read.get(GRANT_STOP.label),
        lacks_company=bool(read.get(LACKS_COMPANY.label)),
        missing_documents=documents_of(read.get(MISSING_DOCUMENTS.label)),
        needs_intention=bool(read.get(NEEDS_INTENTION.label)),
        was_announced=bool(read.get(WAS_ANNOUNCED.label)),
        has_open_intention=bool(read.get(HAS_OPEN_INTENTION.label)),
        may_be_corrected=bool(read.get(MAY_BE_CORRECTED.label)),
        officer=read.get(OFFICER.label),
        supervisor=read.get(SUPERVISOR.label),
        correction=CorrectionState(found) if (found := read.get(CORRECTION.label)) else None,
        correction_approved_by=read.get(APPROVED_BY.label),
    )
    attempt = Attempt(viewer.subject, viewer.role)

    def reason_against(verbs: Collection[Verb]) -> MutationError | None:
        why = visible_refusal(verbs, statuses, now, known, attempt)
        if why is None:
            return None
        return error_of(reason_of(why, ("applicationId",), now, statuses[0]), language)

    def outcomes(name: str) -> list[AllowedOutcome]:
        reasons = {one: reason_against(verbs) for one, verbs in _OUTCOMES.get(name, {}).items()}
        return [
            AllowedOutcome(outcome=outcome, is_allowed=reason is None, reason=reason)
            for outcome, reason in reasons.items()
        ]

    return [
        AllowedStep(
            step=ApplicationStep(name),
            is_allowed=(reason := reason_against(intent.verbs)) is None,
            reason=reason,
            outcomes=outcomes(name),
        )
        for name, intent in _STEPS.items()
        if viewer.role in MUTATIONS[name].rows
    ]
