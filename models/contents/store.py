"""The object store that holds the sealed parts of contents: a folder, S3, Azure or GCS.

A part is written once, and never changed: what was checked stays what was checked.
"""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, from_url

from models.contents.sealing import Content, ForgedPartError

_FOLDER = "documents"
_OF_A_FOLDER = "file:"


class StoreError(Exception):
    """The store cannot be used now; the text holds no address and no secret."""


class TakenPartError(Exception):
    """Somebody else wrote this part before."""


class MissingPartError(Exception):
    """A part is not there: it was never stored, or is removed."""


class ContentStore:
    """The parts of contents, each an object by the id of its upload and its number."""

    def __init__(self, url: str) -> None:
        """``url`` is `file:/folder`, or what obstore reads. Raises StoreError."""
        try:
            if url.startswith(_OF_A_FOLDER):
                folder = Path(url.removeprefix(_OF_A_FOLDER))
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._store: Any = LocalStore(folder, automatic_cleanup=True)
            else:
                self._store = from_url(url)
        except (BaseError, OSError, ValueError) as error:
            raise StoreError(f"cannot be opened ({type(error).__name__})") from None

    async def number_of_parts(self, upload: UUID) -> int:
        """How many parts are there without a gap. Raises StoreError."""
        there = {path.rsplit("/", 1)[1] for path in await self._paths(upload)}
        number = 0
        while f"{number:06}" in there:
            number += 1
        return number

    async def add(self, upload: UUID, number: int, sealed: bytes) -> None:
        """Raises TakenPartError where the part is there, and StoreError."""
        try:
            path = _path_of(upload, number)
            await obstore.put_async(self._store, path, sealed, mode="create", use_multipart=False)
        except AlreadyExistsError:
            raise TakenPartError from None
        except BaseError as error:
            raise _failure(error) from None

    async def read(self, upload: UUID, number: int) -> bytes:
        """Raises MissingPartError and StoreError."""
        try:
            found = await obstore.get_async(self._store, _path_of(upload, number))
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            raise MissingPartError from None
        except BaseError as error:
            raise _failure(error) from None

    async def open(self, content: Content, number: int) -> bytes:
        """A part as it was before it was sealed. Raises MissingPartError and StoreError."""
        sealed = await self.read(content.id, number)
        try:
            return await asyncio.to_thread(content.open, number, sealed)
        except ForgedPartError as error:
            raise StoreError("holds something that was not sealed there") from error

    async def remove(self, upload: UUID) -> None:
        """Remove all parts. Raises StoreError."""
        try:
            if paths := await self._paths(upload):
                await obstore.delete_async(self._store, paths)
        except BaseError as error:
            raise _failure(error) from None

    async def _paths(self, upload: UUID) -> list[str]:
        try:
            listed = await obstore.list(self._store, f"{_FOLDER}/{upload}").collect_async()
        except BaseError as error:
            raise _failure(error) from None
        return [each["path"] for each in listed]


def _path_of(upload: UUID, number: int) -> str:
    return f"{_FOLDER}/{upload}/{number:06}"


def _failure(error: Exception) -> StoreError:
    # Its own text may name addresses.
    return StoreError(f"cannot be used ({type(error).__name__})")
