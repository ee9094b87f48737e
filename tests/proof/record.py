"""What is known of each part: when it ran, for how long, on which code, and how it ended."""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """How a part ended: with all that it took, where it was stopped and went on."""

    code: str
    began_at: str
    seconds: float
    is_green: bool
    is_stopped: bool = False


@dataclass
class Run:
    """A part while it runs."""

    is_green: bool = False


class Record:
    """The outcomes of all parts, in a file that git does not see."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Outcome]:
        if not self._path.exists():
            return {}
        kept = json.loads(self._path.read_text(encoding="utf-8"))
        return {name: Outcome(**facts) for name, facts in kept.items()}

    def note(self, name: str, outcome: Outcome) -> None:
        self._write(self.read() | {name: outcome})

    def forget(self, name: str) -> None:
        """A part begins anew."""
        self._write({part: known for part, known in self.read().items() if part != name})
        self.green_tests(name).unlink(missing_ok=True)

    def green_tests(self, name: str) -> Path:
        """Where the green tests of a part are noted."""
        return self._path.with_name(f"{name}.green.txt")

    @contextmanager
    def timed(self, name: str, code: str) -> Iterator[Run]:
        """Note how a part ends that runs within this; on the same code, what it took adds up."""
        run, began_at, began = Run(), f"{datetime.now(UTC):%Y-%m-%d %H:%M}", time.monotonic()
        before, seconds = self.read().get(name), 0.0
        if before and before.code == code != "":
            began_at, seconds = before.began_at, before.seconds
        is_stopped = True
        try:
            yield run
            is_stopped = False
        finally:
            seconds = round(seconds + time.monotonic() - began, 1)
            self.note(name, Outcome(code, began_at, seconds, run.is_green, is_stopped))

    def _write(self, outcomes: Mapping[str, Outcome]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        facts = {name: asdict(outcome) for name, outcome in outcomes.items()}
        self._path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def code_of(project: Path) -> str:
    """Which code this is: the commit, and a digest of what was changed since.

    Empty where git knows nothing of it; then no part is known to be green.
    """
    try:
        commit = _git(project, "rev-parse", "--short=9", "HEAD").decode().strip()
        changes = _git(project, "diff", "HEAD", "--binary")
        added = _git(project, "ls-files", "--others", "--exclude-standard", "-z")
    except (OSError, subprocess.CalledProcessError):
        return ""
    for name in filter(None, added.decode().split("\0")):
        changes += name.encode() + (project / name).read_bytes()
    return f"{commit}+{sha256(changes).hexdigest()[:6]}" if changes else commit


def _git(project: Path, *arguments: str) -> bytes:
    command: Sequence[str] = ("git", *arguments)
    return subprocess.run(command, cwd=project, check=True, capture_output=True).stdout
