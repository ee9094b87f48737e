"""The OpenID provider of the demo: authorization code with PKCE, and no passwords."""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from joserfc.jwk import ECKey
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route

from gateway.development.authorization import (
    AuthorizationRequest,
    Client,
    LoopbackOnly,
    UnknownClientError,
    acr_asked_for,
    authorization_request,
)
from gateway.development.grants import Grants, Session
from gateway.development.issuing import ALGORITHM, SigningKeys, TokenIssuer
from gateway.development.page import language_of, sign_in_page
from gateway.development.users import DemoUser, demo_users
from gateway.settings import Settings
from gateway.wire.parameters import read_body
from models.access_tokens.provider_keys import KeySource
from models.access_tokens.verification import InvalidTokenError
from models.synthetic.inputs import reference

log = logging.getLogger(__name__)

#: How long a client may take to answer that it was told.
LOGOUT_PATIENCE_SECONDS = 3
CALLBACK_PATH = "/sign-in/callback"
#: The client of front ends.
BROWSER = "browser"
EXPLORER_PATH = "/graphql"
LARGEST_FORM = 16_384


class SignInRefusedError(Exception):
    """The development sign-in must not exist outside development."""


class SignIn:
    """The provider: its endpoints and its state."""

    def __init__(self, settings: Settings) -> None:
        if not settings.signs_in_itself:
            raise SignInRefusedError("The development sign-in exists only in development.")
        self._keys = SigningKeys()
        self._issuing = TokenIssuer(
            self._keys, settings.token_issuer, settings.audience, settings.token_seconds
        )
        self._users: Mapping[str, DemoUser] = demo_users(reference())
        self._grants = Grants()
        clients = (_dashboard(settings.dashboard_url), _browser(settings))
        self._clients = {client.id: client for client in clients}

    @property
    def key_source(self) -> KeySource:
        """The public keys, for the gateway to verify tokens with."""
        return self._keys.public

    @property
    def signing_key(self) -> ECKey:
        """What signs now: for tests of whoever verifies."""
        return self._keys.newest

    def rotate_keys(self) -> None:
        """Sign with a new key. The previous key stays valid for tokens that it signed."""
        self._keys.rotate()

    def mount(self) -> Mount:
        """The routes of the provider."""
        return Mount(
            "/development",
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/keys", self._key_set),
                Route("/authorize", self._show_sign_in, methods=["GET"]),
                Route("/authorize", self._submit_sign_in, methods=["POST"]),
                Route("/token", self._token, methods=["POST"]),
                Route("/userinfo", self._userinfo, methods=["GET", "POST"]),
                Route("/sign-out", self._sign_out),
                Route("/users", self._list_users),
                Route("/users/{user}/sign-out", self._sign_user_out, methods=["POST"]),
                Route("/users/{user}/token", self._token_for_user, methods=["POST"]),
            ],
            middleware=[Middleware(LoopbackOnly)],
        )

    async def _discovery(self, request: Request) -> Response:
        issuer = self._issuing.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "end_session_endpoint": f"{issuer}/sign-out",
                "backchannel_logout_supported": True,
                "backchannel_logout_session_supported": True,
                "jwks_uri": f"{issuer}/keys",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["none"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "subject_types_supported": ["public"],
                "scopes_supported": ["openid"],
                "ui_locales_supported": ["id", "en"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _key_set(self, request: Request) -> Response:
        return JSONResponse(await self._keys.public())

    async def _show_sign_in(self, request: Request) -> Response:
        try:
            authorization = authorization_request(self._clients, request.query_params)
        except UnknownClientError:
            return _unknown_client()
        if authorization.error:
            return self._redirect(authorization, error=authorization.error)
        return self._page(request, authorization)

    async def _submit_sign_in(self, request: Request) -> Response:
        try:
            authorization = authorization_request(self._clients, request.query_params)
        except UnknownClientError:
            return _unknown_client()
        if authorization.error:
            return self._redirect(authorization, error=authorization.error)
        user = (await _form(request)).get("user", "").strip()
        if user not in self._users:
            return self._page(request, authorization, is_unknown=True)
        code = self._grants.give_code(
            user,
            authorization.client_id,
            authorization.redirect_uri,
            authorization.challenge,
            authorization.nonce,
            authorization.acr,
        )
        return self._redirect(authorization, code=code)

    async def _token(self, request: Request) -> Response:
        form = await _form(request)
        client_id = form.get("client_id", "")
        match form.get("grant_type"):
            case "authorization_code":
                session = self._grants.redeem_code(
                    form.get("code", ""),
                    client_id,
                    form.get("redirect_uri", ""),
                    form.get("code_verifier", ""),
                )
            case "refresh_token":
                session = self._grants.redeem_refresh_token(
                    form.get("refresh_token", ""), client_id
                )
            case _:
                return _token_error("unsupported_grant_type", "Use authorization_code.")
        if session is None:
            return _token_error("invalid_grant", "This cannot be redeemed: sign in again.")
        return JSONResponse(self._tokens(session))

    def _tokens(self, session: Session) -> dict[str, Any]:
        user = self._users[session.user]
        return {
            **self._access(user, session.client_id, session.acr),
            "id_token": self._issuing.id_token(user, session),
            "refresh_token": session.refresh_token,
            "scope": "openid",
        }

    def _access(self, user: DemoUser, client_id: str, acr: str) -> dict[str, Any]:
        return {
            "access_token": self._issuing.access_token(user, client_id, acr),
            "token_type": "Bearer",
            "expires_in": self._issuing.seconds,
        }

    async def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            subject = await self._issuing.subject_of(token if scheme.lower() == "bearer" else "")
        except InvalidTokenError:
            return PlainTextResponse(
                "Send an access token.",
                HTTPStatus.UNAUTHORIZED,
                {"WWW-Authenticate": 'Bearer error="invalid_token"'},
            )
        return JSONResponse({"sub": subject, "name": subject, "preferred_username": subject})

    async def _sign_out(self, request: Request) -> Response:
        query = request.query_params
        session_id = await self._issuing.session_of(query.get("id_token_hint", ""))
        if session_id:
            self._grants.end(session_id)
        address = query.get("post_logout_redirect_uri")
        known = {uri for client in self._clients.values() for uri in client.signed_out_uris}
        if address not in known:
            return PlainTextResponse("Anda telah keluar. You are signed out.")
        state = f"?{urlencode({'state': query['state']})}" if "state" in query else ""
        return RedirectResponse(address + state, HTTPStatus.SEE_OTHER)

    async def _sign_user_out(self, request: Request) -> Response:
        """End a user's sessions everywhere, as an administrator of a provider does, and tell the
        clients."""
        told = 0
        async with httpx2.AsyncClient(timeout=LOGOUT_PATIENCE_SECONDS) as sender:
            for session in self._grants.end_all(request.path_params["user"]):
                if address := self._clients[session.client_id].back_channel_uri:
                    form = {"logout_token": self._issuing.logout_token(session)}
                    try:
                        answer = await sender.post(address, data=form)
                    except httpx2.HTTPError as error:
                        log.warning("client not told: %s", type(error).__name__)
                        continue
                    told += answer.is_success
        return JSONResponse({"told": told})

    async def _list_users(self, request: Request) -> Response:
        users = [{"name": user.name, "roles": user.roles} for user in self._users.values()]
        return JSONResponse({"users": users})

    async def _token_for_user(self, request: Request) -> Response:
        """For the command ``gerbang token`` and the explorer."""
        user = self._users.get(request.path_params["user"])
        if user is None:
            return _token_error(
                "invalid_request",
                "There is no such demo user. Try leadership, officer or manager-au.",
                HTTPStatus.NOT_FOUND,
            )
        acr = acr_asked_for(request.query_params)
        return JSONResponse(self._access(user, "gerbang", acr))

    def _redirect(self, authorization: AuthorizationRequest, **result: str) -> Response:
        address = authorization.redirect(self._issuing.issuer, **result)
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)

    def _page(
        self, request: Request, authorization: AuthorizationRequest, *, is_unknown: bool = False
    ) -> Response:
        language = language_of(
            request.query_params.get("ui_locales"), request.headers.get("accept-language")
        )
        nonce = secrets.token_urlsafe(16)
        back = urlsplit(authorization.redirect_uri)
        origin = f"{back.scheme}://{back.netloc}" if back.netloc else f"{back.scheme}:"
        # Browsers apply form-action to the redirect after the form as well.
        policy = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; base-uri 'none'; "
            f"form-action 'self' {origin}; frame-ancestors 'none'"
        )
        return HTMLResponse(
            sign_in_page(self._users, language, nonce, is_unknown=is_unknown),
            HTTPStatus.BAD_REQUEST if is_unknown else HTTPStatus.OK,
            {"Content-Security-Policy": policy},
        )


def _dashboard(address: str) -> Client:
    """The dashboard as a client."""
    bases = _both_names(address.rstrip("/"))
    return Client(
        id="dashboard",
        redirect_uris=tuple(base + CALLBACK_PATH for base in bases),
        signed_out_uris=tuple(f"{base}/" for base in bases),
        back_channel_uri=f"{address.rstrip('/')}/back-channel-logout",
    )


def _browser(settings: Settings) -> Client:
    """Front ends as a client: pages of the origins in the settings, the explorer, and applications
    on telephones."""
    own = _both_names(f"http://127.0.0.1:{settings.port}")
    return Client(
        id=BROWSER,
        redirect_uris=(
            *(origin + CALLBACK_PATH for origin in settings.origins),
            *(base + EXPLORER_PATH for base in own),
            *settings.redirects,
        ),
        signed_out_uris=(
            *(f"{origin}/" for origin in settings.origins),
            *(base + EXPLORER_PATH for base in own),
            *settings.redirects,
        ),
    )


def _both_names(base: str) -> set[str]:
    """An address under both names of this machine."""
    return {
        base,
        base.replace("//localhost", "//127.0.0.1"),
        base.replace("//127.0.0.1", "//localhost"),
    }


async def _form(request: Request) -> dict[str, str]:
    length = request.headers.get("content-length")
    body = await read_body(request.receive, length, LARGEST_FORM)
    return dict(parse_qsl(body.decode("utf-8", "replace")))


def _unknown_client() -> Response:
    return PlainTextResponse(
        "This client or its redirect_uri is not known here.", HTTPStatus.BAD_REQUEST
    )


def _token_error(
    error: str, description: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST
) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
