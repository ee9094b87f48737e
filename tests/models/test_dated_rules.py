"""What nationals may ask for on a day: by the newest rule of each, and of what is offered then."""

import asyncpg
import pytest
from sqlalchemy import literal_column
from sqlalchemy.dialects import postgresql

from models.reference.dated_rules import select_eligible

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
