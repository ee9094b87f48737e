"""The table of mutations of endpoints of partners' systems: inputs and possible refusals."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import strawberry

from gateway.mapping.ids import key_in
from gateway.mapping.scalars import CountryCode
from gateway.mutations.outcome import Reason
from gateway.mutations.webhooks import (
    ApproveWebhook,
    ChangeEndpoint,
    PauseWebhook,
    RedeliverNotices,
    RegisterWebhook,
    RemoveWebhook,
    ResumeWebhook,
    RotateSecret,
)
from gateway.schema.mutations.input_readers import faults_of_key
from gateway.schema.mutations.inputs import required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from models.life import Refusal
from models.webhooks.tables import (
    KEPT_DAYS,
    LONGEST_URL,
    MOST_ENDPOINTS,
    ROTATED_HOURS,
    URL,
)
from models.webhooks.transport import is_public

_MOST_REDELIVERED = 100_000
_MOST_NUMBER = 2**31 - 1
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


@strawberry.input(description="Where the partner's system wants to be told.")
class RegisterWebhookInput(ReferenceInput):
    country: CountryCode = required("Of which country's files, by its code.")
    url: str = required(f"Where notices go: an https address of at most {LONGEST_URL} characters.")


@strawberry.input(description="An endpoint of the partner's system.")
class EndpointInput(ReferenceInput):
    endpoint_id: strawberry.ID = required("Global id of the endpoint.")


@strawberry.input(description="An endpoint that is to have another secret.")
class RotateWebhookSecretInput(EndpointInput):
    pass


@strawberry.input(description="An endpoint that is to be told.")
class ApproveWebhookInput(EndpointInput):
    pass


@strawberry.input(description="An endpoint that is to be told nothing for a while.")
class PauseWebhookInput(EndpointInput):
    pass


@strawberry.input(description="An endpoint that is to be told again.")
class ResumeWebhookInput(EndpointInput):
    pass


@strawberry.input(description="An endpoint that is needed no longer.")
class RemoveWebhookInput(EndpointInput):
    pass


@strawberry.input(description="Notices that are to be sent once more.")
class RedeliverNoticesInput(EndpointInput):
    from_number: int = required("The number of the first one.")
    through_number: int = required("The number of the last one.")


def _register(intent: Intent, input_: RegisterWebhookInput) -> RegisterWebhook:
    faults = faults_of_key(input_.idempotency_key)
    if not _is_accepted(input_.url):
        limits = {"most": LONGEST_URL}
        faults = (*faults, Reason(Refusal.INVALID, ("url",), rule="webhook_url", limits=limits))
    return RegisterWebhook(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults,
        country=input_.country,
        url=input_.url,
    )


def _is_accepted(url: str) -> bool:
    """Whether it can be an endpoint, as far as it says so itself. What a name leads to is examined
    whenever something is sent there."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if len(url) > LONGEST_URL or "#" in url or not re.fullmatch(URL, url):
        return False
    if parts.scheme == "http":
        return host in _THIS_MACHINE
    try:
        ip_address(host)
    except ValueError:
        return "." in host
    return is_public(host)


def _of(request: type[ChangeEndpoint]) -> Callable[[Intent, Any], ChangeEndpoint]:
    def read(intent: Intent, input_: EndpointInput) -> ChangeEndpoint:
        return request(
            mutation=intent.name,
            key=input_.idempotency_key,
            faults=faults_of_key(input_.idempotency_key),
            endpoint=key_in(input_.endpoint_id, "WebhookEndpoint"),
        )

    return read


def _redeliver(intent: Intent, input_: RedeliverNoticesInput) -> RedeliverNotices:
    faults = faults_of_key(input_.idempotency_key)
    first, last = input_.from_number, input_.through_number
    if not 1 <= first <= last < min(first + _MOST_REDELIVERED, _MOST_NUMBER):
        limits = {"most": _MOST_REDELIVERED}
        path = ("throughNumber",)
        faults = (*faults, Reason(Refusal.INVALID, path, rule="notice_numbers", limits=limits))
    return RedeliverNotices(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults,
        endpoint=key_in(input_.endpoint_id, "WebhookEndpoint"),
        from_number=first,
        through_number=last,
    )


_REFUSALS = (Refusal.NOT_FOUND, Refusal.ALREADY_ENDED)

WEBHOOK_INTENTS = (
    Intent("registerWebhook", RegisterWebhookInput,
           "Say where the system is to be told that a file in a country is in another stage, by"
           " Standard Webhooks. Nothing is sent before a manager of the partner approves it; a"
           f" country can have {MOST_ENDPOINTS}.",
           _register, (),
           (Refusal.NOT_FOUND, Refusal.TOO_MANY_ENDPOINTS, Refusal.NOT_SENT_HERE)),
    Intent("rotateWebhookSecret", RotateWebhookSecretInput,
           "Replace the secret of an endpoint. For"
           f" {ROTATED_HOURS} hours notices are signed with the one before, too.",
           _of(RotateSecret), (), (*_REFUSALS, Refusal.NOT_SENT_HERE)),
    Intent("approveWebhook", ApproveWebhookInput,
           "Approve an endpoint that the partner's system has registered: from now on it is told.",
           _of(ApproveWebhook), (), (*_REFUSALS, Refusal.ALREADY_APPROVED)),
    Intent("pauseWebhook", PauseWebhookInput,
           "Send an endpoint nothing until it is resumed: what there is to tell waits for days.",
           _of(PauseWebhook), (), _REFUSALS),
    Intent("resumeWebhook", ResumeWebhookInput,
           "Go on with an endpoint that was paused, or that has failed for long.",
           _of(ResumeWebhook), (), _REFUSALS),
    Intent("removeWebhook", RemoveWebhookInput,
           "Remove an endpoint for good, and forget its secret.",
           _of(RemoveWebhook), (), _REFUSALS),
    Intent("redeliverNotices", RedeliverNoticesInput,
           f"Have notices of the last {KEPT_DAYS} days sent once more, each under the same id as"
           " before: dead ones, or some that got lost behind the endpoint.",
           _redeliver, (), _REFUSALS),
)  # fmt: skip
