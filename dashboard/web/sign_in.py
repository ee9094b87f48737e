"""Signing in at the provider by authorization code with PKCE, and out again."""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Collection
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
from authlib.integrations.starlette_client import OAuth, OAuthError
from itsdangerous import TimestampSigner
from joserfc.errors import JoseError
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from dashboard.gateway.session import Session
from dashboard.settings import Settings
from dashboard.texts import texts
from dashboard.web.back_channel import BackChannel
from dashboard.web.gate import language_of, query_of
from dashboard.web.plain_page import plain_page
from dashboard.web.sessions import COOKIE, SESSION_SECONDS, Sessions, StoreError
from dashboard.web.visit import current_visit

log = logging.getLogger(__name__)

CALLBACK = "/sign-in/callback"
RETURN_TO = "return_to"
RENEW_BEFORE_SECONDS = 30
RENEW_AGAIN_SECONDS = 15
#: How long a page waits for another token while the old one serves.
PATIENCE_SECONDS = 1.0
ALGORITHMS_FIELD = "id_token_signing_alg_values_supported"
#: Signatures that an id token may carry, whatever the provider lists ("none" is on some lists).
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")

#: A code of OAuth or OpenID Connect, as in RFC 6749, 4.1.2.1.
ERROR_CODE = re.compile("[a-z_]{1,40}")

ProviderFailure = (OAuthError, JoseError, httpx2.HTTPError, ValueError)


class SignIn:
    """All requests to the provider, and the routes of the sign-in."""

    def __init__(
        self,
        settings: Settings,
        sessions: Sessions,
        pages: Collection[str],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self.cookie = settings.cookie_prefix + COOKIE
        self._pages = frozenset(pages)
        self._sessions = sessions
        self._renewing = set[asyncio.Task[bool]]()
        self._back_channel = BackChannel(settings, sessions, self._provider, ALGORITHMS)
        self._client = OAuth().register(
            "provider",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            authorize_params={
                **({"acr_values": settings.acr_values} if settings.acr_values else {}),
                **settings.sign_in_parameters,
                **_resource(settings),
            },
            # Sent with each request for a token: otherwise a provider may issue one for itself
            # alone.
            access_token_params=_resource(settings),
            client_kwargs={
                "scope": settings.scope,
                "code_challenge_method": "S256",
                "timeout": 10,
                **({} if settings.client_secret else {"token_endpoint_auth_method": "none"}),
                "transport": transport,
            },
        )

    def routes(self) -> list[Route]:
        return [
            Route("/sign-in", self._begin, methods=["GET"]),
            Route(CALLBACK, self._finish, methods=["GET"]),
            Route("/sign-out", self._sign_out, methods=["POST"]),
            Route("/back-channel-logout", self._back_channel.end_sessions, methods=["POST"]),
            Route("/role", self._choose_role, methods=["POST"]),
        ]

    async def renew(self, session: Session) -> bool:
        """Whether the session's token is good, after renewing one that soon will not be.

        While the old one is still valid, nobody waits long for a provider that does not answer.
        """
        if _is_good(session):
            return True
        # Never cancelled: the provider may have replaced the refresh token by then.
        renewing = asyncio.create_task(self._renew(session))
        self._renewing.add(renewing)
        renewing.add_done_callback(self._renewing.discard)
        if time.time() < session.expires_at:
            done, _ = await asyncio.wait([renewing], timeout=PATIENCE_SECONDS)
            if not done:
                return True
        return await asyncio.shield(renewing)

    async def _renew(self, session: Session) -> bool:
        async with self._sessions.hold_renewal(session):
            if _is_good(session):  # somebody else has renewed it meanwhile
                return True
            if session.refresh_token is None:
                return time.time() < session.expires_at
            try:
                provider = await self._provider()
                token = await provider.fetch_access_token(
                    grant_type="refresh_token", refresh_token=session.refresh_token
                )
            except httpx2.TransportError as error:
                # Away, perhaps with the gateway, which itself refuses a token that is too old.
                log.warning("provider away: %s", type(error).__name__)
                session.renew_again_at = time.time() + RENEW_AGAIN_SECONDS
                await self._sessions.save(session)
                return True
            except ProviderFailure as error:
                log.warning("token not renewed: %s", type(error).__name__)
                return time.time() < session.expires_at
            session.access_token = token["access_token"]
            session.refresh_token = token.get("refresh_token", session.refresh_token)
            session.expires_at = self._expires_at(token)
            session.viewer = None
            await self._sessions.save(session)
            return True

    async def _begin(self, request: Request) -> Response:
        request.session[RETURN_TO] = self._page_of(request)
        try:
            provider = await self._provider()
            return await provider.authorize_redirect(request, self._settings.own_url + CALLBACK)
        except ProviderFailure as error:
            return _failure_page(request, error, "signing_in.unreachable", HTTPStatus.BAD_GATEWAY)

    async def _finish(self, request: Request) -> Response:
        try:
            token = await self._confirmed_token(request)
        except ProviderFailure as error:
            return _failure_page(request, error, "signing_in.failed_why", HTTPStatus.BAD_REQUEST)
        # A key that the browser brought along is never taken over.
        await self._sessions.end(request.cookies.get(self.cookie, ""))
        session = Session(
            access_token=token["access_token"],
            refresh_token=token.get("refresh_token"),
            id_token=token["id_token"],
            expires_at=self._expires_at(token),
            subject=str(token["userinfo"]["sub"]),
            sid=str(token["userinfo"].get("sid", "")),
        )
        try:
            key = await self._sessions.begin(session)
        except StoreError as error:
            return _failure_page(
                request, error, "signing_in.no_room", HTTPStatus.SERVICE_UNAVAILABLE
            )
        response = RedirectResponse(request.session.pop(RETURN_TO, "/"), HTTPStatus.SEE_OTHER)
        response.set_cookie(
            self.cookie,
            key,
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="lax",
            secure=self._settings.is_https,
        )
        return response

    async def _confirmed_token(self, request: Request) -> dict[str, Any]:
        """The tokens, with an id token that was made for us. Raises a ProviderFailure."""
        provider = await self._provider()
        token = await provider.authorize_access_token(
            request,
            claims_options={
                "iss": {"essential": True, "value": self._settings.issuer},
                "aud": {"essential": True, "value": self._settings.client_id},
            },
            leeway=60,
        )
        if not token.get("userinfo"):
            raise OAuthError("no_id_token", "The provider sent no id token.")
        return token

    async def _sign_out(self, request: Request) -> Response:
        key = request.cookies.get(self.cookie, "")
        session = await self._sessions.find(key)
        await self._sessions.end(key)
        address = await self._goodbye(session) if session else "/"
        response = RedirectResponse(address, HTTPStatus.SEE_OTHER)
        response.delete_cookie(self.cookie, secure=self._settings.is_https)
        return response

    async def _goodbye(self, session: Session) -> str:
        """Where the provider ends its own session, if it offers that."""
        try:
            provider = await self._provider()
            if not provider.server_metadata.get("end_session_endpoint"):
                return "/"
            logout = await provider.create_logout_url(
                post_logout_redirect_uri=f"{self._settings.own_url}/",
                id_token_hint=session.id_token,
            )
        except ProviderFailure as error:
            log.warning("provider's session not ended: %s", type(error).__name__)
            return "/"
        return logout["url"]

    async def _choose_role(self, request: Request) -> Response:
        """The gateway decides whether the role is held; here it is only remembered."""
        visit = current_visit.get()
        visit.session.act_as(request.query_params.get("role", "")[:40] or None)
        await self._sessions.save(visit.session)
        return RedirectResponse(self._page_of(request), HTTPStatus.SEE_OTHER)

    def _page_of(self, request: Request) -> str:
        """The page that an address names with ``page``, and the rest of its query."""
        given = [
            (key, value)
            for key, value in parse_qsl(query_of(request))
            if key not in ("page", "role")
        ]
        named = request.query_params.get("page", "/")
        path = named if named in self._pages else "/"
        return f"{path}?{urlencode(given, safe=',')}" if given else path

    def _expires_at(self, token: dict[str, Any]) -> float:
        return time.time() + float(token.get("expires_in", self._settings.token_seconds))

    async def _provider(self) -> Any:
        """The client, once it knows the provider's addresses."""
        metadata = await self._client.load_server_metadata()
        listed = metadata.get(ALGORITHMS_FIELD) or ["RS256"]
        metadata[ALGORITHMS_FIELD] = [name for name in listed if name in ALGORITHMS]
        return self._client


def _is_good(session: Session) -> bool:
    return time.time() < max(session.expires_at - RENEW_BEFORE_SECONDS, session.renew_again_at)


def _resource(settings: Settings) -> dict[str, str]:
    return {"resource": settings.resource} if settings.resource else {}


def _failure_page(request: Request, error: Exception, why: str, status: HTTPStatus) -> Response:
    trace_id = secrets.token_hex(16)
    # The provider's own words may name the person; its codes are words of the standard.
    code = getattr(error, "error", None)
    named = f": {code}" if isinstance(code, str) and ERROR_CODE.fullmatch(code) else ""
    log.warning("sign-in failed: %s%s (trace %s)", type(error).__name__, named, trace_id)
    say = texts(language_of(request))
    return plain_page(
        say,
        title=say("signing_in.failed"),
        words=(say(why), f"{say('failed.trace')}: {trace_id}"),
        link=("/sign-in", say("signing_in.again")),
        status=status,
    )


SIGN_IN_SECONDS = 600


class SignInCookie(SessionMiddleware):
    """Starlette's session in a cookie, with one key or two: the first signs, each is accepted."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(
            app,
            secret_key=settings.session_keys[0],
            session_cookie=f"{settings.cookie_prefix}gerbang_sign_in",
            path="/" if settings.cookie_prefix else "/sign-in",
            max_age=SIGN_IN_SECONDS,
            https_only=settings.is_https,
        )
        self.signer = TimestampSigner([*reversed(settings.session_keys)])  # here the last one signs
