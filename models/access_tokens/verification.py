"""The rules for access tokens, which the gateway and the key service check each by itself."""

import binascii
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from joserfc import jws
from joserfc.errors import JoseError

from models.access_tokens import LONGEST_SUBJECT
from models.access_tokens.provider_keys import ProviderKeys

Key = TypeVar("Key")
Holder = TypeVar("Holder")

LARGEST_TOKEN = 8_192
LEEWAY_SECONDS = 10


class InvalidTokenError(Exception):
    """The token is not accepted. The message says why, without quoting the token."""


class Verification:
    """The rules for access tokens: RFC 9068, RFC 8725 and a longest lifetime."""

    def __init__(
        self,
        keys: ProviderKeys,
        *,
        issuer: str,
        audience: str,
        types: tuple[str, ...],
        longest_life: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._types = {kind.lower() for kind in types}
        self._longest_life = longest_life
        self._clock = clock

    @property
    def key_set(self) -> object:
        """The keys by which tokens are verified now: another object once they were read again."""
        return self._keys.current

    async def claims(self, token: str) -> dict[str, Any]:
        """The claims of a valid token. Raises InvalidTokenError for any other."""
        header = self._header(token)
        payload = await self._signed_payload(token, header)
        claims = _json_object(payload)
        self._check_addressee(claims)
        self._check_times(claims)
        return claims

    def is_in_time(self, life: "TokenLife") -> bool:
        """Whether a token of this life is valid now."""
        return life.begins_at <= self._clock() < life.ends_at

    def _header(self, token: str) -> dict[str, Any]:
        if len(token) > LARGEST_TOKEN:
            raise InvalidTokenError("The token is too large.")
        if token.count(".") != 2:
            raise InvalidTokenError("The token is not a signed JSON Web Token.")
        header = _json_object(_decode(token.partition(".")[0]))
        kind = str(header.get("typ", "")).lower().removeprefix("application/")
        if kind not in self._types:
            raise InvalidTokenError("The token is not an access token (its header typ).")
        return header

    async def _signed_payload(self, token: str, header: dict[str, Any]) -> bytes:
        """Verify the signature with a key of the provider, chosen by id and algorithm. Keys in the
        token itself (jwk, jku, x5u, x5c) are ignored."""
        kid, algorithm = header.get("kid"), header.get("alg")
        if not isinstance(kid, str) or not isinstance(algorithm, str):
            raise InvalidTokenError("The token does not name its key and algorithm.")
        key = await self._keys.find(kid, algorithm)
        if key is None:
            raise InvalidTokenError("The token is not signed by a key of the provider.")
        registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
        registry.max_header_length = LARGEST_TOKEN
        try:
            return jws.deserialize_compact(token, key, registry=registry).payload
        except (JoseError, ValueError) as error:
            raise InvalidTokenError("The token's signature is wrong.") from error

    def _check_addressee(self, claims: dict[str, Any]) -> None:
        if claims.get("iss") != self._issuer:
            raise InvalidTokenError("The token comes from another issuer.")
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if self._audience not in audiences:
            raise InvalidTokenError("The token is meant for another audience.")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject.isprintable():
            raise InvalidTokenError("The token names no subject.")
        if not 0 < len(subject) <= LONGEST_SUBJECT:
            raise InvalidTokenError("The token names no subject.")

    def _check_times(self, claims: dict[str, Any]) -> None:
        now, life = self._clock(), TokenLife.from_claims(claims)
        if now >= life.ends_at:
            raise InvalidTokenError("The token has expired.")
        if now < life.begins_at:
            raise InvalidTokenError("The token is not valid yet.")
        if not 0 < _instant(claims, "exp") - _instant(claims, "iat") <= self._longest_life:
            raise InvalidTokenError(f"The token lives longer than {self._longest_life} seconds.")


class KnownTokens(Generic[Key, Holder]):
    """Holders of tokens that were found valid, as long as a token lives and the provider's keys are
    the same: each look-up compares both."""

    def __init__(self, verification: Verification, most: int) -> None:
        """Of more than ``most`` holders all are forgotten."""
        self._verification = verification
        self._most = most
        self._key_set: object = None
        self._known: dict[Key, tuple[Holder, TokenLife]] = {}

    def find(self, key: Key) -> Holder | None:
        """The holder that was kept under a key; None where the token must be verified."""
        known = self._known.get(key) if self._key_set is self._verification.key_set else None
        return known[0] if known and self._verification.is_in_time(known[1]) else None

    def keep(self, key: Key, holder: Holder, life: "TokenLife") -> None:
        """Keep the holder of a token that was just verified; a key must not tell the token."""
        key_set = self._verification.key_set
        if self._key_set is not key_set or len(self._known) >= self._most:
            self._known.clear()
            self._key_set = key_set
        self._known[key] = holder, life


class TokenLife(NamedTuple):
    """From when and until when a token is valid, by a clock that may differ a little from ours."""

    begins_at: float
    ends_at: float

    @classmethod
    def from_claims(cls, claims: dict[str, Any]) -> "TokenLife":
        """Raises InvalidTokenError where the claims lack these instants."""
        issued_at, expires_at = _instant(claims, "iat"), _instant(claims, "exp")
        not_before = _instant(claims, "nbf") if "nbf" in claims else issued_at
        return cls(max(issued_at, not_before) - LEEWAY_SECONDS, expires_at + LEEWAY_SECONDS)


def _instant(claims: dict[str, Any], name: str) -> int | float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidTokenError(f"The token's claim {name} is not an instant.")
    return value


def _decode(segment: str) -> bytes:
    try:
        return urlsafe_b64decode(segment.encode("ascii") + b"=" * (-len(segment) % 4))
    except (binascii.Error, ValueError) as error:
        raise InvalidTokenError("The token is not a signed JSON Web Token.") from error


def _json_object(data: bytes) -> dict[str, Any]:
    """Parse a JSON object. Duplicate names are refused, since parsers differ on them."""
    try:
        value = json.loads(data, object_pairs_hook=_names_once, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidTokenError("The token is not a signed JSON Web Token.") from error
    if not isinstance(value, dict):
        raise InvalidTokenError("The token is not a signed JSON Web Token.")
    return value


def _names_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name stands twice")
    return names


def _refuse_constant(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def acr_of(claims: dict[str, Any]) -> str | None:
    """How the subject signed in: the claim `acr` (OpenID Connect Core 2; RFC 9470)."""
    acr = claims.get("acr")
    return acr if isinstance(acr, str) else None


def claimed_texts(claims: dict[str, Any], path: tuple[str, ...]) -> tuple[str, ...]:
    """The strings of a claim: a single one is a list of one, a missing claim is empty."""
    value: Any = claims
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in values):
        raise InvalidTokenError(f"The token's claim {'.'.join(path)} is not a list of texts.")
    return tuple(values)
