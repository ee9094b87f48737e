"""Read budgets: how many people a viewer may read in an hour. PostgreSQL counts, for all gateways.

What is counted is the log itself: a trigger keeps whom each viewer read lately. Whoever asks holds
a lock of the viewer's own until the reads are logged, so that of many requests at once none slips
past, and no viewer waits for another.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.errors import ErrorCode, RequestError
from gateway.viewer import Viewer
from models.keys import new_key


class ReadBudgetError(RequestError):
    """The budget of people is spent: there is room again after ``retry_after`` seconds.

    None where that many people never fit in.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self.retry_after = math.ceil(seconds) if seconds >= 0 else None
        when = (
            f"Ask again in {self.retry_after} s."
            if self.retry_after is not None
            else "Ask for fewer at once."
        )
        super().__init__(
            ErrorCode.READ_BUDGET,
            f"Your role reads at most {most} people an hour, and nothing was read. {when}",
            HTTPStatus.TOO_MANY_REQUESTS,
        )


@dataclass(frozen=True, slots=True)
class ReadBudget:
    """The budget of a viewer, and who is to be read within it."""

    viewer: Viewer
    most: int
    people: Collection[UUID]

    async def find_excess(self, connection: AsyncConnection) -> ReadBudgetError | None:
        """Why these people may not be read now; None if this transaction may log that they are.

        Where they may not, an alert is raised: the caller commits it.
        """
        people = literal(list(self.people), ARRAY(Uuid))
        asked = func.viewer.admit_reads(self.viewer.role.value, self.most, people, new_key())
        seconds = (await connection.execute(select(asked))).scalar_one()
        return None if seconds is None else ReadBudgetError(self.most, seconds)
