"""What came of a request: what was changed, or why it was not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.life import MEANINGS, Refusal
from models.vocabulary import Status


class RefusedError(Exception):
    """Something is not done; whatever was written for it is rolled back."""

    def __init__(
        self, refusal: Refusal, *path: str, status: Status | None = None, why: str | None = None
    ) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.path = ("input", *path)
        self.status = status
        self.message = why or MEANINGS[refusal]


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that was changed, by its key, or the reason why not."""

    key: str | None = None
    refused: RefusedError | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result for each thing that was asked for; ``refused`` where the request was as a whole."""

    results: Sequence[Result] = ()
    refused: RefusedError | None = None

    def to_json(self) -> list[dict[str, Any]]:
        """The outcome as it is remembered: keys and codes, never what was written."""
        return [
            {
                "refusal": result.refused.refusal,
                "path": result.refused.path[1:],
                "why": result.refused.message,
            }
            if result.refused
            else {"key": result.key}
            for result in self.results
        ]


class NothingDoneError(Exception):
    """Of all that was asked for, nothing is done."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def outcome_from_json(stored: list[dict[str, Any]]) -> Outcome:
    """The outcome that was stored."""
    return Outcome(
        [
            Result(refused=RefusedError(Refusal(one["refusal"]), *one["path"], why=one["why"]))
            if "refusal" in one
            else Result(key=one["key"])
            for one in stored
        ]
    )
