"""The life of an application once more, as plain conditions: what the gateway is held against.

Written from the domain's facts, not from the steps of the product: where they differ, one is wrong.
"""

from dataclasses import dataclass, field
from typing import Any

OPEN = ("AWAITING_PAYMENT", "PAID", "IN_VERIFICATION", "INFO_REQUESTED", "SCREENING")
WAITING = ("AWAITING_PAYMENT", "INFO_REQUESTED")
#: They read how far a case is, not which status it has.
READ_NO_STATUS = ("agent-au", "service", "applicant")


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
    decisions: list[tuple[str, str, str | None]] = field(default_factory=list)
    events: list[str] = field(default_factory=lambda: ["SUBMITTED", "AWAITING_PAYMENT"])

    @property
    def stage(self) -> str:
        if self.status not in OPEN:
            return "CLOSED"
        return "WAITING_FOR_APPLICANT" if self.status in WAITING else "IN_PROCESS"

    @property
    def questions(self) -> list[str]:
        return ["ENTRY_BAN", "CLEARANCE"] if self.is_calling else ["ENTRY_BAN"]

    @property
    def may_be_granted(self) -> bool:
        return not self.is_held and [self.answers.get(q) for q in self.questions] == [
            "CLEAR" for _ in self.questions
        ]

    def enter(self, status: str) -> None:
        self.status = status
        self.events.append(status)


@dataclass(frozen=True)
class Call:
    """Somebody calls a mutation."""

    mutation: str
    user: str
    given: dict[str, Any] = field(default_factory=dict)


def refusal(case: Case, call: Call) -> str | None:
    """The code with which the call is refused; None where it is done."""
    if call.given.get("expectedStatus", case.status) != case.status:
        return "STATUS_CHANGED"
    if call.given.get("expectedStage", case.stage) != case.stage:
        return "STAGE_CHANGED"
    if case.status not in _statuses(case, call):
        if call.mutation == "recordPayment":
            return "BILL_CLOSED"
        if call.user not in READ_NO_STATUS:
            return "WRONG_STATUS"
        # A service may not learn by a question whether it is the one that is waited for.
        is_asked = call.mutation == "recordScreening" and case.stage in ("IN_PROCESS", "CLOSED")
        return "NOTHING_ASKED" if is_asked else "WRONG_STAGE"
    return _unmet(case, call)


def _statuses(case: Case, call: Call) -> tuple[str, ...]:
    match call.mutation:
        case "recordPayment":
            return ("AWAITING_PAYMENT",)
        case "startVerification":
            return ("PAID",)
        case "requestInformation":
            return ("IN_VERIFICATION",)
        case "answerInformation":
            return ("INFO_REQUESTED",)
        case "referToScreening" if call.user.startswith("supervisor"):
            return ("SCREENING", "REFUSED")
        case "referToScreening" | "recordDecision":
            return ("IN_VERIFICATION", "SCREENING")
        case "recordScreening":
            return ("SCREENING", "REFUSED")
        case "supersedeDecision":
            return ("GRANTED", "REFUSED")
        case "revokeVisa":
            return ("GRANTED",)
        case "releaseApplication":
            return (case.status,)
        case _:
            return OPEN


def _unmet(case: Case, call: Call) -> str | None:
    is_grant = call.given.get("outcome") == "GRANTED"
    match call.mutation:
        case "recordPayment" if call.given["amountIdr"] != 1_500_000:
            return "AMOUNT_DIFFERS"
        case "markReceived" if case.is_received:
            return "ALREADY_RECEIVED"
        case "startVerification" if not case.is_received:
            return "NOT_RECEIVED"
        case "holdApplication" if case.is_held:
            return "ALREADY_HELD"
        case "releaseApplication" if not case.is_held:
            return "NOT_HELD"
        case "recordScreening" if case.answers.get(call.given["kind"]) != "PENDING":
            return "NOTHING_ASKED"
        case "referToScreening" if case.status != "IN_VERIFICATION" and not questions_asked(
            case, call
        ):
            return "NOTHING_TO_ASK"
        case "supersedeDecision" if case.decisions[-1][0] == call.user:
            return "SECOND_PERSON_REQUIRED"
        case "supersedeDecision" if case.decisions[-1][1:] == _decision(call)[1:]:
            return "SAME_DECISION"
        case "recordDecision" | "supersedeDecision" if is_grant and not case.may_be_granted:
            return "NOT_CLEARED"
        case _:
            return None


def questions_asked(case: Case, call: Call) -> list[str]:
    """The questions that a referral asks."""
    again = {None, "UNAVAILABLE", *(["HIT"] if call.user.startswith("supervisor") else [])}
    return [question for question in case.questions if case.answers.get(question) in again]


def _decision(call: Call) -> tuple[str, str, str | None]:
    return call.user, call.given["outcome"], call.given.get("ground")


def follow(case: Case, call: Call) -> None:
    """What becomes of the case where the call is done."""
    match call.mutation:
        case "recordPayment":
            case.enter("PAID")
        case "markReceived":
            case.is_received = True
            case.events.append("RECEIVED")
        case "startVerification" | "answerInformation":
            case.enter("IN_VERIFICATION")
        case "requestInformation":
            case.enter("INFO_REQUESTED")
        case "referToScreening":
            case.answers |= dict.fromkeys(questions_asked(case, call), "PENDING")
            if case.status != "REFUSED":
                case.enter("SCREENING")
        case "recordScreening":
            case.answers[call.given["kind"]] = call.given["result"]
        case "holdApplication" | "releaseApplication":
            case.is_held = not case.is_held
            case.events.append("HELD" if case.is_held else "RELEASED")
        case "recordDecision" | "supersedeDecision":
            case.decisions.append(_decision(call))
            case.enter(call.given["outcome"])
        case "withdrawApplication":
            case.enter("WITHDRAWN")
        case "revokeVisa":
            case.enter("REVOKED")
        case _:
            raise ValueError(call.mutation)
