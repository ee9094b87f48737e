"""Whoever may see a change is told of it: nobody misses one because of how followers are woken."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import asyncpg
import pytest

from gateway.access import rows
from gateway.access.fields import is_readable
from gateway.access.rows import Topic, topics
from gateway.access.transactions import change_horizon
from gateway.access.transactions.begin import Seal, TransactionLimits, TransactionStarts
from gateway.access.transactions.change_horizon import ChangeHorizon, Settled
from gateway.access.transactions.reading import ReadTransaction
from gateway.mapping.change_feed import SharedReads
from gateway.mapping.positions import Place
from gateway.rules import AllOf, AnyOf, EveryRow, Own, Scope
from models import Applicant, Application
from models.database.connections import connect, own_backend, pool
from models.database.pool import ConnectionPool
from models.row_security import login_at
from models.volumes import fold
from tests import tokens
from tests.gateway.conftest import CLAIMS
from tests.gateway.schemas import SCHEMAS
from tests.walls.reach import viewer

pytestmark = pytest.mark.anyio

STARTS = TransactionStarts(Seal(tokens.SEAL_KEY, 60), TransactionLimits(9, 9, 9))
FEEDS = ("ApplicationChange", "VolumesChange", "Alert", "Screening")
FOLLOWERS = {name: viewer(claims) for name, claims in CLAIMS.items()}
#: Each happens to every application: changes of the stage, the decision, the status, and holds.
KINDS = ("HELD", "RECEIVED", "IN_VERIFICATION", "REFUSED", "REVOKED")
HAPPENS = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT $1, max(sequence) + 1, $2, now() FROM application_event WHERE application_id = $1
"""


@pytest.fixture(scope="module")
async def owner(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def changes(owner: asyncpg.Connection) -> list[tuple[str, int]]:
    """Changes of each kind, each in a transaction of its own: the feed, and the transaction."""
    for (application,) in await owner.fetch("SELECT id FROM application"):
        for kind in KINDS:
            await owner.execute(HAPPENS, application, kind)
    await fold(owner)
    await owner.execute("""
        INSERT INTO alert (id, kind, actor, actor_role)
        VALUES (gen_random_uuid(), 'READ_BUDGET', 'supervisor', 'SUPERVISOR')
    """)
    await owner.execute("""
        INSERT INTO screening (id, application_id, kind, result, requested_at)
        SELECT gen_random_uuid(), id, 'ENTRY_BAN', 'PENDING', now() FROM application LIMIT 1
    """)
    tables = zip(FEEDS, ("application_change", "volume_change", "alert", "screening"), strict=True)
    return [
        (feed, row["written_in"])
        for feed, table in tables
        for row in await owner.fetch(f"SELECT DISTINCT written_in FROM {table} ORDER BY 1")
    ]


@pytest.fixture
async def pooled(world: str) -> AsyncIterator[ConnectionPool]:
    opened = pool(login_at(world, tokens.PASSWORD), 1)
    yield opened
    opened.dispose()


async def announced(world: str, written_in: int) -> set[Topic]:
    """The topics on which the changes of a transaction are announced."""
    connection = await connect(login_at(world, tokens.PASSWORD), statement_cache_size=0)
    try:
        start, backend = STARTS.for_the_gateway(), await own_backend(connection, 5.0)
        for text, arguments in start.commands(change_horizon._BEGIN, backend):
            await connection.execute(text, *arguments)
        found = await connection.fetch(change_horizon._CONCERNED, written_in, written_in + 1)
        return {Topic(feed) for feed, *_ in found} | {Topic(*row) for row in found}
    finally:
        await connection.close()


async def judge(
    world: str, pooled: ConnectionPool, changes: list[tuple[str, int]]
) -> tuple[Counter[str], Counter[str], list[str]]:
    """How many changes each viewer sees, how many it is told of, and what it is not told of."""
    horizon = ChangeHorizon(world, pooled, STARTS.for_the_gateway())
    reads = SharedReads(horizon, lambda one: ReadTransaction(pooled, STARTS.for_reading(one)))
    seen, told, missed = Counter[str](), Counter[str](), list[str]()
    for feed, written_in in changes:
        noun, on = SCHEMAS.catalogue.nouns[feed], await announced(world, written_in)
        for name, one in FOLLOWERS.items():
            place = Place(written_in, 0)
            is_told = not on.isdisjoint(topics(feed, one))
            sees = is_readable(feed, "position", one.role) and bool(
                await reads.find_after(place, written_in + 1, noun, one, newest_only=False)
            )
            seen[name] += sees
            told[name] += is_told
            if sees and not is_told:
                missed.append(f"{name}: {feed}")
    return seen, told, missed


async def test_whoever_may_see_a_change_is_told_of_it(world: str, pooled, changes) -> None:
    seen, told, missed = await judge(world, pooled, changes)
    assert not missed
    follow = {name for name in FOLLOWERS if told[name]}
    assert {name for name in follow if not seen[name]} == set()
    assert len(follow) >= 10
    # Those with a reach of their own are left alone with what does not concern them.
    shares = {name: told[name] / len(changes) for name in ("manager-au", "agent-au", "applicant")}
    assert max(shares.values()) < 0.7
    assert shares["applicant"] < 0.2


@pytest.mark.parametrize(
    "scope",
    [
        Scope.SUBJECT,
        *(pytest.param(each, marks=pytest.mark.proof) for each in (Scope.COUNTRIES, Scope.PLACES)),
    ],
)
async def test_a_claim_that_is_not_announced_would_be_missed(
    world: str, pooled, changes, scope: Scope, monkeypatch
) -> None:
    """The planted fault: followers wait on a topic that nothing is announced on."""
    right = rows.topics

    def wrong(feed, one):
        return {
            topic._replace(value="nowhere") if topic.claim == scope else topic
            for topic in right(feed, one)
        }

    monkeypatch.setitem(globals(), "topics", wrong)
    _, _, missed = await judge(world, pooled, changes)
    assert missed


class Meanwhile:
    """A connection during whose last statement somebody begins to follow."""

    def __init__(self, connection: asyncpg.Connection, begin: Callable[[], None]) -> None:
        self._connection, self._begin = connection, begin
        self.fetch = connection.fetch

    async def execute(self, text: str, *values: Any) -> None:
        if text == "ROLLBACK":
            self._begin()
            await asyncio.sleep(0)
        await self._connection.execute(text, *values)


@pytest.mark.parametrize("is_first", [True, False])
async def test_who_begins_to_follow_while_it_looks_misses_nothing(
    world: str, owner: asyncpg.Connection, pooled: ConnectionPool, monkeypatch, is_first: bool
) -> None:
    """At the first look of a process, and while nobody else follows."""
    monkeypatch.setattr(change_horizon.Watch, "start", lambda _: None)
    horizon = ChangeHorizon(world, pooled, STARTS.for_the_gateway())
    connection = await connect(login_at(world, tokens.PASSWORD), statement_cache_size=0)
    backend = await own_backend(connection, 5.0)
    if not is_first:
        await horizon._look(connection, backend)
    known = horizon.told
    await owner.execute("SELECT pg_current_xact_id()")
    following: list[asyncio.Task[Settled]] = []

    def begin() -> None:
        deadline = asyncio.get_running_loop().time() + 60
        topic = {Topic("Alert")}
        following.append(asyncio.create_task(horizon.concerned(known, topic, deadline)))

    news, on = await horizon._look(cast(asyncpg.Connection, Meanwhile(connection, begin)), backend)
    await horizon._tell(news, on)
    async with asyncio.timeout(5):
        assert await following[0] == news
    assert news.since == known < news.below
    await connection.close()


async def test_who_hears_nothing_for_a_while_goes_on_from_what_was_told_by_then(
    world: str, pooled: ConnectionPool, monkeypatch
) -> None:
    """Though something is told before they have their turn."""
    monkeypatch.setattr(change_horizon.Watch, "start", lambda _: None)
    horizon = ChangeHorizon(world, pooled, STARTS.for_the_gateway())
    horizon.told = 7
    give_up = horizon._give_up

    def give_up_and_tell(follower: asyncio.Future[Settled]) -> None:
        give_up(follower)
        horizon.told = 9

    monkeypatch.setattr(horizon, "_give_up", give_up_and_tell)
    assert await horizon.concerned(7, {Topic("Alert")}, 0.0) == Settled(7, 7)


async def test_nobody_but_the_gateway_hears_whom_changes_concern(world: str) -> None:
    connection = await connect(login_at(world, tokens.PASSWORD), statement_cache_size=0)
    try:
        backend = await own_backend(connection, 5.0)
        for start in (STARTS.for_reading(FOLLOWERS["officer"]), None):
            commands = start.commands("BEGIN", backend) if start else [("BEGIN", ())]
            for text, arguments in commands:
                await connection.execute(text, *arguments)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(change_horizon._CONCERNED, 0, 1 << 60)
            await connection.execute("ROLLBACK")
    finally:
        await connection.close()


def test_a_row_that_anybody_may_reach_in_another_way_is_announced_to_all() -> None:
    subject, country = (Own(Applicant.account, Scope.SUBJECT),
                        Own(Application.holder_country_code, Scope.COUNTRIES))  # fmt: skip
    assert rows._announced_by(AnyOf((subject, country))) == {Scope.SUBJECT, Scope.COUNTRIES}
    assert rows._announced_by(AnyOf((subject, EveryRow()))) is None
    assert rows._announced_by(AllOf((country, subject, EveryRow()))) == {Scope.SUBJECT}
    assert rows._announced_by(AllOf((EveryRow(),))) is None
