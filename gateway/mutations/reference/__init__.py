"""What administrators change: reference data, partners, centres, and whose reach is suspended."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Outcome, Reasons, Result
from gateway.mutations.reference import (
    decrees,
    grant_rules,
    ledger,
    partners,
    requests,
    suspensions,
)
from gateway.mutations.reference.ledger import check
from gateway.mutations.reference.rows import Row
from models.reference.dated_rules import select_now
from models.vocabulary import ReferenceKind

#: Takes the transaction, the request, today and the reasons found so far; returns the key of what
#: changed. It looks up what it needs, adds its own reasons, and refuses before it writes anything.
Effect = Callable[[WriteTransaction, Any, Any, Reasons], Awaitable[str]]
#: Takes the same, and returns the rows that the change would write.
BuildRows = Callable[[WriteTransaction, Any, Any, Reasons], Awaitable[list[Row]]]

EFFECTS: Mapping[type[requests.ReferenceRequest], Effect] = {
    requests.ApproveReferenceChange: ledger.approve,
    requests.CancelReferenceChange: ledger.cancel,
    requests.StopGrantRule: grant_rules.stop_grant_rule,
    requests.SuspendPartner: suspensions.suspend_partner,
    requests.SuspendViewer: suspensions.suspend_viewer,
    requests.ConfirmSuspension: suspensions.confirm,
    requests.ProposeLifting: suspensions.propose_lifting,
    requests.LiftSuspension: suspensions.lift,
}
PROPOSALS: Mapping[type[requests.Proposal], tuple[ReferenceKind, BuildRows]] = {
    requests.ProposeCountry: (ReferenceKind.COUNTRY, decrees.build_country),
    requests.ProposePartner: (ReferenceKind.PARTNER, partners.build_partner),
    requests.ProposePartnerCountry: (ReferenceKind.PARTNER_COUNTRY, partners.build_country),
    requests.ProposePartnerCountryClosing: (
        ReferenceKind.PARTNER_COUNTRY,
        partners.build_country_closing,
    ),
    requests.ProposeCentre: (ReferenceKind.CENTRE, partners.build_centre),
    requests.ProposeCentreClosing: (ReferenceKind.CENTRE, partners.build_centre_closing),
    requests.ProposeVisaType: (ReferenceKind.VISA_TYPE, decrees.build_visa_type),
    requests.ProposeVisaTypeEnd: (ReferenceKind.VISA_TYPE, decrees.build_visa_type_end),
    requests.ProposeEligibility: (ReferenceKind.ELIGIBILITY, decrees.build_eligibility),
    requests.ProposeRequiredDocument: (
        ReferenceKind.REQUIRED_DOCUMENT,
        decrees.build_required_document,
    ),
    requests.ProposePassportRule: (ReferenceKind.PASSPORT_RULE, decrees.build_passport_rule),
    requests.ProposeExtensionRule: (ReferenceKind.EXTENSION_RULE, decrees.build_extension_rule),
    requests.ProposeHandlingRule: (ReferenceKind.HANDLING_RULE, decrees.build_handling_rule),
    requests.ProposeFee: (ReferenceKind.FEE, decrees.build_fee),
    requests.ProposeServiceTarget: (ReferenceKind.SERVICE_TARGET, decrees.build_service_target),
    requests.ProposeDeadline: (ReferenceKind.DEADLINE, decrees.build_deadline),
    requests.ProposeDayOff: (ReferenceKind.DAY_OFF, decrees.build_day_off),
    requests.ProposeEntryRule: (ReferenceKind.ENTRY_RULE, decrees.build_entry_rule),
    requests.ProposeNamedEvent: (ReferenceKind.NAMED_EVENT, decrees.build_named_event),
    requests.ProposeGrantRule: (ReferenceKind.GRANT_RULE, grant_rules.build_grant_rule),
    requests.ProposePool: (ReferenceKind.POOL, grant_rules.build_pool),
}


async def change_reference(
    transaction: WriteTransaction, request: requests.ReferenceRequest
) -> Outcome:
    """Make the change. Raises RefusedError if the request is not valid."""
    [now] = await transaction.fetch_one(select_now)
    reasons = Reasons(request.faults)
    check(request, now.on, reasons)
    if isinstance(request, requests.Proposal):
        kind, build_rows = PROPOSALS[type(request)]
        rows = await build_rows(transaction, request, now.on, reasons)
        return Outcome([Result(await ledger.propose(transaction, request, kind, rows))])
    return Outcome([Result(await EFFECTS[type(request)](transaction, request, now.on, reasons))])
