"""How the text of a setting about signing in becomes a value; a ValueError says what is expected.

Providers choose the API that a token is for in different ways: by ``resource`` (RFC 8707), by a
parameter ``audience`` (Auth0), or by a scope (Entra, Keycloak). Each can be set.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

#: What the sign-in itself says: one of these in the settings would break or weaken it.
OWN_PARAMETERS = frozenset(
    {
        *("client_id", "client_secret", "redirect_uri", "response_type", "response_mode", "scope"),
        *("state", "nonce", "code_challenge", "code_challenge_method", "resource"),
        *("request", "request_uri", "id_token_hint"),
    }
)


def read_scope(text: str) -> str:
    scopes = text.split()
    if "openid" not in scopes:
        raise ValueError("expected scopes with spaces between, openid among them")
    return " ".join(scopes)


def read_parameters(text: str) -> Mapping[str, str]:
    """Parameters as they stand in an address: ``prompt=consent&audience=https%3A%2F%2Fapi``."""
    pairs = parse_qsl(text, strict_parsing=True) if text else []
    given = dict(pairs)
    if len(given) < len(pairs) or not all(given.values()):
        raise ValueError("expected name=value&name=value, each name once")
    if own := sorted(OWN_PARAMETERS & given.keys()):
        raise ValueError(f"{', '.join(own)} is not a parameter to set here")
    return given


def read_resource(text: str) -> str | None:
    """An absolute address without a fragment (RFC 8707)."""
    if not text:
        return None
    parts = urlsplit(text)
    if not parts.scheme or not (parts.netloc or parts.path) or "#" in text:
        raise ValueError("expected the identifier of the API, an absolute URI")
    return text


def read_seconds(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 60 <= int(text) <= 7_200:
        raise ValueError("expected seconds from 60 to 7200")
    return int(text)
