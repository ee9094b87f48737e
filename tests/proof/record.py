"""What is known of each part: when it ran, for how long, on which code, and how it ended."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """The last time that a part ran to its end."""

    code: str
    began_at: str
    seconds: float
    is_green: bool


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
        outcomes = self.read() | {name: outcome}
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
