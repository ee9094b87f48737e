"""Twelve years, quarter by quarter: what is asked of the logs, and of the events of cases, costs in
the last year what it cost in the first; old quarters go, and the account holds."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models import AccessEvent, VisaCheck
from models.account import CheckpointFolder, integrate, seal_entries, sign_checkpoint, verify
from models.base import Base
from models.jobs.forget_changes import forget
from models.row_keys import key_at, new_key
from tests.accounts import drop, past_triggers
from tests.linking import KEYS
from tests.world import applicant_id

pytestmark = [pytest.mark.anyio, pytest.mark.proof]

_MONTHS, _KEPT_DAYS = 144, 3650
_MONTH = timedelta(days=365.25 / 12)
#: How many reads a month has, by how many officers; how many checks of visas, and cases.
_READS, _OFFICERS = 350, 40
_CHECKS, _CASES = 100, 100
_PAGE = "SELECT id FROM access_event WHERE {} ORDER BY occurred_at DESC, id DESC LIMIT 51"
_WHO_READ = _PAGE.format("applicant_id = '{}'")
_QUESTIONS = {
    "the newest reads": _PAGE.format("occurred_at <= $1"),
    "what an officer read": _PAGE.format("actor = 'officer-1' AND occurred_at <= $1"),
    "who read this person": _WHO_READ.format("{person}"),
    "whom each read within the hour": (
        "SELECT actor, count(DISTINCT applicant_id) FROM access_event"
        " WHERE occurred_at > $1::timestamptz - interval '1 hour' AND occurred_at <= $1 GROUP BY 1"
    ),
    "checks of a visa": (
        "SELECT * FROM visa_check WHERE passenger = decode(repeat('01', 32), 'hex')"
        " AND occurred_at > $1::timestamptz - interval '90 days' AND occurred_at <= $1"
    ),
    "what a carrier's budget counts": (
        "SELECT occurred_at FROM visa_check WHERE actor = 'border-1'"
        " AND occurred_at > $1::timestamptz - interval '24 hours' AND occurred_at <= $1"
    ),
}


async def a_month(connection: asyncpg.Connection, begins: datetime) -> None:
    """What is read and checked in a month; its partitions were made ahead."""
    people = [applicant_id("Ruby Hale"), applicant_id("Wei Tan")]
    reads = [
        {
            "id": new_key(), "applicant_id": people[number % 100 != 0],
            "actor": f"officer-{number % _OFFICERS}", "actor_role": "OFFICER",
            "actor_partner_code": None, "actor_country_code": None, "purpose": "CASEWORK",
            "case_reference": f"CASE-{number}", "fields": ["fullName"], "trace_id": "0" * 32,
        }
        for number in range(_READS)
    ]  # fmt: skip
    checks = [
        {
            "id": new_key(), "actor": f"border-{number % 5}", "actor_role": "BORDER",
            "passenger": bytes([number]) * 32, "is_usable": True, "trace_id": "0" * 32,
        }
        for number in range(_CHECKS)
    ]  # fmt: skip
    await write(connection, AccessEvent, reads, begins)
    await write(connection, VisaCheck, checks, begins)


async def write(
    connection: asyncpg.Connection,
    noun: type[Base],
    rows: Sequence[Mapping[str, Any]],
    begins: datetime,
) -> None:
    """Write entries with their seals, dated over a month."""
    table = noun.__tablename__
    at = [begins + _MONTH * 0.9 * number / len(rows) for number in range(len(rows))]
    for instant in (begins, at[-1]):
        await connection.execute("SELECT make_partition($1, $2)", table, instant)
    sealed = await seal_entries(KEYS, noun, rows)
    dated = [{**row, "occurred_at": each} for row, each in zip(sealed, at, strict=True)]
    await connection.copy_records_to_table(
        table, columns=[*dated[0]], records=[[*row.values()] for row in dated]
    )


async def costs(connection: asyncpg.Connection, at: datetime) -> Mapping[str, int]:
    """How many blocks each question touches at an instant."""
    await connection.execute("ANALYZE access_event, visa_check")
    found: dict[str, int] = {}
    for name, question in _QUESTIONS.items():
        text = question.replace("{person}", str(applicant_id("Ruby Hale")))
        text = text.replace("$1::timestamptz", "$1").replace(
            "$1", f"'{at.isoformat()}'::timestamptz"
        )
        found[name] = await blocks(connection, text)
    return found


async def blocks(connection: asyncpg.Connection, question: str) -> int:
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {question}"
    plan: Any = json.loads(await connection.fetchval(explain))[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


async def test_twelve_years_cost_what_one_did(
    world: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    began = datetime.now(UTC) - _MONTHS * _MONTH
    by_year: list[Mapping[str, int]] = []
    for number in range(_MONTHS):
        begins = began + number * _MONTH
        await a_month(connection, begins)
        while await integrate(connection):
            pass
        await sign_checkpoint(connection, KEYS, CheckpointFolder(tmp_path), begins + _MONTH)
        if number % 12 == 11:
            by_year.append(await costs(connection, begins + _MONTH))
    made = await connection.fetchval("SELECT count(*) FROM partitions_made()")

    # As time goes on: each quarter that is over for long enough goes by itself.
    gone = [
        await drop(connection, tmp_path, _KEPT_DAYS + days)
        for days in (*range(_MONTHS * _MONTH.days - _KEPT_DAYS - 92, 0, -92), 0)
    ]
    left = await connection.fetchrow(
        "SELECT count(DISTINCT tableoid) AS partitions, min(occurred_at) AS oldest"
        " FROM access_event"
    )
    assert left
    assert sum(gone) >= 18 * _READS
    assert max(gone) <= 6 * _READS
    assert left["partitions"] <= 42
    assert datetime.now(UTC) - left["oldest"] < timedelta(days=_KEPT_DAYS) + 4 * _MONTH
    report = await verify(connection, KEYS, CheckpointFolder(tmp_path))
    assert (report.findings, report.dropped > sum(gone)) == ([], True)

    by_year.append(await costs(connection, datetime.now(UTC)))
    async with connection.transaction():
        await connection.fetch(_WHO_READ.format(applicant_id("Ruby Hale")))
        locks = await connection.fetchval(
            "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()"
        )
    first, *_, last, now = by_year
    sys.stderr.write(
        f"\n{made} partitions made, {left['partitions']} left, {sum(gone):,} reads gone"
        f"\nblocks in the first year, in the twelfth, after retention: {first} {last} {now}"
        f"\nlocks of the question without a window: {locks}\n"
    )
    for name in _QUESTIONS.keys() - {"who read this person"}:
        assert last[name] <= first[name] + 8, name
    # Without a window each partition is asked: a handful of blocks for each, and no more.
    assert now["who read this person"] <= first["who read this person"] + 3 * left["partitions"]


#: Cases of a month, each with seven events, of which each is a change.
_HAPPENS = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT key, sequence, 'IN_VERIFICATION', at + sequence * interval '1 day'
    FROM unnest($1::uuid[], $2::timestamptz[]) AS lodged (key, at),
        generate_series(1, 7) AS sequence
    ORDER BY at
"""
_CHANGES = """
    INSERT INTO application_change (id, written_at, application_id, kind, changed)
    SELECT id, occurred_at, application_id, kind, 'STAGE' FROM application_event
    WHERE id > $1 ORDER BY id
"""
_HISTORY = "SELECT * FROM application_event WHERE application_id = '{}' ORDER BY sequence"
#: The account and the notices have had whatever there is.
_ALL_IS_TAKEN_UP = """
    UPDATE account_source SET changes_from = (1::bigint << 62);
    UPDATE webhook_cursor SET written_in = (1::bigint << 62)
"""
_LIVE = """
    SELECT * FROM application_change WHERE (written_in, id) > (
        SELECT written_in, id FROM application_change ORDER BY written_in DESC, id DESC
        OFFSET 20 LIMIT 1
    ) ORDER BY written_in, id LIMIT 51
"""


async def test_a_case_is_read_after_twelve_years_as_after_one(
    world: str, connection: asyncpg.Connection
) -> None:
    """Events are never dropped, and are in one table; changes are forgotten after two days."""
    await connection.execute(_ALL_IS_TAKEN_UP)
    began = datetime.now(UTC) - (_MONTHS + 1) * _MONTH
    by_year: list[Mapping[str, int]] = []
    first_case = None
    for number in range(_MONTHS):
        last = await connection.fetchval("SELECT coalesce(max(id), 0) FROM application_event")
        at = [began + (number + each / _CASES) * _MONTH for each in range(_CASES)]
        keys = [key_at(int(one.timestamp() * 1000), each) for each, one in enumerate(at)]
        async with past_triggers(connection):
            await connection.execute(_HAPPENS, keys, at)
            await connection.execute(_CHANGES, last)
        await forget(connection)
        first_case = first_case or keys[0]
        if number % 12 == 11:
            await connection.execute("VACUUM ANALYZE application_event, application_change")
            by_year.append(
                {
                    "the history of a new case": await blocks(
                        connection, _HISTORY.format(keys[-1])
                    ),
                    "of the oldest": await blocks(connection, _HISTORY.format(first_case)),
                    "changes since a moment": await blocks(connection, _LIVE),
                    "changes kept": await connection.fetchval(
                        "SELECT count(*) FROM application_change"
                    ),
                }
            )
    first, *_, newest = by_year
    sys.stderr.write(f"\nblocks in the first year, and in the twelfth: {first} {newest}\n")
    for name, cost in first.items():
        assert newest[name] <= cost + 3, name
