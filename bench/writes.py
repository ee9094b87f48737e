"""What changes cost, from a submission to a decision, beside submissions to another revision."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.measuring import show_table

_HERE = Path(__file__).parent
#: Changes of a kind in a round.
_TIMES = 50
_KINDS = (
    "submission", "correction", "payment", "documents", "receipt", "case taken", "decision",
)  # fmt: skip
#: All that another revision is asked for: the others differ too much in what comes before them.
_BESIDE = ("submission",)


def measure(applications: int, rounds: int, beside: Path | None) -> None:
    """Print the processor of each kind of change, of the gateway and of the database.

    ``beside`` is the folder of another revision, such as a worktree of git. Its submissions are
    made in turns with ours, by this Python.
    """
    with ExitStack() as stack:
        ours = stack.enter_context(_writer(_HERE.parent, applications))
        writers = [(kind, ours) for kind in _KINDS]
        if beside:
            theirs = stack.enter_context(_writer(beside, applications))
            writers += [(f"{kind}, {beside.name}", theirs) for kind in _BESIDE]
        turns: dict[str, list[_Spent]] = {name: [] for name, _ in writers}
        for number in range(rounds + 1):
            for name, writer in writers:
                spent = _spend(writer, name.partition(",")[0])
                if number:  # the first round only warms up
                    turns[name].append(spent)
    show_table(
        "Changes, ms of processor and bytes of WAL; images of pages apart, after a checkpoint",
        ("change", "gateway", "database", "sum", "WAL", "images"),
        _rows(turns),
    )


class _Spent(NamedTuple):
    """What one change takes: milliseconds of processor, and bytes of WAL."""

    gateway: float
    database: float
    wal: float
    #: Of whole pages, which are written once after each checkpoint: here for so many changes.
    images: float


def _rows(turns: dict[str, list[_Spent]]) -> Sequence[Sequence[str]]:
    return [
        (
            name,
            f"{median(each.gateway for each in spent):.2f}",
            f"{median(each.database for each in spent):.2f}",
            f"{median(each.gateway + each.database for each in spent):.2f}",
            f"{median(each.wal for each in spent):,.0f}",
            f"{median(each.images for each in spent):,.0f}",
        )
        for name, spent in turns.items()
    ]


def _spend(writer: "subprocess.Popen[str]", kind: str) -> _Spent:
    assert writer.stdin
    assert writer.stdout
    writer.stdin.write(f"{kind} {_TIMES}\n")
    writer.stdin.flush()
    spent = json.loads(writer.stdout.readline())
    return _Spent(
        1000 * spent["gateway"] / _TIMES,
        1000 * spent["database"] / _TIMES,
        spent["wal"] / _TIMES,
        spent["images"] / _TIMES,
    )


@contextmanager
def _writer(folder: Path, applications: int) -> Iterator["subprocess.Popen[str]"]:
    """A process with a world and a gateway of the revision in a folder."""
    with subprocess.Popen(
        (sys.executable, "-P", _HERE / "change_process.py", str(applications)),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        yield writer  # which ends once nothing more is asked
