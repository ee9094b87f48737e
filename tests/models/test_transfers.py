"""Open files of closed places: to the successor of the place, to its successor, to nobody's."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from models.database.connections import connect
from models.jobs.transfers import transfer_files
from models.volumes import fold, verify
from tests.walls.undoing import undone
from tests.world import application_id

pytestmark = pytest.mark.anyio

PORTAL, CENTRE = application_id("SGPO-OPEN-0006"), application_id("AUSY-PAID-0013")


async def closes(
    connection: asyncpg.Connection, days_ago: int, successor: str | None = None, **place: str
) -> None:
    table = "centre" if "code" in place else "partner_country"
    named = " AND ".join(f"{name} = '{value}'" for name, value in place.items())
    await connection.execute(
        f"UPDATE {table} SET closed_on = wib_day(now()) - $1::integer, successor_code = $2"
        f" WHERE {named}",
        *(days_ago, successor),
    )


async def holder(connection: asyncpg.Connection, application: UUID) -> tuple[Any, ...]:
    return tuple(
        await connection.fetchrow(
            "SELECT successor_centre_code, successor_country_code, left_partner_at IS NOT NULL"
            " FROM application WHERE id = $1",
            application,
        )
    )


WITH_ITS_PLACE, WITH_THE_DIRECTORATE = (None, None, False), (None, None, True)
OF_SYDNEY = "WHERE code = 'AU-SYD'"
IN_AUSTRALIA = "WHERE partner_code = 'NUSA' AND country_code = 'AU'"
SINGAPORE = {"partner_code": "NUSA", "country_code": "SG"}


async def test_files_follow_each_closing_after_sixty_days_and_no_figure_changes(world: str) -> None:
    connection = await connect(world)
    try:
        # Others' places, and one that is to close, leave everything as it is.
        await closes(connection, 400, partner_code="ANDALAN", country_code="SG")
        await closes(connection, -60, "AU-MEL", code="AU-SYD")
        await closes(connection, 59, "AU-SYD", **SINGAPORE)
        assert await transfer_files(connection) == 0

        # The portal of one country closes with that country alone.
        async with undone(connection):
            await closes(connection, 60, partner_code="NUSA", country_code="AU")
            await transfer_files(connection)
            assert await holder(connection, CENTRE) == WITH_THE_DIRECTORATE
            assert await holder(connection, PORTAL) == WITH_ITS_PLACE

        # A centre that named a successor of its own has that one, whatever its country names.
        async with undone(connection):
            await closes(connection, 60, "AU-MEL", partner_code="NUSA", country_code="AU")
            await closes(connection, 60, "AU-PER", code="AU-SYD")
            await transfer_files(connection)
            assert await holder(connection, CENTRE) == ("AU-PER", "AU", False)

        # A portal, to a centre elsewhere; its own centre was closed with it, and had nothing.
        await closes(connection, 60, "AU-SYD", **SINGAPORE)
        assert await transfer_files(connection, 1) == 1
        assert await transfer_files(connection) == 1
        assert await transfer_files(connection) == 0
        assert await holder(connection, PORTAL) == ("AU-SYD", "AU", False)
        assert await holder(connection, CENTRE) == WITH_ITS_PLACE

        # That centre closes too, and names one. If that closes on the very day, it takes nothing.
        async with undone(connection):
            await closes(connection, 0, code="AU-MEL")
            await closes(connection, 60, "AU-MEL", code="AU-SYD")
            await transfer_files(connection)
            assert await holder(connection, CENTRE) == WITH_THE_DIRECTORATE

        # One that opens on the next day takes nothing yet, and one that opens today does.
        # Nor does one whose country opens then. That of another partner does.
        for change, successor in (
            ("centre SET opened_on = wib_day(now()) + 1 WHERE code = 'AU-MEL'", None),
            ("centre SET opened_on = wib_day(now()) WHERE code = 'AU-MEL'", "AU-MEL"),
            (f"partner_country SET opened_on = wib_day(now()) + 1 {IN_AUSTRALIA}", None),
            (f"partner_country SET opened_on = wib_day(now()) {IN_AUSTRALIA}", "AU-MEL"),
            (f"centre SET successor_code = 'AU-PER' {OF_SYDNEY}", "AU-PER"),
        ):
            async with undone(connection):
                await closes(connection, 60, "AU-MEL", code="AU-SYD")
                await connection.execute(f"UPDATE {change}")
                await transfer_files(connection)
                assert (await holder(connection, CENTRE))[0] == successor, change

        # A centre gives up its files with the first of the two that closes: itself or the country.
        for of_centre, of_country in ((60, -30), (-30, 60)):
            async with undone(connection):
                await closes(connection, of_country, partner_code="NUSA", country_code="AU")
                await closes(connection, of_centre, code="AU-SYD")
                await transfer_files(connection)
                assert await holder(connection, CENTRE) == WITH_THE_DIRECTORATE

        # If it is open, both its own files and those that came go there.
        await closes(connection, 60, "AU-MEL", code="AU-SYD")
        await transfer_files(connection)
        for file in (PORTAL, CENTRE):
            assert await holder(connection, file) == ("AU-MEL", "AU", False)

        # A country closes with all its centres: one that was named and is closed itself gets none.
        await closes(connection, 61, "SG-SIN", partner_code="NUSA", country_code="AU")
        await transfer_files(connection)
        for file in (PORTAL, CENTRE):
            assert await holder(connection, file) == WITH_THE_DIRECTORATE
        assert await transfer_files(connection) == 0
        kinds = await connection.fetch(
            "SELECT kind FROM application_event WHERE application_id = $1 ORDER BY sequence", CENTRE
        )
        assert [row["kind"] for row in kinds][-3:] == ["TRANSFERRED", "TRANSFERRED", "RECEIVED"]
        closed = await connection.fetchval(
            "SELECT count(*) FROM application WHERE closed_at IS NOT NULL"
            " AND (left_partner_at IS NOT NULL OR successor_centre_code IS NOT NULL)"
        )
        assert closed == 0

        await fold(connection)
        assert not await verify(connection)
    finally:
        await connection.close()


REGISTERED = """
    INSERT INTO document_upload (
        id, application_id, kind, media_type, size, sha256, locator, requested_by, expires_at,
        sent_at, completed_at
    ) VALUES (
        $1, $2, 'PHOTOGRAPH', 'PNG', 9, sha256(''), gen_random_uuid(), 'portal',
        clock_timestamp() + interval '1 day', clock_timestamp(), clock_timestamp()
    )
"""
THIRD = """
    INSERT INTO partner (code, name) VALUES ('THIRD', 'Third');
    INSERT INTO partner_country (partner_code, country_code, opened_on)
        VALUES ('THIRD', 'AU', '2025-01-01');
    INSERT INTO centre (code, partner_code, country_code, city, opened_on)
        VALUES ('AU-DRW', 'THIRD', 'AU', 'Darwin', '2025-01-01'),
            ('AU-ADL', 'ANDALAN', 'AU', 'Adelaide', '2025-01-01')
"""
#: What becomes of a document after it was registered, and who has the file then.
HANDED_IN = {
    "SELECT": "NOT_HANDED_IN",
    "UPDATE document_upload SET replaced_at = clock_timestamp()": "AU-PER",
    "UPDATE document_upload SET locator = NULL": "AU-PER",
}
#: Whom the second place names, and who has the file then.
NAMED_NEXT = {"AU-MEL": "AU-MEL", "AU-ADL": "AU-ADL", "AU-DRW": None, None: None}


async def reason(connection: asyncpg.Connection) -> str | None:
    found: str | None = await connection.fetchval(
        "SELECT reason FROM application_event WHERE application_id = $1 AND kind = 'TRANSFERRED'"
        " ORDER BY sequence DESC LIMIT 1",
        CENTRE,
    )
    return found


async def test_a_file_goes_to_another_partner_whole_and_once(connection, world: str) -> None:
    await connection.execute("UPDATE application SET successor_centre_code = NULL,"
                             " successor_country_code = NULL, successor_partner_code = NULL,"
                             " left_partner_at = NULL")  # fmt: skip
    for table in ("centre", "partner_country"):
        await connection.execute(f"UPDATE {table} SET successor_code = NULL, closed_on = NULL")
    for changed, said in HANDED_IN.items():
        async with undone(connection):
            await connection.execute(REGISTERED, UUID(int=9_001), CENTRE)
            await connection.execute(changed)
            await closes(connection, 60, "AU-PER", code="AU-SYD")
            await transfer_files(connection)
            assert await reason(connection) == said
            moved = said == "AU-PER"
            found = ("AU-PER", "AU", False) if moved else WITH_THE_DIRECTORATE
            assert await holder(connection, CENTRE) == found, changed
    # A centre of the same partner takes it with whatever is where.
    async with undone(connection):
        await connection.execute(REGISTERED, UUID(int=9_001), CENTRE)
        await closes(connection, 60, "AU-MEL", code="AU-SYD")
        await transfer_files(connection)
        assert (await holder(connection, CENTRE))[0] == "AU-MEL"
    # From the second partner it goes back to the first one, to another of its own centres, or to
    # the directorate.
    for named, then in NAMED_NEXT.items():
        async with undone(connection):
            await connection.execute(THIRD)
            await closes(connection, 60, "AU-PER", code="AU-SYD")
            await transfer_files(connection)
            await closes(connection, 60, named, code="AU-PER")
            await transfer_files(connection)
            assert (await holder(connection, CENTRE))[0] == then
            assert await reason(connection) == then
    # What somebody writes just then is moved the next time, and by one keeper alone.
    other = await connect(world)
    try:
        async with undone(connection):
            await closes(connection, 60, "AU-PER", code="AU-SYD")
            async with undone(other):
                await other.execute("SELECT FROM application WHERE id = $1 FOR SHARE", CENTRE)
                await transfer_files(connection)
                assert await holder(connection, CENTRE) == WITH_ITS_PLACE
            await transfer_files(connection)
            assert (await holder(connection, CENTRE))[0] == "AU-PER"
    finally:
        await other.close()


KEPT_ELSEWHERE = """
    INSERT INTO document_upload (
        id, application_id, kind, media_type, size, sha256, locator, requested_by, expires_at,
        sent_at, completed_at
    ) VALUES (
        gen_random_uuid(), $1, 'PHOTOGRAPH', 'PNG', 900, sha256('1'), gen_random_uuid()::text,
        'service', now() + interval '1 day', now(), now()
    )
"""


@pytest.mark.parametrize(
    ("of_centre", "of_country", "days_left"),
    [
        (None, None, None),
        ((0, "AU-PER"), None, 59),
        ((59, "AU-PER"), None, 0),
        ((-60, "AU-PER"), None, 119),
        # The directorate gets it, and lacks what is elsewhere; the partner itself lacks nothing.
        ((0, None), None, 59),
        ((0, "AU-MEL"), None, None),
        # A centre closes with its country; the first to close says who follows.
        (None, (10, "AU-PER"), 49),
        ((10, "AU-MEL"), (0, "AU-PER"), None),
        ((0, "AU-PER"), (10, "AU-MEL"), None),
        ((10, None), (10, "AU-PER"), 49),
    ],
)
async def test_until_when_a_partner_hands_in_what_it_keeps(
    world: str, of_centre: Any, of_country: Any, days_left: int | None
) -> None:
    connection = await connect(world)
    try:
        async with undone(connection):
            await connection.execute(KEPT_ELSEWHERE, CENTRE)
            if of_centre:
                await closes(connection, *of_centre, code="AU-SYD")
            if of_country:
                await closes(connection, *of_country, partner_code="NUSA", country_code="AU")
            while await transfer_files(connection):
                pass
            left = "SELECT hand_in_by - wib_day(now()) FROM application WHERE id = $1"
            assert await connection.fetchval(left, CENTRE) == days_left
            assert await connection.fetchval(left, PORTAL) is None
    finally:
        await connection.close()
