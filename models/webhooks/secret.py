"""The secret of an endpoint: shown once by the gateway, and sealed (HPKE, RFC 9180) so that the
keeper alone opens it."""

from base64 import b64encode
from collections.abc import Sequence
from secrets import token_bytes
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

#: As many bytes as Standard Webhooks asks for at least, and as the hash is long.
_BYTES = 32
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class LostSecretError(Exception):
    """No key of this keeper opens the secret of an endpoint."""


def make_secret() -> bytes:
    return token_bytes(_BYTES)


def write_secret(secret: bytes) -> str:
    """The secret as Standard Webhooks writes it."""
    return f"whsec_{b64encode(secret).decode()}"


def public_half(key: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def seal_secret(secret: bytes, public_key: bytes, endpoint: UUID) -> bytes:
    """Sealed for whoever has the private half, and for this endpoint alone."""
    public = X25519PublicKey.from_public_bytes(public_key)
    return _SUITE.encrypt(secret, public, info=_purpose(endpoint))


def open_secret(sealed: bytes, keys: Sequence[bytes], endpoint: UUID) -> bytes:
    """Opened by the first of these private keys that can. Raises LostSecretError."""
    for key in keys:
        private = X25519PrivateKey.from_private_bytes(key)
        try:
            return _SUITE.decrypt(sealed, private, info=_purpose(endpoint))
        except (InvalidTag, ValueError):
            continue
    raise LostSecretError


def _purpose(endpoint: UUID) -> bytes:
    return b"gerbang webhook secret " + endpoint.bytes
