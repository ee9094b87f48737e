"""Authenticates requests: from their headers to a viewer in one acting role."""

import re
from http import HTTPStatus
from typing import Any

from gateway.access.tokens.keys import KeysUnavailableError
from gateway.access.tokens.verification import InvalidTokenError, Verification
from gateway.errors import ErrorCode, RequestError
from gateway.settings import Settings
from gateway.viewer import ANONYMOUS, Viewer
from models.vocabulary import Role

COUNTRY = re.compile(r"[A-Z]{2}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
GRANTABLE = {role.value: role for role in Role if role is not Role.ANONYMOUS}


class Authentication:
    """Turns a bearer token, and the role asked for, into a Viewer."""

    def __init__(self, settings: Settings, verification: Verification) -> None:
        self._settings = settings
        self._verification = verification
        self._roles = GRANTABLE if settings.role_names is None else settings.role_names

    async def viewer(self, authorization: list[str], role: list[str]) -> Viewer:
        """The viewer for the values of the headers ``Authorization`` and ``Gerbang-Role``.

        Without a token the viewer is anonymous. An invalid token is an error.
        """
        asked = _asked_role(role)
        if not authorization:
            if asked not in (None, Role.ANONYMOUS.value):
                raise _unauthenticated("To act in a role, send a bearer token that holds it.")
            return ANONYMOUS
        token = _bearer_token(authorization)
        try:
            return self._viewer(await self._verification.claims(token), asked)
        except InvalidTokenError as error:
            raise _unauthenticated(str(error)) from error
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
        return tuple(dict.fromkeys(self._roles[name] for name in names if name in self._roles))


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


def _asked_role(values: list[str]) -> str | None:
    if len(values) > 1:
        raise RequestError(ErrorCode.BAD_REQUEST, "Name one role in the header Gerbang-Role.")
    return values[0].strip() if values else None


def _bearer_token(values: list[str]) -> str:
    if len(values) > 1:
        raise _unauthenticated("Send one header Authorization.")
    scheme, _, token = values[0].strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthenticated("Send the token as `Authorization: Bearer TOKEN`.")
    return token.strip()


def _unauthenticated(message: str) -> RequestError:
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
