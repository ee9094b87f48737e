"""Which of an area's tests are run first: those that found other faults, since the first one ends
the run."""

import re
from collections import Counter
from collections.abc import Sequence

from tests.mutation.copies import Run
from tests.mutation.faults import Fault

_RED = re.compile(r"^(?:FAILED|ERROR) ([^:\s]+)", re.MULTILINE)


class Order:
    """Learns in which files of tests faults are found, for each faulty file and for all."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._tests = tests
        self._of_file: Counter[tuple[str, str]] = Counter()
        self._of_all: Counter[str] = Counter()

    def for_fault(self, fault: Fault) -> Sequence[str]:
        """All of the tests, the likeliest to find it first."""
        return sorted(
            self._tests, key=lambda test: (-self._of_file[fault.path, test], -self._of_all[test])
        )

    def learn(self, fault: Fault, run: Run) -> None:
        if found := _RED.search(run.output):
            self._of_file[fault.path, found[1]] += 1
            self._of_all[found[1]] += 1
