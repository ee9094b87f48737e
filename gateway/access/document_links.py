"""Links by which contents of documents are opened: for a minute, by one viewer in one role.

A link holds the content's key, encrypted and authenticated: whoever has it learns nothing, and can
change nothing. The read was logged before it was handed out, for the purpose that was stated.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from hashlib import blake2b
from time import time

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from gateway.settings.keys import KeyRing
from gateway.viewer import Viewer
from models.contents.sealing import Content

#: How long a link opens its document; what has begun by then is sent to its end.
LINK_SECONDS = 60
#: Where documents are sent and read.
PATH = "/documents/"
_NONCE_BYTES = 16
_LONGEST = 2_000


class DocumentLinks:
    """Writes links with the first key; reads those of any key."""

    def __init__(self, keys: KeyRing) -> None:
        self._ciphers = [AESSIV(blake2b(key, person=b"gerbang document").digest()) for key in keys]

    def write(self, viewer: Viewer, content: Content) -> str:
        """The path of a content for a viewer."""
        nonce, until = secrets.token_bytes(_NONCE_BYTES), int(time()) + LINK_SECONDS
        plain = orjson.dumps([until, content.to_json()])
        sealed = self._ciphers[0].encrypt(plain, [*_bound_to(viewer), nonce])
        return PATH + urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def read(self, viewer: Viewer, link: str) -> Content | None:
        """The content of a link, without its path; None for one that has expired, is another
        viewer's, or is none."""
        if len(link) > _LONGEST:
            return None
        with suppress(ValueError):
            raw = urlsafe_b64decode(link + "=" * (-len(link) % 4))
            nonce, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            for cipher in self._ciphers:
                with suppress(InvalidTag):
                    plain = cipher.decrypt(sealed, [*_bound_to(viewer), nonce])
                    until, content = orjson.loads(plain)
                    return Content.from_json(content) if time() < until else None
        return None


def _bound_to(viewer: Viewer) -> list[bytes]:
    return [viewer.subject.encode(), viewer.role.encode()]
