"""The OAuth authorization request of the development sign-in: who may send one, its validation, and
the redirect that answers it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.settings import LOOPBACK

#: What tokens say of a sign-in of which nothing more was asked.
USUAL_ACR = "demo"
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client. It is public, so PKCE protects its codes."""

    id: str
    redirect_uris: tuple[str, ...]
    signed_out_uris: tuple[str, ...]
    #: Where it is told of sessions that have ended; None: nowhere.
    back_channel_uri: str | None = None


class UnknownClientError(Exception):
    """The client or its redirect URI is unknown, so the request must not be redirected."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request from a known client, with a redirect URI that it has registered."""

    client_id: str
    redirect_uri: str
    challenge: str
    state: str | None
    nonce: str | None
    #: How the user is to sign in: the first of the `acr_values` that are asked for.
    acr: str
    error: str | None

    def redirect(self, issuer: str, **result: str) -> str:
        """The redirect URI with the result, the client's state and the issuer (RFC 9207)."""
        if self.state is not None:
            result["state"] = self.state
        parts = urlsplit(self.redirect_uri)
        return urlunsplit(parts._replace(query=urlencode({**result, "iss": issuer})))


def authorization_request(
    clients: Mapping[str, Client], parameters: Mapping[str, str]
) -> AuthorizationRequest:
    """Read the parameters. Raises UnknownClientError; any other mistake becomes its ``error``."""
    client = clients.get(parameters.get("client_id", ""))
    redirect_uri = parameters.get("redirect_uri", "")
    if client is None or redirect_uri not in client.redirect_uris:
        raise UnknownClientError
    return AuthorizationRequest(
        client_id=client.id,
        redirect_uri=redirect_uri,
        challenge=parameters.get("code_challenge", ""),
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        acr=acr_asked_for(parameters),
        error=_error(parameters),
    )


def acr_asked_for(parameters: Mapping[str, str]) -> str:
    """The first of the `acr_values`, which everybody gets here: nobody has a second factor."""
    return next(iter(parameters.get("acr_values", "").split()), USUAL_ACR)


def _error(parameters: Mapping[str, str]) -> str | None:
    if parameters.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in parameters.get("scope", "").split():
        return "invalid_scope"
    if parameters.get("code_challenge_method") != "S256":
        return "invalid_request"
    if not S256_CHALLENGE.fullmatch(parameters.get("code_challenge", "")):
        return "invalid_request"
    # There is no session in the browser, so nobody can be signed in without the page.
    return "login_required" if parameters.get("prompt") == "none" else None


# Behind a proxy, the client could be another machine.
PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class LoopbackOnly:
    """Refuses other machines, proxies, and foreign host names for this machine (DNS rebinding)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app if _is_local(scope) else _refusal()
        await app(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    if any(name in headers for name in PROXY_HEADERS):
        return False
    return _is_loopback(scope.get("client")) and _names_this_machine(headers.getlist("host"))


def _is_loopback(client: tuple[str, int] | None) -> bool:
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _names_this_machine(hosts: list[str]) -> bool:
    try:
        return len(hosts) == 1 and urlsplit(f"//{hosts[0]}").hostname in LOOPBACK
    except ValueError:
        return False


def _refusal() -> PlainTextResponse:
    return PlainTextResponse(
        "The development sign-in answers only this machine, at 127.0.0.1 or localhost.",
        HTTPStatus.FORBIDDEN,
    )
