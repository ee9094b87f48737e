"""Rate limits: each viewer has a budget of values, which refills continuously."""

import time
from collections.abc import Callable
from math import ceil
from typing import Any

from gateway.errors import ErrorCode, RateLimitedError, RequestError
from gateway.execution.cost import MOST, Cost
from gateway.mapping.services import RoleBudget
from gateway.viewer import Lane, Viewer
from models.instants import instant_text
from models.vocabulary import Role

#: The cost of a token in a document that is new to the role: parsing and validating take about
#: 28 µs a token, while a value of a planned page takes 1 to 2.
VALUES_PER_TOKEN = 20
#: The cost of the gateway's processor, however small the answer: a process answers about a million
#: values a second. Only whole steps are charged, and a request of a single row takes a tenth of
#: one: so the remaining budget does not reveal whether a row out of reach was looked at.
STEP_SECONDS = 0.005
VALUES_PER_STEP = 5_000
#: The cost of a tenth of a second of execution, waiting for the database included, with ten
#: operations at a time. Shorter times are free, for the same reason.
VALUES_PER_TENTH = 10_000
#: Tolerance in seconds for floating-point clocks.
_ROUNDING = 1e-6
#: Full budgets are dropped only above this number of viewers.
_FEW = 1_024


class Budgets:
    """Token buckets, one for each lane. No library offers this with refunds.

    A bucket is stored as the time at which it is full again, and full buckets are dropped. So
    memory is bounded by the viewers who were active within the time that a refill takes.
    """

    def __init__(
        self,
        capacity: int,
        refill: int,
        *,
        processes: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``capacity`` values at most, ``refill`` of them a second, shared by ``processes``."""
        self.capacity = max(capacity // processes, 1)
        self.maximum = min(MOST, self.capacity)
        self._refill = refill / processes
        self._clock = clock
        self._full_at: dict[Lane, float] = {}
        self._many = _FEW

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, lane: Lane, values: int) -> float:
        """Take values and return 0; with too few left, take none and return the seconds to wait."""
        now = self._clock()
        full_at = max(self._full_at.get(lane, now), now) + values / self._refill
        missing = full_at - now - self.capacity / self._refill
        if missing > _ROUNDING:
            return missing
        self._note(lane, full_at, now)
        return 0

    def give_back(self, lane: Lane, values: int) -> None:
        """Refund values; a negative number charges for more."""
        now = self._clock()
        full_at = max(self._full_at.get(lane, now), now) - values / self._refill
        self._note(lane, full_at, now)

    def remaining(self, lane: Lane) -> tuple[int, float]:
        """How many values are left, and the seconds until the budget is full."""
        seconds = max(self._full_at.get(lane, 0) - self._clock(), 0)
        return max(self.capacity - ceil(seconds * self._refill), 0), seconds

    def use_by_role(self) -> list[RoleBudget]:
        """The budgets that are not full, by role."""
        left: dict[Role, list[int]] = {}
        for lane in self._full_at:
            remaining, seconds = self.remaining(lane)
            if seconds:
                left.setdefault(lane[1], []).append(remaining)
        return [RoleBudget(role, len(each), min(each)) for role, each in sorted(left.items())]

    def _note(self, lane: Lane, full_at: float, now: float) -> None:
        if full_at <= now:
            self._full_at.pop(lane, None)
            return
        self._full_at[lane] = full_at
        if len(self._full_at) > self._many:
            self._full_at = {one: at for one, at in self._full_at.items() if at > now}
            self._many = max(_FEW, 2 * len(self._full_at))


_NOTHING = Cost(0, 0)


class Charge:
    """The charge of one operation to the budget of its viewer."""

    def __init__(self, budgets: Budgets, viewer: Viewer) -> None:
        self._budgets = budgets
        self._lane = viewer.lane
        self._operation = _NOTHING
        #: What was charged for the document.
        self._paid = 0
        #: The amount that was taken and is not settled yet.
        self._cost = _NOTHING
        #: The estimated cost, an upper bound; the actual one, and what of it is other work than
        #: the values of the answer.
        self.requested: int | None = None
        self.actual = 0
        self.work = 0

    def take_tokens(self, tokens: int) -> None:
        """Charge for parsing and validating a new document. Raises RateLimitedError."""
        self._take(tokens * VALUES_PER_TOKEN)
        self._paid += tokens * VALUES_PER_TOKEN

    def take(self, cost: Cost) -> None:
        """Charge for an operation before it runs.

        Raises RequestError with TOO_COSTLY, or RateLimitedError.
        """
        self.requested = cost.requested
        if cost.requested > (most := self._budgets.maximum):
            raise RequestError(
                ErrorCode.TOO_COSTLY,
                f"This could cost {cost.requested} values; {most} is the most. Ask for smaller"
                " pages, group by less, name values in `where`, or ask for a shorter window.",
            )
        self._operation = cost
        self.take_again()

    def take_again(self) -> None:
        """Charge for another execution of the same operation. Raises RateLimitedError."""
        self._take(self._operation.requested)
        self._cost = self._operation

    def cancel(self, processor_seconds: float = 0.0) -> None:
        """There is no answer: refund everything except the cost of the document, and of the
        processor."""
        self._give_back(self._values_of(processor_seconds))

    def settle(self, values: int, processor_seconds: float, seconds: float) -> None:
        """Refund what was not used, judged by the values of the answer, what it took of the
        processor, and the time it took."""
        self.work = self._operation.work
        self.actual = values + self.work
        time = max(self._values_of(processor_seconds), int(seconds * 10) * VALUES_PER_TENTH)
        self._give_back(max(self.actual, time))

    def _values_of(self, processor_seconds: float) -> int:
        """The cost of the processor's time beyond what was paid with the document."""
        return max(int(processor_seconds / STEP_SECONDS) * VALUES_PER_STEP - self._paid, 0)

    def _give_back(self, used: int) -> None:
        self._budgets.give_back(self._lane, self._cost.requested - used)
        self._cost = _NOTHING

    def as_extension(self) -> dict[str, Any]:
        """``extensions.cost``."""
        remaining, seconds = self._budgets.remaining(self._lane)
        return {
            "requested": self.requested,
            "actual": self.actual,
            "work": self.work,
            "maximum": self._budgets.maximum,
            "remaining": remaining,
            "resetsAt": instant_text(time.time() + seconds),
        }

    def _take(self, values: int) -> None:
        seconds = self._budgets.take(self._lane, min(values, self._budgets.capacity))
        if seconds:
            self.requested = self.requested or values
            raise RateLimitedError(ceil(seconds), self.as_extension())
