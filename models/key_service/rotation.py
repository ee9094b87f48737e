"""Rotates the key that wraps the data keys, while key services serve them.

First a new key is put before the old one in the file, which every service reads again by itself.
Then the data keys are wrapped again, some at a time, each time committed. Once none
needs the old key, it is taken out of the file. A rotation that was stopped goes on when it is run
again.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from models.key_service.interface import KeyUse
from models.key_service.local import unwrap, wrap
from models.key_service.local_file import LocalKeys
from models.key_service.store import KeyStore, WrappedKey

_BATCH = 500
_FIRST = UUID(int=0)


def begin_rotation(file: Path) -> None:
    """Put a new key before the one that wraps so far, unless that is done. Raises
    KeyServiceError."""
    keys = LocalKeys.from_file(file)
    if len(keys.by_use[KeyUse.DATA_KEY]) == 1:
        keys.with_new_key(KeyUse.DATA_KEY).write(file)


async def rotate_data_keys(
    file: Path,
    url: str,
    progress: Callable[[int, int], None] = lambda done, number: None,
) -> int:
    """Wrap all data keys by a new key, and retire the old one; return how many were wrapped again.

    ``url`` is that of the store; ``progress`` is called with that number so far, and with how many
    data keys there are. Raises KeyServiceError.
    """
    store = KeyStore(url)
    try:
        begin_rotation(file)
        keys = LocalKeys.from_file(file)
        await _note_accepted(store, file)
        _, old = keys.by_use[KeyUse.DATA_KEY]
        done = 0
        while True:
            done = await _rewrap_all(store, keys, done, progress)
            if await store.retire(old, lambda: keys.with_one_key(KeyUse.DATA_KEY).write(file)):
                await _note_accepted(store, file)
                LocalKeys.from_file(file).destroy_retired(file)
                return done
    finally:
        await store.close()


async def _note_accepted(store: KeyStore, file: Path) -> None:
    """If this process is killed before, the rotation is noted when a keeper next asks the service
    for its operations."""
    keys = LocalKeys.from_file(file)
    await store.note_accepted(keys.accepted_ids(), keys.changed_by)


async def _rewrap_all(
    store: KeyStore, keys: LocalKeys, done: int, progress: Callable[[int, int], None]
) -> int:
    new, _ = keys.by_use[KeyUse.DATA_KEY]

    def rewrap(subject: UUID, wrapped: WrappedKey) -> WrappedKey:
        nonlocal done
        done += 1
        return wrap(keys, subject, unwrap(keys, subject, wrapped))

    number, last = await store.count(), _FIRST
    while True:
        began = time.monotonic()
        after = await store.rewrap(new, last, _BATCH, rewrap)
        if after is None:
            return done
        last = after
        progress(done, number)
        await asyncio.sleep(time.monotonic() - began)  # leaves half of the time to readers
