"""How much each viewer may ask of this process: budgets of values, which refill continuously."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from gateway.errors import ErrorCode, RateLimitedError, RequestError
from gateway.execution.cost import MOST, Cost
from gateway.viewer import Lane, Viewer

#: What a token of a document costs that is not known yet: parsing and validating it takes about
#: 28 µs a token, where a value of a planned page takes 1 to 2.
VALUES_PER_TOKEN = 20
#: What a tenth of a second costs in which an operation has its turn, however little it answers: a
#: process answers about a million values a second, over ten turns. Shorter times do not count, so
#: that what is left tells nobody how long a look at a foreign row took.
VALUES_PER_TENTH = 10_000
#: Seconds that do not count: clocks are floating-point numbers.
_ROUNDING = 1e-6
#: Below so many viewers none is forgotten.
_FEW = 1_024


class Budgets:
    """Token buckets, one a viewer. No library does this with charges that are given back.

    A bucket is the moment at which it is full again; one whose moment has passed is forgotten. So
    there are never more than viewers who asked within the time that an empty bucket takes to fill.
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
        """Take values, or none of them where there are not enough: the seconds until there are."""
        now = self._clock()
        full_at = max(self._full_at.get(lane, now), now) + values / self._refill
        missing = full_at - now - self.capacity / self._refill
        if missing > _ROUNDING:
            return missing
        self._note(lane, full_at, now)
        return 0

    def give_back(self, lane: Lane, values: int) -> None:
        """Give back what was not used; what was used beyond what was taken is negative."""
        now = self._clock()
        full_at = max(self._full_at.get(lane, now), now) - values / self._refill
        self._note(lane, full_at, now)

    def remaining(self, lane: Lane) -> tuple[int, float]:
        """How many values are there, and the seconds until all are."""
        seconds = max(self._full_at.get(lane, 0) - self._clock(), 0)
        return max(self.capacity - ceil(seconds * self._refill), 0), seconds

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
    """What one operation takes from the budget of its viewer."""

    def __init__(self, budgets: Budgets, viewer: Viewer) -> None:
        self._budgets = budgets
        self._lane = viewer.lane
        self._operation = _NOTHING
        #: What was taken and is not settled yet.
        self._cost = _NOTHING
        #: At most how many values it was to answer with, and how many it did answer with.
        self.requested: int | None = None
        self.actual = 0

    def take_tokens(self, tokens: int) -> None:
        """For a document that is parsed and validated first. Raises RateLimitedError."""
        self._take(tokens * VALUES_PER_TOKEN)

    def take(self, cost: Cost) -> None:
        """For an operation, before anything of it runs.

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
        """For the next execution of the same operation. Raises RateLimitedError."""
        self._take(self._operation.requested)
        self._cost = self._operation

    def cancel(self) -> None:
        """Nothing was run: all is given back but what the document cost."""
        self._budgets.give_back(self._lane, self._cost.requested)
        self._cost = _NOTHING

    def settle(self, actual: int, seconds: float) -> None:
        """Give back what was not used: by the values that were answered, and by the time."""
        self.actual = actual
        used = max(self._operation.work + actual, int(seconds * 10) * VALUES_PER_TENTH)
        self._budgets.give_back(self._lane, self._cost.requested - used)
        self._cost = _NOTHING

    def as_extension(self) -> dict[str, Any]:
        """``extensions.cost``."""
        remaining, seconds = self._budgets.remaining(self._lane)
        resets_at = datetime.now(UTC) + timedelta(seconds=seconds)
        return {
            "requested": self.requested,
            "actual": self.actual,
            "maximum": self._budgets.maximum,
            "remaining": remaining,
            "resetsAt": resets_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }

    def _take(self, values: int) -> None:
        seconds = self._budgets.take(self._lane, min(values, self._budgets.capacity))
        if seconds:
            self.requested = self.requested or values
            raise RateLimitedError(ceil(seconds), self.as_extension())
