"""The root type `Mutation`, built from the tables of intents."""

from functools import partial
from typing import Annotated, Any

import strawberry

from gateway.mapping.context import Context
from gateway.mutations.outcome import Result
from gateway.policy import MUTATIONS
from gateway.schema.mutations.ban_intents import BAN_INTENTS
from gateway.schema.mutations.batch_intents import BATCH_INTENTS
from gateway.schema.mutations.case_intents import INTENTS
from gateway.schema.mutations.claim_intents import CLAIM_INTENTS
from gateway.schema.mutations.complaint_intents import COMPLAINT_INTENTS
from gateway.schema.mutations.crossing_intents import CROSSING_INTENTS
from gateway.schema.mutations.intent import Admit, Intent
from gateway.schema.mutations.mail_intents import MAIL_INTENTS
from gateway.schema.mutations.payloads import COUNT_FIELDS, batch_type, count_type, payload_type
from gateway.schema.mutations.payment_intents import PAYMENT_INTENTS
from gateway.schema.mutations.reader_intents import READER_INTENTS
from gateway.schema.mutations.reference_intents import REFERENCE_INTENTS
from gateway.schema.mutations.rights_intents import RIGHTS_INTENTS
from gateway.schema.mutations.supervision_intents import SUPERVISION_INTENTS
from gateway.schema.mutations.webhook_intents import WEBHOOK_INTENTS
from models.vocabulary import Role

#: Every mutation.
ALL_INTENTS = (
    *INTENTS,
    *BATCH_INTENTS,
    *BAN_INTENTS,
    *REFERENCE_INTENTS,
    *SUPERVISION_INTENTS,
    *RIGHTS_INTENTS,
    *COMPLAINT_INTENTS,
    *PAYMENT_INTENTS,
    *CROSSING_INTENTS,
    *MAIL_INTENTS,
    *CLAIM_INTENTS,
    *READER_INTENTS,
    *WEBHOOK_INTENTS,
)
_BY_NAME = {intent.name: intent for intent in ALL_INTENTS}


def describe_mutation(name: str, role: Role) -> str:
    """The description of a mutation for a role, with the codes that the role can meet."""
    return _BY_NAME[name].describe(role)


def codes_met_by(role: Role) -> frozenset[str]:
    """The codes of errors that a role can meet in any of its mutations."""
    return frozenset(
        refusal
        for name, intent in _BY_NAME.items()
        if role in MUTATIONS[name].rows
        for refusal in intent.refusals(role)
    )


def _field(intent: Intent) -> Any:
    """The field of one mutation, with its payload type."""
    if intent.name not in MUTATIONS:
        raise LookupError(f"MUTATIONS in gateway/policy.py has no line for {intent.name}")
    change = MUTATIONS[intent.name]
    if change.is_batch:
        payload = batch_type(intent.type_name, change.answers)
    elif change.answers in COUNT_FIELDS:
        payload = count_type(intent.type_name, change.answers)
    else:
        payload = payload_type(intent.type_name, change.answers, shows_secret=change.shows_secret)

    make = partial(_make_admitted, intent.admit) if intent.admit else Context.change

    async def resolve(info: strawberry.Info, input: Any) -> Any:
        context, request = info.context, intent.request(intent, input)
        outcome = await context.once(info.path.key, partial(make, context, request))
        language = context.language
        if change.is_batch:
            return payload.make_batch(outcome, language)
        [result] = outcome.results or [Result(refused=outcome.refused)]
        return payload.make(result, language)

    resolve.__annotations__ = {
        "info": strawberry.Info,
        "input": Annotated[intent.input, strawberry.argument(description="What to do.")],
        "return": payload,
    }
    return strawberry.mutation(resolver=resolve, name=intent.name, description=intent.describe())


async def _make_admitted(admit: Admit, context: Context, request: Any) -> Any:
    return await context.change(await admit(context, request))


Mutation = strawberry.type(
    type("Mutation", (), {name: _field(intent) for name, intent in _BY_NAME.items()}),
    description="What can be changed.",
)
