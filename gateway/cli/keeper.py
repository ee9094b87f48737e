"""What `gerbang keep` tells of itself: whether its jobs are done, and figures about them."""

import asyncio
import logging
from collections.abc import Mapping

import asyncpg
from starlette.applications import Starlette

from gateway.access.probe import EDITION_AGE, FIGURES, FOLD_LAG
from gateway.faults import Fault
from gateway.logs.lines import facts
from gateway.settings import Settings
from gateway.wire.health import Health
from gateway.wire.internal import internal_app
from gateway.wire.keeper_metrics import KeeperMetrics
from models.database import LOST, connect
from models.keeping import Jobs

_READ_SECONDS = 2
_AGES = """
    SELECT
        extract(epoch FROM now() - (SELECT min(written_at) FROM volume_outbox))::float8,
        extract(epoch FROM now() - (SELECT max(published_at) FROM volume_edition))::float8
"""

log = logging.getLogger(__name__)


def keeper_app(settings: Settings, jobs: Jobs) -> Starlette:
    """Health and metrics of the jobs of this process."""
    return internal_app(keeper_health(jobs), _metrics(settings, jobs).page)


def keeper_health(jobs: Jobs) -> Health:
    """Ready while each job's last pass succeeded not too long ago."""

    async def check() -> Fault | None:
        if names := jobs.standing_still():
            log.warning("jobs stand still", extra=facts(jobs=names))
            return Fault.KEEPER
        return None

    return Health({Fault.KEEPER: check})


def _metrics(settings: Settings, jobs: Jobs) -> KeeperMetrics:
    async def read() -> Mapping[str, float]:
        try:
            async with asyncio.timeout(_READ_SECONDS):
                connection = await connect(settings.owned_url)
                try:
                    lag, age = await connection.fetchrow(_AGES) or (None, None)
                finally:
                    await connection.close()
        except (*LOST, asyncpg.PostgresError):
            return {}
        found = {FOLD_LAG: lag or 0.0, EDITION_AGE: age}
        return {name: value for name, value in found.items() if value is not None}

    return KeeperMetrics(jobs, FIGURES, read)
