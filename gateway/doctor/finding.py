"""A finding of the doctor: what is wrong, why it matters, and how to mend it."""

from dataclasses import dataclass
from typing import NamedTuple

from gateway.faults import EXPLANATIONS, Fault


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    what: str
    why: str
    mend: str
    #: Its name in readiness and the log, if a running gateway can report it.
    fault: Fault | None = None

    def __str__(self) -> str:
        name = f" ({self.fault})" if self.fault else ""
        return f"{self.what}{name}\n    Why it matters: {self.why}\n    How to mend it: {self.mend}"


def finding_of(fault: Fault, what: str) -> Finding:
    """A finding with the explanation and the remedy of a fault."""
    why, mend = EXPLANATIONS[fault]
    return Finding(what, why, mend, fault)


class Examination(NamedTuple):
    """A query that returns one sentence for each thing that is wrong."""

    query: str
    why: str
    mend: str
