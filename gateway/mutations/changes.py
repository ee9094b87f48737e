"""The one way in to every change: a request of a viewer, done once."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

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


class Changes:
    """Does what viewers request, each request in a transaction of its own."""

    def __init__(self, engine: AsyncEngine, openings: TransactionStarts) -> None:
        self._engine = engine
        self._starts = openings

    async def make(self, viewer: Viewer, request: Request) -> Outcome:
        """What came of it. Raises FieldError where the database cannot do it now."""

        async def effect(transaction: WriteTransaction) -> Outcome:
            match request:
                case StepRequest():
                    return await take_step(transaction, request)
                case SubmissionRequest():
                    return await submit(transaction, request)
                case ReferenceRequest():
                    return await change_reference(transaction, request)
                case _:
                    raise TypeError(f"nobody does {type(request).__name__}")

        begin = partial(begin_writing, self._engine, viewer, self._starts.for_writing(viewer))
        return await run_once(begin, viewer, request, effect)
