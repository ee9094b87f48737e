"""Why a socket ends, by its close code."""

from enum import IntEnum

_LONGEST_REASON = 123  # bytes, by RFC 6455


class CloseCode(IntEnum):
    """The close codes that a client can meet. Those from 4400 on are the protocol's own.

    After 1012, 1013, 4008 and 4403 a client may come back, with a new token where that was the
    reason, and follow on from its last position.
    """

    #: A message is larger than a request may be.
    TOO_LARGE = 1009
    #: This process ends: another one takes over. Sent by the server while it drains.
    SERVICE_RESTART = 1012
    #: Tokens cannot be verified right now, or there are too many sockets in all.
    TRY_AGAIN_LATER = 1013
    #: The client does not read as fast as it is told.
    TOO_SLOW = 4008
    #: No message of the protocol.
    BAD_REQUEST = 4400
    #: A subscription before `connection_ack`.
    UNAUTHORIZED = 4401
    #: The token is not accepted, holds no role that can follow anything, or has come to its end.
    FORBIDDEN = 4403
    #: No `connection_init` in time.
    INITIALISATION_TIMEOUT = 4408
    #: Two subscriptions of one id.
    SUBSCRIBER_EXISTS = 4409
    #: A second `connection_init`, or too many sockets of one viewer.
    TOO_MANY = 4429
    #: Something went wrong here.
    INTERNAL = 4500


class SocketClosed(Exception):  # noqa: N818 - the end of a socket is no error
    """The socket is to end: with a code, or without one where the client has gone already."""

    def __init__(self, code: CloseCode | None, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code
        #: As long as a close frame can be.
        self.reason = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
