"""The table of mutations of supervision: input, description and possible refusals."""

from typing import Any

import strawberry

from gateway.mutations.supervision.requests import CloseAlert
from gateway.schema.mutations.inputs import required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.readers import faults_of_key, key_in
from gateway.schema.mutations.reference_inputs import ReferenceInput
from models.life import Refusal
from models.reference.data.values import LONGEST_REASON


@strawberry.input(description="An alert that was looked into.")
class CloseAlertInput(ReferenceInput):
    alert_id: strawberry.ID = required("Global id of the alert.")
    reason: str = required(f"What came of it: from 1 to {LONGEST_REASON} characters.")


def _close_alert(intent: Intent, input_: Any) -> CloseAlert:
    return CloseAlert(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
        alert_id=key_in(input_.alert_id, "Alert"),
        reason=input_.reason.strip(),
    )


SUPERVISION_INTENTS = (
    Intent("closeAlert", CloseAlertInput,
           "Say what came of an alert that is about somebody else.", _close_alert, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_CLOSED)),
)  # fmt: skip
