"""The entry point of all mutations: executes each request exactly once."""

from functools import partial

from gateway.access.transactions.begin import TransactionStarts
from gateway.access.transactions.writing import WriteTransaction, begin_writing
from gateway.mutations.bans import AnswerBan, ProposeBan, change_bans
from gateway.mutations.once import run_once
from gateway.mutations.outcome import Outcome
from gateway.mutations.reference import change_reference
from gateway.mutations.reference.requests import ReferenceRequest
from gateway.mutations.relieving import relieve
from gateway.mutations.requests import ReliefRequest, Request, StepRequest, SubmissionRequest
from gateway.mutations.rights import change_rights
from gateway.mutations.rights.requests import RightsRequest
from gateway.mutations.stepping import take_step
from gateway.mutations.submitting import submit
from gateway.mutations.supervision import supervise
from gateway.mutations.supervision.requests import SupervisionRequest
from gateway.viewer import Viewer
from models.database.pool import ConnectionPool
from models.person.vault import Vault


class Changes:
    """Executes requests, each in a transaction of its own."""

    def __init__(
        self, pool: ConnectionPool, starts: TransactionStarts, vault: Vault | None
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._starts = starts

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
                case RightsRequest():
                    return await change_rights(transaction, request)
                case SupervisionRequest():
                    return await supervise(transaction, request)
                case _:
                    raise TypeError(f"no effect for {type(request).__name__}")

        begin = partial(
            begin_writing, self._pool, viewer, self._starts.for_writing(viewer), self._vault
        )
        return await run_once(begin, viewer, request, effect)
