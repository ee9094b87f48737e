"""Fetches, refreshes and caches the identity provider's signing keys."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

KeySource = Callable[[], Awaitable[Any]]
"""Returns a JSON Web Key Set as parsed JSON; may raise any exception."""

REFRESH_SECONDS = 300
RETRY_SECONDS = 10
FETCH_SECONDS = 5
#: Keys that were not refreshed for this long may have been withdrawn, so the gateway is not ready.
#: Far longer than any token lives.
TOO_OLD_SECONDS = 3_600
LARGEST_KEY_SET = 262_144
SMALLEST_RSA_KEY = 2_048

# A key verifies only what its own type can sign, whatever a token's header claims.
ALGORITHMS_OF = {
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("OKP", "Ed25519"): ("Ed25519", "EdDSA"),
    ("RSA", None): ("PS256", "PS384", "RS256"),
}

log = logging.getLogger(__name__)


class KeysUnavailableError(Exception):
    """No keys have been fetched yet, so no token can be verified."""


class ProviderKeys:
    """Verification keys by (kid, algorithm). Only ``algorithms`` are ever used."""

    def __init__(
        self,
        source: KeySource,
        algorithms: tuple[str, ...],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._algorithms = algorithms
        self._clock = clock
        self._keys: Mapping[tuple[str, str], Key] = {}
        self._tried_at = self._read_at = -float("inf")
        self._refreshing = asyncio.Lock()

    @property
    def current(self) -> Mapping[tuple[str, str], Key]:
        """The key set as it was read last: another object whenever it has been read again."""
        return self._keys

    async def are_at_hand(self) -> bool:
        """Whether recent keys are available; asks the provider if they are not."""
        if not self._are_recent():
            await self._refresh_at_most_every(RETRY_SECONDS)
        return self._are_recent()

    def _are_recent(self) -> bool:
        return bool(self._keys) and self._clock() - self._read_at < TOO_OLD_SECONDS

    async def find(self, kid: str, algorithm: str) -> Key | None:
        """The key for a token's header; an unknown key is looked up at the provider."""
        if (kid, algorithm) not in self._keys:
            await self._refresh_at_most_every(RETRY_SECONDS)
        if not self._keys:
            raise KeysUnavailableError
        return self._keys.get((kid, algorithm))

    async def keep_fresh(self) -> None:
        """Refresh the keys until cancelled, so that withdrawn keys are dropped."""
        while True:
            succeeded = await self._refresh_at_most_every(RETRY_SECONDS)
            await asyncio.sleep(REFRESH_SECONDS if succeeded else RETRY_SECONDS)

    async def _refresh_at_most_every(self, seconds: float) -> bool:
        """Limit requests to the provider: anybody can send tokens with made-up key ids."""
        async with self._refreshing:
            if self._clock() - self._tried_at < seconds:
                return bool(self._keys)
            self._tried_at = self._clock()
            return await self._refresh()

    async def _refresh(self) -> bool:
        try:
            keys = usable_keys(await self._source(), self._algorithms)
        except Exception as error:
            log.warning("the provider's keys could not be read: %s", type(error).__name__)
            return False
        if not keys:
            log.warning("the provider publishes no key that can be used here")
            return False
        self._keys, self._read_at = keys, self._clock()
        return True


def published_at(address: str) -> KeySource:
    """The key set, or another document in JSON, at an address of the provider, or in a file:
    ``file:`` and its path."""
    kind, _, path = address.partition(":")
    if kind == "file":
        return _in_file(Path(path))

    async def fetch() -> Any:
        import httpx2  # which takes long, and the key service may have a file instead

        async with (
            asyncio.timeout(FETCH_SECONDS),  # for all of it, a byte now and then included
            httpx2.AsyncClient(timeout=None) as client,
            client.stream("GET", address, headers={"Accept": "application/json"}) as response,
        ):
            response.raise_for_status()
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_KEY_SET:
                    raise ValueError("the document is too large")
        return json.loads(body)

    return fetch


def _in_file(file: Path) -> KeySource:
    async def read() -> Any:
        return json.loads(file.read_bytes())  # noqa: ASYNC240 - a small file of this machine

    return read


def usable_keys(key_set: Any, algorithms: tuple[str, ...]) -> dict[tuple[str, str], Key]:
    """The public signature keys of a key set; unusable keys are skipped."""
    usable: dict[tuple[str, str], Key] = {}
    for entry in key_set["keys"]:
        key = _signature_key(entry)
        if key is None:
            continue
        for algorithm in _algorithms_of(entry, key):
            if algorithm in algorithms:
                # Of two keys with the same id the first wins, so that none can be replaced.
                usable.setdefault((entry["kid"], algorithm), key)
    return usable


def _signature_key(entry: Any) -> Key | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("use", "sig") != "sig" or "verify" not in entry.get("key_ops", ["verify"]):
        return None
    if entry.get("kty") not in ("EC", "OKP", "RSA"):
        return None
    try:
        key = JWKRegistry.import_key(entry)
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey) and key.public_key.key_size < SMALLEST_RSA_KEY:
        return None
    return key


def _algorithms_of(entry: dict[str, Any], key: Key) -> tuple[str, ...]:
    curve = key.curve_name if isinstance(key, ECKey | OKPKey) else None
    possible = ALGORITHMS_OF.get((key.key_type, curve), ())
    stated = entry.get("alg")
    return tuple(name for name in possible if stated in (None, name))
