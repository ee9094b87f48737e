"""Records what border control reports: each entry and exit once, however often it is sent, and
which presumed overstays are real.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ARRAY, Text, any_, bindparam, func, select

from gateway.access.transactions.writing import WriteTransaction, select_lock
from gateway.mutations.outcome import Effects, Reasons
from gateway.mutations.requests import Request
from models import Crossing, OverstayConfirmation
from models.life import Refusal
from models.person.matching import passport_message
from models.row_keys import new_key
from models.vocabulary import CrossingDirection


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedCrossing:
    """An entry or exit, of somebody who is known by a visa and a passport."""

    report_key: str
    visa_number: str
    issuing_state: str
    passport_number: str
    direction: CrossingDirection
    crossed_at: datetime
    port: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingsRequest(Request):
    """What border control reports at once."""

    crossings: tuple[ReportedCrossing, ...]


async def record(transaction: WriteTransaction, request: CrossingsRequest, reasons: Reasons) -> str:
    """Record what was not reported before; return how many those were.

    One report waits for another, so that those of one person do not meet. Raises RefusedError where
    a key was used for something else.
    """
    reasons.refuse_if_any()
    await transaction.fetch_one(select_lock, text=request.mutation)
    keys = [one.report_key for one in request.crossings]
    rows = await transaction.fetch_one(_select_reported, keys=keys)
    known = {row.report_key: (row.direction, row.crossed_at, row.port) for row in rows}
    new: list[ReportedCrossing] = []
    for number, one in enumerate(request.crossings):
        if one.report_key not in known:
            new.append(one)
        elif known[one.report_key] != (one.direction, one.crossed_at, one.port):
            reasons.add(Refusal.IDEMPOTENCY_CONFLICT, "crossings", str(number), "key")
    reasons.refuse_if_any()
    transaction.insert(Crossing, *await _rows(transaction, new))
    return str(len(new))


@dataclass(frozen=True, slots=True, kw_only=True)
class OverstaysRequest(Request):
    """Visas whose holders overstay, as border control found."""

    visa_numbers: tuple[str, ...]


async def confirm(
    transaction: WriteTransaction, request: OverstaysRequest, reasons: Reasons
) -> str:
    """Confirm what was presumed; return how many were not confirmed before.

    Raises RefusedError where nobody overstays by a visa, or there is none.
    """
    reasons.refuse_if_any()
    await transaction.fetch_one(select_lock, text=request.mutation)
    numbers = list(request.visa_numbers)
    found = {
        row.visa_number: row for row in await transaction.fetch_one(_overstays, numbers=numbers)
    }
    for place, number in enumerate(numbers):
        if number not in found:
            reasons.add(Refusal.NOT_FOUND, "visaNumbers", str(place))
    reasons.refuse_if_any()
    confirmed = [row.stay_id for row in found.values() if not row.is_confirmed]
    by = {"confirmed_by": transaction.viewer.subject}
    rows = [{"id": new_key(), "stay_id": stay, **by} for stay in confirmed]
    transaction.insert(OverstayConfirmation, *rows)
    return str(len(rows))


def _overstays() -> Any:
    numbers = bindparam("numbers", None, ARRAY(Text))
    found = func.viewer.overstays_of(numbers).table_valued("visa_number", "stay_id", "is_confirmed")
    return select(found.c.visa_number, found.c.stay_id, found.c.is_confirmed)


async def _rows(
    transaction: WriteTransaction, crossings: Sequence[ReportedCrossing]
) -> list[dict[str, Any]]:
    messages = [passport_message(one.issuing_state, one.passport_number) for one in crossings]
    digests = await transaction.digests(messages)
    return [
        {
            "id": new_key(),
            "reported_by": transaction.viewer.subject,
            "report_key": one.report_key,
            "direction": one.direction,
            "crossed_at": one.crossed_at,
            "port": one.port,
            "passengers": [sha256(one.visa_number.encode() + each).digest() for each in of_one],
            "visa_number": one.visa_number,
        }
        for one, of_one in zip(crossings, digests, strict=True)
    ]


def _select_reported() -> Any:
    keys = bindparam("keys", None, ARRAY(Text))
    return select(
        Crossing.report_key, Crossing.direction, Crossing.crossed_at, Crossing.port
    ).where(Crossing.report_key == any_(keys))


EFFECTS: Effects = {CrossingsRequest: record, OverstaysRequest: confirm}
