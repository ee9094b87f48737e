"""What a migration makes of earlier rows: deadlines, visas, public grounds, how many decisions did
not stand, and matches of the ban list."""

from importlib import import_module
from uuid import UUID

import asyncpg
import pytest

from models.database.connections import connect
from models.volumes import verify
from models.volumes.grains import GRAINS
from tests.models.test_migrations_online import as_a_revision
from tests.world import application_id

pytestmark = pytest.mark.anyio

VERSIONS = "models.migrations.versions"
REVISION = import_module(f"{VERSIONS}.0071_deadlines_and_visas_of_before")
GROUNDS = import_module(f"{VERSIONS}.0069_what_others_were_told_of_grounds")
OVERTURNED = import_module(f"{VERSIONS}.0098_decisions_that_did_not_stand_before")
BANS = import_module(f"{VERSIONS}.0134_bans_of_before_on_live_visas")
DEADLINES = (
    "SELECT id, CASE WHEN status = 'INFO_REQUESTED' THEN answer_by ELSE pay_by END"
    " FROM application WHERE stage = 'WAITING_FOR_APPLICANT' ORDER BY id"
)
VISAS = (
    "SELECT application_id, decision_id, issued_at, use_by, stay_days, revoked_at, superseded_at"
    " FROM visa ORDER BY decision_id"
)
ASKED = application_id("SGPO-OPEN-0006")


async def test_older_rows_get_the_values_that_they_would_get_now(world: str) -> None:
    connection = await connect(world)
    try:
        await connection.execute(
            "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
            " VALUES ($1, 9, 'INFO_REQUESTED', '2025-02-11 10:00+07')",
            ASKED,
        )
        await connection.execute(
            "UPDATE application SET status = 'INFO_REQUESTED', was_info_requested = true,"
            " answer_by = '2025-02-25 10:00+07' WHERE id = $1",
            ASKED,
        )
        deadlines, visas = await connection.fetch(DEADLINES), await connection.fetch(VISAS)
        assert len(deadlines) == 2
        assert len(visas) > 3
        kept = await connection.fetchval(
            "SELECT visa_number FROM visa ORDER BY decision_id LIMIT 1"
        )

        await connection.execute("UPDATE application SET pay_by = NULL, answer_by = NULL")
        await connection.execute("DELETE FROM visa WHERE visa_number <> $1", kept)
        for _ in range(2):  # it may be killed, and begin anew
            await as_a_revision(world, REVISION.upgrade)
            assert await connection.fetch(DEADLINES) == deadlines
            assert await connection.fetch(VISAS) == visas
        numbers = [row["visa_number"] for row in await connection.fetch("SELECT * FROM visa")]
        assert kept in numbers
        assert len(set(numbers)) == len(visas)
    finally:
        await connection.close()


async def test_older_grounds_reveal_no_more_than_those_of_now(world: str) -> None:
    statement = "SELECT id, is_incomplete, public_reason FROM decision ORDER BY id"
    connection = await connect(world)
    try:
        before = await connection.fetch(statement)
        assert {row["public_reason"] for row in before} == {None, "INCOMPLETE", "NOT_DISCLOSED"}
        for name in ("is_incomplete_as_decided", "public_reason_as_decided"):
            await connection.execute(f"ALTER TABLE decision DROP CONSTRAINT ck_decision_{name}")
        await connection.execute("UPDATE decision SET is_incomplete = false, public_reason = NULL")
        await as_a_revision(world, GROUNDS.upgrade)
        assert await connection.fetch(statement) == before
        for changed in ("ground = ground", "officer = 'somebody'"):
            with pytest.raises(asyncpg.RestrictViolationError):
                await connection.execute(f"UPDATE decision SET {changed}")
    finally:
        await connection.close()


async def test_decisions_that_did_not_stand_before_are_counted_once(world: str) -> None:
    """Those in the figures of before, of which nothing is known, beside one yet to be folded."""
    connection = await connect(world)
    try:
        assert await verify(connection) == []
        for grain in GRAINS:
            await connection.execute(f"UPDATE {grain.facts.name} SET overturned = 0")
        assert len(await verify(connection)) == 2 * len(GRAINS)
        await connection.execute(
            "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
            " SELECT application_id, 99, 'REVOKED', '2025-03-09 10:00+07' FROM application_event"
            " JOIN application ON application.id = application_id"
            " WHERE kind = 'REVOKED' LIMIT 1"
        )
        for _ in range(2):
            await as_a_revision(world, OVERTURNED.upgrade)
            assert await verify(connection) == []
    finally:
        await connection.close()


async def test_a_ban_of_before_is_compared_again_with_who_may_be_in_the_country(world: str) -> None:
    """A match made no hit once the last day of entry was over; without one nobody is told of it."""
    connection = await connect(world)
    ban, granted, refused = UUID(int=77), *map(application_id, ("AUSY-GRAN-0001", "SGPO-OPEN-0006"))
    compared = "SELECT NOT is_screened FROM ban_entry WHERE id = $1"
    noted = "SELECT application_id FROM ban_match WHERE ban_id = $1 ORDER BY application_id"
    entered = (
        "UPDATE visa SET use_by = wib_day(now()) - $2::int, stay_days = 30"
        " WHERE application_id = $1"
    )
    try:
        await connection.execute(
            "INSERT INTO ban_entry (id, reference, ground, reason, banned_from, proposed_by,"
            " approved_by, approved_at, is_screened) VALUES ($1, 'TEST-BANN-0001', 'CRIME', 'Why.',"
            " wib_day(now()), 'one', 'two', now(), true)", ban,
        )  # fmt: skip
        for case in (granted, refused):
            await connection.execute(
                "INSERT INTO ban_match (id, ban_id, application_id, by)"
                " VALUES (gen_random_uuid(), $1, $2, 'PASSPORT')", ban, case,
            )  # fmt: skip
        for days_ago in (31, 0):  # neither who has left by now, nor who had a hit at once
            await connection.execute(entered, granted, days_ago)
            await as_a_revision(world, BANS.upgrade)
            assert not await connection.fetchval(compared, ban)
        await connection.execute(entered, granted, 30)
        for _ in range(2):
            await as_a_revision(world, BANS.upgrade)
            assert [row[0] for row in await connection.fetch(noted, ban)] == [refused]
            assert await connection.fetchval(compared, ban)
    finally:
        await connection.close()
