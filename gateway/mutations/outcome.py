"""The outcome of a request: the keys of what changed, or the reason for refusing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.life import MEANINGS, Refusal
from models.vocabulary import Status


class RefusedError(Exception):
    """The request is refused; its transaction is rolled back."""

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
    """The key of one changed object, or why it was refused."""

    key: str | None = None
    refused: RefusedError | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result for each object of the request; ``refused`` if the whole request was refused."""

    results: Sequence[Result] = ()
    refused: RefusedError | None = None

    def to_json(self) -> list[dict[str, Any]]:
        """The outcome as stored with the idempotency key: keys and codes, no written values."""
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
    """Every item of a batch was refused; the transaction is rolled back."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def outcome_from_json(stored: list[dict[str, Any]]) -> Outcome:
    """The outcome from its stored form."""
    return Outcome(
        [
            Result(refused=RefusedError(Refusal(item["refusal"]), *item["path"], why=item["why"]))
            if "refusal" in item
            else Result(key=item["key"])
            for item in stored
        ]
    )
