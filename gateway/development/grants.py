"""What the sign-in has given out and may be handed back once: codes and refresh tokens."""

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
    """One sign-in of one user at one client; its refresh token changes with every use."""

    id: str
    user: str
    client_id: str
    nonce: str | None
    began_at: float
    refresh_token: str = ""


@dataclass(slots=True)
class Code:
    """What the browser carries from the sign-in page to the client."""

    session: Session
    redirect_uri: str
    challenge: str
    given_at: float
    is_used: bool = False


class Grants:
    """In memory: a restart of the gateway signs everybody out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._sessions: dict[str, Session] = {}

    def give_code(
        self, user: str, client_id: str, redirect_uri: str, challenge: str, nonce: str | None
    ) -> str:
        self._drop_expired()
        code = secrets.token_urlsafe(24)
        session = Session(secrets.token_urlsafe(12), user, client_id, nonce, self._clock())
        self._codes[code] = Code(session, redirect_uri, challenge, self._clock())
        return code

    def redeem_code(
        self, code: str, client_id: str, redirect_uri: str, verifier: str
    ) -> Session | None:
        """The session that a code opens; a code shown twice ends the session it opened."""
        found = self._codes.get(code)
        if found is None:
            return None
        if found.is_used:
            self.end(found.session.id)
            return None
        found.is_used = True
        in_time = self._clock() - found.given_at <= CODE_SECONDS
        bound = (found.session.client_id, found.redirect_uri, found.challenge)
        if not in_time or bound != (client_id, redirect_uri, challenge_of(verifier)):
            return None
        self._sessions[found.session.id] = found.session
        return self._renew(found.session)

    def redeem_refresh_token(self, token: str, client_id: str) -> Session | None:
        """The session with its next refresh token; a token shown twice ends the session."""
        self._drop_expired()
        session = self._sessions.get(token.partition(".")[0])
        if session is None or session.client_id != client_id:
            return None
        if not secrets.compare_digest(session.refresh_token.encode(), token.encode()):
            self.end(session.id)
            return None
        return self._renew(session)

    def end(self, session_id: str) -> None:
        self._sessions.pop(session_id, None)

    def _renew(self, session: Session) -> Session:
        session.refresh_token = f"{session.id}.{secrets.token_urlsafe(24)}"
        return session

    def _drop_expired(self) -> None:
        oldest = self._clock() - SESSION_SECONDS
        self._codes = {k: code for k, code in self._codes.items() if code.given_at > oldest}
        self._sessions = {k: each for k, each in self._sessions.items() if each.began_at > oldest}


def challenge_of(verifier: str) -> str:
    """The S256 code challenge of RFC 7636."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
