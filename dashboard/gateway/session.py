"""One sign-in: its tokens, and the cache of what the gateway answered to them."""

import time
import zlib
from asyncio import Lock, Task
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from dashboard.model.user import User

#: Compressed, all of one session together; the largest answer of a page takes a fiftieth of it.
MOST_BYTES = 768 * 1_024
MOST_ANSWERS = 32
#: The mark of an answer that came after its page had ceased to wait: news for whichever asks next.
LATE = "late"
#: How long an answer counts as fresh, so that sorting a table asks for nothing again.
FRESH_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Outage:
    """Since when the gateway has not answered, and how it failed first."""

    since: datetime
    code: str
    trace_id: str
    #: The mark of the page that met the outage: the next one tries again.
    mark: Any = None


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """The data of an answer, compressed, and the mark of the page that it was given for."""

    packed: bytes
    mark: Any
    fresh_until: float


class AnswerCache:
    """Answers, questions under way, and outages of one session; they live and end with it.

    A page asks with a mark, which changes when it wants news: an answer to the same question with
    the same mark is taken for a few seconds, and an older one only while the gateway is away.
    """

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, CachedAnswer] = OrderedDict()
        self._outages: dict[Hashable, Outage] = {}
        self.under_way: dict[Hashable, Task[dict[str, Any]]] = {}
        #: Those of them for which nobody waits any longer.
        self.abandoned: dict[Hashable, Task[dict[str, Any]]] = {}
        #: What parts of one page read together, for the moment in which they ask for it.
        self.shared: dict[Hashable, Task[Any]] = {}
        #: The mark of the document that was opened last, until its layout takes it.
        self.opened_with: int | None = None

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def outage(self) -> Outage | None:
        """The one that began first."""
        return min(self._outages.values(), key=lambda each: each.since, default=None)

    def outage_of(self, question: Hashable) -> Outage | None:
        return self._outages.get(question)

    def fail(self, question: Hashable, outage: Outage) -> None:
        self._outages[question] = outage
        if len(self._outages) > MOST_ANSWERS:
            del self._outages[next(iter(self._outages))]

    def keep(self, question: Hashable, data: dict[str, Any], mark: Any) -> None:
        """The gateway answers again, so older outages no longer count."""
        self._outages = {
            each: outage
            for each, outage in self._outages.items()
            if outage.mark == mark and each != question
        }
        packed = zlib.compress(orjson.dumps(data), level=1)
        self._answers[question] = CachedAnswer(packed, mark, time.monotonic() + FRESH_SECONDS)
        self._answers.move_to_end(question)
        while len(self._answers) > MOST_ANSWERS or self._size() > MOST_BYTES:
            self._answers.popitem(last=False)

    def has(self, question: Hashable) -> bool:
        return question in self._answers

    def find(self, question: Hashable) -> dict[str, Any] | None:
        answer = self._answers.get(question)
        return orjson.loads(zlib.decompress(answer.packed)) if answer else None

    def find_fresh(self, question: Hashable, mark: Any) -> dict[str, Any] | None:
        answer = self._answers.get(question)
        is_fresh = answer and answer.mark in (mark, LATE) and time.monotonic() < answer.fresh_until
        return self.find(question) if is_fresh else None

    def forget(self) -> None:
        self._answers.clear()
        self._outages.clear()
        self.under_way.clear()
        self.abandoned.clear()
        self.shared.clear()

    def _size(self) -> int:
        return sum(len(answer.packed) for answer in self._answers.values())


@dataclass(slots=True)
class Session:
    """One sign-in: its tokens, the role it acts in, and what the gateway says of it."""

    access_token: str
    refresh_token: str | None
    id_token: str
    expires_at: float
    #: Whose it is, by the provider's name.
    subject: str = ""
    #: What the provider calls its own session, and when this one began.
    sid: str = ""
    begun_at: float = field(default_factory=time.time)
    role: str | None = None
    viewer: User | None = None
    #: If the provider did not answer, it is asked again no earlier than this.
    renew_again_at: float = 0
    cache: AnswerCache = field(default_factory=AnswerCache, repr=False)
    #: Where a shared store keeps it.
    store_name: str = field(default="", repr=False)
    #: Two requests that find the token stale must not both renew it.
    renewal_lock: Lock = field(default_factory=Lock, repr=False)

    def act_as(self, role: str | None) -> None:
        """Start again in another role, with nothing that the last one read."""
        self.role = role
        self.viewer = None
        self.cache.forget()
