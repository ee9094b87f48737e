"""The close codes of sockets."""

from enum import IntEnum

from gateway.errors import ErrorCode
from gateway.texts.language import Language
from gateway.texts.translation import translate

_LONGEST_REASON = 123  # bytes, by RFC 6455


class CloseCode(IntEnum):
    """The close codes that a client can receive. 4400 and above belong to graphql-transport-ws.

    After 1012, 1013, 4008 and 4403 a client may reconnect and continue from its last position;
    after 4403 it usually needs a new token.
    """

    #: A message is larger than a request may be.
    TOO_LARGE = 1009
    #: This process shuts down and another takes over. Sent by uvicorn during the drain.
    SERVICE_RESTART = 1012
    #: Tokens cannot be verified right now, or this process has too many sockets.
    TRY_AGAIN_LATER = 1013
    #: The client does not read messages fast enough.
    TOO_SLOW = 4008
    #: A message that the protocol does not allow.
    BAD_REQUEST = 4400
    #: A subscription before `connection_ack`.
    UNAUTHORIZED = 4401
    #: The token is refused, has expired, or has no role that may subscribe to anything; or its
    #: viewer is suspended, which the reason then begins with.
    FORBIDDEN = 4403
    #: No `connection_init` in time.
    INITIALISATION_TIMEOUT = 4408
    #: Two subscriptions with the same id.
    SUBSCRIBER_EXISTS = 4409
    #: A second `connection_init`, or too many sockets of one viewer.
    TOO_MANY = 4429
    #: An unexpected error in the gateway.
    INTERNAL = 4500


class SocketClosed(Exception):  # noqa: N818 - closing a socket is no error
    """Raised to close the socket; without a code if the client has already disconnected."""

    def __init__(
        self, code: CloseCode | None, reason: str = "", error: ErrorCode | None = None
    ) -> None:
        """``error`` is the code of an error that closes it, with which the reason then begins."""
        super().__init__(reason)
        self.code = code
        self._reason = reason
        self._error = error

    def reason(self, language: Language) -> str:
        """Why, in a language, cut to what fits into a close frame."""
        reason = translate(self._reason, language)
        text = f"{self._error}: {reason}" if self._error else reason
        return text.encode()[:_LONGEST_REASON].decode(errors="ignore")
