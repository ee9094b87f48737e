"""Sessions that several processes share: in Valkey, encrypted, under names with which nobody can
sign in.

A reader of the store learns neither a token nor a key that a browser holds. Answers that were kept
for an outage stay in the process that asked for them.
"""

import hmac
import json
import secrets
from asyncio import Lock
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from dashboard.gateway.session import Session
from dashboard.web.sessions import MOST_SESSIONS, SESSION_SECONDS, StoreError, is_ended

PREFIX = "gerbang:session:"
#: Where the names of somebody's sessions are listed, for a provider that ends them.
LISTED = "gerbang:sessions-of:"
NONCE_BYTES = 12
#: A process that renews a token and dies leaves the others waiting no longer than this.
RENEWING_SECONDS = 15
STORED = (
    *("access_token", "refresh_token", "id_token", "expires_at", "role", "renew_again_at"),
    *("subject", "sid", "begun_at"),
)


class Sealer:
    """AES-256-GCM with a key or two: the first seals, each opens.

    A record opens under its own name alone, so that none can be put in another's place.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        derived = [_derive_key(bytes.fromhex(key)) for key in keys]
        self._ciphers = [AESGCM(key) for key in derived]
        self._keys = derived

    def seal(self, name: str, text: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, text.encode(), name.encode())

    def lists_of(self, whose: str) -> list[str]:
        """The names of lists, one for each key, from which nobody learns whose they are."""
        return [LISTED + hmac.new(key, whose.encode(), "sha256").hexdigest() for key in self._keys]

    def open(self, name: str, sealed: bytes) -> str | None:
        """The content of a record; None if it was sealed with another key or under another name, or
        was changed."""
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, body, name.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        return None


@dataclass(slots=True)
class Local:
    """A session as this process knows it."""

    session: Session
    renewal_lock: Lock


class SharedSessions:
    """Sessions in Valkey. Each lives as long as its record there, whatever a process remembers."""

    def __init__(self, url: str, keys: Sequence[str]) -> None:
        self._store: Any = Valkey.from_url(url, socket_timeout=3, socket_connect_timeout=3)
        self._sealer = Sealer(keys)
        self._local: OrderedDict[str, Local] = OrderedDict()

    async def begin(self, session: Session) -> str:
        key = secrets.token_urlsafe(32)
        name = _name(key)
        session.store_name = name
        with _store_errors():
            await self._store.set(name, self._seal(session), ex=SESSION_SECONDS)
            for whose in filter(None, (session.subject and _person(session.subject),
                                       session.sid and _at_provider(session.sid))):  # fmt: skip
                [listed, *_] = self._sealer.lists_of(whose)
                await self._store.sadd(listed, name)
                await self._store.expire(listed, SESSION_SECONDS)
        self._remember(name, session)
        return key

    async def find(self, key: str) -> Session | None:
        name = _name(key)
        return await self._read(name) if key else None

    async def save(self, session: Session) -> None:
        """Only if it has not ended: a process that is late does not bring it back."""
        name = session.store_name
        with _store_errors():
            await self._store.set(name, self._seal(session), xx=True, keepttl=True)

    async def end(self, key: str) -> None:
        name = _name(key)
        self._local.pop(name, None)
        with _store_errors():
            await self._store.delete(name)

    async def end_all(self, subject: str, sid: str, *, before: float) -> int:
        ended = 0
        for listed in self._sealer.lists_of(_at_provider(sid) if sid else _person(subject)):
            with _store_errors():
                names = await self._store.smembers(listed)
            for name in (each.decode() for each in names):
                session = await self._read(name)
                if session is not None and is_ended(session, subject, sid, before):
                    self._local.pop(name, None)
                    with _store_errors():
                        await self._store.delete(name)
                    ended += 1
        return ended

    @asynccontextmanager
    async def hold_renewal(self, session: Session) -> AsyncIterator[None]:
        """One request of one process at a time; what another has renewed is read again."""
        name = session.store_name
        local = self._remember(name, session)
        async with local.renewal_lock:
            lock = self._store.lock(f"{name}:renewing", timeout=RENEWING_SECONDS)
            with _store_errors():
                await lock.acquire(blocking_timeout=RENEWING_SECONDS)
                await self._read(name)
            try:
                yield
            finally:
                with _store_errors():
                    if await lock.owned():
                        await lock.release()

    async def _read(self, name: str) -> Session | None:
        with _store_errors():
            sealed = await self._store.get(name)
        text = self._sealer.open(name, sealed) if isinstance(sealed, bytes) else None
        if text is None:
            self._local.pop(name, None)
            return None
        return self._update(name, json.loads(text))

    def _update(self, name: str, stored: dict[str, Any]) -> Session:
        """The session as this process knows it, with what others have changed."""
        known = self._local.get(name)
        if known is None:
            session = Session(**stored)
            session.store_name = name
            return self._remember(name, session).session
        session = known.session
        if session.role != stored["role"]:
            session.act_as(stored["role"])
        if session.access_token != stored["access_token"]:
            session.viewer = None
        for field in STORED:
            setattr(session, field, stored.get(field, getattr(session, field)))
        return session

    def _remember(self, name: str, session: Session) -> Local:
        local = self._local.setdefault(name, Local(session, Lock()))
        self._local.move_to_end(name)
        if len(self._local) > MOST_SESSIONS:
            self._local.popitem(last=False)
        return local

    def _seal(self, session: Session) -> bytes:
        record = {field: getattr(session, field) for field in STORED}
        return self._sealer.seal(session.store_name, json.dumps(record))


@contextmanager
def _store_errors() -> Iterator[None]:
    """Turns every error of Valkey into the one that the gate knows."""
    try:
        yield
    except (ValkeyError, OSError) as error:
        raise StoreError(type(error).__name__) from error


def _person(subject: str) -> str:
    return f"subject {subject}"


def _at_provider(sid: str) -> str:
    return f"sid {sid}"


def _name(key: str) -> str:
    """Where a session is stored; it does not reveal the key."""
    return PREFIX + sha256(key.encode()).hexdigest()


def _derive_key(key: bytes) -> bytes:
    """A key for this use alone: the same one signs the cookie of a sign-in."""
    return HKDF(SHA256(), 32, salt=None, info=b"gerbang dashboard sessions").derive(key)
