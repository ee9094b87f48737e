"""The signed list of documents that were taken back: a reader tells by it offline, as of its
instant, which are no longer good.

It is JSON: the list as a text (RFC 8785), and its Ed25519 signature by the key of checkpoints. A
document is named by the first bytes of its digest, which tell nothing of it.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from models.key_service import KeyService, KeyUse
from models.signatures import is_signed
from models.visa_document.content import (
    NOT_READ,
    FalseVisaError,
    canonical,
    read_signed,
    write_signed,
)

_TYPE = "gerbang/taken-back@v1"
_SIGNED = b"gerbang taken back 1\0"
#: Of each digest: no two documents share these.
_DIGEST_BYTES = 12


class TakenBack(NamedTuple):
    """What was taken back, as of an instant."""

    signed_at: datetime
    digests: frozenset[bytes]

    def is_of(self, digests: Collection[bytes]) -> bool:
        """Whether it lists these and no others."""
        return self.digests == frozenset(digest[:_DIGEST_BYTES] for digest in digests)

    def has(self, digest: bytes) -> bool:
        return digest[:_DIGEST_BYTES] in self.digests


async def sign_list(keys: KeyService, digests: Collection[bytes], now: datetime) -> str:
    """The list of these digests. Raises KeyServiceError."""
    listed = b"".join(sorted({digest[:_DIGEST_BYTES] for digest in digests}))
    text = canonical(
        {
            "type": _TYPE,
            "signed_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "digests": b64encode(listed).decode(),
        }
    )
    signed = await keys.sign(KeyUse.CHECKPOINT, _SIGNED + text)
    return write_signed(text, signed.value)


def read_list(note: str, public_keys: Sequence[bytes]) -> TakenBack:
    """Raises FalseVisaError if none of the keys signed it, or it is no list."""
    try:
        text, content, signature = read_signed(note)
        listed, at = b64decode(content["digests"], validate=True), content["signed_at"]
        if content["type"] != _TYPE or len(listed) % _DIGEST_BYTES:
            raise ValueError
        signed_at = datetime.fromisoformat(at)
    except NOT_READ:
        raise FalseVisaError("that is no list of documents that were taken back") from None
    if not any(is_signed(key, _SIGNED + text, signature) for key in public_keys):
        raise FalseVisaError("the list was changed, or another key signed it")
    starts = range(0, len(listed), _DIGEST_BYTES)
    return TakenBack(signed_at, frozenset(listed[at : at + _DIGEST_BYTES] for at in starts))
