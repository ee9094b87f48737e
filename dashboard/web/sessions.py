"""Who has signed in: kept on the server, so that no token ever reaches a browser."""

import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from dashboard.gateway.session import Session

COOKIE = "gerbang_session"
SESSION_SECONDS = 8 * 3_600
MOST_SESSIONS = 10_000
#: Of one person: on several devices, and after closing a browser without signing out.
MOST_OF_A_PERSON = 20


class StoreError(Exception):
    """The store of sessions cannot be asked just now."""


def is_ended(session: Session, subject: str, sid: str, before: float) -> bool:
    """Whether a provider that names a person, a session of its own, or both, means this one."""
    is_meant = (not sid or session.sid == sid) and (not subject or session.subject == subject)
    return is_meant and session.begun_at < before


class Sessions(Protocol):
    """Where sessions are kept: in this process, or in a store that replicas share."""

    async def begin(self, session: Session) -> str:
        """Keep it under a new key that nobody can guess."""
        ...

    async def find(self, key: str) -> Session | None:
        """The session, unless it has ended or was never there."""
        ...

    async def save(self, session: Session) -> None:
        """Keep what was changed of it."""
        ...

    async def end(self, key: str) -> None:
        """Forget it."""
        ...

    async def end_all(self, subject: str, sid: str, *, before: float) -> int:
        """Forget those of one session at the provider, or, where none is named, of one person, if
        they began before an instant; how many they were."""
        ...

    def hold_renewal(self, session: Session) -> AbstractAsyncContextManager[None]:
        """While its token is renewed, nobody else renews it."""
        ...


class MemorySessions:
    """Sessions of one process, bounded in number and in age.

    A restart ends them all: somebody who is signed in at the provider signs in again by one click,
    and the address of the page holds what they were looking at. Tokens and kept answers are never
    written to a disk.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, Session]] = {}

    async def begin(self, session: Session) -> str:
        """Nobody's sign-in ends the session of somebody else: where there are too many, it is
        refused."""
        self._forget_the_old(session.subject)
        if len(self._kept) >= MOST_SESSIONS:
            raise StoreError("there are too many sessions")
        key = secrets.token_urlsafe(32)
        self._kept[key] = (self._clock() + SESSION_SECONDS, session)
        return key

    async def find(self, key: str) -> Session | None:
        ends_at, session = self._kept.get(key, (0.0, None))
        if self._clock() < ends_at:
            return session
        await self.end(key)
        return None

    async def save(self, session: Session) -> None:
        """It is the same for every request already."""

    async def end(self, key: str) -> None:
        self._kept.pop(key, None)

    async def end_all(self, subject: str, sid: str, *, before: float) -> int:
        ended = [
            key
            for key, (_, session) in self._kept.items()
            if is_ended(session, subject, sid, before)
        ]
        for key in ended:
            del self._kept[key]
        return len(ended)

    @asynccontextmanager
    async def hold_renewal(self, session: Session) -> AsyncIterator[None]:
        async with session.renewal_lock:
            yield

    def _forget_the_old(self, subject: str) -> None:
        """Those that have ended, and the oldest of a person who has too many."""
        now = self._clock()
        for key, (ends_at, _) in list(self._kept.items()):
            if now < ends_at:  # they are in the order in which they began
                break
            del self._kept[key]
        own = [key for key, (_, kept) in self._kept.items() if subject and kept.subject == subject]
        for key in own[: max(0, len(own) + 1 - MOST_OF_A_PERSON)]:
            del self._kept[key]
