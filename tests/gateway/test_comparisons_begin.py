"""A change is shown only against a window within the data, which begin in January 2025."""

from datetime import date
from typing import Any

import pytest

from gateway.mapping.figure_reads import Figures
from gateway.mapping.figure_types import Span
from gateway.schema.volumes.comparisons import read_comparisons
from models.database.connections import connect
from models.volumes import Measure, Question, fold
from tests.gateway.conftest import Viewer
from tests.world import applicant_id, at

pytestmark = pytest.mark.anyio

MEASURES = ("intake", "decisions")


@pytest.fixture(scope="module", autouse=True)
async def paid_on_the_second_of_january(world: str) -> None:
    """An application of the first week of January 2025: the small world has none before the 6th."""
    owner = await connect(world)
    await owner.execute(
        "INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code,"
        " channel, status, submitted_at, paid_at, fee_idr, target_due_at, use_within_days)"
        " VALUES"
        " (gen_random_uuid(), 'FIRS-WEEK-0001', $1, 'AU', 'B1', 'DIRECT', 'PAID', $2, $2,"
        " 500000, $2, 90)",
        applicant_id("Ruby Hale"),
        at("01-02 09:00"),
    )
    await fold(owner)
    await owner.close()


async def changes(viewer: Viewer, window: str, group_by: str, change: str) -> list[dict[str, Any]]:
    """The rows of a window, each with how its counts changed."""
    from_on, to_on = window.split()
    fields = " ".join(f"{name} {{ value {change} {{ value }} }}" for name in MEASURES)
    period = "period { startsOn }" if group_by else ""
    answer = await viewer(
        f'{{ volumes(from: "{from_on}", to: "{to_on}", groupBy: [{group_by}])'
        f" {{ rows {{ {period} {fields} }} }} }}"
    )
    assert answer.errors == []
    return answer.data["volumes"]["rows"]


def is_compared(row: dict[str, Any], change: str) -> bool:
    return row["intake"][change] is not None


@pytest.mark.parametrize(
    ("window", "change", "is_shown"),
    [
        # The whole of January 2025 lies within the data, which begin with that month …
        ("2026-01-01 2026-01-31", "yearOnYear", True),
        # … although nobody paid on the first of them.
        ("2026-01-01 2026-01-20", "yearOnYear", True),
        # A day earlier, and there is a day of which nothing is known.
        ("2025-12-31 2026-01-31", "yearOnYear", False),
        ("2025-12-01 2026-02-28", "yearOnYear", False),
        ("2025-02-01 2025-02-28", "monthOnMonth", True),
        ("2025-01-31 2025-02-28", "monthOnMonth", False),
        ("2025-01-01 2025-02-28", "monthOnMonth", False),
    ],
)
async def test_a_window_is_compared_if_the_earlier_one_lies_within_the_data(
    who: dict[str, Viewer], window: str, change: str, is_shown: bool
) -> None:
    (row,) = await changes(who["leadership"], window, "", change)
    assert is_compared(row, change) is is_shown


async def test_each_period_is_compared_by_itself(who: dict[str, Viewer]) -> None:
    rows = await changes(who["leadership"], "2025-11-01 2026-02-28", "MONTH", "yearOnYear")
    found = {row["period"]["startsOn"]: is_compared(row, "yearOnYear") for row in rows}
    assert found == {
        "2025-11-01": False,
        "2025-12-01": False,
        "2026-01-01": True,
        "2026-02-01": True,
    }


async def test_a_week_that_the_window_cuts_is_compared_from_the_first_day_inside(
    who: dict[str, Viewer],
) -> None:
    """The week of 29 December 2025 was that of 30 December 2024, which began before the data; but
    of it the window of the year before holds only the days from 1 January on."""
    window = "2025-12-31 2026-01-11"
    cut, whole = await changes(who["leadership"], window, "WEEK", "yearOnYear")
    assert cut["period"]["startsOn"] == "2025-12-31"
    assert cut["intake"] == {"value": 0, "yearOnYear": {"value": -100.0}}
    assert whole["intake"] == {"value": 0, "yearOnYear": {"value": -100.0}}


async def test_a_week_that_began_before_the_data_is_not_compared(who: dict[str, Viewer]) -> None:
    whole, _ = await changes(who["leadership"], "2025-12-29 2026-01-11", "WEEK", "yearOnYear")
    assert not is_compared(whole, "yearOnYear")


@pytest.mark.parametrize(
    ("today", "last_months", "last_years"),
    [
        ("2025-02-28", [], []),
        ("2025-03-01", ["2025-02-01 2025-02-01"], ["2024-03-01 2024-03-01"]),
        ("2025-03-10", ["2025-02-01 2025-02-10"], ["2024-03-01 2024-03-10"]),
        ("2025-03-31", ["2025-02-01 2025-02-28"], ["2024-03-01 2024-03-31"]),
        ("2025-04-07", ["2025-02-01 2025-02-28"], ["2024-03-01 2024-03-31"]),
    ],
)
async def test_a_month_is_compared_with_as_much_of_an_earlier_one(
    today: str, last_months: list[str], last_years: list[str]
) -> None:
    asked: list[str] = []

    async def read(question: Question) -> list[Figures]:
        asked.append(f"{question.from_on} {question.to_on}")
        return []

    march = Question(date.fromisoformat("2025-03-01"), date.fromisoformat("2025-03-31"))
    selected = dict.fromkeys((Span.MONTH, Span.YEAR), frozenset({Measure.INTAKE}))
    await read_comparisons(
        march, selected, date.fromisoformat(today), date.fromisoformat("2020-01-01"), read
    )
    assert asked == last_months + last_years
