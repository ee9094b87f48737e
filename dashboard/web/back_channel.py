"""Back-channel logout (OpenID Connect Back-Channel Logout 1.0): the provider says whose session has
ended there, and it ends here, too.

Nobody's browser is involved, so a signed logout token is all that counts: from the provider, for
this dashboard, of just now. Whoever signed in again since then stays signed in, so that a token
which is sent twice ends nothing more.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import httpx2
from authlib.integrations.starlette_client import OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.settings import Settings
from dashboard.web.sessions import Sessions, StoreError

log = logging.getLogger(__name__)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LARGEST_FORM = 16_384
#: How old a logout token may be, and how far apart clocks.
LONGEST_LIFE_SECONDS, LEEWAY_SECONDS = 300, 60
#: Keys are fetched anew for a token of an unknown one, but no more often than this.
KEYS_SECONDS = 10

Fetch = Callable[[], Awaitable[Any]]


class _InvalidTokenError(Exception):
    """It ends nothing; the message says why, in words of ours alone."""


class BackChannel:
    """The endpoint. ``provider`` gives the client that knows the provider's addresses and keys;
    ``algorithms`` are those that it may sign with."""

    def __init__(
        self, settings: Settings, sessions: Sessions, provider: Fetch, algorithms: tuple[str, ...]
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._provider = provider
        self._algorithms = algorithms
        self._fetched_at = -float(KEYS_SECONDS)

    async def end_sessions(self, request: Request) -> Response:
        """400 for what is no logout token of the provider's; 503 where it should be sent again."""
        try:
            claims = await self._claims(await _token_in(request))
            ended = await self._sessions.end_all(
                claims.get("sub", ""), claims.get("sid", ""), before=claims["iat"] + 1
            )
        except _InvalidTokenError as error:
            log.warning("no logout token: %s", error)
            return JSONResponse({"error": "invalid_request"}, HTTPStatus.BAD_REQUEST)
        except (StoreError, httpx2.HTTPError, OAuthError) as error:
            log.warning("sessions not ended: %s", type(error).__name__)
            return JSONResponse(
                {"error": "temporarily_unavailable"},
                HTTPStatus.SERVICE_UNAVAILABLE,
                {"Retry-After": "1"},
            )
        log.info("the provider ended %d sessions", ended)
        return Response(status_code=HTTPStatus.OK)

    async def _claims(self, token: str) -> Mapping[str, Any]:
        """What a logout token says, once it is verified. Raises _InvalidTokenError."""
        claims = await self._verified(token)
        now, issued, expires = time.time(), claims.get("iat"), claims.get("exp")
        audience = claims.get("aud")
        names = [audience] if isinstance(audience, str) else audience
        events = claims.get("events")
        for is_met, rule in (
            (claims.get("iss") == self._settings.issuer, "another issuer"),
            (isinstance(names, list) and self._settings.client_id in names, "another audience"),
            (isinstance(issued, int) and abs(now - issued) < LONGEST_LIFE_SECONDS, "its age"),
            (isinstance(expires, int) and now < expires + LEEWAY_SECONDS, "it has expired"),
            (isinstance(claims.get("jti"), str), "no name of its own"),
            (isinstance(events, dict) and isinstance(events.get(EVENT), dict), "no such event"),
            ("nonce" not in claims, "it is an id token"),
            (_is_about(claims.get("sub"), claims.get("sid")), "nobody's"),
        ):
            if not is_met:
                raise _InvalidTokenError(rule)
        return claims

    async def _verified(self, token: str) -> Mapping[str, Any]:
        """The claims of a token that the provider signed, fetching its keys anew where they may
        have been rotated."""
        provider = await self._provider()
        may_fetch = time.monotonic() - self._fetched_at >= KEYS_SECONDS
        for is_forced in (False, True)[: 1 + may_fetch]:
            if is_forced:
                self._fetched_at = time.monotonic()
            keys = KeySet.import_key_set(await provider.fetch_jwk_set(force=is_forced))
            try:
                signed = jwt.decode(token, keys, algorithms=list(self._algorithms))
            except (JoseError, ValueError):
                continue
            # An access token, whose type says so, is none.
            if signed.header.get("typ", "logout+jwt") not in ("logout+jwt", "JWT"):
                raise _InvalidTokenError("another type")
            return signed.claims
        raise _InvalidTokenError("the signature")


def _is_about(subject: Any, session: Any) -> bool:
    """Somebody or some session is named, and what is named are words."""
    named = [each for each in (subject, session) if each is not None]
    return bool(named) and all(isinstance(each, str) and each for each in named)


async def _token_in(request: Request) -> str:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise _InvalidTokenError("too large")
    tokens = parse_qs(body.decode("latin-1")).get("logout_token", [])
    if len(tokens) != 1:
        raise _InvalidTokenError("none was sent")
    return tokens[0]
