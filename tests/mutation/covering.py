"""Which tests can find a fault, and how they have to be run: by what ran without one."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.mutation.faults import Fault
from tests.mutation.order import file_of

Lines = Mapping[str, Iterable[int]]


class Way(StrEnum):
    """How tests are run on a fault."""

    #: In a fork of a process that has imported all.
    FORKED = "forked"
    #: In a process that imports all anew, on the server that is there: what runs at import differs.
    ANEW = "anew"
    #: So, and on a server of its own: the small world would be another.
    ALONE = "alone"


@dataclass
class Covering:
    """What each test of an area runs, and what runs before them."""

    at_import: dict[str, set[int]]
    of_world: dict[str, set[int]]
    #: Of green tests, in the order of their runs: how long each takes.
    seconds: dict[str, float] = field(default_factory=dict)
    #: By the way that they are run, those that are red without a fault.
    red: dict[Way, list[str]] = field(default_factory=lambda: {way: [] for way in Way})
    #: Files whose tests need each other.
    _whole: set[str] = field(default_factory=set)
    starting: list[str] = field(default_factory=list)
    #: By file and line, the tests that run it.
    tests_of: dict[str, dict[int, list[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Covering":
        """What `tests.mutation.forking` recorded."""
        covering = cls(
            *({k: set(v) for k, v in answer[name].items()} for name in ("import", "world"))
        )
        for run in answer["runs"]:
            covering._add(run["test"], run)
        return covering

    def _add(self, test: str, run: Mapping[str, Any]) -> None:
        if not run["is_green"]:
            for tests in self.red.values():
                tests.append(test)
            return
        self.seconds[test] = run["seconds"]
        if run["starts_processes"]:
            self.starting.append(test)
        for file, numbers in run["lines"].items():
            for number in numbers:
                self.tests_of[file][number].append(test)

    def way(self, fault: Fault, source: str) -> Way:
        if fault.is_sql_script:
            return Way.FORKED
        numbers = statement_lines(source, fault.number)
        if any(number in self.of_world.get(fault.path, ()) for number in numbers):
            return Way.ALONE
        if any(number in self.at_import.get(fault.path, ()) for number in numbers):
            return Way.ANEW
        return Way.FORKED

    def tests(self, fault: Fault, source: str, way: Way) -> list[str]:
        """Those that can find a fault, and are green without one."""
        return [test for test in self._able(fault, source) if test not in self.red[way]]

    def not_judging(self, fault: Fault, source: str, way: Way) -> list[str]:
        """Those that might find a fault, and are red without one: of what was never green, nobody
        knows what it would run."""
        files = {file_of(test) for test in self._able(fault, source)}
        return [
            test for test in self.red[way] if file_of(test) in files or test not in self.seconds
        ]

    def _able(self, fault: Fault, source: str) -> list[str]:
        """Those that run the statement with the fault, and those that start processes; if none
        runs it, those that run the file; and if none does, all."""
        if fault.is_sql_script:
            return [*self.seconds]
        of_file = self.tests_of.get(fault.path, {})
        numbers = statement_lines(source, fault.number)
        found = {test for number in numbers for test in of_file.get(number, ())}
        if not found:
            found = {test for tests in of_file.values() for test in tests} or {*self.seconds}
        found.update(self.starting)
        whole = self._whole & {file_of(test) for test in found}
        return [test for test in self.seconds if test in found or file_of(test) in whole]

    def others_of_files(self, tests: Collection[str], way: Way) -> list[str]:
        """The other tests of their files: what a fixture made for one is there for all."""
        files, known = {file_of(test) for test in tests}, {*tests, *self.red[way]}
        return [test for test in self.seconds if file_of(test) in files and test not in known]

    def distrust(self, test: str, way: Way) -> None:
        """What is red without a fault needs the others of its file, or is not run so any more."""
        if file_of(test) in self._whole:
            self.red[way].append(test)
        self._whole.add(file_of(test))


def statement_lines(source: str, number: int) -> range:
    """The lines of the smallest statement around a line; of one with a body, those before it."""
    around = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and node.lineno <= number <= (node.end_lineno or 0)
    ]
    if not around:
        return range(number, number + 1)
    smallest = max(around, key=lambda node: (node.lineno, -(node.end_lineno or 0)))
    body: Sequence[ast.stmt] = getattr(smallest, "body", ())
    end = body[0].lineno if body else (smallest.end_lineno or number) + 1
    return range(smallest.lineno, max(end, number + 1))
