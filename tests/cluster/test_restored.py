"""A whole site is lost, and goes on elsewhere: from what another site had pulled of both databases,
and the file of keys that lay apart. What is lost, and for how long nobody is served, is told."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import httpx2
import pytest

from models.database.connections import connect
from models.volumes import fold, verify
from tests.cluster.hosts import Program, until_listening
from tests.cluster.site import FILES, GERBANG, HTTPS, KEYS, POSTGRES, PROGRAMS, Site, site
from tests.gateway.crashes.ledger import Ledger
from tests.gateway.crashes.reckoning import find_other_answers
from tests.gateway.crashes.writers import Writer
from tests.gateway.life_model import OFFICERS
from tests.gateway.surviving.clients import Wire
from tests.machine import needs

pytestmark = [
    pytest.mark.proof,
    pytest.mark.anyio,
    needs(
        "patroni",
        is_here=(PROGRAMS / "etcd").exists(),
        absent="no etcd, Patroni and HAProxy (`make cluster` brings Debian's)",
    ),
]

WRITERS = 4
#: The gateways' database and the store of keys, each with where it is followed from.
FOLLOWED = {"elsewhere": "front", "elsewhere-keys": "store"}
#: For how long people write before and after the primary moves, seconds.
WRITING = 20
#: What may be lost, and for how long nobody may be served, seconds.
MOST_LOST, MOST_AWAY = 2, 300


@pytest.fixture
def here() -> Iterator[Site]:
    with site(*FOLLOWED) as found:
        yield found


@pytest.mark.timeout(1_800)
async def test_a_site_that_is_gone_goes_on_elsewhere(
    here: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in FOLLOWED:
        await asyncio.to_thread(_follow, here, name)
    ledger, chance = Ledger(wanted=10**9), Random(1)
    writers = [
        Writer([Wire(HTTPS, here.at("front"), here.tls())], ledger, Random(chance.random()))
        for _ in range(WRITERS)
    ]
    for writer, officer in zip(writers, OFFICERS, strict=False):
        await writer.begin(officer)
    counted: list[tuple[float, int]] = []
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(_count(ledger, counted))
        writing = [tasks.create_task(writer.write()) for writer in writers]
        await asyncio.sleep(WRITING)
        # Whoever follows the front follows the other primary from then on.
        before = await asyncio.to_thread(here.primary)
        assert here.hosts[before].lose()
        await asyncio.sleep(WRITING)
        here.hosts[before].start()
        await asyncio.to_thread(here.until, lambda: here.primary() != before)
        await asyncio.to_thread(_copy_again, here)
        await asyncio.sleep(WRITING)
        for name, host in here.hosts.items():
            if name not in FOLLOWED:
                host.lose()
        gone = time.monotonic()
        watching.cancel()
        for task in writing:
            task.cancel()
    there = await asyncio.to_thread(_restore, here)
    away = time.monotonic() - gone

    lost = await _lost(there, ledger)
    seconds = gone - _told_at(counted, lost[0]) if lost else 0
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(ledger.acknowledged)} writes were acknowledged; {len(lost)} are lost, of the"
            f" last {seconds:.1f} s. Elsewhere answers after {away:.0f} s.\n"
        )
    assert len(ledger.acknowledged) > 100
    assert seconds <= MOST_LOST
    assert away <= MOST_AWAY
    await asyncio.to_thread(there.until, lambda: _gerbang(there, "audit", "verify") == 0)
    connection = await connect(there.owner_url)
    while await fold(connection):
        pass
    assert await verify(connection) == []
    await connection.close()
    # It goes on: what was acknowledged is answered as before, and somebody new is handed in.
    for number in reversed(lost):
        del ledger.acknowledged[number]
    gateway = Wire(8000, there.at("gateway-1"))
    assert await find_other_answers(gateway, ledger, 50, chance) == []
    assert await Writer([gateway], Ledger(wanted=1), Random(2))._submit() is not None


def _environ(here: Site, name: str) -> dict[str, str]:
    return {
        "PGHOST": here.at(FOLLOWED[name]),
        "PGUSER": "replicator" if name == "elsewhere" else "postgres",
        "PGPASSWORD": here.secret,
        "PATH": f"{POSTGRES}:/usr/bin:/bin",
    }


def _follow(here: Site, name: str) -> None:
    """As a service that follows, and a first copy."""
    host = here.hosts[name]
    command = [FILES / "elsewhere.sh", "follow", host.folder]
    host.run(Program("follow", command, _environ(here, name), is_ordinary=True))
    here.until(lambda: any((host.folder / "wal").glob("0*")))
    _copy(here, name)


def _copy(here: Site, name: str) -> None:
    """The only one that is kept."""
    host = here.hosts[name]
    before = set((host.folder / "copies").glob("2*"))
    environ = _environ(here, name) | {"COPIES": "1"}
    command = [FILES / "elsewhere.sh", "copy", host.folder]
    host.start(Program("copy", command, environ, is_ordinary=True))
    here.until(lambda: set((host.folder / "copies").glob("2*")).isdisjoint(before))
    here.until(lambda: len([*(host.folder / "copies").iterdir()]) == 1)


def _copy_again(here: Site) -> None:
    """What came before the new copy is no longer kept."""
    wal = here.hosts["elsewhere"].folder / "wal"
    first = min(wal.glob("0*[0-9A-F]"))
    _copy(here, "elsewhere")
    here.until(lambda: not first.exists())


async def _count(ledger: Ledger, counted: list[tuple[float, int]]) -> None:
    while True:
        counted.append((time.monotonic(), len(ledger.acknowledged)))
        await asyncio.sleep(0.02)


def _told_at(counted: list[tuple[float, int]], number: int) -> float:
    """By when so many writes had been acknowledged."""
    return max(at for at, count in counted if count <= number)


def _restore(here: Site) -> Site:
    """The site as it goes on: by the steps of docs/operations.md."""
    there = replace(
        here,
        hosts={
            **here.hosts, "front": here.hosts["elsewhere"], "store": here.hosts["elsewhere-keys"]
        },
    )  # fmt: skip
    for name in FOLLOWED:
        host, script = here.hosts[name], FILES / "elsewhere.sh"
        host.lose()
        data = host.folder / "postgres"
        command = [script, "restore", host.folder, data]
        host.start(Program("restore", command, {"PATH": "/usr/bin:/bin"}, is_ordinary=True))
        there.until(lambda data=data: (data / "recovery.signal").exists())
        serving = [POSTGRES / "postgres", "-D", data, "-h", host.address, "-k", "."]
        host.run(Program("postgres", serving, is_ordinary=True))
        until_listening(host.address, 5432)
        there.until(lambda data=data: not (data / "recovery.signal").exists())
    there.hosts["provider"].start()
    for name in KEYS:
        there.hosts[name].programs.clear()
        there._run_keys(name)
        until_listening(there.at(name), 7443)
    _checkpoints(there).mkdir()
    assert _gerbang(there, "audit", "begin") == 0
    for name in ("keeper-1", "gateway-1"):
        there.hosts[name].programs.clear()
    there._run("keep", "keeper-1", _of_the_keeper(there))
    there._run_pooler("gateway-1")
    given = {**there._of_gateways("gateway-1")}
    del given["READ_URL"]  # there is no replica yet
    there._run("serve", "gateway-1", given)
    address = f"http://{there.at('gateway-1')}:8000/health/ready"
    there.until(lambda: _is_ready(address), MOST_AWAY)
    return there


def _checkpoints(there: Site) -> Path:
    return there.folder / "checkpoints-there"


def _of_the_keeper(there: Site) -> dict[str, str]:
    return {**there._of_keepers("keeper-1"), "CHECKPOINTS": str(_checkpoints(there))}


def _gerbang(there: Site, *command: str) -> int:
    """Run a command with the settings of the keeper; its exit code."""
    environ = there.environ("keeper-2", _of_the_keeper(there))
    return subprocess.run([*GERBANG, *command], env=environ, check=False).returncode


def _is_ready(address: str) -> bool:
    try:
        return httpx2.get(address, timeout=2).is_success
    except httpx2.TransportError:
        return False


async def _lost(there: Site, ledger: Ledger) -> list[int]:
    """Which acknowledged writes are not there."""
    connection = await connect(there.owner_url)
    kept = {row[0] for row in await connection.fetch("SELECT key_digest FROM idempotency")}
    await connection.close()
    digests = (write.digest for write, _ in ledger.acknowledged)
    return [number for number, digest in enumerate(digests) if digest not in kept]
