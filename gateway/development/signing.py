"""The signing keys of the development sign-in: generated at startup, and kept in memory only."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

ALGORITHM = "ES256"


class SigningKeys:
    """The newest key signs. The previous one stays published while its tokens are valid."""

    def __init__(self) -> None:
        self._keys: list[ECKey] = []
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self._keys = [_new_key(), *self._keys[:1]]

    async def public(self) -> dict[str, Any]:
        """The JSON Web Key Set, which is also the gateway's KeySource."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    def sign(self, kind: str, claims: Mapping[str, Any], seconds: int) -> str:
        """Sign a token of type ``kind`` (header ``typ``) that is valid for ``seconds``."""
        key, now = self._keys[0], int(time.time())
        return jwt.encode(
            {"alg": ALGORITHM, "typ": kind, "kid": key.kid},
            {**claims, "iat": now, "exp": now + seconds, "jti": secrets.token_urlsafe(12)},
            key,
            algorithms=[ALGORITHM],
        )


def _new_key() -> ECKey:
    return ECKey.generate_key(
        "P-256", {"kid": secrets.token_urlsafe(8), "use": "sig", "alg": ALGORITHM}
    )
