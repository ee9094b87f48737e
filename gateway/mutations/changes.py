"""The entry point of all mutations: executes each request exactly once.

Key, effect and outcome are committed in one transaction. A refused request stores no key, since
nothing happened: it may be sent again with the same key. Of two concurrent requests with one key,
the second waits for the first and returns its outcome.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from gateway.access.replicas import Replicas
from gateway.access.transactions.begin import TransactionStarts
from gateway.access.transactions.writing import WriteTransaction, begin_writing
from gateway.mutations import (
    breaches,
    complaints,
    crossings,
    fetching,
    mail,
    payments,
    readers,
    rights,
    uploading,
    webhooks,
)
from gateway.mutations.bans import AnswerBan, ProposeBan, change_bans
from gateway.mutations.desk import relieve
from gateway.mutations.outcome import (
    Effects,
    NothingDoneError,
    Outcome,
    Reason,
    Reasons,
    RefusedError,
    Result,
    outcome_from_json,
)
from gateway.mutations.reference import change_reference
from gateway.mutations.reference.requests import ReferenceRequest
from gateway.mutations.requests import ReliefRequest, Request, StepRequest, SubmissionRequest
from gateway.mutations.stepping import take_step
from gateway.mutations.submitting import submit
from gateway.mutations.supervision import SupervisionRequest, supervise
from gateway.viewer import Viewer
from models import Idempotency
from models.database.pool import ConnectionPool
from models.key_service import KeyService
from models.life import Refusal

#: Of what changes one row that is neither a case nor reference data.
_EFFECTS: Effects = {
    **rights.EFFECTS,
    **breaches.EFFECTS,
    **complaints.EFFECTS,
    **mail.EFFECTS,
    **readers.EFFECTS,
    **payments.EFFECTS,
    **fetching.EFFECTS,
    **crossings.EFFECTS,
    **uploading.EFFECTS,
    **webhooks.EFFECTS,
}


class Changes:
    """Executes requests, each in a transaction of its own."""

    def __init__(
        self,
        pool: ConnectionPool,
        starts: TransactionStarts,
        keys: KeyService | None,
        replicas: Replicas | None = None,
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._starts = starts
        self._replicas = replicas

    async def make(self, viewer: Viewer, request: Request) -> Outcome:
        """Execute a request. Raises FieldError if the database is unavailable."""

        async def effect(transaction: WriteTransaction) -> Outcome:
            match request:
                case StepRequest():
                    return await take_step(transaction, request)
                case SubmissionRequest():
                    return await submit(transaction, request)
                case ReliefRequest():
                    return await relieve(transaction, request)
                case ProposeBan() | AnswerBan():
                    return await change_bans(transaction, request)
                case ReferenceRequest():
                    return await change_reference(transaction, request)
                case SupervisionRequest():
                    return await supervise(transaction, request)
                case _:
                    reasons = Reasons(request.faults)
                    done = await _EFFECTS[type(request)](transaction, request, reasons)
                    return Outcome([done if isinstance(done, Result) else Result(done)])

        announcements = [self._replicas.announcement_of(viewer)] if self._replicas else []
        begin = partial(
            begin_writing,
            self._pool,
            viewer,
            self._starts.for_writing(viewer),
            self._keys,
            announcements,
        )
        try:
            return await run_once(begin, viewer, request, effect)
        finally:  # whatever came of it
            if self._replicas:
                self._replicas.note_change(viewer)


Effect = Callable[[WriteTransaction], Awaitable[Outcome]]


async def run_once(
    begin: Callable[[], AbstractAsyncContextManager[WriteTransaction]],
    viewer: Viewer,
    request: Request,
    effect: Effect,
) -> Outcome:
    """Execute a request, or return the stored outcome of an earlier one with the same key."""
    key, input_digest = _digests(viewer, request)
    try:
        async with begin() as transaction:
            if not await _claim_key(transaction, key, input_digest):
                return await _earlier_outcome(transaction, key, input_digest)
            outcome = await effect(transaction)
            await transaction.flush()
            stored = {"answer": outcome.to_json()}
            transaction.update(Idempotency, {"key_digest": key}, stored)
            return outcome
    except RefusedError as error:
        return Outcome(refused=error.reasons)
    except NothingDoneError as error:
        return error.outcome


def _digests(viewer: Viewer, request: Request) -> tuple[bytes, bytes]:
    """The digests of the key and of the input.

    The first includes the actor; the second is salted with the key, which is not stored.
    """
    actor_key = f"{viewer.role}\0{viewer.subject}\0{request.key}".encode()
    salted_input = request.key.encode() + b"\0" + request.canonical()
    return sha256(actor_key).digest(), sha256(salted_input).digest()


async def _claim_key(transaction: WriteTransaction, key: bytes, input_digest: bytes) -> bool:
    """Claim the key; False if it is stored. Waits for a concurrent request with the same key."""
    claim = {"key_digest": key, "input_digest": input_digest}
    return bool(await transaction.fetch_one(_claim, **claim))


def _claim() -> Any:
    row = {name: bindparam(name) for name in ("key_digest", "input_digest")}
    claim = insert(Idempotency).values(row).on_conflict_do_nothing()
    return claim.returning(Idempotency.key_digest)


async def _earlier_outcome(
    transaction: WriteTransaction, key: bytes, input_digest: bytes
) -> Outcome:
    """The stored outcome. Raises RefusedError if the key was used with a different input."""
    rows = await transaction.fetch_one(_select_stored, key_digest=key)
    if not rows or rows[0].input_digest != input_digest:
        raise RefusedError(Reason(Refusal.IDEMPOTENCY_CONFLICT, ("idempotencyKey",)))
    return outcome_from_json(rows[0].answer)


def _select_stored() -> Any:
    stored = select(Idempotency.input_digest, Idempotency.answer)
    return stored.where(Idempotency.key_digest == bindparam("key_digest"))
