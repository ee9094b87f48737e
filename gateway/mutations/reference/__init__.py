"""What administrators change: reference data, partners, centres, and whose reach is suspended."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import select

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.case_statements import today
from gateway.mutations.outcome import Outcome, Reasons, Result
from gateway.mutations.reference import decrees, ledger, partners, requests, suspensions
from gateway.mutations.reference.checking import check
from gateway.mutations.reference.rows import Row
from models.vocabulary import ReferenceKind

#: Takes the transaction, the request, today and the reasons found so far; returns the key of what
#: changed. It looks up what it needs, adds its own reasons, and refuses before it writes anything.
Effect = Callable[[WriteTransaction, Any, Any, Reasons], Awaitable[str]]
#: The same, and returns the rows as they are to become.
Rows = Callable[[WriteTransaction, Any, Any, Reasons], Awaitable[list[Row]]]

EFFECTS: Mapping[type[requests.ReferenceRequest], Effect] = {
    requests.ApproveReferenceChange: ledger.approve,
    requests.CancelReferenceChange: ledger.cancel,
    requests.SuspendPartner: suspensions.suspend_partner,
    requests.SuspendViewer: suspensions.suspend_viewer,
    requests.ConfirmSuspension: suspensions.confirm,
    requests.LiftSuspension: suspensions.lift,
}
PROPOSALS: Mapping[type[requests.Proposal], tuple[ReferenceKind, Rows]] = {
    requests.ProposeCountry: (ReferenceKind.COUNTRY, decrees.country),
    requests.ProposePartner: (ReferenceKind.PARTNER, partners.partner),
    requests.ProposePartnerCountry: (ReferenceKind.PARTNER_COUNTRY, partners.country),
    requests.ProposePartnerCountryClosing: (
        ReferenceKind.PARTNER_COUNTRY,
        partners.country_closing,
    ),
    requests.ProposeCentre: (ReferenceKind.CENTRE, partners.centre),
    requests.ProposeCentreClosing: (ReferenceKind.CENTRE, partners.centre_closing),
    requests.ProposeVisaType: (ReferenceKind.VISA_TYPE, decrees.visa_type),
    requests.ProposeVisaTypeEnd: (ReferenceKind.VISA_TYPE, decrees.visa_type_end),
    requests.ProposeEligibility: (ReferenceKind.ELIGIBILITY, decrees.eligibility),
    requests.ProposeRequiredDocument: (
        ReferenceKind.REQUIRED_DOCUMENT,
        decrees.required_document,
    ),
    requests.ProposeFee: (ReferenceKind.FEE, decrees.fee),
    requests.ProposeServiceTarget: (ReferenceKind.SERVICE_TARGET, decrees.service_target),
    requests.ProposeDeadline: (ReferenceKind.DEADLINE, decrees.deadline),
    requests.ProposeEntryRule: (ReferenceKind.ENTRY_RULE, decrees.entry_rule),
}


async def change_reference(
    transaction: WriteTransaction, request: requests.ReferenceRequest
) -> Outcome:
    """Make the change. Raises RefusedError if the request is not valid."""
    [now] = await transaction.rows(select(today().label("on")))
    reasons = Reasons(request.faults)
    check(request, now.on, reasons)
    if isinstance(request, requests.Proposal):
        kind, rows_of = PROPOSALS[type(request)]
        rows = await rows_of(transaction, request, now.on, reasons)
        return Outcome([Result(await ledger.propose(transaction, request, kind, rows))])
    return Outcome([Result(await EFFECTS[type(request)](transaction, request, now.on, reasons))])
