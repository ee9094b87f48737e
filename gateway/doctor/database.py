"""Examines the database as its owner: the owner's rights, revision, row rules and seal keys, the
backlog of the keeper, the account, the vault, the key service, trusted documents, and the disk.
"""

import contextlib
from collections.abc import AsyncIterator

import asyncpg

from gateway.access.key_service_clients import key_service_for
from gateway.access.probe import FOLDED_WITHIN_SECONDS, SIGNED_WITHIN_SECONDS
from gateway.access.transactions.errors import DISK_FULL, state_of
from gateway.access.vault import key_service_fault
from gateway.doctor.finding import Finding, finding_of
from gateway.faults import Fault
from gateway.settings import DocumentRule, Settings
from models.database.owner import by_what, is_superuser, missing_rights
from models.jobs.contents import contents_overdue
from models.jobs.inquiries import IS_OVERDUE
from models.jobs.scanning import contents_unscanned
from models.key_service import KeyServiceError, Principal
from models.migrations import current_and_newest
from models.partitions import MISSED_AHEAD, missing_partitions
from models.rights.key_comparison import compare_keys
from models.row_security import installed_version, version

# One row fills a page, so the file has to grow.
_TRIAL = """
    CREATE TABLE gerbang_doctor_trial (filler text STORAGE PLAIN);
    INSERT INTO gerbang_doctor_trial SELECT repeat('x', 8000) FROM generate_series(1, 64);
"""


async def examine_revision(owner_url: str) -> AsyncIterator[Finding]:
    at, newest = await current_and_newest(owner_url)
    if at != newest:
        yield finding_of(
            Fault.MIGRATIONS,
            f"The database is at revision {at or 'none'}; this version needs {newest}.",
        )


async def examine_row_rules(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    if await installed_version(owner) != version():
        yield Finding(
            "The row rules in the database are not those of this version.",
            "The database would hold viewers to another policy than the gateway does.",
            "Run `gerbang migrate` with the version that serves.",
        )


async def examine_figures(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    waiting = await owner.fetchval(
        "SELECT extract(epoch FROM clock_timestamp() - min(written_at))::float8 FROM volume_outbox"
    )
    if waiting and waiting > FOLDED_WITHIN_SECONDS:
        yield finding_of(Fault.KEEPER, f"Changes have waited for {waiting:.0f} s to be counted.")


#: Jobs of the keeper that are late.
_LATE_JOBS = "SELECT name FROM job_pass WHERE now() > late_at ORDER BY name"


async def examine_jobs(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    if late := [row["name"] for row in await owner.fetch(_LATE_JOBS)]:
        yield finding_of(Fault.KEEPER, f"Jobs are late: {', '.join(late)}.")


async def examine_disk(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    """Write some rows, and roll back."""
    trial = owner.transaction()
    await trial.start()
    try:
        await owner.execute(_TRIAL)
    except asyncpg.PostgresError as error:
        if state_of(error) != DISK_FULL:
            raise
        yield finding_of(Fault.DISK, "The disk of the database is full.")
    finally:
        await trial.rollback()


#: What opens a partition past its table, or swallows what is written to it.
_OPEN_PARTITIONS = """
    SELECT made.oid::regclass::text AS name FROM partitions_made()
    JOIN pg_class AS made ON made.oid = partition
    WHERE made.relnamespace <> 'partitions'::regnamespace OR made.relkind <> 'r'
        OR NOT (relrowsecurity AND relforcerowsecurity)
        OR EXISTS (SELECT FROM pg_policy WHERE polrelid = partition)
        OR EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee <> relowner)
        OR EXISTS (
            SELECT FROM pg_attribute CROSS JOIN aclexplode(attacl)
            WHERE attrelid = partition AND grantee <> relowner
        )
        OR (
            SELECT count(*) <> 1 OR min(tgenabled) <> 'O'
                OR min(tgfoid) <> 'public.refuse_change()'::regprocedure
            FROM pg_trigger
            WHERE tgrelid = partition AND NOT tgisinternal AND tgparentid = 0
        )
    UNION ALL
    SELECT nspname FROM pg_namespace CROSS JOIN aclexplode(nspacl)
    WHERE nspname = 'partitions' AND grantee <> nspowner
    ORDER BY name
"""


async def examine_partitions(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    if missing := await owner.fetch(missing_partitions(MISSED_AHEAD)):
        without = ", ".join(sorted({row["of_table"] for row in missing}))
        yield finding_of(
            Fault.PARTITIONS,
            f"What is written within {MISSED_AHEAD} has no partition: {without}.",
        )
    for row in await owner.fetch(_OPEN_PARTITIONS):
        yield Finding(
            f"Not as models/schema makes it: the partition {row['name']}.",
            "A partition is reached through its table alone. Rights, rules and triggers of its own"
            " open it past the row rules, or swallow what is written.",
            "Find out who made them, and run `gerbang audit verify`. Then drop them, or put back"
            " what models/schema/partitions.sql makes.",
        )


#: A statement that opens every partition of a table locks each, and its indexes; how many locks are
#: at hand for all connections, and for how many of these.
_LOCKS = """
    WITH most AS (
        SELECT count(DISTINCT relid) + count(indexrelid) AS locks
        FROM pg_partitioned_table CROSS JOIN LATERAL pg_partition_tree(partrelid)
        LEFT JOIN pg_index ON indrelid = relid
        GROUP BY partrelid ORDER BY locks DESC LIMIT 1
    ), counted AS (
        SELECT current_setting('max_connections')::int
            + current_setting('max_prepared_transactions')::int AS connections
    )
    SELECT locks, connections,
        connections * current_setting('max_locks_per_transaction')::int AS at_hand
    FROM most, counted
"""


async def examine_locks(owner: asyncpg.Connection, connections: int) -> AsyncIterator[Finding]:
    """``connections`` is how many a gateway has, each of which may ask such a question."""
    found = await owner.fetchrow(_LOCKS)
    if found and (needed := found["locks"] * connections) > found["at_hand"]:
        yield Finding(
            f"{connections} questions at once can take {needed} locks, and PostgreSQL has room for"
            f" {found['at_hand']}.",
            "Without room for a lock, statements of everybody fail: out of shared memory.",
            f"Raise max_locks_per_transaction to {-(-needed // found['connections'])} or more, and"
            " start PostgreSQL again.",
        )


_AGE = "SELECT extract(epoch FROM clock_timestamp() - signed_at)::float8 FROM account_head"
#: How long somebody's read has waited for the first checkpoint of all.
_WAITING = (
    "SELECT extract(epoch FROM clock_timestamp() - min(occurred_at))::float8 FROM access_event"
)


_UNCOSIGNED = """
    SELECT (uncosigned_since AT TIME ZONE 'UTC')::timestamp(0)::text FROM account_head
"""


async def examine_account(owner: asyncpg.Connection, settings: Settings) -> AsyncIterator[Finding]:
    age = await owner.fetchval(_AGE)
    if age is not None and age > SIGNED_WITHIN_SECONDS:
        yield finding_of(Fault.CHECKPOINT, f"The account was signed last {age:,.0f} s ago.")
    elif age is None and (await owner.fetchval(_WAITING) or 0) > SIGNED_WITHIN_SECONDS:
        yield finding_of(Fault.CHECKPOINT, "People were read, and the account was never signed.")
    if since := await owner.fetchval(_UNCOSIGNED):
        yield finding_of(Fault.WITNESS, f"A witness has not cosigned since {since} UTC.")
    if settings.checkpoints and not settings.checkpoints.is_dir():
        yield Finding(
            f"There is no folder {settings.checkpoints} for checkpoints here.",
            "`gerbang audit verify` has nothing to compare the account with.",
            "Mount it, or name another one in GERBANG_CHECKPOINTS.",
        )


_OVERDUE = f"""
    SELECT count(*) AS number, min(due_at)::timestamptz(0)::text AS since FROM breach
    WHERE {IS_OVERDUE}
"""  # noqa: S608


async def examine_breaches(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    """Whether somebody is told of each breach in time."""
    overdue = await owner.fetchrow(_OVERDUE)
    if overdue and (number := overdue["number"]):
        yield Finding(
            f"The notices of {number} {'breach' if number == 1 else 'breaches'} are overdue, the"
            f" first since {overdue['since']}.",
            "The institution and the people are to be told within 72 hours (UU 27/2022, article"
            " 46).",
            "An auditor gives the notices and records them on the page Access: docs/operations.md.",
        )


_ANY = "SELECT EXISTS (SELECT FROM trusted_document WHERE retired_at IS NULL)"


async def examine_documents(
    owner: asyncpg.Connection, settings: Settings
) -> AsyncIterator[Finding]:
    if settings.documents is DocumentRule.REQUIRE and not await owner.fetchval(_ANY):
        yield Finding(
            "GERBANG_DOCUMENTS requires documents to be registered, and none is.",
            "Every operation of every client is refused.",
            "Run `gerbang init` for the dashboard's, and `gerbang documents register FILE` for"
            " those of other clients; or set GERBANG_DOCUMENTS=log until then.",
        )


async def examine_owner_rights(owner: asyncpg.Connection, login: str) -> AsyncIterator[Finding]:
    for what, statements in by_what(await missing_rights(owner, login)).items():
        yield Finding(
            what,
            "`gerbang migrate` and `gerbang keep` would fail, or keep figures of no row.",
            f"Let a superuser run this in the database once: {'; '.join(statements)};",
        )


async def examine_owner_privileges(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    if await is_superuser(owner):
        yield Finding(
            "The owner in GERBANG_OWNER_URL is a superuser.",
            "Who learns its password has every database of the server, and its files.",
            "Prepare another one with models/postgres/owner.sql and name it there; then"
            " `gerbang migrate` says what is to be handed over to it.",
        )


#: The table comes with this release's row rules, whose absence is another finding.
_TABLE_EXISTS = "SELECT to_regclass('viewer.daily_seal_key') IS NOT NULL"
_DAYS_WITHOUT = """
    SELECT day FROM (VALUES ('today', clock_timestamp()),
        ('tomorrow', clock_timestamp() + interval '1 day')) AS due (day, moment)
    WHERE NOT EXISTS (
        SELECT FROM viewer.daily_seal_key WHERE moment >= begins_at AND moment < ends_at
    )
"""


async def examine_seal_keys(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    if not await owner.fetchval(_TABLE_EXISTS):
        return
    missing = [row["day"] for row in await owner.fetch(_DAYS_WITHOUT)]
    if missing:
        yield Finding(
            f"The database has no seal key for {' and '.join(missing)} (days of UTC).",
            "Without the key of a day no viewer reaches any row on it.",
            "Run `gerbang migrate` now, then see why `gerbang keep` does not run: it installs the"
            " next day's key.",
        )


async def examine_key_service(settings: Settings) -> AsyncIterator[Finding]:
    """Ask it as a gateway does, and as an auditor where the doctor has such a credential."""
    try:
        as_gateway = key_service_for(settings) if settings.key_service else None
        is_away = await key_service_fault(as_gateway)
    except KeyServiceError:
        is_away = Fault.KEY_SERVICE
    if is_away is Fault.KEY_SERVICE_PARTLY:
        yield finding_of(is_away, "Some of the key services do not answer.")
    elif is_away:
        yield finding_of(is_away, "The key service does not answer.")
        return
    if not (settings.keeps_receipts and settings.credentials):
        return
    try:
        keys = key_service_for(settings, Principal.AUDITOR)
        if await keys.judges_everybody():
            return
    except KeyServiceError as error:
        yield Finding(
            f"The key service cannot be examined: {error}.",
            "Nobody is read or handed in without it, and whom it judges is unknown.",
            "Look at GERBANG_SIGNING_SERVICE and GERBANG_CREDENTIALS, and whether `gerbang keys`"
            " runs.",
        )
        return
    yield Finding(
        "The key service does not judge everybody: its store is from before it kept relations.",
        "People without a relation are opened for any viewer's token, whatever the database says.",
        "See that the database is right, then run `gerbang vault relate` once.",
    )


async def examine_identity_keys(
    owner: asyncpg.Connection, settings: Settings
) -> AsyncIterator[Finding]:
    """Whether everybody on file has a data key, where the doctor has a credential to ask."""
    if not (settings.keeps_receipts and settings.credentials):
        return
    with contextlib.suppress(KeyServiceError):  # which is another finding
        keys = key_service_for(settings, Principal.AUDITOR)
        found = await compare_keys(keys, owner)
        if found.lost:
            what = f"{len(found.lost):,} people on file have no data key: {found.verdict}."
            yield finding_of(Fault.IDENTITY_KEYS, what)


_TAMPERED = """
    SELECT count(*) AS number, max(raised_at)::timestamptz(0)::text AS latest FROM alert
    WHERE kind = 'TAMPERED' AND is_open
"""
_LAST_SWEEP = """
    SELECT reason FROM key_operation WHERE kind IN ('BEGIN', 'SWEEP', 'REFUSED')
    ORDER BY occurred_at DESC LIMIT 1
"""


async def examine_vault(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    tampered = await owner.fetchrow(_TAMPERED)
    if tampered and tampered["number"]:
        yield Finding(
            f"Sealed values were changed in the database: {tampered['number']} open alerts, the"
            f" last of {tampered['latest']}.",
            "Whoever did it writes to the database past every gateway; nobody reads these people.",
            "Find out who did (`gerbang audit verify`), put the values back from a backup, and let"
            " a supervisor close the alerts.",
        )
    if left := await contents_overdue(owner):
        yield Finding(
            f"The bytes of {left:,} documents should have been removed a day ago.",
            "Nobody reads those of people who were erased, since their keys are gone; they fill the"
            " store.",
            "Give `gerbang keep` the same GERBANG_DOCUMENT_STORE as the gateways, with the right to"
            " remove, and look at its log.",
        )
    if waiting := await contents_unscanned(owner):
        yield Finding(
            f"{waiting:,} documents have waited for the scanner for ten minutes.",
            "They do not count, and nobody opens them: their cases stand still.",
            "Look whether the daemon at GERBANG_SCANNER answers `gerbang keep`, and at its log,"
            " which names what could not be scanned; raise StreamMaxLength to 1024M. Without"
            " GERBANG_SCANNER, what waits has to be sent again.",
        )
    if refused := await owner.fetchval(_LAST_SWEEP):
        yield Finding(
            f"The last sweep of data keys was refused: {refused}.",
            "Keys that belong to nobody stay; if people are missing in the database, their keys"
            " must not go.",
            "Look whether this is the right database, and whole; then run `gerbang vault sweep`.",
        )
