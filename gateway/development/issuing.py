"""The development sign-in's tokens: the keys that sign them, how they are issued and verified."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from gateway.development.grants import Session
from gateway.development.users import DemoUser
from models.access_tokens.provider_keys import ProviderKeys
from models.access_tokens.verification import Verification

ALGORITHM = "ES256"


class SigningKeys:
    """The newest key signs. The previous one stays published while its tokens are valid."""

    def __init__(self) -> None:
        self._keys: list[ECKey] = []
        self.rotate()

    @property
    def newest(self) -> ECKey:
        return self._keys[0]

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self._keys = [_new_key(), *self._keys[:1]]

    async def public(self) -> dict[str, Any]:
        """The JSON Web Key Set, which is also the gateway's KeySource."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    def sign(self, kind: str, claims: Mapping[str, Any], seconds: int) -> str:
        """Sign a token of type ``kind`` (header ``typ``) that is valid for ``seconds``."""
        key, now = self.newest, int(time.time())
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


LOGOUT_SECONDS = 120
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class TokenIssuer:
    """Issues tokens of one issuer for one audience, each good for so many seconds."""

    def __init__(self, keys: SigningKeys, issuer: str, audience: str, seconds: int) -> None:
        self.issuer = issuer
        self.seconds = seconds
        self._keys = keys
        self._audience = audience
        self._verification = Verification(
            ProviderKeys(keys.public, (ALGORITHM,)),
            issuer=issuer,
            audience=audience,
            types=("at+jwt",),
            longest_life=seconds,
        )

    def access_token(self, user: DemoUser, client_id: str, acr: str) -> str:
        """An access token for the gateway (RFC 9068)."""
        claims = {**user.claims, "aud": self._audience, "client_id": client_id, "acr": acr}
        return self._keys.sign("at+jwt", {**claims, "iss": self.issuer}, self.seconds)

    def id_token(self, user: DemoUser, session: Session) -> str:
        """An OpenID id token for the client."""
        claims = {
            "iss": self.issuer,
            "sub": user.name,
            "name": user.name,
            "preferred_username": user.name,
            "aud": session.client_id,
            "sid": session.id,
            "acr": session.acr,
        }
        if session.nonce is not None:
            claims["nonce"] = session.nonce
        return self._keys.sign("JWT", claims, self.seconds)

    def logout_token(self, session: Session) -> str:
        """That a session has ended, for its client (OpenID Connect Back-Channel Logout)."""
        claims = {
            "iss": self.issuer,
            "sub": session.user,
            "aud": session.client_id,
            "sid": session.id,
            "events": {LOGOUT_EVENT: {}},
        }
        return self._keys.sign("logout+jwt", claims, LOGOUT_SECONDS)

    async def subject_of(self, access_token: str) -> str:
        """The subject of an access token. Raises InvalidTokenError."""
        return (await self._verification.claims(access_token))["sub"]

    async def session_of(self, id_token: str) -> str | None:
        """The session of an id token, even an expired one, since it is only used to sign out."""
        public: Any = await self._keys.public()
        try:
            token = jwt.decode(id_token, KeySet.import_key_set(public), algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            return None
        return token.claims.get("sid")
