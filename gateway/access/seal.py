"""What the database is told of a viewer, sealed so that nothing but the gateway can say it."""

import base64
import hashlib
import hmac
import time

import orjson

from gateway.viewer import Viewer
from models.row_security import WRITING, database_role


class Seal:
    """Seals viewers with a key that the database trusts; see ``models/viewer_context.sql``."""

    def __init__(self, key: bytes, seconds: float) -> None:
        """``seconds`` is how long a sealed viewer is believed: no operation may take longer."""
        self._key = key
        self._seconds = seconds

    def acting(self, viewer: Viewer) -> tuple[str, ...]:
        """The statements that make a transaction that of a viewer.

        They hold nothing but base64 and digits, whatever a token says.
        """
        return self._as(viewer, database_role(viewer.role))

    def writing(self, viewer: Viewer) -> tuple[str, ...]:
        """The same for a transaction in which the viewer changes something."""
        return self._as(viewer, WRITING)

    def _as(self, viewer: Viewer, database_role: str) -> tuple[str, ...]:
        return (
            f"SET LOCAL gerbang.viewer = '{self._sealed(viewer)}'",
            f"SET LOCAL ROLE {database_role}",
        )

    def _sealed(self, viewer: Viewer) -> str:
        told = {
            "role": viewer.role.value,
            "until": time.time() + self._seconds,
            "subject": viewer.subject or None,
            "partner": viewer.partner or None,
            "countries": viewer.countries,
            "centres": viewer.centres,
        }
        body = base64.b64encode(orjson.dumps(told))
        mark = hmac.new(self._key, body, hashlib.sha256).hexdigest()
        return f"{body.decode()}.{mark}"
