"""Authorization codes and refresh tokens, each of which can be redeemed once."""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass

CODE_SECONDS = 60
SESSION_SECONDS = 8 * 3_600


@dataclass(slots=True)
class Session:
    """One sign-in of a user at a client. Its refresh token changes with every use."""

    id: str
    user: str
    client_id: str
    nonce: str | None
    acr: str
    started_at: float
    refresh_token: str = ""


@dataclass(slots=True)
class Code:
    """An authorization code."""

    session: Session
    redirect_uri: str
    challenge: str
    issued_at: float
    is_used: bool = False


class Grants:
    """All codes and sessions, in memory: a restart of the gateway signs everybody out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._sessions: dict[str, Session] = {}

    def give_code(
        self,
        user: str,
        client_id: str,
        redirect_uri: str,
        challenge: str,
        nonce: str | None,
        acr: str,
    ) -> str:
        self._drop_expired()
        code = secrets.token_urlsafe(24)
        session = Session(secrets.token_urlsafe(12), user, client_id, nonce, acr, self._clock())
        self._codes[code] = Code(session, redirect_uri, challenge, self._clock())
        return code

    def redeem_code(
        self, code: str, client_id: str, redirect_uri: str, verifier: str
    ) -> Session | None:
        """Open the session of a code. A code that is used twice ends its session."""
        grant = self._codes.get(code)
        if grant is None:
            return None
        if grant.is_used:
            self.end(grant.session.id)
            return None
        grant.is_used = True
        in_time = self._clock() - grant.issued_at <= CODE_SECONDS
        bound = (grant.session.client_id, grant.redirect_uri, grant.challenge)
        if not in_time or bound != (client_id, redirect_uri, challenge_of(verifier)):
            return None
        self._sessions[grant.session.id] = grant.session
        return self._renew(grant.session)

    def redeem_refresh_token(self, token: str, client_id: str) -> Session | None:
        """The session with its next refresh token. A token that is used twice ends the session."""
        self._drop_expired()
        session = self._sessions.get(token.partition(".")[0])
        if session is None or session.client_id != client_id:
            return None
        if not secrets.compare_digest(session.refresh_token.encode(), token.encode()):
            self.end(session.id)
            return None
        return self._renew(session)

    def end_all(self, user: str) -> list[Session]:
        """End the sessions of a user at every client; which they were."""
        ended = [each for each in self._sessions.values() if each.user == user]
        for session in ended:
            self.end(session.id)
        return ended

    def end(self, session_id: str) -> None:
        self._sessions.pop(session_id, None)

    def _renew(self, session: Session) -> Session:
        session.refresh_token = f"{session.id}.{secrets.token_urlsafe(24)}"
        return session

    def _drop_expired(self) -> None:
        oldest = self._clock() - SESSION_SECONDS
        self._codes = {k: code for k, code in self._codes.items() if code.issued_at > oldest}
        self._sessions = {k: each for k, each in self._sessions.items() if each.started_at > oldest}


def challenge_of(verifier: str) -> str:
    """The S256 code challenge of RFC 7636."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
