"""The cost of an operation as a program: numbers that are known, and steps for those that a request
decides."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from gateway.viewer import Viewer


class Unknown(NamedTuple):
    """An amount that a request decides: the number of the step that computes it."""

    step: int


Amount = int | Unknown
#: Computes a number from those of the steps before it, the variables and the viewer.
Step = Callable[[list[Any], Mapping[str, Any], Viewer], Any]


class CostProgram:
    """Steps that are each computed once, however often their result is used: a fragment bomb, whose
    cost is the product of many fragments, has as few of them as it has fields."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def add(self, step: Step) -> Unknown:
        self._steps.append(step)
        return Unknown(len(self._steps) - 1)

    def total(self, amounts: Iterable[Amount]) -> Amount:
        """The sum of some amounts."""
        known, unknown = 0, list[int]()
        for amount in amounts:
            if isinstance(amount, int):
                known += amount
            else:
                unknown.append(amount.step)
        if not unknown:
            return known
        if len(unknown) == 1:
            if known == 0:
                return Unknown(unknown[0])
            (only,) = unknown
            return self.add(lambda numbers, *_: known + numbers[only])
        return self.add(lambda numbers, *_: known + sum(numbers[one] for one in unknown))

    def product(self, one: Amount, other: Amount) -> Amount:
        """The product of two amounts."""
        match one, other:
            case (0, _) | (_, 0):
                return 0
            case int(), int():
                return one * other
            case Unknown(), Unknown():
                return self.add(lambda numbers, *_: numbers[one.step] * numbers[other.step])
            case (Unknown() as unknown, int() as known) | (int() as known, Unknown() as unknown):
                if known == 1:
                    return unknown
                return self.add(lambda numbers, *_: known * numbers[unknown.step])

    def share(self, share: Fraction, amount: Amount) -> Amount:
        """So many times an amount, rounded up."""
        if isinstance(amount, int):
            return ceil(share * amount)
        return self.add(lambda numbers, *_: ceil(share * numbers[amount.step]))

    def run(
        self, amounts: Iterable[Amount], variables: Mapping[str, Any], viewer: Viewer
    ) -> list[int]:
        """The values of some amounts for a request."""
        numbers: list[Any] = []
        for step in self._steps:
            numbers.append(step(numbers, variables, viewer))
        return [one if isinstance(one, int) else numbers[one.step] for one in amounts]
