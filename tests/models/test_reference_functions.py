"""What the database holds of a change of reference data: which rows may become which, from which
day on, and what they replace."""

import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

pytestmark = pytest.mark.anyio

Row = dict[str, Any]


def a_centre(opened: int | None, closed: int | None = None, **more: str) -> Row:
    """A centre that is opened and closed in so many days."""
    row = {"code": "AU-SYD", "opened_on": opened, "closed_on": closed, "successor_code": None}
    return row | more


async def image(connection: asyncpg.Connection, row: Row | None) -> str | None:
    """A row as the ledger has it, with days instead of their distance from today."""
    if row is None:
        return None
    today = await connection.fetchval("SELECT wib_day(clock_timestamp())")
    days = {
        name: value if value is None else str(today + timedelta(days=value))
        for name, value in row.items()
        if name.endswith(("_on", "_from", "_until"))
    }
    return json.dumps(row | days)


@pytest.mark.parametrize(
    ("name", "was", "becomes", "is_allowed"),
    [
        ("fee", None, {"valid_from": 0}, True),
        ("fee", None, {"valid_from": -1}, False),
        ("fee", {"valid_from": 0}, {"valid_from": 0, "amount_idr": 1}, True),
        ("country", {"code": "AU"}, {"code": "AU", "name_en": "Oz"}, True),
        ("partner", None, {"code": "NUSA"}, True),
        ("partner", None, {"code": "DIRECT"}, False),
        ("partner", {"code": "NUSA"}, {"code": "NUSA", "name": "x"}, False),
        ("centre", None, a_centre(0), True),
        ("centre", None, a_centre(-1), False),
        # Once it is open, only its end may change, and to no day that is past.
        ("centre", a_centre(-9), a_centre(-9, 0), True),
        ("centre", a_centre(-9), a_centre(-9, -1), False),
        ("centre", a_centre(-9, 0), a_centre(-9, 5), True),
        ("centre", a_centre(-9, -1), a_centre(-9, 5), False),
        ("centre", a_centre(-9), a_centre(-9, successor_code="AU-MEL"), True),
        ("centre", a_centre(-9), a_centre(-9, city="x"), False),
        ("centre", a_centre(0), a_centre(0, city="x"), True),
        ("centre", a_centre(1), a_centre(2), True),
        ("centre", a_centre(-1), a_centre(1), False),
        ("centre", a_centre(1), a_centre(-1), False),
    ],
)
async def test_what_is_past_stays_as_it_is(connection, name, was, becomes, is_allowed) -> None:
    found = await connection.fetchval(
        "SELECT is_reference_change_allowed($1, $2, $3)",
        *(name, await image(connection, was), await image(connection, becomes)),
    )
    assert found is is_allowed


@pytest.mark.parametrize(
    ("name", "was", "becomes", "day"),
    [
        ("country", {"code": "AU"}, {"code": "AU", "name_en": "Oz"}, None),
        ("fee", None, {"valid_from": 3}, 3),
        ("centre", None, a_centre(3), 3),
        ("centre", a_centre(3), a_centre(3, city="x"), 3),
        # Where days move, from the earlier one on.
        ("centre", a_centre(-9), a_centre(-9, 5), 5),
        ("centre", a_centre(-9, 9), a_centre(-9, 5), 5),
        ("centre", a_centre(-9, 5), a_centre(-9, 9), 5),
        ("centre", a_centre(-9, 5), a_centre(-9, 5, successor_code="AU-MEL"), 5),
        ("centre", a_centre(4), a_centre(2), 2),
        ("centre", a_centre(2), a_centre(4), 2),
        ("centre", a_centre(2, 9), a_centre(4, 8), 2),
    ],
)
async def test_a_change_shows_from_the_first_day_that_it_moves(
    connection, name, was, becomes, day
) -> None:
    found = await connection.fetchval(
        "SELECT reference_change_day($1, $2, $3) - wib_day(clock_timestamp())",
        *(name, await image(connection, was), await image(connection, becomes)),
    )
    assert found == day


@pytest.mark.parametrize(("day", "amount"), [(-10, None), (-9, 1), (-1, 1), (0, 2), (3, 2)])
async def test_a_row_replaces_the_last_one_before_it(world, rolled_back, day, amount) -> None:
    await rolled_back.execute("DELETE FROM fee")
    for valid_from, idr in ((-9, 1), (0, 2)):
        await rolled_back.execute(
            "INSERT INTO fee (visa_type_code, use_within_days, valid_from, amount_idr, is_offered)"
            " SELECT 'B1', days, wib_day(clock_timestamp()) + $1::int, $2 + 9 * (90 - days), true"
            " FROM unnest('{30,90}'::int[]) AS days", valid_from, idr,
        )  # fmt: skip
    row = {"visa_type_code": "B1", "use_within_days": 90, "valid_from": day, "amount_idr": 7}
    found = await rolled_back.fetchval(
        "SELECT reference_in_force('fee', $1) ->> 'amount_idr'", await image(rolled_back, row)
    )
    assert found == (amount and str(amount))


@pytest.mark.parametrize(("ago", "is_in_time"), [(0, True), (14, True), (15, False), (-1, False)])
async def test_an_event_is_proposed_soon_after_it_began_and_anything_else_at_any_time(
    connection: asyncpg.Connection, ago: int, is_in_time: bool
) -> None:
    asked = """
        SELECT is_proposed_in_time($1, jsonb_build_array(jsonb_build_object('after',
            jsonb_build_object('began_on', date '2026-03-20' - $2::int))), '2026-03-20')
    """
    assert await connection.fetchval(asked, "NAMED_EVENT", ago) is is_in_time
    assert await connection.fetchval(asked, "FEE", ago) is True
