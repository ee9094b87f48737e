"""What the database is told of a viewer, sealed so that nothing but the gateway can say it."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence

import orjson

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
        told = {
            "role": viewer.role.value,
            "at": now,
            "until": now + self._seconds,
            "backend": backend,
            "subject": viewer.subject or None,
            "partner": viewer.partner or None,
            "countries": _array(viewer.countries),
            "centres": _array(viewer.centres),
        }
        body = base64.b64encode(orjson.dumps(told))
        mark = hmac.new(self._key, body, hashlib.sha256).hexdigest()
        return f"{body.decode()}.{mark}"


def _array(words: Sequence[str]) -> str:
    """Words as PostgreSQL writes an array of them."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"
