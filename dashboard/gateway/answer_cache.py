"""The last good answers to a session: for when the gateway is away, or was asked just now."""

import json
import time
import zlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MOST_ANSWERS = 6
#: Packed; the answer for every country takes a tenth of it.
LARGEST_ANSWER = 128 * 1_024
#: So long an answer stands for the next one, so that to sort a table asks nothing anew.
FRESH_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Outage:
    """Since when the gateway has not answered, and how it failed first."""

    since: datetime
    code: str
    trace_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    packed: bytes
    fresh_until: float


class KeptAnswers:
    """A handful of answers of one session; they live and end with it."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self.outage: Outage | None = None

    def __len__(self) -> int:
        return len(self._answers)

    def keep(self, question: Hashable, data: dict[str, Any]) -> None:
        packed = zlib.compress(json.dumps(data).encode(), level=1)
        if len(packed) > LARGEST_ANSWER:
            return
        self._answers[question] = Answer(packed, time.monotonic() + FRESH_SECONDS)
        self._answers.move_to_end(question)
        if len(self._answers) > MOST_ANSWERS:
            self._answers.popitem(last=False)

    def find(self, question: Hashable) -> dict[str, Any] | None:
        answer = self._answers.get(question)
        return json.loads(zlib.decompress(answer.packed)) if answer else None

    def find_fresh(self, question: Hashable) -> dict[str, Any] | None:
        answer = self._answers.get(question)
        is_fresh = answer is not None and time.monotonic() < answer.fresh_until
        return self.find(question) if is_fresh else None

    def forget(self) -> None:
        self._answers.clear()
        self.outage = None
