"""From the headers of a request to its viewer: the token is verified, and one of its roles acts."""

import re
from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from gateway.access.suspensions import Suspensions
from gateway.errors import ErrorCode, RequestError
from gateway.policy import HELD_ALONE, HELD_APART
from gateway.settings import Settings
from gateway.viewer import ANONYMOUS, Bearer, Viewer
from models.access_tokens.provider_keys import KeysUnavailableError
from models.access_tokens.verification import (
    InvalidTokenError,
    KnownTokens,
    TokenLife,
    Verification,
    acr_of,
    claimed_texts,
)
from models.mail.outbox import ADDRESS
from models.vocabulary import Role

#: Viewers that are known without looking at their tokens again.
MOST_KNOWN = 10_000
COUNTRY = re.compile(r"[A-Z]{2}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
GRANTABLE = {role.value: role for role in Role if role is not Role.ANONYMOUS}


class Authentication:
    """Turns a bearer token, and the role asked for, into a Viewer."""

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
        self._known = KnownTokens[tuple[bytes, str | None], Viewer](verification, MOST_KNOWN)

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
        viewer = self._known.find(key)
        if viewer is None:
            viewer, life = await self._verify(_bearer_token(authorization[0]), asked)
            self._known.keep(key, viewer, life)
        self.refuse_suspended(viewer)
        return viewer

    def refuse_suspended(self, viewer: Viewer) -> None:
        """Raises RequestError with SUSPENDED for a viewer whose reach was taken back."""
        if self._suspensions:
            self._suspensions.refuse(viewer)

    async def until_suspended(self, viewer: Viewer) -> None:
        """Wait until the viewer is suspended, then raise as `refuse_suspended` does."""
        if self._suspensions:
            await self._suspensions.until_suspended(viewer)

    async def _verify(self, token: str, asked: str | None) -> tuple[Viewer, TokenLife]:
        try:
            claims = await self._verification.claims(token)
            return self._viewer(claims, asked, token), TokenLife.from_claims(claims)
        except InvalidTokenError as error:
            raise _authentication_error(str(error)) from error
        except KeysUnavailableError as error:
            raise RequestError(
                ErrorCode.UNAVAILABLE,
                "Tokens cannot be verified right now. Try again shortly.",
                HTTPStatus.SERVICE_UNAVAILABLE,
            ) from error

    def _viewer(self, claims: dict[str, Any], asked: str | None, token: str) -> Viewer:
        settings = self._settings
        held = self._held_roles(claims)
        name = claims.get("name")
        return Viewer(
            subject=claims["sub"],
            role=_acting_role(held, asked),
            held_roles=held,
            name=name if isinstance(name, str) else None,
            acr=acr_of(claims),
            email=_verified_address(claims, settings.claim_email),
            partner=next(iter(_codes(claims, settings.claim_partner, CODE, most=1)), None),
            countries=_codes(claims, settings.claim_countries, COUNTRY),
            centres=_codes(claims, settings.claim_centres, CODE),
            pools=_codes(claims, settings.claim_pools, CODE),
            expires_at=int(claims["exp"]),
            bearer=Bearer(token),
        )

    def _held_roles(self, claims: dict[str, Any]) -> tuple[Role, ...]:
        """The roles in the token. Unknown names belong to other systems and are ignored."""
        names = claimed_texts(claims, self._settings.claim_roles)
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


def _verified_address(claims: dict[str, Any], path: tuple[str, ...]) -> str | None:
    """The address that the provider has verified; one that is not formed as ours is none."""
    addresses = claimed_texts(claims, path)
    is_verified = claims.get("email_verified") is True
    if is_verified and len(addresses) == 1 and re.fullmatch(ADDRESS, addresses[0]):
        return addresses[0]
    return None


def _codes(
    claims: dict[str, Any], path: tuple[str, ...], shape: re.Pattern[str], most: int | None = None
) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(claimed_texts(claims, path)))
    if not all(shape.fullmatch(code) for code in codes) or (most and len(codes) > most):
        raise InvalidTokenError(f"The token's claim {'.'.join(path)} does not hold valid codes.")
    return codes
