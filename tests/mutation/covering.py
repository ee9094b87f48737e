"""Which tests run a line: they are the likeliest to find a fault there, and mostly few."""

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path

from coverage import CoverageData

from tests.mutation.copies import Copy
from tests.mutation.faults import Fault

_OPTIONS = ("-p", "pytest_cov", "--cov=.", "--cov-context=test", "--cov-report=")
_SECONDS = 3_600

#: By file and line, who ran it: the test, "|" and its phase, or nothing where it ran at import.
Contexts = Mapping[str, Mapping[int, Sequence[str]]]


class Covering:
    """The tests by file and line, as coverage.py saw them run without a fault.

    It sees nothing of other processes and of SQL, and no test where a line runs at import.
    """

    def __init__(self, root: Path, contexts: Contexts) -> None:
        self._root = root
        self._contexts = contexts

    @classmethod
    def of(cls, copy: Copy, tests: Sequence[str]) -> "Covering":
        """Run the tests, and look at what they run. Being slower, some of them may fail."""
        copy.test(tests, _SECONDS, _OPTIONS)
        found = CoverageData(str(copy.root / ".coverage"))
        found.read()
        files = found.measured_files()
        return cls(copy.root, {file: found.contexts_by_lineno(file) for file in files})

    def tests(self, fault: Fault) -> Sequence[str]:
        """The tests that run the statement with the fault, each for all of its parameters."""
        file = self._root / fault.path
        contexts = self._contexts.get(str(file))
        if not contexts:
            return []
        numbers = statement_lines(file.read_text(encoding="utf-8"), fault.number)
        found = {context for number in numbers for context in contexts.get(number, ())}
        return sorted({each.rpartition("|")[0].partition("[")[0] for each in found} - {""})


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
