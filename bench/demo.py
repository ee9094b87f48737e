"""How long `gerbang demo --check` takes, the first time and later."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.measuring import show_table

_GERBANG = Path(sys.executable).with_name("gerbang")


def measure(applications: int, rounds: int) -> None:
    """Print the seconds from its start until it has stopped again."""
    folder = Path(tempfile.mkdtemp(prefix="gerbang-"))
    folder.chmod(0o711)  # so that the server's account can enter it when we are root
    try:
        first = _seconds(folder, applications)
        later = median(_seconds(folder, applications) for _ in range(rounds))
    finally:
        shutil.rmtree(folder)
    show_table(
        f"gerbang demo --check, {applications:,} applications",
        ("start", "seconds", "speed"),
        [
            ("the first, which loads a world", f"{first:.1f}", "1.00"),
            ("every later one", f"{later:.1f}", f"{first / later:.2f}"),
        ],
    )


def _seconds(folder: Path, applications: int) -> float:
    began = perf_counter()
    subprocess.run(
        [
            _GERBANG,
            "demo",
            "--check",
            "--data",
            folder / "data",
            "--applications",
            f"{applications}",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return perf_counter() - began
