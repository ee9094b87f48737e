"""When a row says how the whole network decided: if each month of it in the window is told."""

from datetime import date

import pytest

from gateway.schema.volumes.outcomes import Network
from models.volumes import Dimension, Period, Question

B1 = {Dimension.VISA_TYPE: "B1"}


def month(year: int, number: int, granted: int = 150, refused: int = 50) -> dict[str, object]:
    starts_on = date(year, number, 1)
    return {"code": "B1", "starts_on": starts_on, "granted": granted, "refused": refused}


TOLD = [month(2024, 11), month(2024, 12), month(2025, 1), month(2025, 2, 20, 180), month(2025, 3)]


@pytest.mark.parametrize(
    ("window", "period", "row_period", "left_out", "decisions"),
    [
        ("2025-01-01 2025-03-31", Period.QUARTER, "2025-01-01", (), 600),
        ("2025-01-01 2025-03-31", Period.QUARTER, "2025-01-01", (3,), None),
        # Only the months of the window count, whichever end of the period is cut.
        ("2025-01-01 2025-02-28", Period.QUARTER, "2025-01-01", (3,), 400),
        ("2025-01-01 2025-02-28", Period.QUARTER, "2025-01-01", (2, 3), None),
        ("2025-02-01 2025-03-31", Period.QUARTER, "2025-01-01", (1,), 400),
        ("2025-02-01 2025-03-31", Period.QUARTER, "2025-01-01", (1, 2), None),
        ("2025-01-01 2025-03-31", Period.MONTH, "2025-02-01", (1, 3), 200),
        ("2025-01-01 2025-03-31", Period.MONTH, "2025-02-01", (2,), None),
        ("2024-11-01 2025-03-31", Period.YEAR, "2024-01-01", (1, 2, 3), 400),
        ("2024-11-01 2025-03-31", Period.YEAR, "2025-01-01", (11, 12), 600),
        ("2024-11-01 2025-03-31", None, None, (), 1_000),
        ("2024-11-01 2025-03-31", None, None, (11,), None),
    ],
)
def test_each_month_of_the_window_must_be_told(
    window: str,
    period: Period | None,
    row_period: str | None,
    left_out: tuple[int, ...],
    decisions: int | None,
) -> None:
    from_on, to_on = map(date.fromisoformat, window.split())
    question = Question(from_on, to_on, (Dimension.VISA_TYPE,), period)
    told = [
        one
        for one in TOLD
        if from_on <= one["starts_on"] <= to_on and one["starts_on"].month not in left_out
    ]
    row = B1 | ({"period": date.fromisoformat(row_period)} if row_period else {})
    found = Network(question, Dimension.VISA_TYPE, told).outcomes_beside(row)
    assert (found and found.decisions.value) == decisions


def test_outcomes_of_months_are_summed_and_refusals_a_share_of_both() -> None:
    named = Question(date(2025, 1, 1), date(2025, 2, 28), (), None, {Dimension.VISA_TYPE: ("B1",)})
    found = Network(named, Dimension.VISA_TYPE, TOLD[2:4]).outcomes_beside({})
    assert found
    assert (found.granted.value, found.refused.value) == (170, 230)
    assert (found.decisions.value, found.refusal_rate.denominator) == (400, 400)
    assert found.refusal_rate.value == 230 / 400
    assert Network(named, Dimension.VISA_TYPE, []).outcomes_beside({}) is None
