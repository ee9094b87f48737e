"""The LINKER beside a gateway in a test, and the key service that both ask: one for each worker."""

import asyncio
import atexit
import contextlib
import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from gateway.access.judge_rules import judge_rules
from models.jobs.linker import keep_linking
from models.key_service import KeyService, KeyUse, LocalKeys, SocketKeys
from models.key_service.process import running_keys
from tests.key_stores import administer, store_of

#: No test waits for a minute to pass.
_UNWRAPS_A_MINUTE = 10_000_000


#: A machine that stands still for some seconds fails no test: those of outages have clients of
#: their own.
_ANSWER_SECONDS = 60


class _Keys:
    """The keys of the process that `key_service` starts, once somebody asks, on one socket."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # whoever collects tests looks for marks everywhere
            raise AttributeError(name)
        return getattr(_socket_keys(self._name), name)


#: By which people are sealed and found in tests, and by which gateways open them.
KEYS: KeyService = cast(KeyService, _Keys("socket.linking"))
OF_GATEWAYS: KeyService = cast(KeyService, _Keys("socket"))


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
    """The file of these keys; what they wrapped is in `key_store`."""
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
def key_store() -> str:
    """The URL of the store of what these keys wrapped."""
    return store_of(keys_file())


@cache
def key_service() -> str:
    """The address of the key service of this worker, a process of its own."""
    file, stack = keys_file(), contextlib.ExitStack()
    socket, others = file.with_name("socket"), file.with_name("socket.linking")
    file.with_name("socket.signing").symlink_to(others)
    many = {"unwraps": _UNWRAPS_A_MINUTE, "digests": _UNWRAPS_A_MINUTE}
    judge = judge_of_tests(file.parent, _UNWRAPS_A_MINUTE)
    url = key_store()
    running = running_keys(file, socket, url, signing=others, linking=others, judge=judge, **many)
    stack.enter_context(running)
    atexit.register(stack.close)
    # As a store from before relations were kept: whoever tests write into a database by SQL alone
    # is opened without one.
    administer(url, "DELETE FROM judged")
    return f"unix:{socket}"


def judge_of_tests(folder: Path, people_an_hour: int | None = None, identity_acr: str = "") -> str:
    """What a judge is told that believes the tokens of the tests."""
    from tests import tokens  # which names the key service here

    public = folder / "provider.json"
    public.write_text(json.dumps({"keys": [tokens.KEY.as_dict(private=False)]}))
    settings = tokens.settings(key_service="unix:/nowhere", identity_acr=identity_acr)
    rules = judge_rules(settings)
    rules = replace(rules, provider=f"file:{public}")
    if people_an_hour is not None:
        many = dict.fromkeys(rules.people_an_hour, people_an_hour)
        rules = replace(rules, people_an_hour=many)
    return rules.to_json()


@cache
def _socket_keys(name: str) -> SocketKeys:
    path = Path(key_service().removeprefix("unix:"))
    return SocketKeys(path.with_name(name), _ANSWER_SECONDS)
