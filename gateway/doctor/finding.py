"""What the doctor finds: what is so, why that matters, and how to mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    what: str
    why: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what}\n    Why it matters: {self.why}\n    How to mend it: {self.mend}"
