"""Serves the keys over a Unix socket, and opens no more data keys a minute than it may.

A gateway that was captured holds no key that wraps: it can ask, as fast as this lets it.
"""

import asyncio
import contextlib
import os
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, cast
from uuid import UUID

import orjson

from models.key_service.erasures import ErasesKeys
from models.key_service.interface import KeyService, KeyServiceError, KeyUse
from models.key_service.socket_keys import MOST_LINE_BYTES

#: Of one socket, or of all of them.
ANYTHING = frozenset(
    ("key_ids", "digests", "sign", "public_keys", "make", "open", "erase", "erased")
)
#: What the socket of keepers answers, on which alone checkpoints are signed and people erased.
OF_KEEPERS = frozenset(("sign", "public_keys", "erase", "erased"))
#: What the other one answers beside it.
OF_GATEWAYS = ANYTHING - {"sign", "erase"}


class Ceiling:
    """How many data keys may be opened a minute; what is not used is not saved up."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._left, self._at = float(a_minute), monotonic()

    def take(self, number: int) -> None:
        """Raises KeyServiceError where fewer are left."""
        now = monotonic()
        self._left += (now - self._at) * self._a_minute / 60
        self._left, self._at = min(self._left, self._a_minute), now
        if number > self._left:
            raise KeyServiceError(
                f"more than {self._a_minute} data keys a minute are opened: ask again later"
            )
        self._left -= number


@contextlib.asynccontextmanager
async def serving_keys(
    keys: KeyService, path: Path, ceiling: Ceiling, verbs: frozenset[str] = ANYTHING
) -> AsyncIterator[None]:
    """Listen on a socket while the context is open; its owner and group may ask by some verbs.

    Raises KeyServiceError where that is impossible.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The loop cancels who is still connected when it ends, and so ends this.
        over = (OSError, ValueError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.suppress(*over):
            while True:
                line = await reader.readuntil(b"\n")
                writer.write(await answer(keys, ceiling, line, verbs) + b"\n")
                await writer.drain()
        writer.close()

    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    mask = os.umask(0o117)
    try:
        server = await asyncio.start_unix_server(serve, path, limit=MOST_LINE_BYTES)
    except OSError as error:
        raise KeyServiceError(f"{path} cannot be listened on: {error.strerror}") from None
    finally:
        os.umask(mask)
    try:
        yield
    finally:
        server.close()


async def answer(
    keys: KeyService, ceiling: Ceiling, line: bytes, verbs: frozenset[str] = ANYTHING
) -> bytes:
    """The answer to a line."""
    try:
        question = orjson.loads(line)
        if question["do"] in ANYTHING - verbs:
            raise KeyServiceError(f"this socket does not {question['do']}: ask the other one")
        return orjson.dumps(await _do(keys, ceiling, question))
    except KeyServiceError as error:
        return orjson.dumps({"error": str(error)})
    except (ValueError, TypeError, KeyError, AttributeError):
        return orjson.dumps({"error": "this is no question of the protocol"})


async def _do(keys: KeyService, ceiling: Ceiling, question: Mapping[str, Any]) -> Any:
    match question["do"]:
        case "key_ids":
            return {"key_ids": list(await keys.key_ids(KeyUse(question["use"])))}
        case "digests":
            messages = [b64decode(message) for message in question["messages"]]
            told = await keys.digests(KeyUse(question["use"]), messages)
            return {
                "digests": [
                    [(one.key_id, b64encode(one.value).decode()) for one in each] for each in told
                ]
            }
        case "sign":
            signed = await keys.sign(KeyUse(question["use"]), b64decode(question["message"]))
            return {
                "public_key": b64encode(signed.public_key).decode(),
                "signature": b64encode(signed.value).decode(),
            }
        case "public_keys":
            found = await keys.public_keys(KeyUse(question["use"]))
            return {"public_keys": {id_: b64encode(key).decode() for id_, key in found.items()}}
        case "open":
            subjects = _subjects(question)
            ceiling.take(len(subjects))
            return _write_keys(subjects, await keys.open_data_keys(subjects))
        case "make":
            subjects = _subjects(question)
            found = await keys.open_data_keys(subjects)
            ceiling.take(len(found))  # a key that is made now opens nothing yet
            new = [one for one in subjects if one not in found]
            return _write_keys(
                subjects, {**found, **(await keys.make_data_keys(new) if new else {})}
            )
        case "erase" | "erased" as verb:
            eraser = cast(ErasesKeys, keys)
            if verb == "erase":
                subjects = _subjects(question)
                ceiling.take(len(subjects))
                erased = await eraser.erase_data_keys(subjects)
            else:
                erased = await eraser.erased_subjects(UUID(hex=question["after"]))
            return {"erased": [(one.subject.hex, int(one.at.timestamp())) for one in erased]}
        case _:
            raise KeyError("do")


def _subjects(question: Mapping[str, Any]) -> list[UUID]:
    return [UUID(hex=one) for one in question["subjects"]]


def _write_keys(subjects: Sequence[UUID], keys: Mapping[UUID, bytes]) -> dict[str, Any]:
    found = map(keys.get, subjects)
    return {"keys": [key and b64encode(key).decode() for key in found]}
