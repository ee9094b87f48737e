"""One application as its users have reason to believe it is, and what they call: by hand, for the
model of its life.
"""

from dataclasses import dataclass, field
from typing import Any

OPEN = ("AWAITING_PAYMENT", "PAID", "IN_VERIFICATION", "INFO_REQUESTED", "REFUSAL_INTENDED",
        "SCREENING")  # fmt: skip
WORKED_ON = OPEN[1:]
WAITING = ("AWAITING_PAYMENT", "INFO_REQUESTED", "REFUSAL_INTENDED")


@dataclass
class Case:
    """One application, as its users have reason to believe it is."""

    id: str
    is_calling: bool
    status: str = "AWAITING_PAYMENT"
    is_held: bool = False
    is_received: bool = False
    #: By question: the latest answer.
    answers: dict[str, str] = field(default_factory=dict)
    #: By question: what waits for a second person, who proposed it, and who found the hit before.
    proposals: dict[str, tuple[str, str, str | None]] = field(default_factory=dict)
    found_by: dict[str, str] = field(default_factory=dict)
    #: By question and number: who had a part in an answer.
    answers_by: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    #: Who it is about, and who it is proposed to be about.
    name: str = ""
    proposed_name: str | None = None
    #: The documents of its checklist that are not there: of C1, the world requires these two.
    documents_missing: set[str] = field(default_factory=lambda: {"PHOTOGRAPH", "RETURN_TICKET"})
    #: What the applicant was asked for, and has not handed in.
    missing: set[str] = field(default_factory=set)
    #: Whether a refusal of its type is announced first, and whether this one was.
    is_announced_first: bool = False
    is_announced: bool = False
    officer: str | None = None
    supervisor: str | None = None
    decisions: list[tuple[str, str, list[str]]] = field(default_factory=list)
    revoked_by: str | None = None
    #: Whether two officers decide it, and who of them has, which is withheld.
    is_decided_twice: bool = False
    first: str | None = None
    events: list[str] = field(default_factory=lambda: ["SUBMITTED", "AWAITING_PAYMENT"])

    @property
    def stage(self) -> str:
        if self.status not in OPEN:
            return "CLOSED"
        return "WAITING_FOR_APPLICANT" if self.status in WAITING else "IN_PROCESS"

    @property
    def is_first_of_two(self) -> bool:
        return bool(self.is_decided_twice and not self.first and self.officer)

    @property
    def questions(self) -> list[str]:
        return ["ENTRY_BAN", "CLEARANCE"] if self.is_calling else ["ENTRY_BAN"]

    @property
    def may_be_granted(self) -> bool:
        answers = [self.answers.get(question) for question in self.questions]
        return not self.is_held and all(one in ("CLEAR", "NO_MATCH") for one in answers)

    def enter(self, status: str) -> None:
        self.status = status
        if status not in OPEN and status != "GRANTED":
            self.proposed_name = None
        self.events.append(status)


@dataclass(frozen=True)
class Call:
    """Somebody calls a mutation."""

    mutation: str
    user: str
    given: dict[str, Any] = field(default_factory=dict)
