"""The entry point of all mutations: executes each request exactly once.

Key, effect and outcome are committed in one transaction. A refused request stores no key, since
nothing happened: it may be sent again with the same key. Of two concurrent requests with one key,
the second waits for the first and returns its outcome.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial

from gateway.access.replicas import Replicas
from gateway.access.transactions.begin import TransactionStarts
from gateway.access.transactions.writing import WriteTransaction, begin_writing
from gateway.mutations import (
    breaches,
    claiming,
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
from gateway.mutations.keys import claim_key, digests, earlier_outcome
from gateway.mutations.outcome import (
    Effects,
    NothingDoneError,
    Outcome,
    Reasons,
    RefusedError,
    Result,
)
from gateway.mutations.reference import change_reference
from gateway.mutations.reference.requests import ReferenceRequest
from gateway.mutations.requests import (
    ReliefRequest,
    Request,
    StepRequest,
    StepsRequest,
    SubmissionRequest,
)
from gateway.mutations.stepping import take_step
from gateway.mutations.submitting import submit
from gateway.mutations.supervision import SupervisionRequest, supervise
from gateway.viewer import Viewer
from models import Idempotency
from models.database.pool import ConnectionPool
from models.key_service import KeyService

#: Of what changes one row that is neither a case nor reference data.
_EFFECTS: Effects = {
    **rights.EFFECTS,
    **breaches.EFFECTS,
    **claiming.EFFECTS,
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

    async def make(self, viewer: Viewer, request: Request | StepsRequest) -> Outcome:
        """Execute a request. Raises FieldError if the database is unavailable: of several steps,
        those that were taken before stay, and their keys are known.
        """
        if isinstance(request, StepsRequest):
            return await self._take_steps(viewer, request)

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

    async def _take_steps(self, viewer: Viewer, request: StepsRequest) -> Outcome:
        """Take one after the other: no case is locked while another one is, so batches with cases
        in common end, and a step waits for none but its own."""
        if request.faults:
            return Outcome(refused=request.faults)
        results: list[Result] = []
        for number, step in enumerate(request.steps):
            outcome = await self.make(viewer, step)
            below = (request.items, str(number))
            refused = [replace(one, path=(*below, *one.path)) for one in outcome.refused]
            results += outcome.results or [Result(refused=tuple(refused))]
        return Outcome(results)


Effect = Callable[[WriteTransaction], Awaitable[Outcome]]


async def run_once(
    begin: Callable[[], AbstractAsyncContextManager[WriteTransaction]],
    viewer: Viewer,
    request: Request,
    effect: Effect,
) -> Outcome:
    """Execute a request, or return the stored outcome of an earlier one with the same key."""
    key, input_digest = digests(viewer, request.key, request.canonical())
    try:
        async with begin() as transaction:
            if not await claim_key(transaction, key, input_digest):
                return await earlier_outcome(transaction, key, input_digest)
            outcome = await effect(transaction)
            await transaction.flush()
            stored = {"answer": outcome.to_json()}
            transaction.update(Idempotency, {"key_digest": key}, stored)
            return outcome
    except RefusedError as error:
        return Outcome(refused=error.reasons)
    except NothingDoneError as error:
        return error.outcome
