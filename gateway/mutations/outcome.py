"""The outcome of a request: the keys of what changed, or the reasons for refusing it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway.access.transactions.writing import WriteTransaction
from models.life import Refusal
from models.vocabulary import Status


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for which nothing was done: a code and a place in the input, never a value."""

    refusal: Refusal
    #: Below ``input``.
    path: tuple[str, ...]
    #: The text of ``gateway/texts`` that says more than the code, and the limits that it names.
    rule: str | None = None
    limits: Mapping[str, int | str] = field(default_factory=dict)
    #: The status that the application has, where that could be the reason.
    status: Status | None = None
    #: What could be asked for instead: codes of visa types; None where that is not the reason.
    fitting: tuple[str, ...] | None = None
    #: The kinds of the documents that are missing, where that is the reason.
    missing: tuple[str, ...] | None = None
    #: The day until which a passport must be valid, where one is not.
    needed_until: date | None = None


class RefusedError(Exception):
    """The request is refused; its transaction is rolled back."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(*(reason.refusal for reason in reasons))
        self.reasons = reasons


class Reasons:
    """Collects the reasons for which a request is refused: the first one for each place.

    A second one at the same place would only follow from the first.
    """

    def __init__(self, found: Iterable[Reason] = (), *, below: tuple[str, ...] = ()) -> None:
        """``below`` is the place in the input to which the paths belong, as in a batch."""
        self._below = below
        self._found = {reason.path: reason for reason in found}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(
        self,
        refusal: Refusal,
        *path: str,
        rule: str | None = None,
        limits: Mapping[str, int | str] | None = None,
        status: Status | None = None,
        fitting: tuple[str, ...] | None = None,
        missing: tuple[str, ...] | None = None,
        needed_until: date | None = None,
    ) -> None:
        whole = (*self._below, *path)
        reason = Reason(refusal, whole, rule, limits or {}, status, fitting, missing, needed_until)
        self._found.setdefault(whole, reason)

    def include(self, reason: Reason) -> None:
        """Add a reason that names its whole path."""
        self._found.setdefault(reason.path, reason)

    def has(self, *path: str) -> bool:
        """Whether there is a reason at a place or below it."""
        whole = (*self._below, *path)
        return any(found[: len(whole)] == whole for found in self._found)

    def all(self) -> tuple[Reason, ...]:
        return tuple(self._found.values())

    def refuse_if_any(self) -> None:
        """Raises RefusedError with all of them, if there is one."""
        if self._found:
            raise RefusedError(*self.all())


@dataclass(frozen=True, slots=True)
class Result:
    """The key of one changed object, or why it was refused."""

    key: str | None = None
    refused: tuple[Reason, ...] = ()
    #: What is shown this once, and never stored.
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result for each object of the request; ``refused`` if the whole request was refused."""

    results: Sequence[Result] = ()
    refused: tuple[Reason, ...] = ()

    def to_json(self) -> list[dict[str, Any]]:
        """The outcome as stored with the idempotency key: keys and codes, no written values, and no
        texts, which depend on the language of the next request."""
        return [
            {"reasons": [_reason_to_json(reason) for reason in result.refused]}
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
            Result(item.get("key"), tuple(map(_reason_from_json, item.get("reasons", []))))
            for item in stored
        ]
    )


def _reason_to_json(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.refusal,
        "path": reason.path,
        "rule": reason.rule,
        "limits": reason.limits,
        "fitting": reason.fitting,
        "missing": reason.missing,
        "needed_until": reason.needed_until and reason.needed_until.isoformat(),
    }


def _reason_from_json(stored: dict[str, Any]) -> Reason:
    fitting, missing = stored["fitting"], stored["missing"]
    needed_until = stored["needed_until"]
    return Reason(
        Refusal(stored["code"]),
        tuple(stored["path"]),
        stored["rule"],
        stored["limits"],
        fitting=None if fitting is None else tuple(fitting),
        missing=None if missing is None else tuple(missing),
        needed_until=None if needed_until is None else date.fromisoformat(needed_until),
    )


#: By the type of the request: takes the transaction, the request and the reasons found so far, and
#: returns the key of what changed, or the whole result.
Effects = Mapping[type[Any], Callable[[WriteTransaction, Any, Reasons], Awaitable[str | Result]]]
