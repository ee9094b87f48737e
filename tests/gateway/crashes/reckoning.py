"""Compares what the database has with what was acknowledged to the writers."""

import json
from dataclasses import dataclass
from random import Random
from typing import Any

import asyncpg

from tests.gateway.changing import row_id
from tests.gateway.crashes.ledger import Ledger
from tests.gateway.life_model import Case
from tests.gateway.surviving.clients import Wire

#: Without what the screening by the system adds, of which no writer knows when.
_APPLICATIONS = """
    SELECT
        id,
        status,
        is_held,
        received_at IS NOT NULL AS is_received,
        ARRAY(
            SELECT kind FROM application_event
            WHERE application_id = application.id AND (kind <> 'SCREENED' OR actor IS NOT NULL)
            ORDER BY sequence
        ) AS events,
        ARRAY(
            SELECT array_to_string(ARRAY[officer, outcome] || grounds, ' ') FROM decision
            WHERE application_id = application.id ORDER BY decided_at
        ) AS decisions,
        ARRAY(
            SELECT DISTINCT ON (kind) kind || ' ' || result FROM screening
            WHERE application_id = application.id AND voided_at IS NULL
                AND (result <> 'CLEAR' OR answered_by IS NOT NULL)
            ORDER BY kind, requested_at DESC, id DESC
        ) AS answers
    FROM application
"""
#: Rows that are only ever written together with others, and are without them; and gaps in events.
_HALVES = """
    SELECT
        (SELECT count(*) FROM application_event FULL JOIN application_change AS change USING (id)
         WHERE application_event.kind IS NULL OR change.kind IS NULL)
      + (SELECT count(*) FROM applicant LEFT JOIN identity ON identity.applicant_id = applicant.id
         WHERE identity.applicant_id IS NULL)
      + (SELECT count(*) FROM applicant LEFT JOIN application
            ON application.applicant_id = applicant.id
         WHERE application.id IS NULL)
      + (SELECT count(*) FROM idempotency WHERE answer IS NULL)
      + (SELECT count(*) FROM (
            SELECT sequence, row_number() OVER (PARTITION BY application_id ORDER BY sequence)
            FROM application_event
         ) AS event WHERE sequence <> row_number)
"""


@dataclass(frozen=True)
class Reckoning:
    """What is wrong, all of it; nothing where every number is 0."""

    #: Acknowledged writes of which the database knows nothing.
    lost: int
    #: Writes under keys for which no writer has an answer.
    unknown: int
    #: Applications that no writer knows: made once more than was acknowledged.
    doubled: int
    #: Applications whose status, events, decisions or answers are not those acknowledged.
    differing: int
    #: Rows written without those that belong to them, and events after a gap.
    halves: int


async def reckon(connection: asyncpg.Connection, ledger: Ledger) -> Reckoning:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        kept = await connection.fetch("SELECT key_digest, answer->0->>'key' FROM idempotency")
        applications = await connection.fetch(_APPLICATIONS)
        halves = await connection.fetchval(_HALVES)
    seen = {write.digest: _answered_key(payload) for write, payload in ledger.acknowledged}
    done = dict(kept)
    expected = {row_id(case.id): _acknowledged_rows(case) for case in ledger.cases}
    found = {one["id"]: dict(one) for one in applications}
    return Reckoning(
        lost=sum(
            digest not in done or key not in (None, done[digest]) for digest, key in seen.items()
        ),
        unknown=len(done.keys() - seen.keys()),
        doubled=len(found.keys() - expected.keys()),
        differing=sum(found.get(id_) != case for id_, case in expected.items()),
        halves=halves,
    )


async def find_unacknowledged(connection: asyncpg.Connection, ledger: Ledger) -> int:
    """How many writes were done by a try without an answer: done twice, if there were no keys."""
    kept = await connection.fetch("SELECT key_digest, created_at FROM idempotency")
    return sum(
        created_at < ledger.asked_again[digest]
        for digest, created_at in kept
        if digest in ledger.asked_again
    )


async def find_other_answers(
    wire: Wire, ledger: Ledger, count: int, chance: Random
) -> list[tuple[str, Any, bytes]]:
    """Those of so many acknowledged writes that, asked again, are not answered as they were:
    the mutation, what was acknowledged, and the answer. A question that is no longer open is
    out of SCREENING's reach by then, and its payload names none."""
    others = list[tuple[str, Any, bytes]]()
    for write, payload in chance.sample(ledger.acknowledged, count):
        reply = await wire.ask(write.request())
        answer = json.loads(reply.body).get("data")
        same = [payload]
        if write.mutation == "recordScreening":
            same.append(payload | {"screening": None})
        if answer not in [{write.mutation: one} for one in same]:
            others.append((write.mutation, payload, reply.body))
    wire.close()
    return others


def _answered_key(payload: dict[str, Any]) -> str | None:
    """The key of the row in the answer to a write. None where the writer no longer reads that
    row, as a question that was answered."""
    if bill := payload.get("bill"):
        return bill["code"]
    changed = payload["screening"] if "screening" in payload else payload["application"]
    return changed and str(row_id(changed["id"]))


def _acknowledged_rows(case: Case) -> dict[str, Any]:
    """A row of the database, as the writer of a case expects it."""
    return {
        "id": row_id(case.id),
        "status": case.status,
        "is_held": case.is_held,
        "is_received": case.is_received,
        "events": list(case.events),
        "decisions": [" ".join([by, outcome, *grounds]) for by, outcome, grounds in case.decisions],
        "answers": [" ".join(one) for one in sorted(case.answers.items())],
    }
