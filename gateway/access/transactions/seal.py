"""Seals the viewer's role and scope with a MAC, so that the database can verify them."""

import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import date

from gateway.viewer import Viewer
from models.row_security.seal_keys import DAY, DailyKey, daily_key

_DAY_MILLISECONDS = 86_400_000
_FIRST_DAY = date(1970, 1, 1)

#: Seconds since 1970.
Clock = Callable[[], float]


class Seal:
    """Seals viewers with keys that the database trusts; see ``models/viewer_context.sql``.

    Each UTC day has its own key. A seal is valid for a short time, and only on the backend it was
    made for, where that is known.
    """

    def __init__(self, master: bytes, seconds: float, clock: Clock = time.time) -> None:
        """``seconds`` is how long a seal is valid; no operation may take longer."""
        self._master = master
        self._seconds = seconds
        self._clock = clock
        self._today: tuple[int, DailyKey] | None = None

    def statements(self, viewer: Viewer, role: str, backend: int | None) -> tuple[str, ...]:
        """The statements that set the viewer and the database role of a transaction.

        The viewer's texts are in base64, so no token can inject SQL.
        """
        return (
            f"SET LOCAL gerbang.viewer = '{self._seal(viewer, backend)}'",
            f"SET LOCAL ROLE {role}",
        )

    def _seal(self, viewer: Viewer, backend: int | None) -> str:
        # Round once: the timestamp and the choice of the key must agree on the day, even within the
        # last millisecond of a day.
        now = round(self._clock() * 1000)
        key = self._key_at(now)
        fields = (
            viewer.role.value,
            str(now),
            str(now + round(self._seconds * 1000)),
            str(backend or ""),
            _text(viewer.subject),
            _text(viewer.partner or ""),
            _text(_array(viewer.countries)),
            _text(_array(viewer.centres)),
            key.id,
        )
        body = ".".join(fields)
        mac = hmac.digest(key.key, body.encode(), hashlib.sha256).hex()
        return f"{body}.{mac}"

    def _key_at(self, milliseconds: int) -> DailyKey:
        """The key of the day that holds this instant; derived once a day."""
        day = milliseconds // _DAY_MILLISECONDS
        if self._today is None or self._today[0] != day:
            self._today = day, daily_key(self._master, _FIRST_DAY + day * DAY)
        return self._today[1]


def _text(text: str) -> str:
    return b64encode(text.encode()).decode()


def _array(words: Sequence[str]) -> str:
    """Format texts as a PostgreSQL array literal."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"
