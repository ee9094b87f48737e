"""Twelve years of the log of reads, quarter by quarter: what is asked of it costs in the last year
what it cost in the first, old quarters go, and the account holds."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models import AccessEvent
from models.account import CheckpointFolder, integrate, seal_entries, sign_checkpoint, verify
from models.row_keys import new_key
from tests.accounts import drop
from tests.linking import KEYS
from tests.world import applicant_id

pytestmark = [pytest.mark.anyio, pytest.mark.proof]

_MONTHS, _KEPT_DAYS = 144, 3650
_MONTH = timedelta(days=365.25 / 12)
#: How many reads a month has, by how many officers.
_READS, _OFFICERS = 350, 40
_PAGE = "SELECT id FROM access_event WHERE {} ORDER BY occurred_at DESC, id DESC LIMIT 51"
_QUESTIONS = {
    "the newest reads": _PAGE.format("occurred_at <= $1"),
    "what an officer read": _PAGE.format("actor = 'officer-1' AND occurred_at <= $1"),
    "who read this person": _PAGE.format("applicant_id = '{person}'"),
    "whom each read within the hour": (
        "SELECT actor, count(DISTINCT applicant_id) FROM access_event"
        " WHERE occurred_at > $1::timestamptz - interval '1 hour' AND occurred_at <= $1 GROUP BY 1"
    ),
}


async def a_month(connection: asyncpg.Connection, begins: datetime) -> None:
    """What is read in a month; its partitions were made ahead."""
    people = [applicant_id("Ruby Hale"), applicant_id("Wei Tan")]
    rows = [
        {
            "id": new_key(), "applicant_id": people[number % 100 != 0],
            "actor": f"officer-{number % _OFFICERS}", "actor_role": "OFFICER",
            "actor_partner_code": None, "actor_country_code": None, "purpose": "CASEWORK",
            "case_reference": f"CASE-{number}", "fields": ["fullName"], "trace_id": "0" * 32,
        }
        for number in range(_READS)
    ]  # fmt: skip
    at = [begins + _MONTH * 0.9 * number / _READS for number in range(_READS)]
    for instant in (begins, at[-1]):
        await connection.execute("SELECT make_partition('access_event', $1)", instant)
    sealed = await seal_entries(KEYS, AccessEvent, rows)
    dated = [{**row, "occurred_at": each} for row, each in zip(sealed, at, strict=True)]
    await connection.copy_records_to_table(
        "access_event", columns=[*dated[0]], records=[[*row.values()] for row in dated]
    )


async def costs(connection: asyncpg.Connection, at: datetime) -> Mapping[str, int]:
    """How many blocks each question touches at an instant."""
    await connection.execute("ANALYZE access_event")
    found: dict[str, int] = {}
    for name, question in _QUESTIONS.items():
        text = question.replace("{person}", str(applicant_id("Ruby Hale")))
        text = text.replace("$1::timestamptz", "$1").replace(
            "$1", f"'{at.isoformat()}'::timestamptz"
        )
        explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}"
        plan: Any = json.loads(await connection.fetchval(explain))[0]["Plan"]
        found[name] = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return found


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
    assert (report.findings, report.dropped) == ([], sum(gone))

    by_year.append(await costs(connection, datetime.now(UTC)))
    first, *_, last, now = by_year
    sys.stderr.write(
        f"\n{made} partitions made, {left['partitions']} left, {sum(gone):,} reads gone"
        f"\nblocks in the first year, in the twelfth, after retention: {first} {last} {now}\n"
    )
    for name in ("the newest reads", "what an officer read", "whom each read within the hour"):
        assert last[name] <= first[name] + 8, name
    # Without a window each partition is asked: a handful of blocks for each, and no more.
    assert now["who read this person"] <= first["who read this person"] + 3 * left["partitions"]
