"""What officers did in any window: of whole months, and of the days of those that it cuts."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from models.database.connections import connect, engine
from models.volumes import Question, fold
from models.volumes.officers import OFFICER_FACTS, done_by_officers

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
FIRST = date(2024, 11, 1)
DAYS = 240
#: A day, days of one month, a whole one, two, whole months with a cut one at either end or both.
WINDOWS = (
    (date(2025, 1, 31), date(2025, 1, 31)),
    (date(2025, 1, 3), date(2025, 1, 20)),
    (date(2025, 2, 1), date(2025, 2, 28)),
    (date(2024, 12, 15), date(2025, 1, 14)),
    (date(2024, 12, 31), date(2025, 2, 28)),
    (date(2025, 1, 1), date(2025, 3, 1)),
    (date(2024, 11, 2), date(2025, 5, 30)),
    (FIRST, FIRST + DAYS * DAY),
)


async def test_a_window_counts_each_day_of_it_once(database: str) -> None:
    rng, connection = Random(11), await connect(database)
    done = [
        (
            FIRST + rng.randrange(DAYS) * DAY,
            rng.choice(("one", "other")),
            rng.choice(("B1", "D1")),
            rng.choice(OFFICER_FACTS),
        )
        for _ in range(2_000)
    ]
    await connection.executemany(
        "INSERT INTO volume_outbox (day, done_by, visa_type_code, kind, measured)"
        " VALUES ($1, $2, $3, 'officer_' || $4, 1)",
        done,
    )
    assert await fold(connection) == len(done)
    await connection.close()
    async with engine(database).connect() as asking:
        for first, last in WINDOWS:
            rows = (await asking.execute(done_by_officers(Question(first, last)))).mappings()
            found = {
                (row["officer"], row["visa_type_code"], fact): row[fact]
                for row in rows
                for fact in OFFICER_FACTS
                if row[fact]
            }
            assert found == Counter(one[1:] for one in done if first <= one[0] <= last)
