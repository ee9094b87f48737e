"""Writes the figures of cells as Markdown tables."""

from collections.abc import Iterable, Iterator
from math import isnan

from bench.measuring import show_table
from bench.peers.cells import FLOOR, MIXED, PACED, Cell
from bench.peers.questions import BY_NAME
from bench.peers.results import Figures, Results
from bench.peers.starting import GERBANG

_HEAD = (
    "contender",
    "a second",
    "ratio",
    "p50 ms",
    "p99 ms",
    "gateway ms",
    "database ms",
    "sum",
    "of its sum",
)


def show(cells: Iterable[Cell], results: Results) -> None:
    """Print a table for each finished cell; ratios are those of Gerbang to the others."""
    for cell in cells:
        if figures := results.of(cell):
            show_table(_title(cell), _HEAD, list(_lines(figures)))


def _title(cell: Cell) -> str:
    what = {
        MIXED: "twenty documents of five roles, with errors and hang-ups",
        FLOOR: "the page's own statements by pgbench, and over HTTP",
        **{name: f"{BY_NAME[of].title}, at 80 % of the most" for name, of in PACED.items()},
    }
    title = what.get(cell.name) or cell.question.title
    processes = f", {cell.processes} processes" if cell.processes > 1 else ""
    connections = f"{cell.connections} connection{'s' if cell.connections > 1 else ''}"
    return f"{cell.name}: {title} ({connections}{processes}, {cell.applications:,} applications)"


def _lines(figures: Figures) -> Iterator[tuple[str, ...]]:
    own = figures[GERBANG]
    for name, of in figures.items():
        yield (
            name,
            f"{of.per_second:,.0f}",
            f"{own.per_second / of.per_second:.2f}",
            f"{of.p50 / 1000:.2f}",
            "" if isnan(of.p99) else f"{of.p99 / 1000:.2f}",
            f"{of.gateway / 1000:.3f}",
            f"{of.database / 1000:.3f}",
            f"{of.both / 1000:.3f}",
            f"{own.both / of.both:.2f}",
        )
