"""Mutations of one's own subscriptions to mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from gateway.access.rows import changeable, meets_in_role, rule_of_reading
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Effects, Reasons
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import lock_row
from gateway.rules import Rule
from gateway.texts.language import Language
from models import Centre, MailSubscription, Partner, PartnerCountry, VisaType
from models.life import Refusal
from models.mail.subscription import MOST_SUBSCRIPTIONS, SCHEDULES
from models.row_keys import new_key
from models.vocabulary import MailOccasion, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRequest(Request):
    """Any request about a subscription. Ids are None where they were malformed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe(MailRequest):
    occasion: MailOccasion
    language: Language
    country: str | None
    partner: str | None
    centre: str | None
    visa_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renew(MailRequest):
    subscription: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSubscription(MailRequest):
    subscription: UUID | None


#: What a subscription can be about: the field of the input, where its code is found, and the type
#: whose rows have to be in reach.
_ABOUT: Mapping[str, tuple[Any, str]] = {
    "country": (PartnerCountry.country_code, "PartnerCountry"),
    "partner": (Partner.code, "Partner"),
    "centre": (Centre.code, "Centre"),
    "visa_type": (VisaType.code, "VisaType"),
}


async def subscribe(transaction: WriteTransaction, request: Subscribe, reasons: Reasons) -> str:
    """Subscribe with the address that the provider has verified."""
    about = {name: getattr(request, name) for name in _ABOUT if getattr(request, name) is not None}
    for name, code in about.items():
        column, type_name = _ABOUT[name]
        rule = rule_of_reading(type_name, transaction.viewer.role)
        if not await transaction.fetch_one(_select_in_reach, column, rule, code=code):
            path = "visaType" if name == "visa_type" else name
            reasons.add(Refusal.NOT_FOUND, path, rule="unknown_code")
    if len(about.keys() - {"visa_type"}) > 1:
        reasons.add(Refusal.INVALID, "centre", rule="one_place")
    if request.visa_type and request.occasion in SCHEDULES:
        reasons.add(Refusal.INVALID, "visaType", rule="visa_type_of_an_alert")
    address = _address(transaction, reasons)
    role = transaction.viewer.role
    [lasting] = await transaction.fetch_one(_count_lasting, request.mutation, role)
    if lasting.number >= MOST_SUBSCRIPTIONS:
        reasons.add(Refusal.TOO_MANY_SUBSCRIPTIONS)
    reasons.refuse_if_any()
    row = {
        "id": new_key(),
        "subject": transaction.viewer.subject,
        "occasion": request.occasion.value,
        "language": request.language.value,
        "address": address,
        **{f"{name}_code": getattr(request, name) for name in _ABOUT},
    }
    if not await transaction.insert_now(MailSubscription, row, unless_there=True):
        reasons.add(Refusal.ALREADY_SUBSCRIBED)
        reasons.refuse_if_any()
    return str(row["id"])


async def renew(transaction: WriteTransaction, request: Renew, reasons: Reasons) -> str:
    """Let a subscription last longer, with the address and the reach of now."""
    row = await _lock(transaction, request.mutation, request.subscription, reasons)
    address = _address(transaction, reasons)
    reasons.refuse_if_any()
    columns = {"renewals": row.renewals + 1, "address": address}
    transaction.update(MailSubscription, {"id": row.id}, columns)
    return str(row.id)


async def end(transaction: WriteTransaction, request: EndSubscription, reasons: Reasons) -> str:
    """End a subscription at once. The database forgets its address."""
    row = await _lock(transaction, request.mutation, request.subscription, reasons)
    reasons.refuse_if_any()
    transaction.update(MailSubscription, {"id": row.id}, {"is_ended": True})
    return str(row.id)


def _select_in_reach(column: Any, rule: Rule | None) -> Any:
    return select(column).where(column == bindparam("code"), meets_in_role(rule)).limit(1)


def _count_lasting(mutation: str, role: Role) -> Any:
    lasting = select(func.count().label("number")).select_from(MailSubscription)
    return lasting.where(changeable(mutation, role), ~MailSubscription.is_ended)


def _address(transaction: WriteTransaction, reasons: Reasons) -> str | None:
    if transaction.viewer.email is None:
        reasons.add(Refusal.NO_ADDRESS)
    return transaction.viewer.email


async def _lock(
    transaction: WriteTransaction, mutation: str, id_: UUID | None, reasons: Reasons
) -> Any:
    """Lock a subscription that lasts; None, with a reason, if there is none."""
    columns = ("id", "renewals", "is_ended")
    row = id_ and await lock_row(transaction, mutation, MailSubscription, {"id": id_}, *columns)
    if not row:
        reasons.add(Refusal.NOT_FOUND, "subscriptionId")
    elif row.is_ended:
        reasons.add(Refusal.ALREADY_ENDED, "subscriptionId")
    return row


EFFECTS: Effects = {
    Subscribe: subscribe,
    Renew: renew,
    EndSubscription: end,
}
