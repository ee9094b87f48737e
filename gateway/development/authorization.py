"""The request that a client makes through the browser: whom it may be answered to, and how."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Client:
    """A program that sends people here to sign in; public, so PKCE is what protects it."""

    id: str
    redirect_uris: tuple[str, ...]
    signed_out_uris: tuple[str, ...]


class UnknownClientError(Exception):
    """Nobody to answer to: such a request must never be redirected anywhere."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request from a known client to a known address of its own."""

    client_id: str
    redirect_uri: str
    challenge: str
    state: str | None
    nonce: str | None
    error: str | None

    def redirect(self, issuer: str, **result: str) -> str:
        """The client's address with the result, its state, and who answers (RFC 9207)."""
        if self.state is not None:
            result["state"] = self.state
        parts = urlsplit(self.redirect_uri)
        return urlunsplit(parts._replace(query=urlencode({**result, "iss": issuer})))


def authorization_request(client: Client, given: Mapping[str, str]) -> AuthorizationRequest:
    """Read the parameters. Raises UnknownClientError; any other mistake becomes its ``error``."""
    redirect_uri = given.get("redirect_uri", "")
    if given.get("client_id") != client.id or redirect_uri not in client.redirect_uris:
        raise UnknownClientError
    return AuthorizationRequest(
        client_id=client.id,
        redirect_uri=redirect_uri,
        challenge=given.get("code_challenge", ""),
        state=given.get("state"),
        nonce=given.get("nonce"),
        error=_error(given),
    )


def _error(given: Mapping[str, str]) -> str | None:
    if given.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in given.get("scope", "").split():
        return "invalid_scope"
    if given.get("code_challenge_method") != "S256":
        return "invalid_request"
    if not S256_CHALLENGE.fullmatch(given.get("code_challenge", "")):
        return "invalid_request"
    # Nobody stays signed in here, so nobody can be signed in without being asked.
    return "login_required" if given.get("prompt") == "none" else None
