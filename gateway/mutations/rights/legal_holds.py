"""Holds that stop an erasure: set by a supervisor for a case, and released with a reason."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_unless

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reasons
from gateway.mutations.rights.requests import HoldErasure, ReleaseErasure
from models import Application, Erasure, LegalHold
from models.life import Refusal
from models.row_keys import new_key


async def hold(transaction: WriteTransaction, request: HoldErasure, reasons: Reasons) -> str:
    """Hold the applicant of a case against erasure. An erasure that is under way comes first."""
    is_it = Application.id == request.application
    if request.application:
        # Behind the erasure that is under way: what it did is seen by the next statement.
        locked = select(Application.id).where(is_it)
        await transaction.rows(locked.with_for_update(read=True, key_share=True))
    case = (
        select(Application.id, Erasure.erased_at)
        .outerjoin(Erasure, Erasure.applicant_id == Application.applicant_id)
        .where(is_it)
    )
    rows = await transaction.rows(case) if request.application else ()
    if not rows:
        reasons.add(Refusal.NOT_FOUND, "applicationId")
    elif rows[0].erased_at is not None:
        reasons.add(Refusal.ALREADY_ERASED, "applicationId")
    reasons.refuse_if_any()
    new = {
        "id": new_key(),
        "application_id": request.application,
        "reason": request.reason,
        "held_by": transaction.viewer.subject,
    }
    insertion = insert_unless(LegalHold).values(**new).on_conflict_do_nothing()
    if not await transaction.rows(insertion.returning(LegalHold.id)):
        reasons.add(Refusal.ALREADY_HELD, "applicationId")
        reasons.refuse_if_any()
    return str(new["id"])


async def release(transaction: WriteTransaction, request: ReleaseErasure, reasons: Reasons) -> str:
    """Release a hold, once."""
    in_reach = changeable(request.mutation, transaction.viewer)
    is_it = LegalHold.id == request.legal_hold
    found = select(LegalHold.released_by).where(is_it, in_reach).with_for_update(key_share=True)
    rows = await transaction.rows(found) if request.legal_hold else ()
    if not rows:
        reasons.add(Refusal.NOT_FOUND, "legalHoldId")
    elif rows[0].released_by is not None:
        reasons.add(Refusal.NOT_HELD, "legalHoldId")
    reasons.refuse_if_any()
    columns = {"released_by": transaction.viewer.subject, "release_reason": request.reason}
    await transaction.run(update(LegalHold).where(is_it).values(**columns))
    return str(request.legal_hold)
