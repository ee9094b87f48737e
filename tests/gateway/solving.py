"""What is known of some counts as linear constraints, and a solver for what they can be."""

from collections.abc import Iterable
from math import ceil, floor
from typing import Any, NamedTuple

import numpy as np

#: As good as no upper bound.
UNBOUNDED = 1e6

#: The least and the most that a count can be.
Ends = tuple[float, float]


class Count(NamedTuple):
    """One unknown: a measure of a group (its dimensions and their values) in a period."""

    measure: str
    group: frozenset[tuple[str, str | None]]
    months: int
    first: int


class Problem:
    """Everything that is known, as linear constraints."""

    def __init__(
        self,
        limits: dict[Count, tuple[float, float]],
        sums: Iterable[tuple[Count, tuple[Count, ...], bool]],
    ) -> None:
        self.number = {unknown: number for number, unknown in enumerate(limits)}
        self.limits = list(limits.values())
        equal, at_most = [], []
        for whole, parts, is_all in sums:
            row = {self.number[whole]: -1.0} | {self.number[part]: 1.0 for part in parts}
            (equal if is_all else at_most).append(row)
        self.equal, self.at_most = self._matrix(equal), self._matrix(at_most)
        #: The ends of what any solution so far had.
        self.seen_low, self.seen_high = (
            np.full(len(limits), UNBOUNDED),
            np.full(len(limits), -UNBOUNDED),
        )

    def narrow(self, wanted: Iterable[Count], fewest: int) -> dict[Count, Ends]:
        """Every solution shows for all counts at once what they can be, so most need none."""
        found = {}
        for unknown in wanted:
            if self._seen_candidates(unknown) < fewest:
                low, high = self.bounds(unknown)
                if high - low + 1 < fewest:
                    found[unknown] = (low, high)
        return found

    def _seen_candidates(self, unknown: Count) -> float:
        number = self.number[unknown]
        return _candidates(self.seen_low[number], self.seen_high[number])

    def _matrix(self, rows: list[dict[int, float]]) -> Any:
        from scipy.sparse import csr_array  # at the top it would cost each worker half a second

        lines = [line for line, row in enumerate(rows) for _ in row]
        columns = [column for row in rows for column in row]
        values = [value for row in rows for value in row.values()]
        return csr_array((values, (lines, columns)), shape=(len(rows), len(self.number)))

    def bounds(self, unknown: Count) -> Ends:
        least, most = (self._optimum(unknown, sign) for sign in (1, -1))
        return ceil(least - _NEAR), floor(most + _NEAR) if most < UNBOUNDED else UNBOUNDED

    def _optimum(self, unknown: Count, sign: int) -> float:
        from scipy.optimize import linprog

        aim = np.zeros(len(self.number))
        aim[self.number[unknown]] = sign
        found = linprog(
            aim,
            A_eq=self.equal, b_eq=np.zeros(self.equal.shape[0]),
            A_ub=self.at_most, b_ub=np.zeros(self.at_most.shape[0]),
            bounds=self.limits, method="highs",
        )  # fmt: skip
        assert found.status == 0, found.message
        self.seen_low = np.minimum(self.seen_low, found.x)
        self.seen_high = np.maximum(self.seen_high, found.x)
        return sign * found.fun


#: What a solver may be off by.
_NEAR = 1e-6


def _candidates(low: float, high: float) -> float:
    """How many whole numbers lie between two ends."""
    return floor(high + _NEAR) - ceil(low - _NEAR) + 1 if low < UNBOUNDED else 0
