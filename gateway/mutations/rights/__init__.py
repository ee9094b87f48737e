"""Mutations about the rights of people on file: requests, answers, and holds against erasure."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Outcome, Reasons, Result
from gateway.mutations.rights import data_requests, legal_holds
from gateway.mutations.rights.requests import (
    AnswerDataRequest,
    HoldErasure,
    LodgeDataRequest,
    NameDataSubject,
    RegisterDataRequest,
    ReleaseErasure,
    RightsRequest,
)

#: Takes the transaction, the request and the reasons found so far; returns the key of what changed.
Effect = Callable[[WriteTransaction, Any, Reasons], Awaitable[str]]

EFFECTS: Mapping[type[RightsRequest], Effect] = {
    LodgeDataRequest: data_requests.lodge,
    RegisterDataRequest: data_requests.register,
    NameDataSubject: data_requests.name_subject,
    AnswerDataRequest: data_requests.answer,
    HoldErasure: legal_holds.hold,
    ReleaseErasure: legal_holds.release,
}


async def change_rights(transaction: WriteTransaction, request: RightsRequest) -> Outcome:
    """Raises RefusedError if the request is not valid."""
    reasons = Reasons(request.faults)
    return Outcome([Result(await EFFECTS[type(request)](transaction, request, reasons))])
