"""The root type `Mutation`, built from the tables of intents."""

from typing import Annotated, Any

import strawberry

from gateway.mutations.outcome import Outcome, RefusedError, Result
from gateway.policy import MUTATIONS
from gateway.schema.mutations.intents import INTENTS, Intent
from gateway.schema.mutations.payloads import batch_type, error_type, payload_type
from gateway.schema.mutations.reference_intents import REFERENCE_INTENTS


def _field(intent: Intent) -> Any:
    """The field of one mutation, with its payload and error types."""
    error = error_type(intent.type_name, intent.refusals, has_status=bool(intent.verbs))
    is_batch = intent.name == "submitApplications"
    payload = (
        batch_type(intent.type_name, error)
        if is_batch
        else payload_type(intent.type_name, error, _answered_field(intent))
    )

    async def resolve(info: strawberry.Info, input: Any) -> Any:
        outcome = await _outcome(info, intent, input)
        if is_batch:
            return payload.of_batch(outcome.refused, outcome.results)
        [result] = outcome.results or [Result(refused=outcome.refused)]
        return payload.of(result)

    resolve.__annotations__ = {
        "info": strawberry.Info,
        "input": Annotated[intent.input, strawberry.argument(description="What to do.")],
        "return": payload,
    }
    return strawberry.mutation(resolver=resolve, name=intent.name, description=intent.description)


def _answered_field(intent: Intent) -> str:
    """The field of the payload that holds what was changed."""
    if intent.name not in MUTATIONS:
        raise LookupError(f"MUTATIONS in gateway/policy.py has no line for {intent.name}")
    return MUTATIONS[intent.name].answers


async def _outcome(info: strawberry.Info, intent: Intent, input_: Any) -> Outcome:
    try:
        request = intent.request(intent, input_)
    except RefusedError as error:
        return Outcome(refused=error)
    return await info.context.change(request)


Mutation = strawberry.type(
    type(
        "Mutation", (), {intent.name: _field(intent) for intent in (*INTENTS, *REFERENCE_INTENTS)}
    ),
    description="What can be changed.",
)
