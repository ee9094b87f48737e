"""Subscribers that reconnect, while writers commit in any order."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from websockets.exceptions import ConnectionClosed

from models.database.connections import connect
from tests.gateway.conftest import CLAIMS
from tests.gateway.live import APPLICATIONS, Client, Gateway
from tests.models.crowd import CrowdCase, crowd, join
from tests.world import Place

NAMES = ("officer", "manager-au", "manager-pacific", "manager-andalan", "agent-au", "service")

EVENT = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    VALUES ($1, 100, 'RECEIVED', now())
"""


@dataclass
class Subscriber:
    """One subscriber: the events it received, across all its sockets."""

    name: str
    references: list[str] = field(default_factory=list)
    position: str | None = None
    reconnections: int = 0
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Delivery:
    """What was missed and what was seen twice or wrongly, of so many events."""

    missed: int
    surplus: int
    expected: int
    reconnections: int


async def follow_through(
    url: str, replicas: Sequence[Gateway], *, events: int, reconnections: int, seed: int
) -> list[Delivery]:
    """Let everybody follow while events are committed, one for each application of a crowd."""
    rng = Random(seed)
    people = crowd(events, seed)
    writer = await connect(url)
    await join(writer, people)
    await writer.close()
    followed = [Subscriber(name) for name in NAMES]
    done = asyncio.Event()
    following = [
        asyncio.create_task(_follow(one, replicas, reconnections, done, Random(rng.random())))
        for one in followed
    ]
    await asyncio.gather(*(one.has_begun.wait() for one in followed))
    committed = await _write(url, people, rng)
    while any(one.reconnections < reconnections for one in followed):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await _wait_until_quiet(followed, committed)
    done.set()
    await asyncio.gather(*following)
    return [_judge(one, committed) for one in followed]


async def _write(url: str, people: list[CrowdCase], rng: Random) -> list[CrowdCase]:
    """Eight writers: some transactions last long, some hold several events, some roll back."""
    waiting = iter(people)
    committed: list[CrowdCase] = []

    async def write() -> None:
        connection = await connect(url)
        while batch := list(_some(waiting, rng.choice((1, 1, 1, 2, 5)))):
            transaction = connection.transaction()
            await transaction.start()
            for one in batch:
                await connection.execute(EVENT, one.id)
                await asyncio.sleep(rng.choice((0, 0, 0.01, 0.05)))
            await asyncio.sleep(1.5 if rng.random() < 0.02 else 0)
            if rng.random() < 0.1:
                await transaction.rollback()
            else:
                await transaction.commit()
                committed.extend(batch)
        await connection.close()

    await asyncio.gather(*(write() for _ in range(8)))
    return committed


def _some(waiting: Iterator[CrowdCase], number: int) -> Iterator[CrowdCase]:
    for _ in range(number):
        if one := next(waiting, None):
            yield one


async def _follow(
    one: Subscriber,
    replicas: Sequence[Gateway],
    reconnections: int,
    done: asyncio.Event,
    rng: Random,
) -> None:
    """On one replica after another; connections are cut, not closed."""
    while not done.is_set():
        async with rng.choice(replicas).as_viewer(one.name) as client:
            await client.subscribe(APPLICATIONS, after=one.position)
            is_cut = one.reconnections < reconnections
            seconds = rng.uniform(0.1, 1.5) if is_cut else None
            listening = asyncio.create_task(_listen(one, client, done))
            await asyncio.wait({listening}, timeout=seconds)
            if is_cut:
                one.reconnections += 1
                client.socket.transport.abort()
            with suppress(ConnectionClosed):
                await listening


async def _listen(one: Subscriber, client: Client, done: asyncio.Event) -> None:
    while not done.is_set():
        try:
            payload = await client.next_value(0.5)
        except TimeoutError:
            continue
        if "application" in payload:
            one.references.append(payload["application"]["reference"])
        one.position = payload["position"]
        one.has_begun.set()


async def _wait_until_quiet(followed: list[Subscriber], committed: list[CrowdCase]) -> None:
    """Until no event came for three seconds; for fifteen where some are missing."""
    silent = number = 0
    while silent < (5 if any(_judge(one, committed).missed for one in followed) else 1):
        await asyncio.sleep(3)
        before, number = number, sum(len(one.references) for one in followed)
        silent = silent + 1 if number == before else 0


def _judge(one: Subscriber, committed: list[CrowdCase]) -> Delivery:
    expected = Counter(reference_of(each) for each in committed if _reaches(one.name, each.place))
    counts = Counter(one.references)
    return Delivery(
        (expected - counts).total(),
        (counts - expected).total(),
        expected.total(),
        one.reconnections,
    )


def reference_of(one: CrowdCase) -> str:
    digits = f"{one.id.int % 36**12:012d}"[-12:]
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def _reaches(name: str, place: Place) -> bool:
    """By the claims alone, and not by the policy."""
    claims = CLAIMS[name]
    return (
        claims.get("partner") in (None, place.partner)
        and ("countries" not in claims or place.country in claims["countries"])
        and ("centres" not in claims or place.centre in claims["centres"])
    )
