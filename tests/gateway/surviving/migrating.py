"""Load on a database while it is migrated: readers, writers, and a transaction that never ends."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import asyncpg

from models.database.connections import connect
from models.migrations import newest_revision
from models.row_security import login_at, scripts
from models.row_security.apply import reconcile
from models.row_security.desired import parse_row_security
from tests import tokens
from tests.acting import act
from tests.gateway.crashes.ledger import Ledger
from tests.gateway.crashes.writers import Writer
from tests.gateway.surviving.clients import Balancer, Tally, Wire
from tests.gateway.surviving.processes import ROOT
from tests.linking import linking
from tests.models.test_row_security import MANAGER

MIGRATE = [sys.executable, "-c", "from gateway.cli import main; main()", "migrate"]
READERS, WRITERS = 2, 2


@dataclass
class Traffic:
    """What became of the reads and writes."""

    reads: Tally = field(default_factory=Tally)
    writes: Ledger = field(default_factory=lambda: Ledger(sys.maxsize))

    @property
    def failed(self) -> list[str]:
        """Whatever was not answered at the first try."""
        return [
            *self.reads.failed,
            *(f"read again: {why}" for why in self.reads.retried),
            *(f"write in doubt: {why}" for why in self.writes.in_doubt),
            *self.writes.said,
            *["write turned away"] * self.writes.turned_away,
            *(f"write refused: {why}" for why in self.writes.refused),
        ]


@asynccontextmanager
async def traffic(url: str, port: int) -> AsyncIterator[Traffic]:
    """Readers and writers at a gateway all the time, and a LINKER for their cases."""
    seen, stop = Traffic(), asyncio.Event()
    balancer = Balancer([port], seen.reads)
    asking = [
        *(balancer.keep_asking(stop, pause=0.05) for _ in range(READERS)),
        *(Writer([Wire(port)], seen.writes, Random(seed)).write() for seed in range(WRITERS)),
    ]
    async with linking(url):
        tasks = [asyncio.create_task(each) for each in asking]
        try:
            yield seen
        finally:
            stop.set()
            seen.writes.wanted = 0
            await asyncio.gather(*tasks)


@asynccontextmanager
async def long_reader(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A transaction that has read applications and stays open."""
    reader = await connect(url)
    try:
        async with reader.transaction():
            await reader.fetch("SELECT FROM application")
            yield reader
    finally:
        await reader.close()


def environment(url: str) -> dict[str, str]:
    given = {
        "ENVIRONMENT": "development",
        "OWNER_URL": url,
        "DATABASE_URL": login_at(url, tokens.PASSWORD),
        "SEAL_KEY": tokens.SEAL_KEY.hex(),
        "CURSOR_KEY": "ab" * 32,
    }
    return {**os.environ, **{f"GERBANG_{name}": value for name, value in given.items()}}


def run_migrate(url: str, *options: str, tree: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`gerbang migrate`, as an operator runs it, of a copy of the code."""
    return subprocess.run(
        [*MIGRATE, *options], cwd=tree, env=environment(url), capture_output=True, text=True
    )


# --- Revisions of a later release ----------------------------------------------------------------

_REVISION = '''"""Revision {number} of a later release."""

from alembic import op

from models.migrations.online import back_fill, create_index

revision = "{number:04}"
down_revision = "{before:04}"
branch_labels = None
depends_on = None
locks = "those of a test"


def upgrade() -> None:
    {step}


def downgrade() -> None:
    """Nothing: no test goes back."""
'''
#: What revisions do to tables in use, each in one of its own.
_STEPS = (
    'op.execute("ALTER TABLE application ADD COLUMN remark text")',
    "op.execute(\"ALTER TABLE application ADD CONSTRAINT remarked CHECK (remark > '') NOT VALID\")",
    'op.execute("ALTER TABLE application VALIDATE CONSTRAINT remarked")',
    'create_index("ix_application_remark", "application (remark, id)")',
    'back_fill("application", "id", "remark = reference", "remark IS NULL", batch=3)',
    "op.execute(\"ALTER TABLE application ALTER COLUMN remark SET DEFAULT 'none'\")",
    'op.execute("CREATE OR REPLACE TRIGGER notify_linker AFTER INSERT ON application"'
    ' " EXECUTE FUNCTION notify_linker()")',
    'op.execute("ALTER TABLE decision ADD COLUMN remark text")',
    'op.execute("ALTER TABLE application_event ADD COLUMN remark text")',
)


def add_revisions(tree: Path, rounds: int) -> int:
    """Add revisions of a later release to a copy of the code; return how many."""
    first = int(newest_revision() or 0) + 1
    steps = [
        step.replace("remark", f"remark{number}_") for number in range(rounds) for step in _STEPS
    ]
    for number, step in enumerate(steps, start=first):
        text = _REVISION.format(number=number, before=number - 1, step=step)
        file = tree / f"models/migrations/versions/{number:04}_later.py"
        file.write_text(text, encoding="utf-8")
    return len(steps)


# --- A wall of another release -------------------------------------------------------------------

_MANAGERS_APPLICATIONS = (
    "USING (CASE WHEN application.holder_partner_code = (SELECT viewer.partner('PARTNER_MANAGER'"
)
#: What the other release does otherwise: managers reach fewer applications and more volumes, read a
#: status and no reference, and are refused in other words.
_OTHERWISE = (
    (
        _MANAGERS_APPLICATIONS,
        _MANAGERS_APPLICATIONS.replace("WHEN", "WHEN application.centre_code = 'AU-SYD' AND"),
    ),
    (
        "USING (CASE WHEN volume_daily.partner_code = (SELECT viewer.partner('PARTNER_MANAGER'))"
        " AND volume_daily.country_code = ANY ((SELECT viewer.countries('PARTNER_MANAGER'))"
        "::text[]) THEN true ELSE false END)",
        "USING ((SELECT viewer.acts_as('PARTNER_MANAGER')))",
    ),
    (
        "received_at, reference, stage, submitted_at, successor_centre_code, target_due_at,"
        " trip_purpose, use_within_days, visa_type_code)"
        " ON application TO gerbang_partner_manager",
        "received_at, stage, status, submitted_at, successor_centre_code, target_due_at,"
        " trip_purpose, use_within_days, visa_type_code)"
        " ON application TO gerbang_partner_manager",
    ),
)


async def put_up_other(owner: asyncpg.Connection) -> None:
    """Make the database one of the other release."""
    context, rules = scripts()
    for ours, theirs in _OTHERWISE:
        assert rules.count(ours) == 1, ours
        rules = rules.replace(ours, theirs)
    context = context.replace("the viewer is not sealed", "nobody sealed the viewer")
    await reconcile(owner, parse_row_security(context, rules), "other")


#: Of each kind of row those that a manager reaches; what is denied reaches none.
QUESTIONS = (
    "SELECT 'application ' || id FROM application UNION ALL"
    " SELECT concat_ws(' ', 'volume', partner_code, country_code, starts_on) FROM volume_daily",
    "SELECT concat_ws(' ', id, status) FROM application",
    "SELECT concat_ws(' ', id, reference) FROM application",
)


async def answers_to_manager(connection: asyncpg.Connection) -> list[frozenset[str]]:
    """What a manager is answered to each question at one moment after the other."""
    return [await _answers(connection, question) for question in QUESTIONS]


async def _answers(connection: asyncpg.Connection, question: str) -> frozenset[str]:
    with suppress(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            await act(connection, MANAGER)
            return frozenset(row[0] for row in await connection.fetch(question))
    return frozenset()


@dataclass
class Watcher:
    """Asks as a manager all the time, and notes whatever neither release would have shown."""

    allowed: Sequence[Sequence[frozenset[str]]]
    looks: int = 0
    too_much: list[frozenset[str]] = field(default_factory=list)

    async def watch(self, url: str, stop: asyncio.Event) -> None:
        connection = await connect(url)
        try:
            while not stop.is_set():
                for number, answered in enumerate(await answers_to_manager(connection)):
                    self.looks += 1
                    if not any(answered <= release[number] for release in self.allowed):
                        self.too_much.append(answered)
        finally:
            await connection.close()


@asynccontextmanager
async def watching(url: str, watcher: Watcher) -> AsyncIterator[Watcher]:
    stop = asyncio.Event()
    task = asyncio.create_task(watcher.watch(url, stop))
    try:
        yield watcher
    finally:
        stop.set()
        await task
