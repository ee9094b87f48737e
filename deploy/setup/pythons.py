"""The Pythons of this machine, and the fastest of them that suits us."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

OLDEST, NEWEST = (3, 11), (3, 14)
FURTHER_ROUNDS = 3
WORTH_AN_OLDER_VERSION = 1.2  # times as fast as a newer one; less is noise

FOLDERS = (
    "~/.pyenv/versions/*/bin",
    "~/.local/share/uv/python/*/bin",
    "~/.local/bin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
    "/opt/python*/bin",
    "/usr/bin",
)

# Builds differ up to 1.7 times in speed, so a few milliseconds of work decide: of the processor,
# for others may be using the machine meanwhile.
PROBE = """
import ctypes, json, os, ssl, sys, sysconfig, time, zlib
def work():
    seen = {}
    for number in range(50000):
        seen[number % 500] = (number, str(number))
        seen['last'] = len(seen[number % 500][1])
def seconds():
    started = time.process_time()
    work()
    return time.process_time() - started
base = getattr(sys, '_base_executable', None) or sys.executable
print(json.dumps({
    'path': os.path.realpath(base),
    'version': list(sys.version_info[:3]),
    'usual': sys.version_info.releaselevel == 'final'
        and not sysconfig.get_config_var('Py_GIL_DISABLED'),
    'stdlib': sysconfig.get_path('stdlib'),
    'seconds': min(seconds() for _ in range(20)),
}))
"""


class Python(NamedTuple):
    """One interpreter of this machine."""

    path: str
    version: list[int]
    usual: bool
    stdlib: str
    seconds: float

    def __str__(self) -> str:
        return f"Python {'.'.join(map(str, self.version))} at {self.path}"

    @property
    def suits(self) -> bool:
        return self.usual and OLDEST <= tuple(self.version[:2]) <= NEWEST


def find_pythons() -> list[Python]:
    """Every interpreter of this machine that works, each once."""
    probed = filter(None, map(_probe, dict.fromkeys(_candidates())))
    return list({python.path: python for python in probed}.values())


def fastest(pythons: list[Python]) -> Python | None:
    """The newest among those that are as fast as any."""
    suitable = [python for python in pythons if python.suits]
    if not suitable:
        return None
    # In turns: a machine that is slow for a moment would decide.
    for _ in range(FURTHER_ROUNDS):
        suitable = [_measured_again(python) for python in suitable]
    best = min(python.seconds for python in suitable)
    fast = [python for python in suitable if python.seconds <= best * WORTH_AN_OLDER_VERSION]
    return max(fast, key=lambda python: (python.version, -python.seconds))


def _measured_again(python: Python) -> Python:
    again = _probe(python.path)
    return python if again is None else python._replace(seconds=min(python.seconds, again.seconds))


def _candidates() -> Iterator[str]:
    folders = [Path(folder) for folder in os.get_exec_path() if folder]
    for pattern in FOLDERS:
        absolute = os.path.expanduser(pattern).lstrip("/")
        folders += Path("/").glob(absolute)
    for folder in folders:
        yield from (str(path) for path in sorted(folder.glob("python3*")) if _is_named_python(path))


def _is_named_python(path: Path) -> bool:
    name = path.name
    return name == "python3" or (name.startswith("python3.") and name[8:].isdigit())


def _probe(path: str) -> Python | None:
    try:
        answer = subprocess.run(
            [path, "-I", "-c", PROBE], capture_output=True, text=True, timeout=20, check=True
        )
        return Python(**json.loads(answer.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
