"""Two gateways on a durable database, with concurrent writers and a killer of processes."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from asyncpg import Connection

from models.database.connections import connect
from models.row_security import login_at
from models.volumes import fold, keep_folding, verify
from models.volumes.verifying import Difference
from tests import tokens
from tests.gateway.crashes.killing import Killer
from tests.gateway.crashes.ledger import Ledger
from tests.gateway.crashes.reckoning import (
    Reckoning,
    find_other_answers,
    find_unacknowledged,
    reckon,
)
from tests.gateway.crashes.writers import Writer
from tests.gateway.life_model import OFFICERS
from tests.gateway.surviving.clients import Wire
from tests.gateway.surviving.databases import Database, own_database
from tests.gateway.surviving.processes import Process, gateways
from tests.linking import linking
from tests.populating import reference_data

log = logging.getLogger(__name__)

WRITERS = 8


@dataclass(frozen=True)
class Scene:
    """The gateways and the database that are written to and killed."""

    database: Database
    gateways: list[Process]

    async def write(self, writes: int, kills: int, seed: int, **habits: Any) -> Ledger:
        """Write while things are killed; the last kill is when all is acknowledged."""
        chance, ledger, began = Random(seed), Ledger(writes), time.monotonic()
        killer = Killer(self.database, self.gateways, chance)
        ports = [process.port for process in self.gateways]
        seeds = [chance.random() for _ in range(WRITERS)]
        writers = [
            Writer([Wire(port) for port in ports], ledger, Random(one), **habits) for one in seeds
        ]
        for writer, officer in zip(writers, OFFICERS, strict=False):
            await writer.begin(officer)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(killer.kill(ledger, kills - 1))
            for writer in writers:
                tasks.create_task(writer.write())
        await killer.kill_postgres()
        log.info("%.0f s, killed: %s", time.monotonic() - began, dict(killer.killed))
        log.info("%s", ledger)
        return ledger

    async def reckon(self, ledger: Ledger) -> Reckoning:
        """What is wrong."""
        async with self._owner() as connection:
            reckoning = await reckon(connection, ledger)
        log.info("%s", reckoning)
        return reckoning

    async def log_unacknowledged(self, ledger: Ledger) -> int:
        """How many writes would have been done twice without their keys."""
        async with self._owner() as connection:
            unacknowledged = await find_unacknowledged(connection, ledger)
        log.info("done, but not acknowledged: %d", unacknowledged)
        return unacknowledged

    async def find_other_answers(
        self, ledger: Ledger, count: int, chance: Random
    ) -> list[tuple[str, Any, bytes]]:
        """See `reckoning.find_other_answers`, of the first gateway once all are ready."""
        for process in self.gateways:
            await asyncio.to_thread(process.until_ready)
        return await find_other_answers(Wire(self.gateways[0].port), ledger, count, chance)

    async def wrong_figures(self) -> list[Difference]:
        """What is wrong with the volumes once everything is folded."""
        async with self._owner() as connection:
            while await fold(connection):
                pass
            return await verify(connection)

    @asynccontextmanager
    async def _owner(self) -> AsyncIterator[Connection]:
        connection = await connect(self.database.url())
        try:
            yield connection
        finally:
            await connection.close()


@asynccontextmanager
async def scene(made: Path, settings: Mapping[str, str] | None = None) -> AsyncIterator[Scene]:
    """On a copy of a data folder; figures are folded, and a LINKER runs meanwhile."""
    with own_database(made, settings or {}) as database:
        url, stop = database.url(), asyncio.Event()
        login = login_at(url, tokens.PASSWORD)
        connection = await connect(url)
        await reference_data(connection)
        await connection.close()
        with gateways(2, login) as processes:
            folding = asyncio.create_task(keep_folding(url, stop, every=0.2))
            try:
                async with linking(url):
                    yield Scene(database, processes)
            finally:
                stop.set()
                await folding  # it has not given up
