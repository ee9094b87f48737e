"""What the doctor finds: what is so, why that matters, and how to mend it."""

from dataclasses import dataclass

from gateway.faults import EXPLANATIONS, Fault


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    what: str
    why: str
    mend: str
    #: What readiness and the log call it, where a running gateway can have it.
    fault: Fault | None = None

    def __str__(self) -> str:
        named = f" ({self.fault})" if self.fault else ""
        return (
            f"{self.what}{named}\n    Why it matters: {self.why}\n    How to mend it: {self.mend}"
        )


def finding_of(fault: Fault, what: str) -> Finding:
    """A finding that readiness has a name for, with the reason and the remedy of that name."""
    why, mend = EXPLANATIONS[fault]
    return Finding(what, why, mend, fault)
