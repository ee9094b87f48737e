"""What nationals may ask for on a day: by the newest rule of each, and of what is offered then; and
until when their cases are to be decided.
"""

from datetime import date, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import literal_column
from sqlalchemy.dialects import postgresql

from models.reference.data import read_files
from models.reference.dated_rules import end_of_target, select_eligible
from models.synthetic.inputs import PARTNERS

pytestmark = pytest.mark.anyio

DAY = "2025-06-10"


async def may_ask_for(connection: asyncpg.Connection, *nationalities: str) -> set[tuple[str, str]]:
    """Nationality and visa type of whatever is open on the day."""
    codes = ", ".join(f"'{code}'" for code in nationalities)
    statement = select_eligible(literal_column(f"ARRAY[{codes}]"), literal_column(f"DATE '{DAY}'"))
    compiled = statement.compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    return {(row[0], row[1]) for row in await connection.fetch(str(compiled))}


@pytest.fixture
async def ruled(rolled_back: asyncpg.Connection) -> asyncpg.Connection:
    """Australians need a visa, and may ask for B1 and C1 as tourists; nothing else is open."""
    await rolled_back.execute("DELETE FROM eligibility")
    await rolled_back.execute("DELETE FROM entry_rule")
    await rolled_back.execute("INSERT INTO entry_rule VALUES ('AU', '2025-01-01', 'VISA_REQUIRED')")
    await rolled_back.execute(
        "INSERT INTO eligibility (visa_type_code, entry, purpose, valid_from, is_open)"
        " SELECT code, 'VISA_REQUIRED', 'TOURISM', '2025-01-01', true FROM visa_type"
        " WHERE code IN ('B1', 'C1')"
    )
    await rolled_back.execute("UPDATE visa_type SET valid_from = '2024-01-01', valid_until = NULL")
    return rolled_back


BOTH = {("AU", "B1"), ("AU", "C1")}
C1 = {("AU", "C1")}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("eligibility SET is_open = true", BOTH),
        ("eligibility SET is_open = false WHERE visa_type_code = 'B1'", C1),
        (f"eligibility SET valid_from = '{DAY}' WHERE visa_type_code = 'B1'", BOTH),
        ("eligibility SET valid_from = '2025-06-11' WHERE visa_type_code = 'B1'", C1),
        ("eligibility SET entry = 'VISA_FREE' WHERE visa_type_code = 'B1'", C1),
        (f"entry_rule SET valid_from = '{DAY}'", BOTH),
        ("entry_rule SET valid_from = '2025-06-11'", set()),
        (f"visa_type SET valid_from = '{DAY}' WHERE code = 'B1'", BOTH),
        ("visa_type SET valid_from = '2025-06-11' WHERE code = 'B1'", C1),
        (f"visa_type SET valid_until = '{DAY}' WHERE code = 'B1'", C1),
        ("visa_type SET valid_until = '2025-06-11' WHERE code = 'B1'", BOTH),
    ],
)
async def test_a_rule_holds_from_its_first_day_until_the_day_that_ends_it(
    ruled: asyncpg.Connection, change: str, expected: set[tuple[str, str]]
) -> None:
    await ruled.execute(f"UPDATE {change}")
    assert await may_ask_for(ruled, "AU", "SG") == expected
    assert await may_ask_for(ruled, "SG") == set()


@pytest.mark.parametrize(("from_on", "expected"), [(DAY, C1), ("2025-06-11", BOTH)])
async def test_the_newest_rule_that_has_begun_is_the_one_that_holds(
    ruled: asyncpg.Connection, from_on: str, expected: set[tuple[str, str]]
) -> None:
    await ruled.execute(
        "INSERT INTO eligibility (visa_type_code, entry, purpose, valid_from, is_open)"
        f" VALUES ('B1', 'VISA_REQUIRED', 'TOURISM', '{from_on}', false)"
    )
    assert await may_ask_for(ruled, "AU") == expected
    await ruled.execute(f"INSERT INTO entry_rule VALUES ('AU', '{from_on}', 'VISA_FREE')")
    assert await may_ask_for(ruled, "AU") == (set() if from_on == DAY else BOTH)


#: As decreed for 2026: of each day that is named, whether it is off.
NAMED = {row["day"]: row["is_off"] for row in read_files(PARTNERS).rows("day_off")}


@pytest.mark.parametrize(
    ("paid_at", "days", "named", "ends_after"),
    [
        # Five working days from a Sunday are a week's; from a Friday evening too.
        ("2026-02-01T10:00+07:00", 5, {}, "2026-02-06"),
        ("2026-01-30T23:59+07:00", 5, {}, "2026-02-06"),
        ("2026-02-02T00:00+07:00", 5, {}, "2026-02-09"),
        # The day is that of WIB, wherever somebody pays.
        ("2026-02-01T16:59+00:00", 1, {}, "2026-02-02"),
        ("2026-02-01T17:00+00:00", 1, {}, "2026-02-03"),
        # Nyepi and Lebaran: from the 18th to the 24th nobody works.
        ("2026-03-16T10:00+07:00", 5, NAMED, "2026-03-30"),
        ("2026-03-17T10:00+07:00", 1, NAMED, "2026-03-25"),
        ("2026-03-17T10:00+07:00", 1, {}, "2026-03-18"),
        # A weekend that is worked after all, and one that is off by its own name as well.
        ("2026-02-06T10:00+07:00", 1, {date(2026, 2, 7): False}, "2026-02-07"),
        ("2026-02-06T10:00+07:00", 1, {date(2026, 2, 7): True}, "2026-02-09"),
    ],
)
def test_a_target_in_working_days_ends_with_the_last_of_them(
    paid_at: str, days: int, named: dict[date, bool], ends_after: str
) -> None:
    ends = end_of_target(datetime.fromisoformat(paid_at), None, days, named)
    day = date.fromisoformat(ends_after) + timedelta(1)
    assert ends == datetime.fromisoformat(f"{day}T00:00+07:00")


def test_hours_pass_on_every_day() -> None:
    paid_at = datetime.fromisoformat("2026-03-20T10:00+07:00")
    assert end_of_target(paid_at, 24, None, NAMED) == paid_at + timedelta(1)
