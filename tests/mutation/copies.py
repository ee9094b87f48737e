"""A copy of the project in which faults are planted, so that nobody's working tree has them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.faults import Fault

#: What tests need beside the sources, and do not change.
_LINKED = (".venv", ".tools", "node_modules")


@dataclass(frozen=True)
class Run:
    """How a run of tests ended: with an error, a success, or not in time."""

    outcome: str
    output: str

    @property
    def is_green(self) -> bool:
        return self.outcome == "green"


@dataclass(frozen=True)
class Copy:
    """A project of which only the copy is touched."""

    root: Path

    @contextmanager
    def planted(self, fault: Fault) -> Iterator[None]:
        """Within this the copy has a fault."""
        path = self.root / fault.path
        source = path.read_text(encoding="utf-8")
        _write(path, fault.plant(source))
        try:
            yield
        finally:
            _write(path, source)

    def test(
        self, tests: Sequence[str], seconds: float, options: Sequence[str] = ("--exitfirst",)
    ) -> Run:
        """Run tests until one fails. What is not over in time is ended, with all that it began."""
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", *options, *tests]
        process = subprocess.Popen(
            command,
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": str(self.root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return Run("hangs", _end(process))
        except BaseException:
            _end(process)
            raise
        outcomes = {0: "green", 1: "red", 2: "red", 3: "red", 4: "red"}
        return Run(outcomes.get(process.returncode, "red"), output)


def _write(path: Path, source: str) -> None:
    """Write a file, and forget what Python compiled of it: it would look no older."""
    path.write_text(source, encoding="utf-8")
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def _end(process: subprocess.Popen[str]) -> str:
    """End a run as an interrupt would, so that its servers stop; and if it does not, by force."""
    for number, seconds in ((signal.SIGINT, 20), (signal.SIGKILL, 20)):
        os.killpg(process.pid, number)
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            continue
    return ""


@contextmanager
def copied(project: Path) -> Iterator[Copy]:
    """A copy of what git knows of a project, as it stands now."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=project, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="gerbang-mutation-") as folder:
        root = Path(folder)
        root.chmod(0o711)  # when we are root, the server's account passes through
        for name in filter(None, listed.split("\0")):
            if (project / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(project / name, root / name)
        for name in _LINKED:
            if (project / name).exists():
                (root / name).symlink_to(project / name)
        yield Copy(root)
