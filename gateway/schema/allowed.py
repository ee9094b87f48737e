"""Which steps of an application can be taken now: a function of what the role reads of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import strawberry
from sqlalchemy import select

from gateway.mapping.declare import Fact
from gateway.mutations.outcome import Reason
from gateway.policy import MUTATIONS
from gateway.schema.mutations.errors import MutationError, error_of
from gateway.schema.mutations.intents import INTENTS
from gateway.strawberry_bridge import describe_values
from models import Application, Assignment, Decision
from models.life import Attempt, CaseState, refusal_told, statuses_alike
from models.vocabulary import Role, Stage, Status

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

#: Whoever reads the decision reads who made it, in the same row.
DECIDED_BY = Fact(
    "_decided_by",
    select(Decision.officer)
    .where(Decision.id == Application.current_decision_id)
    .scalar_subquery(),
    ("Decision", "officer"),
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
FACTS = (DECIDED_BY, OFFICER, SUPERVISOR)
#: The fields of an application that `allowed_steps` looks at.
LOOKED_AT = ("status", "stage", "is_held", "paid_at", "received_at", "partner")
#: The attributes of `CaseState` that steps depend on: the label of the column that tells each.
_LABELS: Mapping[str, str] = {
    "status": "status",
    "is_received": "received_at",
    "is_partnered": "_partner_code",
    "is_held": "is_held",
    "decided_by": DECIDED_BY.label,
    "officer": OFFICER.label,
    "supervisor": SUPERVISOR.label,
}


@strawberry.type(
    description="A step that your role may ever take, and whether it can be taken now."
)
class AllowedStep:
    step: StrEnum = strawberry.field(description="The step.", graphql_type=ApplicationStep)
    is_allowed: bool = strawberry.field(description="Whether it can be taken now.")
    reason: MutationError | None = strawberry.field(
        description="Why not, as its mutation would answer; null where it can be taken."
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
        is_partnered=read["_partner_code"] is not None,
        is_received=read["received_at"] is not None,
        decided_by=read.get(DECIDED_BY.label),
        officer=read.get(OFFICER.label),
        supervisor=read.get(SUPERVISOR.label),
    )
    attempt = Attempt(viewer.subject, viewer.role)
    allowed: list[AllowedStep] = []
    for name, intent in _STEPS.items():
        if viewer.role in MUTATIONS[name].rows:
            why = refusal_told(intent.verbs, statuses, now, known, attempt)
            reason = (
                error_of(Reason(why, ("applicationId",), status=statuses[0]), language)
                if why
                else None
            )
            step = ApplicationStep(name)
            allowed.append(AllowedStep(step=step, is_allowed=why is None, reason=reason))
    return allowed
