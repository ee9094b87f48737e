"""A copy of the project in which faults are planted, so that nobody's working tree has them."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutation.faults import Fault

#: What tests need beside the sources, and do not change.
_LINKED = (".tools", "node_modules")
_ENVIRONMENT = Path(".venv")
_RED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", re.MULTILINE)
_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """How a run of tests ended: with an error, a success, or not in time. It judges nothing where
    tests that could find the fault are red without it: the output names them."""

    outcome: str
    output: str

    @property
    def is_green(self) -> bool:
        return self.outcome == "green"

    @property
    def found_by(self) -> str:
        """The first test, or file, that is red; empty if there is none."""
        found = _RED.search(self.output)
        return found[1] if found else ""

    @property
    def found_in(self) -> str:
        """The file of that test."""
        return self.found_by.partition("::")[0]


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

    def start(
        self, arguments: Sequence[str], stdout: Any = subprocess.PIPE, pass_fds: Sequence[int] = ()
    ) -> subprocess.Popen[str]:
        """A Python in which the copy is imported, in a session of its own. The processes that it
        starts import the copy too, whichever environment they are given: see `_make_environment`.
        """
        programs = self.root / _ENVIRONMENT / "bin"
        search_path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return subprocess.Popen(
            [programs / "python", *arguments],
            cwd=self.root,
            env=os.environ
            | {"PATH": search_path, "PYTHONPATH": f"{self.root}{os.pathsep}{_PROJECT}"},
            stdout=stdout,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            pass_fds=pass_fds,
        )

    def test(self, tests: Sequence[str], seconds: float, server: str = "") -> Run:
        """Run tests until one fails, on a server of their own or on the one of a folder. What is
        not over in time is ended, with all that it began."""
        alone = ["pytest", "-q", "--exitfirst"]
        process = self.start(
            ["-m", *(["tests.mutation.forking", server] if server else alone), *tests]
        )
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return Run("hangs", end(process))
        except BaseException:
            end(process)
            raise
        outcomes = {0: "green", 1: "red", 2: "red", 3: "red", 4: "red"}
        return Run(outcomes.get(process.returncode, "red"), output)


def _write(path: Path, source: str) -> None:
    """Write a file, and forget what Python compiled of it: it would look no older."""
    path.write_text(source, encoding="utf-8")
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def end(process: subprocess.Popen[str]) -> str:
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
        _make_environment(root)
        yield Copy(root)


def _make_environment(root: Path) -> None:
    """A Python environment of a copy: this one, but where it names the project, it names the copy.
    So the copy is imported without any variable of the environment, and by `python -I`."""
    packages = Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    for folder in (Path("bin"), packages):
        (root / _ENVIRONMENT / folder).mkdir(parents=True)
        for file in (sys.prefix / folder).iterdir():
            new = root / _ENVIRONMENT / folder / file.name
            if file.suffix == ".pth" or (folder.name == "bin" and _is_script(file)):
                new.write_text(file.read_text("utf-8").replace(str(_PROJECT), str(root)), "utf-8")
                new.chmod(file.stat().st_mode)
            else:
                new.symlink_to(file)
    shutil.copy2(Path(sys.prefix, "pyvenv.cfg"), root / _ENVIRONMENT)


def _is_script(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(2) == b"#!"
