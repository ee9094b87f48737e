"""Runs a key service as a process of its own, which knows nothing of gateways and their database.

It listens on three sockets: on that of gateways it opens people for viewers whose tokens it checks,
on the second for the LINKER, and on the third alone it signs checkpoints of the account, and erases
people. Its log is JSON on standard error.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from models.confinement import keep_memory_private
from models.key_service.addresses import Address, Certificates
from models.key_service.interface import Ceiling, KeyServiceError
from models.key_service.judge import JudgedKeys, JudgeRules
from models.key_service.local import LocalKeyService
from models.key_service.metrics import KeyMetrics
from models.key_service.principals import (
    ANYTHING,
    PrincipalJudge,
    Socket,
    make_credentials,
    verbs_of,
)
from models.key_service.serving import serving_keys
from models.logs import facts, log_unhandled, process_log
from models.postgres.guardian import end_with_parent

#: Data keys that are opened a minute, at most.
UNWRAPS_A_MINUTE = 6_000
#: Digests of people that are made a minute, at most: of a person there are three.
DIGESTS_A_MINUTE = 3 * UNWRAPS_A_MINUTE
#: The environment variable with the URL of the store.
STORE = "GERBANG_KEY_STORE"
_READY = "ready"
_PROGRAM = Path(__file__).with_name("alone.py")
#: How often it is seen whether the store answers, and how long it may take.
_STORE_SECONDS = 2.0
#: A host and a port.
MetricsAddress = tuple[str, int]
LOG_LEVELS = ("debug", "info", "warning")

log = logging.getLogger(__name__)


async def serve_keys(
    file: Path,
    socket: Address,
    store: str,
    unwraps: int = UNWRAPS_A_MINUTE,
    signing: Address | None = None,
    digests: int = DIGESTS_A_MINUTE,
    linking: Address | None = None,
    judge: str | None = None,
    credentials: Path | None = None,
    certificates: Certificates | None = None,
    metrics: MetricsAddress | None = None,
) -> None:
    """Serve the keys of a file on a socket until a signal ends it.

    ``store`` is the URL of the database of data keys, ``signing`` the socket on which alone
    checkpoints are signed and people erased, ``linking`` that of the LINKER. ``judge`` is
    what `JudgeRules` has, as JSON; without it, the first socket opens people for whoever asks.
    ``credentials`` is the folder of those that are shown on the other two; without it, the sockets
    are open to whoever reaches them. ``certificates`` are those of addresses by TCP, ``metrics`` is
    where metrics are served. Raises KeyServiceError.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.set_exception_handler(log_unhandled)
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    of_people = Ceiling(digests, "digests of people a minute are made")
    keys = LocalKeyService.open(file, store, Ceiling(unwraps), of_people)
    await keys.own_key()  # the store can be used
    of_gateways = await _judged(keys, JudgeRules.from_json(judge)) if judge else keys
    if credentials is not None:
        make_credentials(credentials)
    others: dict[Address, frozenset[str]] = {}
    judges: dict[Address, PrincipalJudge] = {}
    for address, named in ((linking, Socket.LINKING), (signing, Socket.SIGNING)):
        if address is not None:
            others[address] = others.get(address, frozenset()) | verbs_of(named)
            if credentials is not None:
                judges[address] = PrincipalJudge(keys, named, credentials)
    counted = KeyMetrics() if metrics is not None else None
    if others and judge and credentials is not None:
        judges[socket] = PrincipalJudge(keys, Socket.GATEWAYS, credentials)
    sockets = {socket: verbs_of(Socket.GATEWAYS) if others else ANYTHING, **others}
    async with contextlib.AsyncExitStack() as stack:
        for address, verbs in sockets.items():
            served = of_gateways if address == socket else keys
            await stack.enter_async_context(
                serving_keys(served, address, verbs, judges.get(address), certificates, counted)
            )
        if counted is not None and metrics is not None:
            counted.serve(*metrics)
            watching = asyncio.create_task(_watch_store(keys, counted))
            stack.callback(watching.cancel)
        sys.stdout.write(f"{_READY}\n")
        sys.stdout.flush()
        log.info("start", extra=facts(process="keys", sockets=[*map(str, sockets)]))
        await stop.wait()
        log.info("drain")
    log.info("stop")


async def _watch_store(keys: LocalKeyService, metrics: KeyMetrics) -> None:
    """Look every few seconds whether the store answers."""
    while True:
        reachable, _ = await keys.answering(_STORE_SECONDS)
        metrics.note_store(is_reachable=reachable == 1)
        await asyncio.sleep(_STORE_SECONDS)


async def _judged(keys: LocalKeyService, rules: JudgeRules) -> JudgedKeys:
    return JudgedKeys(keys, rules, await keys.open_receipts(rules.inquiries))


def credentials_beside(file: Path) -> Path:
    """Where the credentials of a file of keys are, unless they are elsewhere."""
    return file.with_suffix(".credentials")


def command(
    file: Path,
    socket: Path | Address,
    unwraps: int,
    signing: Path | Address | None,
    digests: int,
    linking: Path | Address | None = None,
    judge: str | None = None,
    credentials: Path | None = None,
    certificates: Certificates | None = None,
    log_level: str = "warning",
    metrics: MetricsAddress | None = None,
) -> list[str]:
    """What runs the process: in a child, or in the place of this one.

    It reads the URL of its store from the environment (`STORE`), where no other user sees it.
    """
    given = [sys.executable, str(_PROGRAM), str(file), str(socket), "--log-level", log_level]
    given += ["--unwraps", str(unwraps), "--digests", str(digests)]
    named = {
        "--signing": signing,
        "--linking": linking,
        "--judge": judge,
        "--credentials": credentials,
        "--metrics": metrics and f"{metrics[0]}:{metrics[1]}",
    }
    if certificates is not None:
        named["--certificate"] = certificates.certificate
        named["--private-key"] = certificates.private_key
        named["--authority"] = certificates.authority
    return given + [part for name, value in named.items() if value for part in (name, str(value))]


@contextlib.contextmanager
def running_keys(
    file: Path,
    socket: Path | Address,
    store: str,
    unwraps: int = UNWRAPS_A_MINUTE,
    signing: Path | Address | None = None,
    digests: int = DIGESTS_A_MINUTE,
    linking: Path | Address | None = None,
    judge: str | None = None,
    credentials: Path | None = None,
    certificates: Certificates | None = None,
    metrics: MetricsAddress | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """Run the process while the context is open; it ends with this one.

    Raises KeyServiceError if it does not start.
    """
    process = subprocess.Popen(
        command(
            *(file, socket, unwraps, signing, digests, linking, judge, credentials, certificates),
            metrics=metrics,
        ),
        env={**os.environ, STORE: store},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent(),
    )
    try:
        assert process.stdout
        if process.stdout.readline().strip() != _READY:
            raise KeyServiceError("the key service did not start: see what it wrote above")
        yield process
    finally:
        process.terminate()
        process.wait()


def _metrics_address(text: str) -> MetricsAddress:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> None:
    """`python alone.py FILE SOCKET`."""
    keep_memory_private()
    options = argparse.ArgumentParser()
    options.add_argument("file", type=Path)
    options.add_argument("socket", type=Address.of_argument)
    options.add_argument("--unwraps", type=int, default=UNWRAPS_A_MINUTE)
    options.add_argument("--digests", type=int, default=DIGESTS_A_MINUTE)
    options.add_argument("--signing", type=Address.of_argument)
    options.add_argument("--linking", type=Address.of_argument)
    for name in ("--certificate", "--private-key", "--authority"):
        options.add_argument(name, type=Path)
    options.add_argument("--judge")
    options.add_argument("--credentials", type=Path)
    options.add_argument("--metrics", type=_metrics_address)
    options.add_argument("--log-level", choices=LOG_LEVELS, default="info")
    given = vars(options.parse_args())
    files = [given.pop(name) for name in ("certificate", "private_key", "authority")]
    given["certificates"] = Certificates(*files) if all(files) else None
    try:
        with process_log(given.pop("log_level").upper(), as_json=True):
            asyncio.run(serve_keys(store=os.environ[STORE], **given))
    except KeyServiceError as error:
        sys.exit(f"key service: {error}")
