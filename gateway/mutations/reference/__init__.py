"""Changes of reference data, partners and centres by administrators, effective from a day on."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import select

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.case import today
from gateway.mutations.outcome import Outcome, Reasons, Result
from gateway.mutations.reference import decrees, partners, requests
from gateway.mutations.reference.checking import check

#: Takes the transaction, the request, today and the reasons found so far; returns the code of what
#: changed. It looks up what it needs, adds its own reasons, and refuses before it writes anything.
Effect = Callable[[WriteTransaction, Any, Any, Reasons], Awaitable[str]]

EFFECTS: Mapping[type[requests.ReferenceRequest], Effect] = {
    requests.AddPartner: partners.add_partner,
    requests.OpenPartnerCountry: partners.open_country,
    requests.ClosePartnerCountry: partners.close_country,
    requests.OpenCentre: partners.open_centre,
    requests.CloseCentre: partners.close_centre,
    requests.IntroduceVisaType: decrees.introduce_visa_type,
    requests.EndVisaType: decrees.end_visa_type,
    requests.SetFee: decrees.set_fee,
    requests.SetServiceTarget: decrees.set_service_target,
    requests.SetEntryRule: decrees.set_entry_rule,
}


async def change_reference(
    transaction: WriteTransaction, request: requests.ReferenceRequest
) -> Outcome:
    """Make the change. Raises RefusedError if the request is not valid."""
    [now] = await transaction.rows(select(today().label("on")))
    reasons = Reasons(request.faults)
    check(request, now.on, reasons)
    return Outcome([Result(await EFFECTS[type(request)](transaction, request, now.on, reasons))])
