"""What became of each fault: kept between runs, and compared with what was accepted."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from tests.mutation.areas import Area
from tests.mutation.copies import Run
from tests.mutation.faults import Fault

ACCEPTED = Path(__file__).parent / "accepted.toml"


@dataclass(frozen=True)
class AcceptedFault:
    """A fault that no test needs to find, and why."""

    path: str
    line: str
    change: str
    reason: str

    def is_of(self, fault: Fault) -> bool:
        return (self.path, self.line, self.change) == (fault.path, fault.line, fault.change)


def read_accepted(path: Path = ACCEPTED) -> list[AcceptedFault]:
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("accepted", [])
    return [AcceptedFault(**entry) for entry in entries]


class Results:
    """The outcomes of an area, as long as the faulty file is what it was, and so is the file of
    the test that found the fault; where none did, all tests of the area."""

    def __init__(self, folder: Path, area: Area, root: Path) -> None:
        self._path = folder / f"{area.name}.json"
        self._root = root
        self._of_tests = "".join(_digest(root / test) for test in area.tests)
        self._outcomes: dict[str, tuple[str, str, str]] = {}
        if self._path.exists():
            self._outcomes = json.loads(self._path.read_text(encoding="utf-8"))

    def outcome(self, fault: Fault) -> str | None:
        """How the tests ended with the fault; None if that is not known."""
        outcome, file, digest = self._outcomes.get(self._key(fault), ("", "", ""))
        return outcome if digest == self._tests_digest(file) else None

    def note(self, fault: Fault, run: Run) -> None:
        file = run.found_in
        self._outcomes[self._key(fault)] = run.outcome, file, self._tests_digest(file)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._outcomes, indent=1), encoding="utf-8")

    def _tests_digest(self, file: str) -> str:
        return _digest(self._root / file) if file else _digest_of(self._of_tests)

    def _key(self, fault: Fault) -> str:
        return _digest_of(json.dumps([asdict(fault), _digest(self._root / fault.path)]))


def faults_page(faults: Iterable[tuple[str, Fault]]) -> str:
    """Faults, area by area."""
    return "".join(f"[{area}] {fault}\n" for area, fault in faults)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:20]
