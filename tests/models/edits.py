"""What may happen to applications, at random, with the events and decisions that belong to it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from uuid import uuid4

import asyncpg

from models.volumes import age, fold
from tests.models.crowd import crowd, join
from tests.world import APPLICANTS, applicant_id

Edit = Callable[[asyncpg.Connection, Random], Awaitable[None]]

_EVENT = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT $1::uuid, max(sequence) + 1, $2::text, max(occurred_at) + interval '5 hours'
    FROM application_event WHERE application_id = $1
    RETURNING occurred_at
"""
_DECISION = """
    INSERT INTO decision (id, application_id, outcome, grounds, decided_at, officer, supersedes_id)
    VALUES (
        $1, $2, $3::text, CASE $3::text WHEN 'REFUSED' THEN '{INCOMPLETE}'::text[] ELSE '{}' END,
        $4, 'officer', $5
    )
"""


async def one_arrives(connection: asyncpg.Connection, rng: Random) -> None:
    await join(connection, crowd(1, rng.randrange(2**32)))


async def one_pays(connection: asyncpg.Connection, rng: Random) -> None:
    async with connection.transaction():
        if one := await _choose_application(connection, "status = 'SUBMITTED'", rng):
            paid_at = await connection.fetchval(_EVENT, one["id"], "PAID")
            await connection.execute(
                "UPDATE application SET status = 'PAID', fee_idr = 500000, paid_at = $2,"
                " target_due_at = $3 WHERE id = $1",
                one["id"],
                paid_at,
                paid_at + timedelta(hours=24),
            )


async def one_is_received(connection: asyncpg.Connection, rng: Random) -> None:
    async with connection.transaction():
        if one := await _choose_application(connection, "received_at IS NULL", rng):
            received_at = await connection.fetchval(_EVENT, one["id"], "RECEIVED")
            await connection.execute(
                "UPDATE application SET received_at = $2 WHERE id = $1", one["id"], received_at
            )


async def one_is_asked(connection: asyncpg.Connection, rng: Random) -> None:
    async with connection.transaction():
        if one := await _choose_application(
            connection, "status IN ('PAID', 'IN_VERIFICATION')", rng
        ):
            await connection.fetchval(_EVENT, one["id"], "INFO_REQUESTED")
            await connection.execute(
                "UPDATE application SET status = 'INFO_REQUESTED', was_info_requested = true"
                " WHERE id = $1",
                one["id"],
            )


async def one_answers(connection: asyncpg.Connection, rng: Random) -> None:
    async with connection.transaction():
        if one := await _choose_application(connection, "status = 'INFO_REQUESTED'", rng):
            asked_at = await connection.fetchval(
                "SELECT max(occurred_at) FROM application_event"
                " WHERE application_id = $1 AND kind = 'INFO_REQUESTED'",
                one["id"],
            )
            answered_at = await connection.fetchval(_EVENT, one["id"], "IN_VERIFICATION")
            await connection.execute(
                "UPDATE application SET status = 'IN_VERIFICATION',"
                " paused_seconds = paused_seconds + $2 WHERE id = $1",
                one["id"],
                int((answered_at - asked_at).total_seconds()),
            )


async def one_closes(connection: asyncpg.Connection, rng: Random) -> None:
    async with connection.transaction():
        if one := await _choose_application(
            connection, "status IN ('PAID', 'IN_VERIFICATION')", rng
        ):
            status = rng.choice(("GRANTED", "REFUSED", "WITHDRAWN", "LAPSED"))
            closed_at = await connection.fetchval(_EVENT, one["id"], status)
            decision = uuid4() if status in ("GRANTED", "REFUSED") else None
            if decision:
                await connection.execute(_DECISION, decision, one["id"], status, closed_at, None)
            await connection.execute(
                "UPDATE application SET status = $2, closed_at = $3, current_decision_id = $4"
                " WHERE id = $1",
                one["id"],
                status,
                closed_at,
                decision,
            )


async def one_is_corrected(connection: asyncpg.Connection, rng: Random) -> None:
    async with connection.transaction():
        if one := await _choose_application(connection, "status IN ('GRANTED', 'REFUSED')", rng):
            status = rng.choice(("GRANTED", "REFUSED"))
            decided_at = await connection.fetchval(_EVENT, one["id"], status)
            decision = uuid4()
            await connection.execute(
                _DECISION, decision, one["id"], status, decided_at, one["current_decision_id"]
            )
            await connection.execute(
                "UPDATE application SET status = $2, current_decision_id = $3 WHERE id = $1",
                one["id"],
                status,
                decision,
            )


async def one_is_revoked(connection: asyncpg.Connection, rng: Random) -> None:
    async with connection.transaction():
        if one := await _choose_application(connection, "status = 'GRANTED'", rng):
            await connection.fetchval(_EVENT, one["id"], "REVOKED")
            await connection.execute(
                "UPDATE application SET status = 'REVOKED' WHERE id = $1", one["id"]
            )


async def one_was_someone_else(connection: asyncpg.Connection, rng: Random) -> None:
    """The applicant, and with that the nationality, is put right."""
    if one := await _choose_application(connection, "true", rng):
        name = rng.choice(list(APPLICANTS))
        await connection.execute(
            "UPDATE application SET applicant_id = $2, nationality_code = $3 WHERE id = $1",
            one["id"],
            applicant_id(name),
            APPLICANTS[name],
        )


async def many_cost_more(connection: asyncpg.Connection, rng: Random) -> None:
    await connection.execute(
        "UPDATE application SET fee_idr = fee_idr + 1000 WHERE visa_type_code = $1",
        rng.choice(("B1", "C1")),
    )


async def one_never_was(connection: asyncpg.Connection, rng: Random) -> None:
    """An application without any event is written and removed."""
    lone = uuid4()
    await connection.execute(
        "INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code,"
        " channel, status, submitted_at, paid_at, fee_idr, target_due_at, use_within_days)"
        " VALUES"
        " ($1, 'GONE-GONE-GONE', $2, 'AU', 'B1', 'DIRECT', 'PAID', now(), now(), 5, now(), 90)",
        lone,
        applicant_id("Ruby Hale"),
    )
    await connection.execute("DELETE FROM application WHERE id = $1", lone)


async def some_are_folded(connection: asyncpg.Connection, rng: Random) -> None:
    await fold(connection, limit=rng.randint(1, 20))


async def days_pass(connection: asyncpg.Connection, _rng: Random) -> None:
    await age(connection)


async def one_had_paid_before(connection: asyncpg.Connection, rng: Random) -> None:
    """An open case turns out to have been paid earlier."""
    is_open = "status = 'PAID' AND paid_at > submitted_at + interval '2 hours'"
    async with connection.transaction():
        if one := await _choose_application(connection, is_open, rng):
            paid_at = one["paid_at"] - (one["paid_at"] - one["submitted_at"]) * rng.random()
            await connection.execute(
                "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
                " SELECT $1::uuid, max(sequence) + 1, 'PAID', $2 FROM application_event"
                " WHERE application_id = $1",
                one["id"],
                paid_at,
            )
            await connection.execute(
                "UPDATE application SET paid_at = $2 WHERE id = $1", one["id"], paid_at
            )


async def _choose_application(
    connection: asyncpg.Connection, condition: str, rng: Random
) -> asyncpg.Record | None:
    rows = await connection.fetch(f"SELECT * FROM application WHERE {condition} ORDER BY id")
    return rng.choice(rows) if rows else None


EDITS: list[Edit] = [
    one_arrives,
    one_pays,
    one_is_received,
    one_is_asked,
    one_answers,
    one_closes,
    one_is_corrected,
    one_is_revoked,
    one_was_someone_else,
    many_cost_more,
    one_never_was,
    one_had_paid_before,
    some_are_folded,
    days_pass,
]
