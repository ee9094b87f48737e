"""Holds contenders against each other: in turns, for the same time, by their medians."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from statistics import median
from time import perf_counter

Action = Callable[[], Awaitable[object]]

_SECONDS_A_TURN = 0.5


async def side_by_side(contenders: Mapping[str, Action], rounds: int) -> dict[str, float]:
    """Median seconds of one action of each contender.

    Every other round goes backwards, so that nobody always follows the same one.
    """
    for action in contenders.values():
        await action()
    turns: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        names = list(contenders)
        for name in names if number % 2 == 0 else reversed(names):
            turns[name].append(await _turn(contenders[name]))
    return {name: median(seconds) for name, seconds in turns.items()}


async def _turn(action: Action) -> float:
    """Seconds of one action, on the average of a turn."""
    began, actions = perf_counter(), 0
    while True:
        await action()
        actions += 1
        took = perf_counter() - began
        if took >= _SECONDS_A_TURN:
            return took / actions


async def seconds_of(action: Action) -> float:
    """Of one action, once."""
    began = perf_counter()
    await action()
    return perf_counter() - began


def show(title: str, unit: str, measured: Mapping[str, float]) -> None:
    """A table of seconds an action; the first contender is what the others are held against."""
    own = next(iter(measured.values()))
    rows = [
        (name, f"{1000 * seconds:,.3f} ms", f"{1 / seconds:,.0f}", f"{own / seconds:.2f}")
        for name, seconds in measured.items()
    ]
    show_table(title, (unit, "each", "a second", "speed"), rows)


def show_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    print(f"\n{title}\n")
    print(_line(head, widths))
    print(_line(["-" * width for width in widths], widths))
    for row in rows:
        print(_line(row, widths))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(padded)} |"
