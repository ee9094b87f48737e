"""From a bearer token to a Viewer: keys, verification and the role that acts."""

from gateway.access.tokens.authentication import Authentication, InvalidTokenError, Verification
from gateway.access.tokens.provider_keys import KeySource, ProviderKeys, published_at

__all__ = [
    "Authentication",
    "InvalidTokenError",
    "KeySource",
    "ProviderKeys",
    "Verification",
    "published_at",
]
