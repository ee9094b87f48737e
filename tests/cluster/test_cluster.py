"""Each host of a cluster is lost while eight write through its front, and each program of Gerbang's
is replaced: nothing is lost, nothing is done twice, and nobody starts anything by hand but what was
lost or replaced itself."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest

from models.database.connections import connect
from models.volumes import fold, verify
from tests.cluster.hosts import HAS_NAMESPACES
from tests.cluster.site import (
    DASHBOARDS,
    GATEWAYS,
    HTTPS,
    KEEPERS,
    KEYS,
    PROGRAMS,
    ROOT,
    Site,
    site,
)
from tests.gateway.crashes.ledger import Ledger
from tests.gateway.crashes.reckoning import find_other_answers, reckon
from tests.gateway.crashes.test_crashes import NOTHING_WRONG, OUTAGES
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
log = logging.getLogger(__name__)

WRITERS = 8
#: For how long a lost host is away, seconds.
AWAY = 25
#: Within which writes are back, seconds: where a PostgreSQL is lost, and elsewhere.
BACK, BACK_STATELESS = 30, 10


@dataclass
class Pace:
    """When writes were acknowledged, all writers together."""

    ledger: Ledger
    at: list[float] = field(default_factory=lambda: [time.monotonic()])

    async def watch(self) -> None:
        seen = 0
        while True:
            if len(self.ledger.acknowledged) > seen:
                seen = len(self.ledger.acknowledged)
                self.at.append(time.monotonic())
            await asyncio.sleep(0.02)

    def longest_gap(self, since: float) -> float:
        """The longest time without a write from an instant until now, seconds."""
        moments = [since, *(one for one in self.at if one > since), time.monotonic()]
        return max(after - before for before, after in pairwise(moments))


@dataclass(frozen=True)
class Loss:
    """What is lost, how, and within which time writes are back."""

    name: str
    lose: Callable[[Site], str]
    seconds: float = BACK_STATELESS
    #: One of its kind: whoever supervises it starts it again at once.
    is_supervised: bool = False


def whole(name: str) -> Callable[[Site], str]:
    """A host that is gone: where it has a network of its own, nobody is told."""

    def lose(here: Site) -> str:
        here.hosts[name].cut(off=True)
        assert here.hosts[name].lose()
        return name

    return lose


def of_primary(here: Site) -> str:
    return whole(here.primary())(here)


def of_replica(here: Site) -> str:
    [name] = {"data-1", "data-2"} - {here.primary()}
    return whole(name)(here)


def its_postgres(here: Site) -> str:
    """PostgreSQL alone: Patroni lives, and finds it dead."""
    name = here.primary()
    assert here.hosts[name].lose("postgres")
    return name


def cut_off(here: Site) -> str:
    """The primary goes on, and nobody hears it."""
    name = here.primary()
    here.hosts[name].cut(off=True)
    return name


LOSSES = (
    Loss("a gateway with its PgBouncer", whole("gateway-1")),
    Loss("a key service", whole("keys-1")),
    Loss("a keeper", whole(KEEPERS[0])),
    Loss("the other keeper", whole(KEEPERS[1])),
    Loss("an etcd", whole("quorum")),
    Loss("a dashboard", whole("shown-1")),
    Loss("the Valkey of the dashboards", whole("sessions"), is_supervised=True),
    Loss("the provider", whole("provider")),
    Loss("the front", whole("front"), is_supervised=True),
    Loss("the store of keys", whole("store"), BACK, is_supervised=True),
    Loss("the replica with its etcd", of_replica, BACK),
    Loss("the primary with its etcd", of_primary, BACK),
    Loss("the PostgreSQL of the primary", its_postgres, BACK),
    *([Loss("the network of the primary", cut_off, BACK)] if HAS_NAMESPACES else []),
)

#: In the order of upgrading: the programs, what is in their commands, and their hosts.
REPLACED = (
    ("keys", "alone.py", KEYS),
    ("keep", " keep", KEEPERS),
    ("serve", " serve", GATEWAYS),
    ("dashboard", " dashboard", DASHBOARDS),
)
#: While one is replaced, the most seconds without a write.
PAUSE = 3


@pytest.fixture
def here() -> Iterator[Site]:
    with site() as found:
        yield found


@pytest.mark.timeout(2_400)
async def test_each_host_is_lost_and_nothing_that_was_acknowledged(
    here: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger, chance = Ledger(wanted=10**9), Random(1)
    writers = [
        Writer([Wire(HTTPS, here.at("front"), here.tls())], ledger, Random(chance.random()))
        for _ in range(WRITERS)
    ]
    for writer, officer in zip(writers, OFFICERS, strict=False):
        await writer.begin(officer)
    pace, gaps = Pace(ledger), dict[str, tuple[float, float]]()
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(pace.watch())
        for writer in writers:
            tasks.create_task(writer.write())
        for loss in LOSSES:
            gaps[loss.name] = await _lose(here, loss, pace), loss.seconds
        for name, text, names in REPLACED:
            gap = await _replace(here, name, text, names, pace)
            gaps[f"each {name} in turn, replaced"] = gap, PAUSE
        with capsys.disabled():
            for name, (gap, _) in gaps.items():
                sys.stdout.write(f"\n{name}: {gap:.1f} s without a write")
        ledger.wanted = 0
        watching.cancel()
    log.info("%s", ledger)
    late = {name: gap for name, (gap, most) in gaps.items() if gap > most}
    assert not late, gaps
    assert set(ledger.in_doubt) <= OUTAGES | {"TIMEOUT", "TimeoutError", "OVERLOADED"}
    assert not ledger.refused
    await _reckon(here, ledger)


async def _lose(here: Site, loss: Loss, pace: Pace) -> float:
    """The longest time without a write from the loss until everything runs again."""
    await asyncio.to_thread(here.until, here.is_whole)
    before, began = len(pace.ledger.acknowledged), time.monotonic()
    name = await asyncio.to_thread(loss.lose, here)
    await asyncio.sleep(1 if loss.is_supervised else AWAY)
    here.hosts[name].cut(off=False)
    if loss.lose not in (cut_off, its_postgres):
        here.hosts[name].start()
    await asyncio.to_thread(here.until, here.is_whole)
    assert len(pace.ledger.acknowledged) > before
    return pace.longest_gap(began)


async def _replace(here: Site, program: str, text: str, names: Sequence[str], pace: Pace) -> float:
    """The longest time without a write while each of some hosts runs a program anew."""
    await asyncio.to_thread(here.until, here.is_whole)
    began = time.monotonic()
    for name in names:
        await asyncio.to_thread(here.hosts[name].replace, program, text)
        await asyncio.to_thread(here.until, here.is_whole)
    return pace.longest_gap(began)


async def _reckon(here: Site, ledger: Ledger) -> None:
    """By the database, by the gateways, by the figures, and by the account."""
    connection = await connect(here.owner_url)
    assert await reckon(connection, ledger) == NOTHING_WRONG
    front = Wire(HTTPS, here.at("front"), here.tls())
    assert await find_other_answers(front, ledger, 200, Random(0)) == []
    assert await reckon(connection, ledger) == NOTHING_WRONG
    while await fold(connection):
        pass
    assert await verify(connection) == []
    await connection.close()


def test_the_files_are_those_of_the_documentation() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    for file in (ROOT / "deploy" / "cluster").iterdir():
        assert f"deploy/cluster/{file.name}" in page
