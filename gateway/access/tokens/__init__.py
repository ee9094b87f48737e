"""From a bearer token to a Viewer: keys, verification and the role that acts."""

from gateway.access.tokens.authentication import Authentication
from gateway.access.tokens.keys import KeySource, ProviderKeys, published_at
from gateway.access.tokens.verification import InvalidTokenError, Verification

__all__ = [
    "Authentication",
    "InvalidTokenError",
    "KeySource",
    "ProviderKeys",
    "Verification",
    "published_at",
]
