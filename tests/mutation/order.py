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

    def __init__(self) -> None:
        self._of_file: Counter[tuple[str, str]] = Counter()
        self._of_all: Counter[str] = Counter()

    def sort(self, fault: Fault, tests: Sequence[str]) -> Sequence[str]:
        """The tests, those first that are in the files likeliest to find the fault."""

        def place(test: str) -> tuple[int, int]:
            file = test.partition("::")[0]
            return -self._of_file[fault.path, file], -self._of_all[file]

        return sorted(tests, key=place)

    def learn(self, fault: Fault, run: Run) -> None:
        if found := _RED.search(run.output):
            self._of_file[fault.path, found[1]] += 1
            self._of_all[found[1]] += 1
