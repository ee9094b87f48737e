"""Prometheus metrics of a key service. No label names a person, a viewer or a key."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    start_http_server,
)

from models.key_service.interface import KeyServiceError
from models.key_service.principals import ANYTHING

#: Opening people takes some milliseconds; a store that hangs is given up after ten seconds.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
#: A question that names no verb of the protocol.
_OTHER = "other"
VERBS = (*sorted(ANYTHING), _OTHER)


class QuestionOutcome(StrEnum):
    """How a question was answered."""

    ANSWERED = "answered"
    #: Not to be asked here, or about people who do not belong to the viewer.
    REFUSED = "refused"
    #: Signed in too weakly for it.
    SIGN_IN = "sign_in"
    #: Beyond the ceiling of a viewer, a principal or all.
    CEILING = "ceiling"
    #: The store did not answer.
    AWAY = "away"


class KeyMetrics:
    """The metrics of one key service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "gerbang_keys_questions", "Questions, by their verb and how they were answered.",
            ["verb", "outcome"], registry=self._registry,
        )  # fmt: skip
        self._subjects = Counter(
            "gerbang_keys_subjects", "People, or messages for digests, of answered questions.",
            ["verb"], registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "gerbang_keys_question_seconds", "How long questions took.", ["verb"],
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._store = Gauge(
            "gerbang_keys_store_reachable", "1 while the store of data keys answers, otherwise 0.",
            registry=self._registry,
        )  # fmt: skip
        # An alert on a series that begins with its first event would miss that one.
        for verb in VERBS:
            self._subjects.labels(verb)
            self._seconds.labels(verb)
            for outcome in QuestionOutcome:
                self._questions.labels(verb, outcome)

    def serve(self, host: str, port: int) -> None:
        """Serve them to operators from a thread of its own. Raises KeyServiceError."""
        try:
            start_http_server(port, host, self._registry)
        except OSError as error:
            raise KeyServiceError(
                f"the metrics cannot be served at {host}:{port} ({error.strerror}): look at"
                " GERBANG_METRICS_HOST and GERBANG_KEYS_PORT"
            ) from None

    def text(self) -> str:
        """The page that Prometheus reads."""
        return generate_latest(self._registry).decode()

    def note_question(
        self, question: Mapping[str, Any], outcome: QuestionOutcome, seconds: float
    ) -> None:
        verb = question.get("do")
        verb = verb if verb in ANYTHING else _OTHER
        self._questions.labels(verb, outcome).inc()
        self._seconds.labels(verb).observe(seconds)
        if outcome is QuestionOutcome.ANSWERED:
            self._subjects.labels(verb).inc(
                len(question.get("subjects") or question.get("messages") or ())
            )

    def note_store(self, *, is_reachable: bool) -> None:
        self._store.set(is_reachable)
