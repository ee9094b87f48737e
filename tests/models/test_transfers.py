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
        # Nor does one whose country opens then, or that of another partner.
        for change, successor in (
            ("centre SET opened_on = wib_day(now()) + 1 WHERE code = 'AU-MEL'", None),
            ("centre SET opened_on = wib_day(now()) WHERE code = 'AU-MEL'", "AU-MEL"),
            (f"partner_country SET opened_on = wib_day(now()) + 1 {IN_AUSTRALIA}", None),
            (f"partner_country SET opened_on = wib_day(now()) {IN_AUSTRALIA}", "AU-MEL"),
            (f"centre SET successor_code = 'AU-PER' {OF_SYDNEY}", None),
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
