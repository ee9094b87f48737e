"""What became of each fault: kept between runs, and compared with what was accepted."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from tests.mutation.areas import Area
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
    """The outcomes of an area, as long as neither the faulty file nor the area's tests change."""

    def __init__(self, folder: Path, area: Area, root: Path) -> None:
        self._path = folder / f"{area.name}.json"
        self._root = root
        self._of_tests = "".join(_digest(root / test) for test in area.tests)
        self._outcomes: dict[str, str] = {}
        if self._path.exists():
            self._outcomes = json.loads(self._path.read_text(encoding="utf-8"))

    def outcome(self, fault: Fault) -> str | None:
        """How the tests ended with the fault; None if that is not known."""
        return self._outcomes.get(self._key(fault))

    def note(self, fault: Fault, outcome: str) -> None:
        self._outcomes[self._key(fault)] = outcome
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._outcomes, indent=1), encoding="utf-8")

    def _key(self, fault: Fault) -> str:
        facts = json.dumps([asdict(fault), _digest(self._root / fault.path), self._of_tests])
        return sha256(facts.encode()).hexdigest()[:20]


def survivors_page(survivors: Iterable[tuple[str, Fault]]) -> str:
    """What was not found, area by area."""
    return "".join(f"[{area}] {fault}\n" for area, fault in survivors)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
