"""Which of an area's tests are run first: those that found other faults, since the first one ends
the run."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.mutation.copies import Run
from tests.mutation.faults import Fault


class Order:
    """Learns in which files of tests faults are found, for each faulty file and for all."""

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds
        self._of_file: Counter[tuple[str, str]] = Counter()
        self._of_all: Counter[str] = Counter()

    def sort(self, fault: Fault, tests: Sequence[str]) -> list[str]:
        """The tests file by file: those first that found most faults, then the quick ones."""
        seconds = Counter[str]()
        for test in tests:
            seconds[file_of(test)] += self._seconds[test]

        def place(test: str) -> tuple[int, int, float, str]:
            file = file_of(test)
            return -self._of_file[fault.path, file], -self._of_all[file], seconds[file], file

        return sorted(tests, key=place)

    def learn(self, fault: Fault, run: Run) -> None:
        if file := run.found_in:
            self._of_file[fault.path, file] += 1
            self._of_all[file] += 1


def file_of(test: str) -> str:
    return test.partition("::")[0]
