"""The LINKER beside a gateway in a test, and the key service that both ask: one for each worker."""

import asyncio
import atexit
import contextlib
import tempfile
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

from models.jobs.linker import keep_linking
from models.key_service import KeyService, KeyUse, LocalKeys, SocketKeys
from models.key_service.process import running_keys

#: No test waits for a minute to pass.
_UNWRAPS_A_MINUTE = 10_000_000


#: A machine that stands still for some seconds fails no test: those of outages have clients of
#: their own.
_ANSWER_SECONDS = 60


class _Keys:
    """The keys of the process that `key_service` starts, once somebody asks."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_socket_keys(), name)


#: By which people are sealed and found in tests.
KEYS: KeyService = _Keys()


@contextlib.asynccontextmanager
async def linking(url: str) -> AsyncIterator[None]:
    """Links what is submitted while the context is open."""
    stop = asyncio.Event()
    running = asyncio.create_task(keep_linking(KEYS, url, stop))
    try:
        yield
    finally:
        stop.set()
        await running


def copied_keys_file(folder: Path) -> Path:
    """A copy of the file of these keys, which a test may rotate."""
    file = folder / "keys.json"
    file.write_bytes(keys_file().read_bytes())
    file.chmod(0o600)
    return file


@cache
def keys_file() -> Path:
    """The file of these keys; what they wrapped lies beside it."""
    folder = tempfile.TemporaryDirectory(prefix="gerbang-keys-")
    atexit.register(folder.cleanup)
    file = Path(folder.name, "keys.json")
    LocalKeys(
        {
            use: {"of-the-tests": bytes(range(32 * number, 32 * number + 32))}
            for number, use in enumerate(KeyUse, start=1)
        }
    ).write(file)
    return file


@cache
def key_service() -> str:
    """The address of the key service of this worker, a process of its own."""
    file, stack = keys_file(), contextlib.ExitStack()
    socket = file.with_name("socket")
    many = {"unwraps": _UNWRAPS_A_MINUTE, "digests": _UNWRAPS_A_MINUTE}
    stack.enter_context(running_keys(file, socket, **many))
    atexit.register(stack.close)
    return f"unix:{socket}"


@cache
def _socket_keys() -> SocketKeys:
    return SocketKeys(Path(key_service().removeprefix("unix:")), _ANSWER_SECONDS)
