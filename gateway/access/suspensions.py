"""Who is suspended now: the gateway turns them away before it asks anything in their name.

This is the first wall. The second one, in `viewer_context.sql`, looks at the same rows in every
transaction by itself, so nothing is read in the moment that this one needs to learn of it.
"""

import asyncio
import contextlib
import logging
from types import TracebackType

import asyncpg

from gateway.access.transactions.begin import TransactionStart
from gateway.access.transactions.change_horizon import Watch
from gateway.access.transactions.errors import suspension_refusal
from gateway.viewer import Viewer
from models.database.connections import connect, own_backend

#: How often to look. A suspension holds everywhere within 5 seconds, so a look may take its time.
LOOK_SECONDS = 1.0
_ANSWER_SECONDS = 2.0
#: How long the gateway waits for the first look before it serves.
_FIRST_SECONDS = 5.0
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_LOOK = "SELECT subject, partner_code FROM viewer.suspended()"

log = logging.getLogger(__name__)


class Suspensions:
    """The suspensions in force, which a connection of its own keeps watching.

    While the database does not answer, the last known ones hold: nobody can read anything
    meanwhile.
    """

    def __init__(self, url: str, start: TransactionStart) -> None:
        """``start`` is that of the gateway itself, which alone may read them."""
        self._url = url
        self._start = start
        self._subjects = self._partners = frozenset[str]()
        self._changed = asyncio.Event()
        self._has_looked = asyncio.Event()
        self._watch = Watch(self._look_again_and_again, log, "Suspensions cannot be read")

    async def __aenter__(self) -> "Suspensions":
        self._watch.start()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._has_looked.wait(), _FIRST_SECONDS)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._watch.stop()

    def refuse(self, viewer: Viewer) -> None:
        """Raises RequestError with SUSPENDED if the viewer, or the viewer's partner, is."""
        if viewer.subject in self._subjects:
            raise suspension_refusal("Your access is suspended. Ask the directorate.")
        if viewer.partner in self._partners:
            raise suspension_refusal(
                "The access of your partner is suspended. Ask the directorate."
            )

    async def until_suspended(self, viewer: Viewer) -> None:
        """Wait until the viewer is suspended, then raise as `refuse` does."""
        while True:
            self.refuse(viewer)
            await self._changed.wait()

    async def _look_again_and_again(self) -> None:
        try:
            connection = await connect(self._url, statement_cache_size=0)
            try:
                backend = await own_backend(connection, _ANSWER_SECONDS)
                while True:
                    async with asyncio.timeout(_ANSWER_SECONDS):
                        await self._look(connection, backend)
                    self._has_looked.set()
                    await asyncio.sleep(LOOK_SECONDS)
            finally:
                connection.terminate()
        finally:
            self._has_looked.set()

    async def _look(self, connection: asyncpg.Connection, backend: int | None) -> None:
        for text, arguments in self._start.commands(_BEGIN, backend):
            await connection.execute(text, *arguments)
        found = await connection.fetch(_LOOK)
        await connection.execute("ROLLBACK")
        before = self._subjects, self._partners
        self._subjects = frozenset(row["subject"] for row in found if row["subject"])
        self._partners = frozenset(row["partner_code"] for row in found if row["partner_code"])
        if before != (self._subjects, self._partners):
            self._changed.set()
            self._changed = asyncio.Event()
