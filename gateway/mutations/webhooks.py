"""Mutations of endpoints: a partner's system registers one, and a manager approves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from gateway.access.rows import changeable, meets_in_role, rule_of_reading
from gateway.access.transactions.writing import WriteTransaction, select_lock
from gateway.mutations.outcome import Effects, Reasons, RefusedError, Result
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import lock_row
from gateway.rules import Rule
from models import PartnerCountry, WebhookEndpoint
from models.life import Refusal
from models.row_keys import new_key
from models.vocabulary import Role
from models.webhooks.secret import make_secret, seal_secret, write_secret
from models.webhooks.tables import MOST_ENDPOINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterWebhook(Request):
    country: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEndpoint(Request):
    """Any request about an endpoint. The id is None where it was malformed."""

    endpoint: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateSecret(ChangeEndpoint):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveWebhook(ChangeEndpoint):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseWebhook(ChangeEndpoint):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeWebhook(ChangeEndpoint):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveWebhook(ChangeEndpoint):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeliverNotices(ChangeEndpoint):
    from_number: int
    through_number: int


async def register(
    transaction: WriteTransaction, request: RegisterWebhook, reasons: Reasons
) -> Result:
    """Register an endpoint in a country of the viewer's; it is told nothing until it is approved.

    Of two that register at once in a country, one waits here.
    """
    viewer = transaction.viewer
    await transaction.fetch_one(select_lock, text=f"webhook {viewer.partner} {request.country}")
    rule = rule_of_reading("PartnerCountry", viewer.role)
    if not await transaction.fetch_one(_select_country, rule, code=request.country):
        reasons.add(Refusal.NOT_FOUND, "country", rule="unknown_code")
    kept = await transaction.fetch_one(
        _count_kept, request.mutation, viewer.role, code=request.country
    )
    if kept[0].number >= MOST_ENDPOINTS:
        reasons.add(Refusal.TOO_MANY_ENDPOINTS)
    id_ = new_key()
    secret, sealed = await _make_secret(transaction, id_, reasons)
    reasons.refuse_if_any()
    row = {
        "id": id_,
        "partner_code": viewer.partner,
        "country_code": request.country,
        "url": request.url,
        "secret": sealed,
        "registered_by": viewer.subject,
    }
    transaction.insert(WebhookEndpoint, row)
    return Result(str(id_), secret=secret)


async def rotate(transaction: WriteTransaction, request: RotateSecret, reasons: Reasons) -> Result:
    """Replace the secret. The database keeps the one before: for a day both sign."""
    row = await _lock(transaction, request, reasons)
    reasons.refuse_if_any()
    secret, sealed = await _make_secret(transaction, row.id, reasons)
    reasons.refuse_if_any()
    transaction.update(WebhookEndpoint, {"id": row.id}, {"secret": sealed})
    return Result(str(row.id), secret=secret)


async def approve(transaction: WriteTransaction, request: ApproveWebhook, reasons: Reasons) -> str:
    row = await _lock(transaction, request, reasons)
    if row and row.approved_by:
        reasons.add(Refusal.ALREADY_APPROVED, "endpointId", rule="endpoint")
    return _write(transaction, row, {"approved_by": transaction.viewer.subject}, reasons)


async def pause(transaction: WriteTransaction, request: PauseWebhook, reasons: Reasons) -> str:
    """Pause an endpoint; one that is paused stays as it is."""
    row = await _lock(transaction, request, reasons)
    changes = {} if row and row.paused_by else {"paused_by": transaction.viewer.subject}
    return _write(transaction, row, changes, reasons)


async def resume(transaction: WriteTransaction, request: ResumeWebhook, reasons: Reasons) -> str:
    """Let an endpoint be told again, whether it was paused or has failed for long."""
    row = await _lock(transaction, request, reasons)
    changes = {"paused_by": None, "resumed_by": transaction.viewer.subject}
    return _write(transaction, row, changes, reasons)


async def remove(transaction: WriteTransaction, request: RemoveWebhook, reasons: Reasons) -> str:
    """Remove an endpoint. The database forgets its secrets."""
    row = await _lock(transaction, request, reasons)
    return _write(transaction, row, {"removed_by": transaction.viewer.subject}, reasons)


async def redeliver(
    transaction: WriteTransaction, request: RedeliverNotices, reasons: Reasons
) -> str:
    """Ask for notices once more; the keeper sends them, under the same ids."""
    row = await _lock(transaction, request, reasons)
    changes = {
        "redeliver_from": request.from_number,
        "redeliver_through": request.through_number,
        "redeliver_by": transaction.viewer.subject,
    }
    return _write(transaction, row, changes, reasons)


async def _make_secret(
    transaction: WriteTransaction, endpoint: UUID, reasons: Reasons
) -> tuple[str, bytes]:
    """A new secret, as it is shown and as it is stored."""
    [[public_key]] = await transaction.fetch_one(_select_key)
    if public_key is None:
        reasons.add(Refusal.NOT_SENT_HERE)
        raise RefusedError(*reasons.all())
    secret = make_secret()
    return write_secret(secret), seal_secret(secret, public_key, endpoint)


def _write(
    transaction: WriteTransaction, row: Any, changes: Mapping[str, Any], reasons: Reasons
) -> str:
    reasons.refuse_if_any()
    if changes:
        transaction.update(WebhookEndpoint, {"id": row.id}, changes)
    return str(row.id)


async def _lock(transaction: WriteTransaction, request: ChangeEndpoint, reasons: Reasons) -> Any:
    """Lock an endpoint that was not removed; None, with a reason, if there is none."""
    columns = ("id", "approved_by", "paused_by", "removed_by")
    row = request.endpoint and await lock_row(
        transaction, request.mutation, WebhookEndpoint, {"id": request.endpoint}, *columns
    )
    if not row:
        reasons.add(Refusal.NOT_FOUND, "endpointId")
    elif row.removed_by:
        reasons.add(Refusal.ALREADY_ENDED, "endpointId", rule="endpoint")
    return row


def _select_key() -> Any:
    return select(func.viewer.webhook_key().label("public_key"))


def _select_country(rule: Rule | None) -> Any:
    code = PartnerCountry.country_code
    return select(code).where(code == bindparam("code"), meets_in_role(rule)).limit(1)


def _count_kept(mutation: str, role: Role) -> Any:
    kept = select(func.count().label("number")).select_from(WebhookEndpoint)
    return kept.where(
        changeable(mutation, role),
        WebhookEndpoint.country_code == bindparam("code"),
        WebhookEndpoint.removed_by.is_(None),
    )


EFFECTS: Effects = {
    RegisterWebhook: register,
    RotateSecret: rotate,
    ApproveWebhook: approve,
    PauseWebhook: pause,
    ResumeWebhook: resume,
    RemoveWebhook: remove,
    RedeliverNotices: redeliver,
}
