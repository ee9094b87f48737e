"""The table of mutations of one's own subscriptions to mail: inputs and possible refusals."""

from typing import Any

import strawberry

from gateway.mapping.ids import key_in
from gateway.mapping.scalars import CountryCode
from gateway.mutations.mail import EndSubscription, Renew, Subscribe
from gateway.schema.mutations.input_readers import faults_of_key
from gateway.schema.mutations.inputs import optional, required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from gateway.texts.language import Language
from models.life import Refusal
from models.mail.subscription import MOST_SUBSCRIPTIONS, SUBSCRIBED_DAYS
from models.vocabulary import MailOccasion

_ID = "Global id of the subscription."


@strawberry.input(description="What you want to be told of by mail.")
class SubscribeToMailInput(ReferenceInput):
    occasion: MailOccasion = required("When mail is to be sent.")
    country: CountryCode | None = optional("What it is about: a country, by its code.")
    partner: str | None = optional("Or a partner, by its code.")
    centre: str | None = optional(
        "Or a centre, by its code. Without any of these it is about all that you reach."
    )
    visa_type: str | None = optional(
        "For an alert about one visa type: its index, such as `B1`; about any without it."
    )
    language: Language = required("The language of its mail.")


@strawberry.input(description="A subscription of yours that is to last longer.")
class RenewMailSubscriptionInput(ReferenceInput):
    subscription_id: strawberry.ID = required(_ID)


@strawberry.input(description="A subscription of yours that is to end.")
class EndMailSubscriptionInput(ReferenceInput):
    subscription_id: strawberry.ID = required(_ID)


def _common_values(intent: Intent, input_: Any) -> dict[str, Any]:
    key = input_.idempotency_key
    return {"mutation": intent.name, "key": key, "faults": faults_of_key(key)}


def _subscribe(intent: Intent, input_: SubscribeToMailInput) -> Subscribe:
    return Subscribe(
        **_common_values(intent, input_),
        occasion=input_.occasion,
        language=input_.language,
        country=input_.country,
        partner=input_.partner,
        centre=input_.centre,
        visa_type=input_.visa_type,
    )


def _renew(intent: Intent, input_: RenewMailSubscriptionInput) -> Renew:
    key = key_in(input_.subscription_id, "MailSubscription")
    return Renew(**_common_values(intent, input_), subscription=key)


def _end(intent: Intent, input_: EndMailSubscriptionInput) -> EndSubscription:
    key = key_in(input_.subscription_id, "MailSubscription")
    return EndSubscription(**_common_values(intent, input_), subscription=key)


MAIL_INTENTS = (
    Intent("subscribeToMail", SubscribeToMailInput,
           "Be told by mail that a report waits, or that a finding is new. Mail goes to the address"
           " that your sign-in has verified, and holds a link and no figure. A subscription lasts"
           f" {SUBSCRIBED_DAYS} days unless it is renewed; you can have {MOST_SUBSCRIPTIONS}.",
           _subscribe, (),
           (Refusal.NOT_FOUND, Refusal.NO_ADDRESS, Refusal.ALREADY_SUBSCRIBED,
            Refusal.TOO_MANY_SUBSCRIPTIONS)),
    Intent("renewMailSubscription", RenewMailSubscriptionInput,
           f"Let a subscription last for {SUBSCRIBED_DAYS} days from now, with the address and the"
           " reach that your sign-in has now.", _renew, (),
           (Refusal.NOT_FOUND, Refusal.NO_ADDRESS, Refusal.ALREADY_ENDED)),
    Intent("endMailSubscription", EndMailSubscriptionInput,
           "End a subscription of yours.", _end, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_ENDED)),
)  # fmt: skip
