"""Fetches a visa in hand for a partner's system, which gets each document once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select

from gateway.access.rows import meets_in_role, rule_of_reading
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Effects, Reasons
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import lock_row
from gateway.rules import Rule
from models import Visa, VisaDocument
from models.life import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest(Request):
    """A document to fetch, by the number of its visa."""

    visa_number: str


async def fetch(transaction: WriteTransaction, request: FetchRequest, reasons: Reasons) -> str:
    """Note that the document is fetched; who asked reads it then. Raises RefusedError if it is not
    there, or was fetched before."""
    reasons.refuse_if_any()
    columns = ("id", "applicant_id", "fetched_at")
    key = {"visa_number": request.visa_number}
    row = await lock_row(transaction, request.mutation, VisaDocument, key, *columns)
    rule = rule_of_reading(Visa.__name__, transaction.viewer.role)
    is_known = await transaction.fetch_one(_select_visa, rule, number=request.visa_number)
    if not is_known:
        reasons.add(Refusal.NOT_FOUND, "visaNumber")
    elif not row:
        reasons.add(Refusal.NOT_IN_HAND, "visaNumber")
    elif row.fetched_at:
        reasons.add(Refusal.ALREADY_FETCHED, "visaNumber")
    reasons.refuse_if_any()
    fetched = {"fetched_at": datetime.now(UTC), "fetched_by": transaction.viewer.subject}
    transaction.update(VisaDocument, {"id": row.id}, fetched)
    return str(row.applicant_id)


def _select_visa(rule: Rule | None) -> Any:
    return select(Visa.visa_number).where(
        Visa.visa_number == bindparam("number"), meets_in_role(rule)
    )


EFFECTS: Effects = {FetchRequest: fetch}
