"""Closes alerts, by a supervisor whom they are not about."""

from sqlalchemy import select, update

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reasons
from gateway.mutations.supervision.requests import CloseAlert
from models import Alert
from models.life import Refusal


async def close(transaction: WriteTransaction, request: CloseAlert, reasons: Reasons) -> str:
    """Close an alert, once. The database writes down when."""
    in_reach = changeable(request.mutation, transaction.viewer)
    is_it = Alert.id == request.alert_id
    found = select(Alert.closed_by).where(is_it, in_reach).with_for_update(key_share=True)
    rows = await transaction.rows(found) if request.alert_id else ()
    if not rows:
        reasons.add(Refusal.NOT_FOUND, "alertId")
    elif rows[0].closed_by is not None:
        reasons.add(Refusal.ALREADY_CLOSED, "alertId")
    reasons.refuse_if_any()
    columns = {"closed_by": transaction.viewer.subject, "close_reason": request.reason}
    await transaction.run(update(Alert).where(is_it).values(**columns))
    return str(request.alert_id)
