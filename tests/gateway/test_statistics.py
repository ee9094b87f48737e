"""What the gateway knows of the values of applications, as ANALYZE found them."""

from collections import Counter

import asyncpg
import pytest

from gateway.access.statistics import Statistics
from gateway.access.transactions.begin import Seal, TransactionLimits, TransactionStarts
from models.row_security import login_at
from tests import tokens

pytestmark = pytest.mark.anyio


@pytest.fixture
async def statistics(world: str, connection: asyncpg.Connection) -> Statistics:
    await connection.execute("ANALYZE application")
    starts = TransactionStarts(Seal(tokens.SEAL_KEY, 60), TransactionLimits(9, 9, 9))
    found = Statistics(login_at(world, tokens.PASSWORD), starts.for_the_gateway())
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
