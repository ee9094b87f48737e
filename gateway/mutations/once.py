"""Does a thing once: the key, the effect and the answer are committed together or not at all.

A request that is refused leaves no key behind: nothing happened, so it may be tried again with the
same one when things have changed. Two at once with one key: the second waits for the first, then
answers as the first did.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import NothingDoneError, Outcome, RefusedError, outcome_from_json
from gateway.mutations.requests import Request
from gateway.viewer import Viewer
from models import Idempotency
from models.life import Refusal

Effect = Callable[[WriteTransaction], Awaitable[Outcome]]


async def run_once(
    begin: Callable[[], AbstractAsyncContextManager[WriteTransaction]],
    viewer: Viewer,
    request: Request,
    effect: Effect,
) -> Outcome:
    """The outcome of a request, done now or before under the same key."""
    key, said = _digests(viewer, request)
    try:
        async with begin() as transaction:
            if not await _claim_key(transaction, key, said):
                return await _earlier_outcome(transaction, key, said)
            outcome = await effect(transaction)
            answer = update(Idempotency).where(Idempotency.key_digest == key)
            await transaction.run(answer.values(answer=outcome.to_json()))
            return outcome
    except RefusedError as refused:
        return Outcome(refused=refused)
    except NothingDoneError as nothing:
        return nothing.outcome


def _digests(viewer: Viewer, request: Request) -> tuple[str, str]:
    """Whose key it is, and what was said; salted with the key, which is not kept."""
    actor = f"{viewer.role}\0{viewer.subject}\0{request.key}".encode()
    said = request.key.encode() + b"\0" + request.canonical()
    return sha256(actor).hexdigest(), sha256(said).hexdigest()


async def _claim_key(transaction: WriteTransaction, key: str, said: str) -> bool:
    """Take the key; waits while somebody else holds it who may yet fail."""
    taking = insert(Idempotency).values(key_digest=key, input_digest=said)
    taken = taking.on_conflict_do_nothing().returning(Idempotency.key_digest)
    return bool(await transaction.rows(taken))


async def _earlier_outcome(transaction: WriteTransaction, key: str, said: str) -> Outcome:
    """What was answered then. Raises RefusedError where something else was asked."""
    kept = select(Idempotency.input_digest, Idempotency.answer).where(Idempotency.key_digest == key)
    rows = await transaction.rows(kept)
    if not rows or rows[0].input_digest != said:
        raise RefusedError(Refusal.IDEMPOTENCY_CONFLICT, "idempotencyKey")
    return outcome_from_json(rows[0].answer)
