"""Cosignatures of witnesses (C2SP cosignature/v1): what they sign, who has signed, and asking them.

A witness is run by somebody else, and cosigns only a tree that continues the one it cosigned last:
so nobody shows two trees, or an older one, even with the key that signs checkpoints.
"""

import asyncio
import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.account.notes import AccountError, decode_base64
from models.account.proofs import hash_lines
from models.signatures import is_signed

#: The type of the key in its id, other than that of a log.
_COSIGNER = b"\x04"
_LINE = re.compile(r"— (?P<name>\S+) (?P<signature>[A-Za-z0-9+/]+={0,2})")
_STAMP_BYTES = 8
#: How long a witness may take: the next checkpoint waits for it.
_SECONDS = 5.0
_LONGEST_ANSWER = 10_000
#: The answer of a witness to a tree that does not begin where it cosigned last: from where it does.
_OTHER_SIZE = HTTPStatus.CONFLICT


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its name and key, and where it is asked; nowhere, to verify alone."""

    name: str
    public_key: bytes
    url: str = ""

    @classmethod
    def read(cls, text: str) -> "Witness":
        """A witness as `gerbang witness key` prints it, behind its address or alone.

        Raises AccountError if it is none.
        """
        *url, key = text.split() or [""]
        name, _, rest = key.partition("+")
        hash_, _, encoded = rest.partition("+")
        decoded = decode_base64(encoded)
        witness = cls(name, decoded[1:], "".join(url))
        is_whole = len(decoded) == 33 and decoded[:1] == _COSIGNER and len(url) < 2
        if not is_whole or witness.key_id().hex() != hash_:
            raise AccountError("that is no key of a witness, as `gerbang witness key` prints it")
        return witness

    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + _COSIGNER + self.public_key).digest()[:4]

    def verifier_key(self) -> str:
        key = base64.b64encode(_COSIGNER + self.public_key).decode()
        return f"{self.name}+{self.key_id().hex()}+{key}"

    def has_cosigned(self, note: str) -> bool:
        body, _, signatures = note.partition("\n\n")
        return any(self._has_signed(f"{body}\n", line) for line in signatures.splitlines())

    def _has_signed(self, body: str, line: str) -> bool:
        found = _LINE.fullmatch(line)
        if not found or found["name"] != self.name:
            return False
        signature = decode_base64(found["signature"])
        if len(signature) != 4 + _STAMP_BYTES + 64 or signature[:4] != self.key_id():
            return False
        at = int.from_bytes(signature[4 : 4 + _STAMP_BYTES])
        return is_signed(self.public_key, _cosigned(body, at), signature[4 + _STAMP_BYTES :])


def cosign(key: Ed25519PrivateKey, witness: Witness, body: str, at: int) -> str:
    """The line of a witness below a checkpoint, of which the body ends with a newline."""
    signature = witness.key_id() + at.to_bytes(_STAMP_BYTES) + key.sign(_cosigned(body, at))
    return f"— {witness.name} {base64.b64encode(signature).decode()}\n"


def _cosigned(body: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{body}".encode()


async def ask_witnesses(
    witnesses: Sequence[Witness], note: str, size: int, prove: Callable[[int], list[bytes]]
) -> str:
    """The lines of those who cosign: a witness that is away, or refuses, has none.

    ``prove`` makes the proof from a tree that a witness cosigned before.
    """
    return "".join(await asyncio.gather(*(_ask(one, note, size, prove) for one in witnesses)))


async def cosigned_size(witness: Witness, note: str) -> int | None:
    """How many leaves the tree has that a witness cosigned last; None if it does not say."""
    status, body = await _post(witness, note, 0, [])
    return int(body) if status == _OTHER_SIZE and body.strip().isdigit() else None


async def _ask(witness: Witness, note: str, size: int, prove: Callable[[int], list[bytes]]) -> str:
    status, body = await _post(witness, note, size, [])
    if status == _OTHER_SIZE and body.strip().isdigit() and int(body) <= size:
        old = int(body)
        status, body = await _post(witness, note, old, await asyncio.to_thread(prove, old))
    lines = [f"{line}\n" for line in body.splitlines() if status == HTTPStatus.OK]
    known = [line for line in lines if witness.has_cosigned(f"{note}{line}")]
    return "".join(known[:1])


async def _post(witness: Witness, note: str, old: int, proof: Sequence[bytes]) -> tuple[int, str]:
    """The status and the beginning of the answer; none of a witness that is away, says what is no
    HTTP, or is not done in time, a byte now and then included."""
    import httpx2  # which takes long, and few have a witness

    body = bytearray()
    try:
        async with (
            asyncio.timeout(_SECONDS),
            httpx2.AsyncClient(timeout=None) as client,
            client.stream(
                "POST",
                f"{witness.url.rstrip('/')}/add-checkpoint",
                content=f"old {old}\n{hash_lines(proof)}\n{note}".encode(),
                headers={"Content-Type": "text/plain; charset=utf-8"},
            ) as answer,
        ):
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > _LONGEST_ANSWER:
                    break
            return answer.status_code, body[:_LONGEST_ANSWER].decode()
    except (TimeoutError, ValueError, httpx2.HTTPError, httpx2.InvalidURL):
        return 0, ""
