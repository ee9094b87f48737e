"""Reference data, partners and centres: changed by administrators, from today on."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import select

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.case import today
from gateway.mutations.outcome import Outcome, Result
from gateway.mutations.reference import decrees, partners
from gateway.mutations.reference import requests as asked
from gateway.mutations.reference.checking import check

#: Writes on a day, and answers with the code of what was changed.
Effect = Callable[[WriteTransaction, Any, Any], Awaitable[str]]

EFFECTS: Mapping[type[asked.ReferenceRequest], Effect] = {
    asked.AddPartner: partners.add_partner,
    asked.OpenPartnerCountry: partners.open_country,
    asked.ClosePartnerCountry: partners.close_country,
    asked.OpenCentre: partners.open_centre,
    asked.CloseCentre: partners.close_centre,
    asked.IntroduceVisaType: decrees.introduce_visa_type,
    asked.EndVisaType: decrees.end_visa_type,
    asked.SetFee: decrees.set_fee,
    asked.SetServiceTarget: decrees.set_service_target,
    asked.SetEntryRule: decrees.set_entry_rule,
}


async def change_reference(
    transaction: WriteTransaction, request: asked.ReferenceRequest
) -> Outcome:
    """Make the change. Raises RefusedError where what is said cannot be."""
    [now] = await transaction.rows(select(today().label("on")))
    check(request, now.on)
    return Outcome([Result(await EFFECTS[type(request)](transaction, request, now.on))])
