"""Kills gateways and PostgreSQL with SIGKILL at random moments, and starts them again at once."""

import asyncio
import signal
from collections import Counter
from collections.abc import Sequence
from random import Random

from models.database.connections import connect
from tests.gateway.crashes.ledger import Ledger
from tests.gateway.surviving.databases import Database
from tests.gateway.surviving.processes import Process


class Killer:
    """Kills gateways or PostgreSQL at random, each time after some more acknowledged writes."""

    def __init__(self, database: Database, gateways: Sequence[Process], chance: Random) -> None:
        self._database = database
        self._gateways = gateways
        self._chance = chance
        self.killed: Counter[str] = Counter()

    async def kill(self, ledger: Ledger, times: int) -> None:
        """So many times, spread over the writes; both kinds as often."""
        moments = sorted(self._chance.sample(range(ledger.wanted), times))
        for number, moment in enumerate(moments):
            while len(ledger.acknowledged) < moment:  # noqa: ASYNC110  any instant will do
                await asyncio.sleep(0.02 * self._chance.random())
            if number % 2:
                await self._kill_gateway()
            else:
                await self.kill_postgres()

    async def _kill_gateway(self) -> None:
        process = self._chance.choice(self._gateways)
        assert await asyncio.to_thread(process.end, signal.SIGKILL) == -signal.SIGKILL
        process.start()
        self.killed["gateway"] += 1

    async def kill_postgres(self) -> None:
        """All its processes: what one of them held in memory alone is gone."""
        connection = await connect(self._database.url())
        processes = await connection.fetch("SELECT pid FROM pg_stat_activity")
        await asyncio.to_thread(self._database.kill, *(pid for (pid,) in processes))
        connection.terminate()
        await asyncio.to_thread(self._database.start)
        self.killed["PostgreSQL"] += 1
