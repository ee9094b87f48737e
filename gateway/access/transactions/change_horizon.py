"""Tracks how far the change feed can be read, and tells followers whom a change may concern. Each
process has one listener for commits.

The horizon is the oldest transaction that still runs. Changes below it are settled and are read
once; changes above it wait. The horizon moves only on clock ticks, so that the time of delivery
does not reveal when other people wrote. Nor does a follower whom no change concerns cost anything
then: the database says whom it may concern, and the others sleep on.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from types import TracebackType
from typing import NamedTuple

import asyncpg

from gateway.access.rows import Topic
from gateway.access.transactions.begin import TransactionStart
from gateway.access.transactions.prepared import decode_records
from gateway.errors import ErrorCode, FieldError
from models.case.change import CHANNEL
from models.database.command_pipeline import Command
from models.database.connections import CONNECTION_ERRORS, connect, own_backend
from models.database.pool import ConnectionPool, PoolExhaustedError

#: How long to wait before the next connection.
RETRY_SECONDS = 1.0


class Watch:
    """A task that keeps watching until it is cancelled, whatever happens to its connection."""

    def __init__(
        self, look: Callable[[], Awaitable[None]], log: logging.Logger, failure: str
    ) -> None:
        """``look`` connects and looks until that breaks; ``failure`` is what is logged then."""
        self._look = look
        self._log = log
        self._failure = failure
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless it has begun."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self._look()
            except CONNECTION_ERRORS as error:
                self._log.warning("%s: %s", self._failure, type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)


TICK_SECONDS = 0.25
#: How often to look without a notification, since one may be lost, for example behind a pooler.
LOOK_SECONDS = 15.0
_ANSWER_SECONDS = 5.0
#: How many followers are woken in one turn of the event loop.
_AT_ONCE = 50

_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_LOOK = """
    SELECT pg_snapshot_xmin(seen)::text::bigint AS settled,
        pg_snapshot_xmax(seen)::text::bigint AS begun
    FROM pg_current_snapshot() AS seen
"""
_CONCERNED = "SELECT feed, claim, value FROM viewer.concerned_by_changes($1, $2)"

log = logging.getLogger(__name__)


class Settled(NamedTuple):
    """Transactions that have ended, among which may be one with a change for a follower; none of
    those before has one that the follower was not told of."""

    since: int
    below: int


_Follower = asyncio.Future[Settled]


class ChangeHorizon:
    """The transaction id below which changes are settled. Listens from the first use on."""

    def __init__(self, url: str, pool: ConnectionPool, start: TransactionStart) -> None:
        """``start`` is that of the gateway itself, which alone may ask whom changes concern."""
        self._url = url
        self._pool = pool
        self._start = start
        self._followers = dict[Topic, set[_Follower]]()
        #: Followers who wait were told of all changes below it that may concern them; 0 at first.
        self.told = 0
        self._heard = asyncio.Event()
        #: The next transaction id at the last notification: the change it announced is settled
        #: only once the horizon has reached this id.
        self._awaited = 0
        self._watch = Watch(self._listen, log, "Changes are not being heard of")

    async def __aenter__(self) -> "ChangeHorizon":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._watch.stop()

    async def now(self) -> int:
        """The current horizon, from the database. Raises FieldError with UNAVAILABLE."""
        try:
            async with self._pool.connect() as connection:
                look = [Command(_LOOK)]
                [result] = await connection.pipeline.run(look, seconds=_ANSWER_SECONDS)
        except (PoolExhaustedError, *CONNECTION_ERRORS) as error:
            raise FieldError(
                ErrorCode.UNAVAILABLE, "The database does not answer. Try again shortly."
            ) from error
        [(settled, _)] = decode_records(result)
        return settled

    async def concerned(self, known: int, topics: Collection[Topic], deadline: float) -> Settled:
        """Wait for a settled change that may concern the follower of these topics, who knows all
        changes below one transaction; where there is none until a time of the event loop, nothing
        lies between the two."""
        self._watch.start()
        if known < self.told:
            return Settled(known, self.told)
        loop = asyncio.get_running_loop()
        follower: _Follower = loop.create_future()
        for topic in topics:
            self._followers.setdefault(topic, set()).add(follower)
        giving_up = loop.call_at(deadline, self._give_up, follower)
        try:
            return await follower
        finally:
            giving_up.cancel()
            for topic in topics:
                self._followers[topic].discard(follower)
                if not self._followers[topic]:
                    del self._followers[topic]

    def _give_up(self, follower: _Follower) -> None:
        _wake(follower, Settled(self.told, self.told))

    async def _listen(self) -> None:
        connection = await connect(self._url, statement_cache_size=0)
        try:
            await connection.add_listener(CHANNEL, lambda *_: self._heard.set())
            connection.add_termination_listener(lambda *_: self._heard.set())
            backend = await own_backend(connection, _ANSWER_SECONDS)
            self._heard.set()  # catch up on commits from before listening
            while True:
                await self._heard_or_due()
                async with asyncio.timeout(_ANSWER_SECONDS):
                    news, concerned = await self._look(connection, backend)
                await self._tell(news, concerned)
        finally:
            connection.terminate()

    async def _heard_or_due(self) -> None:
        """Wait for a notification or the timeout, then for the next tick of the clock."""
        if self.told >= self._awaited:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._heard.wait(), LOOK_SECONDS)
        await asyncio.sleep(TICK_SECONDS - time.time() % TICK_SECONDS)

    async def _look(
        self, connection: asyncpg.Connection, backend: int | None
    ) -> tuple[Settled, set[Topic] | None]:
        """What is settled by now that was not before, and on which topics it is announced; None
        where that was not asked: whoever follows by then looks, and may have begun meanwhile."""
        has_heard = self._heard.is_set()
        self._heard.clear()
        for text, arguments in self._start.commands(_BEGIN, backend):
            await connection.execute(text, *arguments)
        (seen,) = await connection.fetch(_LOOK)
        news, concerned = Settled(self.told, seen["settled"]), None
        if news.since and self._followers:  # before the first look, nobody was told of anything
            concerned = set[Topic]()
            for feed, claim, value in await connection.fetch(_CONCERNED, *news):
                concerned |= {Topic(feed), Topic(feed, claim, value)}
        await connection.execute("ROLLBACK")
        if has_heard:
            self._awaited = seen["begun"]
        self.told = news.below
        return news, concerned

    async def _tell(self, news: Settled, concerned: set[Topic] | None) -> None:
        """Wake the followers of some topics, or all, a few at a time: others want the processor
        too."""
        if news.since == news.below:
            return
        topics = self._followers.keys() if concerned is None else concerned & self._followers.keys()
        followers = {follower for topic in topics for follower in self._followers[topic]}
        for number, follower in enumerate(followers, 1):
            _wake(follower, news)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)


def _wake(follower: _Follower, news: Settled) -> None:
    """Wake a follower who has not just given up, or gone."""
    if not follower.done():
        follower.set_result(news)
