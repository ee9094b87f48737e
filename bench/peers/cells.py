"""The cells of the peers' bench: which question, on how many connections, processes and rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.peers.questions import BY_NAME, Question

SMALL, LARGE = 20_000, 1_000_000
MIXED = "Q6"
FLOOR = "floor"
#: Questions asked at a steady rate: so much of what Mercurius answers at most, or we where it
#: cannot answer.
SHARE = 0.8
PACED = {f"{name} paced": name for name in ("Q1", "Q2v", "Q3", "Q3c", "Q5")}
#: The question whose statements are the floor, and the load under which it is compared.
FLOOR_OF, CROWD = "Q2v", 16


@dataclass(frozen=True, order=True)
class Cell:
    """One line of figures for each contender."""

    applications: int
    processes: int
    name: str
    connections: int

    @property
    def key(self) -> str:
        return (
            f"{self.name}, {self.connections} connections, {self.processes} processes,"
            f" {self.applications} applications"
        )

    @property
    def question(self) -> Question:
        return BY_NAME[self.name]


#: Q1 and Q2 in full; of the others one cell each.
CELLS = (
    *(Cell(SMALL, 1, name, each) for name in ("Q1", "Q2", "Q2v") for each in (1, CROWD, 100)),
    *(Cell(SMALL, 2, name, CROWD) for name in ("Q1", "Q2v")),
    *(Cell(LARGE, 1, name, CROWD) for name in ("Q1", "Q2v")),
    *(Cell(SMALL, 1, name, CROWD) for name in ("Q3", "Q3c", "Q5", MIXED, FLOOR, *PACED)),
    *(Cell(size, 1, name, 1) for size in (SMALL, LARGE) for name in ("Q4", "Q4c")),
)


def choose_cells(
    questions: Iterable[str],
    connections: Iterable[int],
    processes: Iterable[int],
    applications: Iterable[int],
) -> Iterator[Cell]:
    """The cells of some questions and numbers; nothing chosen is all of them."""
    named, numbers = set(questions), [set(connections), set(processes), set(applications)]
    for cell in sorted(CELLS):
        of_cell = (cell.connections, cell.processes, cell.applications)
        if (not named or cell.name in named) and all(
            not wanted or number in wanted for wanted, number in zip(numbers, of_cell, strict=True)
        ):
            yield cell
