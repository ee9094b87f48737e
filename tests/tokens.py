"""A token issuer for tests: a key of its own, and bearer headers for any role and scope."""

import secrets
import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key

from gateway.settings import Settings, read_settings
from models.row_security import login_at
from tests.linking import key_service

ISSUER = "https://issuer.test"
AUDIENCE = "gerbang"
#: What the test databases trust: see `gateway.access.transactions.begin`.
SEAL_KEY = bytes(range(32))
#: With which the gateway logs in there.
PASSWORD = "of the tests"
NOWHERE = "postgresql://nobody@127.0.0.1/nothing"
KEY = ECKey.generate_key("P-256", {"kid": "test", "use": "sig", "alg": "ES256"})


def settings(owner_url: str = NOWHERE, **variables: str) -> Settings:
    """Settings under which the tokens of this module are accepted, on a database of its owner."""
    given = {
        "environment": "development",
        "database_url": login_at(owner_url, PASSWORD),
        "owner_url": owner_url,
        "issuer": ISSUER,
        "jwks_url": f"{ISSUER}/keys",
        "seal_key": SEAL_KEY.hex(),
        **({} if "key_service" in variables else {"key_service": key_service()}),
        **variables,
    }
    return read_settings({f"GERBANG_{name.upper()}": value for name, value in given.items()})


async def key_source() -> dict[str, Any]:
    """The issuer's public keys: ``create_app(…, key_source=key_source)``."""
    return {"keys": [KEY.as_dict(private=False)]}


def claims(role: str | list[str] = "OFFICER", **more: Any) -> dict[str, Any]:
    """The claims of a good token; ``more`` adds to them or replaces them, None removes."""
    now = int(time.time())
    found = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "somebody",
        "roles": [role] if isinstance(role, str) else role,
        "iat": now,
        "exp": now + 300,
        "jti": secrets.token_hex(8),
        **more,
    }
    return {name: value for name, value in found.items() if value is not None}


def token(role: str | list[str] = "OFFICER", *, key: Key = KEY, **more: Any) -> str:
    """A signed access token: ``token("PARTNER_MANAGER", partner="NUSA", countries=["AU"])``."""
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
    return jwt.encode(header, claims(role, **more), key, algorithms=["ES256"])


def bearer(role: str | list[str] = "OFFICER", **more: Any) -> dict[str, str]:
    """The header that carries such a token."""
    return {"Authorization": f"Bearer {token(role, **more)}"}
