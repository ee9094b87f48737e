"""Finds the small faults that can be planted in a source file, in Python and in SQL alike.

Libraries for this mutate Python alone. Half of our conditions are SQL in strings, where a `=` that
becomes `<>` ends everybody's assignments.
"""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from tests.mutation.in_python import faults_of_python
from tests.mutation.in_sql import faults_of_sql
from tests.mutation.pieces import Kind


@dataclass(frozen=True)
class Fault:
    """A piece of a source file, and what stands there instead."""

    path: str
    #: Where the piece begins and ends, in characters.
    start: int
    end: int
    #: The line it is in, counted from one, and its text without spaces around.
    number: int
    line: str
    old: str
    new: str
    #: Which of these it is in its line, counted from one.
    turn: int
    kind: Kind

    @property
    def change(self) -> str:
        """What changes, on one line."""
        turn = f" (no. {self.turn})" if self.turn > 1 else ""
        return f"{' '.join(self.old.split())} → {self.new or 'nothing'}{turn}"

    @property
    def is_sql_script(self) -> bool:
        return self.path.endswith(".sql")

    def __str__(self) -> str:
        return f"{self.path}:{self.number}  {self.line}\n    {self.change}"

    def plant(self, source: str) -> str:
        """The source with the fault in it."""
        return source[: self.start] + self.new + source[self.end :]

    def place(self, seed: int) -> str:
        """Where it stands in the order of a seed. Lines that move keep their place."""
        return sha256(f"{seed} {self.path} {self.line} {self.change}".encode()).hexdigest()


def find_faults(path: str, source: str) -> list[Fault]:
    """Every fault of a file, in the order of its text."""
    pieces = (
        faults_of_sql(source, 0, len(source)) if path.endswith(".sql") else faults_of_python(source)
    )
    lines, turns = source.splitlines(), Counter[tuple[int, str, str]]()
    faults = []
    for start, end, new, kind in sorted(set(pieces)):
        number, old = source.count("\n", 0, start) + 1, source[start:end]
        turns[number, old, new] += 1
        line, turn = lines[number - 1].strip(), turns[number, old, new]
        faults.append(Fault(path, start, end, number, line, old, new, turn, kind))
    return faults
