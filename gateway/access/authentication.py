"""From the headers of a request to its viewer: the token is verified, and one of its roles acts."""

import binascii
import json
import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Any, NamedTuple

from joserfc import jws
from joserfc.errors import JoseError

from gateway.access.provider_keys import KeysUnavailableError, ProviderKeys
from gateway.access.suspensions import Suspensions
from gateway.errors import ErrorCode, RequestError
from gateway.policy import HELD_ALONE, HELD_APART
from gateway.settings import Settings
from gateway.viewer import ANONYMOUS, Viewer
from models.reference.data.values import LONGEST_SUBJECT
from models.vocabulary import Role

LARGEST_TOKEN = 8_192
LEEWAY_SECONDS = 10
#: Viewers that are known without looking at their tokens again.
MOST_KNOWN = 10_000
COUNTRY = re.compile(r"[A-Z]{2}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
GRANTABLE = {role.value: role for role in Role if role is not Role.ANONYMOUS}


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
        now, life = self._clock(), TokenLife.of(claims)
        if now >= life.ends_at:
            raise InvalidTokenError("The token has expired.")
        if now < life.begins_at:
            raise InvalidTokenError("The token is not valid yet.")
        if not 0 < _instant(claims, "exp") - _instant(claims, "iat") <= self._longest_life:
            raise InvalidTokenError(f"The token lives longer than {self._longest_life} seconds.")


class TokenLife(NamedTuple):
    """From when and until when a token is valid, by a clock that may differ a little from ours."""

    begins_at: float
    ends_at: float

    @classmethod
    def of(cls, claims: dict[str, Any]) -> "TokenLife":
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


class KnownViewer(NamedTuple):
    """A viewer whose token was found valid, and until when it is."""

    viewer: Viewer
    life: TokenLife


class Authentication:
    """Turns a bearer token, and the role asked for, into a Viewer.

    A viewer is known as long as its token lives and the provider's keys are the same: each request
    compares both.
    """

    def __init__(
        self,
        settings: Settings,
        verification: Verification,
        suspensions: Suspensions | None = None,
    ) -> None:
        self._settings = settings
        self._verification = verification
        self._suspensions = suspensions
        self._roles = GRANTABLE if settings.role_names is None else settings.role_names
        #: By the digest of the header, since a token is a secret, and by the role asked for.
        self._known: dict[tuple[bytes, str | None], KnownViewer] = {}
        self._known_by: object = None

    async def viewer(self, authorization: Sequence[str], role: Sequence[str]) -> Viewer:
        """The viewer for the values of the headers ``Authorization`` and ``Gerbang-Role``.

        Without a token the viewer is anonymous. An invalid token is an error, and so is one of
        somebody who is suspended.
        """
        asked = _asked_role(role)
        if not authorization:
            if asked not in (None, Role.ANONYMOUS.value):
                raise _authentication_error("To act in a role, send a bearer token that holds it.")
            return ANONYMOUS
        if len(authorization) > 1:
            raise _authentication_error("Send one header Authorization.")
        key = sha256(authorization[0].encode()).digest(), asked
        known = self._known.get(key) if self._known_by is self._verification.key_set else None
        if known is None or not self._verification.is_in_time(known.life):
            known = await self._verify(_bearer_token(authorization[0]), asked)
            self._remember(key, known)
        self.refuse_suspended(known.viewer)
        return known.viewer

    def refuse_suspended(self, viewer: Viewer) -> None:
        """Raises RequestError with SUSPENDED for a viewer whose reach was taken back."""
        if self._suspensions:
            self._suspensions.refuse(viewer)

    async def until_suspended(self, viewer: Viewer) -> None:
        """Wait until the viewer is suspended, then raise as `refuse_suspended` does."""
        if self._suspensions:
            await self._suspensions.until_suspended(viewer)

    def _remember(self, key: tuple[bytes, str | None], known: KnownViewer) -> None:
        key_set = self._verification.key_set
        if self._known_by is not key_set or len(self._known) >= MOST_KNOWN:
            self._known.clear()
            self._known_by = key_set
        self._known[key] = known

    async def _verify(self, token: str, asked: str | None) -> KnownViewer:
        try:
            claims = await self._verification.claims(token)
            return KnownViewer(self._viewer(claims, asked), TokenLife.of(claims))
        except InvalidTokenError as error:
            raise _authentication_error(str(error)) from error
        except KeysUnavailableError as error:
            raise RequestError(
                ErrorCode.UNAVAILABLE,
                "Tokens cannot be verified right now. Try again shortly.",
                HTTPStatus.SERVICE_UNAVAILABLE,
            ) from error

    def _viewer(self, claims: dict[str, Any], asked: str | None) -> Viewer:
        settings = self._settings
        held = self._held_roles(claims)
        name = claims.get("name")
        return Viewer(
            subject=claims["sub"],
            role=_acting_role(held, asked),
            held_roles=held,
            name=name if isinstance(name, str) else None,
            partner=next(iter(_codes(claims, settings.claim_partner, CODE, most=1)), None),
            countries=_codes(claims, settings.claim_countries, COUNTRY),
            centres=_codes(claims, settings.claim_centres, CODE),
            expires_at=int(claims["exp"]),
        )

    def _held_roles(self, claims: dict[str, Any]) -> tuple[Role, ...]:
        """The roles in the token. Unknown names belong to other systems and are ignored."""
        names = _texts(claims, self._settings.claim_roles)
        held = tuple(dict.fromkeys(self._roles[name] for name in names if name in self._roles))
        _refuse_excluded(held)
        return held


def _refuse_excluded(held: tuple[Role, ...]) -> None:
    """Raise RequestError for a token that joins duties which are separated."""
    alone = [role for role in held if role in HELD_ALONE] if len(held) > 1 else []
    if alone or all(set(held) & set(side) for side in HELD_APART):
        raise RequestError(
            ErrorCode.ROLES_EXCLUDED,
            f"The token holds roles that exclude each other: {', '.join(held)}. Each needs an"
            " account of its own.",
            HTTPStatus.FORBIDDEN,
        )


def _acting_role(held: tuple[Role, ...], asked: str | None) -> Role:
    if not held:
        raise RequestError(
            ErrorCode.ROLE_NOT_HELD, "The token holds no role here.", HTTPStatus.FORBIDDEN
        )
    if asked is None:
        acting, *others = held
        if not others:
            return acting
        raise RequestError(
            ErrorCode.ROLE_REQUIRED,
            f"The token holds several roles: name one of {', '.join(held)} "
            "in the header Gerbang-Role.",
            details={"heldRoles": [role.value for role in held]},
        )
    if asked not in held:
        raise RequestError(
            ErrorCode.ROLE_NOT_HELD,
            f"The token does not hold the role asked for. It holds {', '.join(held)}.",
            HTTPStatus.FORBIDDEN,
        )
    return Role(asked)


def _asked_role(values: Sequence[str]) -> str | None:
    if len(values) > 1:
        raise RequestError(ErrorCode.BAD_REQUEST, "Name one role in the header Gerbang-Role.")
    return values[0].strip() if values else None


def _bearer_token(authorization: str) -> str:
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _authentication_error("Send the token as `Authorization: Bearer TOKEN`.")
    return token.strip()


def _authentication_error(message: str) -> RequestError:
    return RequestError(ErrorCode.UNAUTHENTICATED, message, HTTPStatus.UNAUTHORIZED)


def _texts(claims: dict[str, Any], path: tuple[str, ...]) -> tuple[str, ...]:
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


def _codes(
    claims: dict[str, Any], path: tuple[str, ...], shape: re.Pattern[str], most: int | None = None
) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(_texts(claims, path)))
    if not all(shape.fullmatch(code) for code in codes) or (most and len(codes) > most):
        raise InvalidTokenError(f"The token's claim {'.'.join(path)} does not hold valid codes.")
    return codes
