"""The entry point of all mutations: executes each request exactly once."""

from functools import partial

from gateway.access.transactions.begin import TransactionStarts
from gateway.access.transactions.writing import WriteTransaction, begin_writing
from gateway.mutations.once import run_once
from gateway.mutations.outcome import Outcome
from gateway.mutations.reference import change_reference
from gateway.mutations.reference.requests import ReferenceRequest
from gateway.mutations.requests import Request, StepRequest, SubmissionRequest
from gateway.mutations.stepping import take_step
from gateway.mutations.submitting import submit
from gateway.viewer import Viewer
from models.database.pool import ConnectionPool


class Changes:
    """Executes requests, each in a transaction of its own."""

    def __init__(self, pool: ConnectionPool, starts: TransactionStarts) -> None:
        self._pool = pool
        self._starts = starts

    async def make(self, viewer: Viewer, request: Request) -> Outcome:
        """Execute a request. Raises FieldError if the database is unavailable."""

        async def effect(transaction: WriteTransaction) -> Outcome:
            match request:
                case StepRequest():
                    return await take_step(transaction, request)
                case SubmissionRequest():
                    return await submit(transaction, request)
                case ReferenceRequest():
                    return await change_reference(transaction, request)
                case _:
                    raise TypeError(f"no effect for {type(request).__name__}")

        begin = partial(begin_writing, self._pool, viewer, self._starts.for_writing(viewer))
        return await run_once(begin, viewer, request, effect)
