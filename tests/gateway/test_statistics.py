"""What the gateway knows of the values of applications, as ANALYZE found them."""

from collections import Counter

import asyncpg
import pytest

from gateway.access.statistics import Statistics
from gateway.access.transactions.begin import Seal, TransactionLimits, TransactionStarts
from gateway.execution.cost.known import MEASURED, KnownSizes
from models.row_security import login_at
from models.vocabulary import ReferenceChangeState, Role
from tests import tokens
from tests.world import CASES

pytestmark = pytest.mark.anyio


@pytest.fixture
async def statistics(world: str, connection: asyncpg.Connection) -> Statistics:
    await connection.execute("ANALYZE application")
    starts = TransactionStarts(Seal(tokens.SEAL_KEY, 60), TransactionLimits(9, 9, 9))
    found = Statistics(login_at(world, tokens.PASSWORD), starts.for_the_gateway(), MEASURED)
    await found.look()
    return found


async def test_common_values_nulls_and_the_most_of_any_other_are_known(
    statistics: Statistics, connection: asyncpg.Connection
) -> None:
    """Of few rows ANALYZE sees each: what is there twice is common, and the rest are single."""
    for column in ("status", "country_code", "centre_code", "visa_type_code"):
        values = await connection.fetch(f"SELECT {column} AS value FROM application")
        number = Counter(row["value"] for row in values)
        nulls = number.pop(None, 0)
        common = {value: times for value, times in number.items() if times > 1}
        found = statistics.columns_of("application")[column]
        assert (found.rows, found.nulls) == (len(values), pytest.approx(nulls, abs=1e-5))
        assert found.common == pytest.approx(common, abs=1e-5), column
        others = len(values) - nulls - sum(common.values())
        most = min(others, *common.values())
        assert found.most_of_others == pytest.approx(most, abs=1e-5), column
        assert found.most_of_others >= 0


async def test_instants_have_bounds_and_other_tables_nothing(statistics: Statistics) -> None:
    bounds = statistics.columns_of("application")["submitted_at"].bounds
    assert len(bounds) > 2
    assert sorted(bounds) == [*bounds]
    assert statistics.columns_of("application")["status"].bounds == ()
    assert statistics.columns_of("decision") == {}


async def test_small_tables_are_counted_and_large_ones_by_a_power_of_two(
    statistics: Statistics, connection: asyncpg.Connection
) -> None:
    rows, lines = statistics.sizes.rows, statistics.sizes.lines
    for table in ("application", "country", "visa_type", "reference_change_value"):
        number = await connection.fetchval(f"SELECT count(*) FROM {table}")
        assert rows[table] == number > 0
        assert lines[table] & (lines[table] - 1) == 0
        assert number < lines[table] <= 2 * number
    most_fees = (
        "SELECT max(number) FROM (SELECT count(*) AS number FROM fee GROUP BY visa_type_code)"
    )
    assert rows["fee.visa_type_code"] == await connection.fetchval(most_fees)
    assert rows["officers"] == len({case.officer for case in CASES if case.officer})
    assert rows["months"] > 12
    in_each = [rows[f"reference_change.state={state}"] for state in ReferenceChangeState]
    assert sum(in_each) == rows["reference_change"]


async def test_a_size_is_known_to_those_who_read_every_row(statistics: Statistics) -> None:
    """A cost tells nobody of a row out of reach."""
    there_are = statistics.sizes.rows
    known = {role: KnownSizes(statistics.sizes, role) for role in Role}
    for role, sizes in known.items():
        assert sizes.rows("Country", 100) == there_are["country"] + 1
        assert sizes.rows("Partner", 100) == there_are["partner"] + 1  # visitors read each
        reads_all = role in (Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR)
        applications = sizes.rows("Application", 100)
        assert applications == (there_are["application"] + 1 if reads_all else 100), role
    manager, auditor = known[Role.PARTNER_MANAGER], known[Role.AUDITOR]
    proposed = {"state": {"in": ["PROPOSED"]}}
    assert manager.rows_in_states("ReferenceChange", proposed, 100) == 100
    assert auditor.rows_in_states("ReferenceChange", proposed, 100) == 1
    assert auditor.rows_in_states("ReferenceChange", {"state": {"eq": None}}, 100) > 1
