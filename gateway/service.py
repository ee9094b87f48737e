"""Builds the gateway from settings: connection pools, executor, probes, development sign-in."""

import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from gateway.access.key_service_clients import key_service_for
from gateway.access.probe import FIGURES, PoolWatch, Probe
from gateway.access.replicas import Replica, Replicas
from gateway.access.statistics import Statistics
from gateway.access.suspensions import Suspensions
from gateway.access.transactions.begin import Clock, Seal, TransactionLimits, TransactionStarts
from gateway.access.transactions.change_horizon import ChangeHorizon
from gateway.access.vault import key_service_fault
from gateway.app import create_app
from gateway.execution.budgets import Budgets
from gateway.execution.cost.known import MEASURED
from gateway.execution.runner import SchemaRunner
from gateway.execution.schemas import Schemas
from gateway.execution.subscriptions import SchemaSubscriptions
from gateway.faults import Fault
from gateway.mutations.uploading import Uploads
from gateway.settings import Settings, SettingsError
from gateway.wire.documents import Documents
from gateway.wire.health import Drain
from gateway.wire.metrics import Metrics
from gateway.wire.socket_limits import SocketLimits
from models.access_tokens.provider_keys import KeySource
from models.contents.store import ContentStore, StoreError
from models.database.connections import pool as make_pool
from models.database.pool import ConnectionPool
from models.database.url import read_database_url
from models.key_service import KeyService, LocalKeyService, Principal, TakesCodes
from models.logs import facts

if TYPE_CHECKING:
    from gateway.development import SignIn

log = logging.getLogger(__name__)


def gateway(
    settings: Settings,
    *,
    key_source: KeySource | None = None,
    drain: Drain | None = None,
    limits: SocketLimits | None = None,
    clock: Clock = time.time,
    schemas: Schemas | None = None,
    keys: KeyService | None = None,
) -> Starlette:
    """Build the gateway that the settings describe.

    The other arguments are for tests and commands: ``key_source`` replaces the provider in the
    settings, ``keys`` their key service, ``limits`` the limits of a socket, and ``clock`` the
    system clock; ``schemas`` are those of another gateway of this process.
    """
    pool = _pool(settings, settings.database_connections)
    starts = transaction_starts(settings, clock)
    if keys is None and settings.key_service:
        keys = key_service_for(settings)
    own_start = starts.for_the_gateway()
    statistics = Statistics(settings.database_url, own_start, MEASURED)
    metrics = Metrics()
    replicas = _replicas(settings, pool)
    read_from = replicas if settings.read_url else None
    executor = _executor(settings, pool, starts, schemas, keys, statistics, metrics, read_from)
    horizon = ChangeHorizon(settings.database_url, pool, own_start)
    suspensions = Suspensions(settings.database_url, own_start)
    # No operation takes longer than this, so a pool that is only busy returns a connection sooner.
    watch = PoolWatch(pool, settings.request_seconds + settings.statement_seconds)
    probe_pool = _pool(settings, 1)  # readiness checks never wait behind requests
    probe = Probe(
        probe_pool,
        starts,
        replica_seconds=settings.replica_seconds,
        is_for_reading=read_database_url(settings.database_url).is_for_reading,
        clock=clock,
    )
    metrics.watch_pool(pool)
    metrics.watch_budgets(executor.budgets)
    metrics.watch_replicas(replicas)
    metrics.watch_figures(FIGURES, probe.figures)
    return create_app(
        settings,
        executor,
        views=executor.views,
        documents=executor.documents,
        follower=SchemaSubscriptions(executor, horizon),
        limits=limits,
        metrics=metrics,
        checks={
            Fault.DATABASE: replicas.instead_of_primary(probe.fault),
            Fault.POOL: replicas.instead_of_primary(watch.fault),
        },
        warnings=(
            replicas.primary_warning,
            replicas.warning,
            watch.warning,
            probe.warning,
            partial(key_service_fault, keys),
            executor.services.lost_keys.warning,
        ),
        resources=lambda: _open_resources(
            settings,
            probe,
            (horizon, suspensions, statistics, replicas),
            (pool, probe_pool, *(each.pool for each in replicas.replicas)),
        ),
        sign_in=_sign_in(settings),
        key_source=key_source,
        suspensions=suspensions,
        drain=drain,
        contents=partial(
            Documents,
            uploads=Uploads(pool, starts, keys, read_from),
            links=executor.services.document_links,
            store=_store(settings),
        ),
    )


def _store(settings: Settings) -> ContentStore | None:
    if settings.document_store is None:
        return None
    try:
        return ContentStore(settings.document_store)
    except StoreError as error:
        raise SettingsError(f"GERBANG_DOCUMENT_STORE {error}.") from None


def transaction_starts(settings: Settings, clock: Clock = time.time) -> TransactionStarts:
    """Starts transactions for viewers, sealed and limited as the settings say."""
    statement_seconds, request_seconds = settings.statement_seconds, settings.request_seconds
    return TransactionStarts(
        Seal(settings.seal_key[0], request_seconds + statement_seconds, clock),
        TransactionLimits(statement_seconds, settings.lock_seconds, request_seconds),
    )


def _executor(
    settings: Settings,
    pool: ConnectionPool,
    starts: TransactionStarts,
    schemas: Schemas | None,
    keys: KeyService | None,
    statistics: Statistics,
    metrics: Metrics,
    replicas: Replicas | None,
) -> SchemaRunner:
    return SchemaRunner(
        pool,
        starts,
        cursor_keys=settings.cursor_key,
        budgets=_budgets(settings),
        document_rule=settings.documents,
        in_development=settings.in_development,
        read_budgets=settings.read_budgets,
        most_endings=settings.last_four_alert,
        identity_acr=settings.identity_acr,
        keys=keys,
        tracker=_tracker(settings, keys),
        schemas=schemas,
        statistics=statistics,
        process=metrics,
        replicas=replicas,
    )


def _tracker(settings: Settings, keys: KeyService | None) -> TakesCodes | None:
    """Keys in this process know nobody by a credential."""
    if isinstance(keys, LocalKeyService):
        return keys
    return key_service_for(settings, Principal.TRACKER) if settings.key_service else None


def _budgets(settings: Settings) -> Budgets:
    return Budgets(settings.budget, settings.budget_refill, processes=settings.budget_processes)


def _replicas(settings: Settings, primary: ConnectionPool) -> Replicas:
    size = settings.database_connections
    replicas = [Replica(url, _pool(settings, size, url)) for url in settings.read_url]
    return Replicas(settings.database_url, primary, replicas, settings.replica_seconds)


def _pool(settings: Settings, size: int, url: str | None = None) -> ConnectionPool:
    return make_pool(
        url or settings.database_url,
        size,
        connect_seconds=settings.connect_seconds,
        wait_seconds=settings.queue_seconds,
    )


def _sign_in(settings: Settings) -> "SignIn | None":
    if not settings.signs_in_itself:
        return None
    from gateway.development import SignIn  # production never imports it

    return SignIn(settings)


@asynccontextmanager
async def _open_resources(
    settings: Settings,
    probe: Probe,
    watches: Sequence[AbstractAsyncContextManager[object]],
    pools: tuple[ConnectionPool, ...],
) -> AsyncIterator[None]:
    log.info(
        "start",
        extra=facts(
            version=version("gerbang"),
            environment=settings.environment,
            host=settings.host,
            port=settings.port,
            revision=await probe.revision(),
        ),
    )
    try:
        async with AsyncExitStack() as stack:
            for watch in watches:
                await stack.enter_async_context(watch)
            yield
    finally:
        for pool in pools:
            pool.dispose()
        log.info("stop")
