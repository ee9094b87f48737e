"""The command `gerbang keep`, which runs the periodic jobs, with its health and metrics."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Mapping
from functools import partial
from importlib.metadata import version

import asyncpg
import click
from starlette.applications import Starlette

from gateway.access.key_service_clients import key_service_for
from gateway.access.probe import CHECKPOINT_AGE, EDITION_AGE, FIGURES, FOLD_LAG, UNCOSIGNED_AGE
from gateway.cli.alerts import keep_alerts
from gateway.cli.starting import internal_server, logging_as, require_database
from gateway.faults import Fault
from gateway.settings import Command, Settings, read_settings
from gateway.wire.health import Health, internal_app
from gateway.wire.keeper_metrics import KeeperMetrics
from models.account import CheckpointFolder
from models.confinement import keep_memory_private
from models.contents.scanner import Scanner
from models.contents.store import ContentStore
from models.database.connections import CONNECTION_ERRORS, connected
from models.jobs.account import keep_account, keep_dropping
from models.jobs.contents import keep_removing_contents
from models.jobs.erase_people import keep_erasing, keep_retention
from models.jobs.forget_changes import keep_forgetting
from models.jobs.granting import keep_granting
from models.jobs.inquiries import keep_inquiries
from models.jobs.keys import keep_key_notes, keep_reconciling, keep_sweeping
from models.jobs.linker import keep_linking
from models.jobs.mail import keep_mail
from models.jobs.notices import keep_notices
from models.jobs.overdue import keep_lapsing
from models.jobs.passes import keep_passes
from models.jobs.scanning import keep_scanning
from models.jobs.scheduler import Jobs
from models.jobs.screener import keep_screening
from models.jobs.subscriptions import keep_subscriptions
from models.jobs.transfers import keep_transferring
from models.jobs.visa_documents import keep_telling_readers
from models.jobs.webhooks import keep_webhooks
from models.key_service import Principal
from models.logs import facts, log_unhandled
from models.mail import mail_transport
from models.mail.message import Sender
from models.partitions import keep_partitions
from models.publication import keep_publishing
from models.row_security.seal_keys import keep_seal_keys
from models.volumes import keep_folding

#: Long enough to finish a running fold. An interrupted one is rolled back and repeated.
_STOP_SECONDS = 5

_AGES = """
    SELECT
        extract(epoch FROM now() - (SELECT min(written_at) FROM volume_outbox))::float8,
        extract(epoch FROM now() - (SELECT max(published_at) FROM volume_edition))::float8,
        extract(epoch FROM now() - (SELECT signed_at FROM account_head))::float8,
        extract(epoch FROM now() - (SELECT uncosigned_since FROM account_head))::float8,
        extract(epoch FROM now() - (
            SELECT min(sent_at) FROM document_upload
            WHERE sent_at IS NOT NULL AND completed_at IS NULL AND refused_at IS NULL
                AND replaced_at IS NULL
        ))::float8,
        (SELECT count(*) FROM alert WHERE actor = 'keeper' AND kind = 'INFECTED_DOCUMENT')::float8
"""

_OF_DOCUMENTS = {
    "gerbang_documents_unscanned_seconds": "For how long the oldest document waits for the scanner;"
    " missing where none does.",
    "gerbang_documents_infected": "Documents in which the scanner found something, ever.",
}

log = logging.getLogger(__name__)


@click.command()
def keep() -> None:
    """Do what the gateway does not: fold, publish, link, screen, and what the clock says."""
    keep_memory_private()
    settings = read_settings(command=Command.KEEP)
    with logging_as(settings):
        asyncio.run(_keep(settings))


@contextlib.asynccontextmanager
async def run_keeper(
    settings: Settings, jobs: Jobs | None = None, *, stands_still: bool = False
) -> AsyncIterator[None]:
    """Run the jobs while the context is open: fold and publish volumes, link and screen people,
    grant by rule, sign the account and let its oldest entries go, erase people, have documents
    scanned, remove what nobody is to read again of them, sweep keys that belong to nobody, carry
    what was done to keys into the account, compare receipts with the log of reads, end overdue
    cases, tell of inquiries that wait too long, deliver mail, and notices to partners' systems,
    take files from closed places, delete changes that no subscriber needs any more, install the
    next day's seal keys, make the next partitions of tables that grow for ever, and note when each
    of this was last done.

    Where the world ``stands_still``, nothing happens because time passes.
    """
    stop, url = asyncio.Event(), settings.required_owner_url
    keep_sealing = partial(keep_seal_keys, settings.seal_key)
    writes_to_applicants = bool(settings.mail and settings.key_service)
    keep_telling = partial(keep_notices, is_mailed=writes_to_applicants)
    keepers = [keep_folding, keep_sealing, keep_passes, keep_telling, keep_partitions]
    if settings.key_service:
        keys = key_service_for(settings, Principal.LINKER)
        keepers.append(partial(keep_linking, keys))
        keepers.append(partial(keep_screening, key_service_for(settings, Principal.SCREENER)))
        if not stands_still:
            keepers.append(partial(keep_granting, key_service_for(settings, Principal.GRANTER)))
        # On the socket that no gateway reaches: a captured one erases nobody.
        signing = key_service_for(settings, Principal.KEEPER)
        keepers.append(partial(keep_erasing, signing, settings.retention))
        keepers.append(partial(keep_key_notes, signing))
        keepers.append(partial(keep_telling_readers, signing))
        if settings.keeps_receipts:
            keepers.append(partial(keep_reconciling, signing))
        if settings.checkpoints:
            folder = CheckpointFolder(settings.checkpoints)
            keepers.append(partial(keep_account, signing, folder, settings.witnesses))
            if not stands_still:
                days = settings.retention_log_days
                keepers.append(partial(keep_dropping, signing, folder, days))
        if not stands_still:
            keepers.append(partial(keep_sweeping, signing, settings.sweep_days))
    if settings.document_store:
        store, has_scanner = ContentStore(settings.document_store), bool(settings.scanner)
        keepers.append(partial(keep_removing_contents, store, has_scanner=has_scanner))
        if settings.scanner and settings.key_service:
            scanning = key_service_for(settings, Principal.SCANNER)
            keepers.append(partial(keep_scanning, Scanner(settings.scanner), store, scanning))
    if settings.mail and settings.mail_from:
        sender = Sender(settings.mail_from, settings.dashboard_url, settings.portal_url)
        mailer = key_service_for(settings, Principal.MAILER) if settings.key_service else None
        keepers.append(partial(keep_mail, mail_transport(settings.mail), sender, mailer))
        if not stands_still:
            keepers.append(keep_subscriptions)
            if settings.database_url:
                keepers.append(partial(keep_alerts, settings))
    if settings.webhook_key:
        is_local = settings.in_development
        keepers.append(partial(keep_webhooks, settings.webhook_key, in_development=is_local))
    if not stands_still:
        keepers += [keep_publishing, keep_lapsing, keep_inquiries, keep_transferring]
        keepers.append(keep_forgetting)
        keepers.append(partial(keep_retention, settings.retention))
    jobs = jobs or Jobs()
    running = [asyncio.create_task(keeper(url, stop, jobs=jobs)) for keeper in keepers]
    try:
        yield
    finally:
        stop.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*running), _STOP_SECONDS)


async def _keep(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_unhandled)
    await require_database(settings.required_owner_url, "GERBANG_OWNER_URL")
    stop = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    jobs = Jobs()
    app = keeper_app(settings, jobs)
    host, port = settings.metrics_host, settings.keeper_port
    async with internal_server(app, host, port, "GERBANG_KEEPER_PORT"):
        log.info("start", extra=facts(version=version("gerbang"), process="keeper", port=port))
        async with run_keeper(settings, jobs):
            await stop.wait()
            log.info("drain")
    log.info("stop")


def keeper_app(settings: Settings, jobs: Jobs) -> Starlette:
    """Health and metrics of the jobs of this process."""
    health = keeper_health(jobs)
    return internal_app(health, _metrics(settings, jobs, health).page)


def keeper_health(jobs: Jobs) -> Health:
    """Ready while each job succeeded recently enough."""

    async def check() -> Fault | None:
        if names := jobs.stalled_jobs():
            log.warning("jobs stand still", extra=facts(jobs=names))
            return Fault.KEEPER
        return None

    return Health({Fault.KEEPER: check})


def _metrics(settings: Settings, jobs: Jobs, health: Health) -> KeeperMetrics:
    async def read_ages() -> Mapping[str, float]:
        try:
            async with asyncio.timeout(2):
                async with connected(settings.required_owner_url) as connection:
                    ages = await connection.fetchrow(_AGES) or [None] * 6
        except (*CONNECTION_ERRORS, asyncpg.PostgresError):
            return {}
        lag, *others = ages
        names = (EDITION_AGE, CHECKPOINT_AGE, UNCOSIGNED_AGE, *_OF_DOCUMENTS)
        values = {FOLD_LAG: lag or 0.0, **dict(zip(names, others, strict=True))}
        return {name: value for name, value in values.items() if value is not None}

    return KeeperMetrics(jobs, health, {**FIGURES, **_OF_DOCUMENTS}, read_ages)
