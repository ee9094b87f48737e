"""Compares contenders: they run in turns, for equal times, and their medians are shown."""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple, TypeVar

import psutil

from models.database.connections import connect

Action = Callable[[], Awaitable[object]]
#: Returns seconds since an arbitrary moment.
Clock = Callable[[], float]

_Figures = TypeVar("_Figures", bound=NamedTuple)

_SECONDS_A_TURN = 0.5
#: Of those at real-time priority, before which only the kernel's own work goes.
_PRIORITY = 20


def go_first() -> bool:
    """Have this process, and whatever it starts from now on, run before all others of the machine.

    Returns whether that is allowed: it takes root, or the capability CAP_SYS_NICE, on Linux.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_PRIORITY))
    except (AttributeError, OSError):
        return False
    return True


async def side_by_side(
    contenders: Mapping[str, Action], rounds: int, clock: Clock = perf_counter
) -> dict[str, float]:
    """The median seconds that one action of each contender takes.

    Every other round runs backwards, so that no contender always follows the same one.
    """
    for action in contenders.values():
        await action()
    turns: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        names = list(contenders)
        for name in names if number % 2 == 0 else reversed(names):
            turns[name].append(await _turn(contenders[name], clock))
    return {name: median(seconds) for name, seconds in turns.items()}


async def _turn(action: Action, clock: Clock) -> float:
    """The average seconds of one action over a turn."""
    end, began, actions = perf_counter() + _SECONDS_A_TURN, clock(), 0
    while perf_counter() < end:
        await action()
        actions += 1
    return (clock() - began) / actions


async def server_of(url: str) -> psutil.Process:
    """The process whose children serve a database. Raises RuntimeError where it is elsewhere."""
    connection = await connect(url)
    server = psutil.Process(connection.get_server_pid()).parent()
    await connection.close()
    if server is None:
        raise RuntimeError("the server of the database is not on this machine")
    return server


async def processor_clock(url: str) -> Clock:
    """A clock of the processor time of this process and of the server of a database.

    It counts the server's processes that have ended too, and no others. A server's time has a
    resolution of 10 ms.
    """
    server = await server_of(url)

    def seconds() -> float:
        running = sum(map(_seconds_of_child, server.children()))
        return process_time() + sum(server.cpu_times()[:4]) + running

    return seconds


def _seconds_of_child(process: psutil.Process) -> float:
    """Of one that has ended since it was listed, the server's own time has it."""
    try:
        return sum(process.cpu_times()[:2])
    except psutil.NoSuchProcess:
        return 0.0


class Spent(NamedTuple):
    """What one action takes, in milliseconds: by the clock, of this process, and of both."""

    wall: float
    own: float
    both: float


def median_of(figures: Sequence[_Figures]) -> _Figures:
    """The median of each figure."""
    return figures[0]._make(median(column) for column in zip(*figures, strict=True))


async def spend(action: Action, times: int, clock: Clock) -> Spent:
    """What each takes of so many that one call of an action does, by `processor_clock`."""
    began, own, both = perf_counter(), process_time(), clock()
    await action()
    spent = (perf_counter() - began, process_time() - own, clock() - both)
    return Spent(*(1000 * each / times for each in spent))


async def seconds_of(action: Action) -> float:
    """The seconds that one action takes, measured once."""
    began = perf_counter()
    await action()
    return perf_counter() - began


def show(title: str, unit: str, measured: Mapping[str, float]) -> None:
    """Print the seconds of an action for each contender; speeds are relative to the first."""
    own = next(iter(measured.values()))
    rows = [
        (name, f"{1000 * seconds:,.3f} ms", f"{1 / seconds:,.0f}", f"{own / seconds:.2f}")
        for name, seconds in measured.items()
    ]
    show_table(title, (unit, "each", "a second", "speed"), rows)


def show_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table."""
    print(f"\n{title}\n\n{table(head, rows)}")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = (head, ["-" * width for width in widths], *rows)
    return "\n".join(_line(cells, widths) for cells in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(padded)} |"
