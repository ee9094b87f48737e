"""Read budgets: how many people a viewer may read in an hour or in an inquiry, and how many look-
ups they may make. PostgreSQL counts, for all gateways.

The log itself is counted; a trigger keeps track of the people whom each viewer read lately. The
caller holds a lock for the viewer until the reads are logged, so that none of many simultaneous
requests slips past, and no viewer waits for another.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from uuid import UUID

from gateway.access.purpose import StatedPurpose
from gateway.errors import ErrorCode, RequestError
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.row_keys import new_key
from models.supervision.budget_exception import WIDENED_ROLES
from models.vocabulary import Role

#: What whoever has a budget that two supervisors widen is told besides.
_EXCEPTION = " If it cannot wait, ask a supervisor for an exception."


class ReadBudgetError(RequestError):
    """A budget is spent: there is room again after ``retry_after`` seconds.

    None where that many people never fit in.
    """

    def __init__(
        self, most: int, seconds: float, *, of_lookups: bool = False, is_widened: bool = False
    ) -> None:
        """``is_widened`` says that two supervisors may make an exception."""
        self.retry_after = math.ceil(seconds) if seconds >= 0 else None
        when = (
            f"Ask again in {self.retry_after} s.{_EXCEPTION * is_widened}"
            if self.retry_after is not None
            else "Ask for fewer at once."
        )
        super().__init__(
            ErrorCode.READ_BUDGET,
            f"Your role looks up at most {most} people an hour, and nothing was read. {when}"
            if of_lookups
            else f"Your role reads at most {most} people an hour, and nothing was read. {when}",
            HTTPStatus.TOO_MANY_REQUESTS,
        )


def ceiling_refusal(seconds: int, role: Role) -> RequestError:
    """The refusal of somebody for whom the key service opens nobody else within so many seconds."""
    text = f"{ceiling_text(seconds)}{_EXCEPTION * (role in WIDENED_ROLES)}"
    return RequestError(ErrorCode.READ_BUDGET, text, HTTPStatus.TOO_MANY_REQUESTS)


def ceiling_text(seconds: int) -> str:
    return (
        f"You have read as many people as your role may within {seconds // 3600} hours, and nothing"
        " was read."
    )


@dataclass(frozen=True, slots=True)
class ReadBudget:
    """The budget of a viewer, and who is to be read within it."""

    viewer: Viewer
    most: int
    people: Collection[UUID]

    def question(self) -> Command:
        """Whether these people may be read now; if so, this transaction may log the reads.

        If not, an alert is raised, which the caller commits.
        """
        arguments = (self.viewer.role.value, self.most, list(self.people), new_key())
        return Command("viewer.admit_reads($1, $2, $3, $4)", arguments)

    def refusal(self, why: str) -> ReadBudgetError:
        """``why`` is the seconds until there is room, below 0 where there never is."""
        return ReadBudgetError(self.most, float(why), is_widened=self.viewer.role in WIDENED_ROLES)


@dataclass(frozen=True, slots=True)
class LookupBudget:
    """The budget of a viewer for one more look-up, apart from the people whom they read."""

    viewer: Viewer
    most: int

    def question(self) -> Command:
        """Whether this transaction may log a look-up. If not, an alert is raised, which the caller
        commits."""
        arguments = (self.viewer.role.value, self.most, new_key())
        return Command("viewer.admit_lookup($1, $2, $3)", arguments)

    def refusal(self, why: str) -> ReadBudgetError:
        """``why`` is the seconds until there is room."""
        return ReadBudgetError(self.most, float(why), of_lookups=True)


@dataclass(frozen=True, slots=True)
class CheckBudget:
    """The budget of a viewer for one more visa to check, and what is asked."""

    viewer: Viewer
    most: int
    #: As digests in hexadecimal: while keys are rotated, a passenger has two.
    passengers: Sequence[str]
    flight: str | None
    departs_on: date | None

    def question(self) -> Command:
        """Whether this transaction may log a check. If not, an alert is raised, which the caller
        commits; another one where a carrier asks again."""
        asked = (list(self.passengers), self.flight, self.departs_on)
        arguments = (self.viewer.role.value, self.most, *asked, new_key(), new_key())
        return Command("viewer.admit_check($1, $2, $3, $4, $5, $6, $7)", arguments)

    def refusal(self, why: str) -> ReadBudgetError:
        """``why`` is the seconds until there is room."""
        return ReadBudgetError(self.most, float(why), of_lookups=True)


class TriesSpentError(RequestError):
    """A file was asked for too often, or from one place, to be tracked now: there is room again
    after ``retry_after`` seconds."""

    def __init__(self, seconds: float) -> None:
        self.retry_after = math.ceil(seconds)
        super().__init__(
            ErrorCode.RATE_LIMITED,
            "This was asked for too often, whether there is such a file or not. Ask again in"
            f" {self.retry_after} s.",
            HTTPStatus.TOO_MANY_REQUESTS,
        )


@dataclass(frozen=True, slots=True)
class TryBudget:
    """How often a file is tracked, and from one source, as the digests by which they count."""

    file: bytes
    source: bytes

    def question(self) -> Command:
        """Whether this transaction may log one more try. If not, an alert is raised, which the
        caller commits."""
        arguments = (self.file.hex(), self.source.hex(), new_key(), new_key())
        return Command("viewer.admit_try($1, $2, $3, $4)", arguments)

    def refusal(self, why: str) -> TriesSpentError:
        """``why`` is the seconds until there is room."""
        return TriesSpentError(float(why))


#: Why nobody is admitted, by the word that the database answers with.
_WHY = {
    "WAITS": "Your inquiry waits for a second supervisor, and nothing was read.",
    "OVER": "Your inquiry is over, and nothing was read.",
    "FULL": "Your inquiry has no room for that many people, and nothing was read.",
}


class InquiryLimitError(RequestError):
    """The inquiry that the purpose names does not let these people in."""

    def __init__(self, why: str) -> None:
        super().__init__(ErrorCode.INQUIRY_LIMIT, _WHY[why], HTTPStatus.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class InquiryRoom:
    """The inquiry that a purpose names, and who is to be opened in it."""

    viewer: Viewer
    reference: str
    people: Collection[UUID] = ()
    look_ups: int = 0

    @classmethod
    def from_purpose(
        cls,
        viewer: Viewer,
        purpose: StatedPurpose,
        people: Collection[UUID] = (),
        look_ups: int = 0,
    ) -> "InquiryRoom | None":
        """None where the purpose names none."""
        if not purpose.is_inquiry or purpose.case_reference is None:
            return None
        return cls(viewer, purpose.case_reference, people, look_ups)

    def question(self) -> Command:
        """Whether they are admitted, once this transaction is committed.

        For another supervisor's inquiry, or one that does not exist, nobody is admitted and no
        reason is given.
        """
        people = sorted(self.people)
        arguments = (
            self.viewer.role.value,
            self.reference,
            people,
            [new_key() for _ in people],
            self.look_ups,
        )
        return Command("viewer.admit_to_inquiry($1, $2, $3, $4, $5)", arguments)

    def refusal(self, why: str) -> InquiryLimitError:
        """``why`` is a word of the database."""
        return InquiryLimitError(why)
