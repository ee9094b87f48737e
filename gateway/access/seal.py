"""What the database is told of a viewer, sealed so that nothing but the gateway can say it."""

import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Callable, Sequence

from gateway.viewer import Viewer

#: Seconds since 1970.
Clock = Callable[[], float]


class Seal:
    """Seals viewers with a key that the database trusts; see ``models/viewer_context.sql``.

    A sealed viewer is believed in a transaction that begins just then, and on its own backend
    where that one is known.
    """

    def __init__(self, key: bytes, seconds: float, clock: Clock = time.time) -> None:
        """``seconds`` is how long a sealed viewer is believed: no operation may take longer."""
        self._key = key
        self._seconds = seconds
        self._clock = clock

    def acting(self, viewer: Viewer, role: str, backend: int | None) -> tuple[str, ...]:
        """The statements that make a transaction on a backend that of a viewer.

        ``role`` is the one of the database. They hold nothing of the viewer but base64 and digits,
        whatever a token says.
        """
        return (
            f"SET LOCAL gerbang.viewer = '{self._sealed(viewer, backend)}'",
            f"SET LOCAL ROLE {role}",
        )

    def _sealed(self, viewer: Viewer, backend: int | None) -> str:
        now = self._clock()
        fields = (
            viewer.role.value,
            _moment(now),
            _moment(now + self._seconds),
            str(backend or ""),
            _text(viewer.subject),
            _text(viewer.partner or ""),
            _text(_array(viewer.countries)),
            _text(_array(viewer.centres)),
        )
        body = ".".join(fields)
        mark = hmac.digest(self._key, body.encode(), hashlib.sha256).hex()
        return f"{body}.{mark}"


def _moment(seconds: float) -> str:
    """A moment in milliseconds: dots part the fields."""
    return str(round(seconds * 1000))


def _text(text: str) -> str:
    return b64encode(text.encode()).decode()


def _array(words: Sequence[str]) -> str:
    """Words as PostgreSQL writes an array of them."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"
