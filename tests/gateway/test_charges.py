"""What one operation costs its viewer: its values, its documents, the processor, and its time."""

import pytest

from gateway.errors import RateLimitedError, RequestError
from gateway.execution import budgets
from gateway.execution.budgets import Budgets, Charge
from gateway.execution.cost import Cost
from gateway.viewer import Viewer as Viewer_
from tests.gateway.test_budgets import LANE, Clock


def test_an_operation_may_cost_the_whole_of_a_budget_and_a_document_more() -> None:
    def charge() -> tuple[Budgets, Charge]:
        budgets = Budgets(100, 10, clock=Clock())
        return budgets, Charge(budgets, Viewer_(*LANE))

    budgets, whole = charge()
    whole.take(Cost(100, 0))
    assert budgets.remaining(LANE)[0] == 0
    whole.cancel()
    whole.cancel()  # what was given back once is not given back again
    assert budgets.remaining(LANE)[0] == 100
    budgets.take(LANE, 50)
    whole.cancel()
    assert budgets.remaining(LANE)[0] == 50
    _, other = charge()
    with pytest.raises(RequestError, match="100 is the most"):
        other.take(Cost(101, 0))
    budgets, third = charge()
    third.take_tokens(1_000)
    assert budgets.remaining(LANE)[0] == 0
    with pytest.raises(RateLimitedError):
        third.take_tokens(1)


def test_what_was_paid_with_documents_and_other_work_are_part_of_the_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "VALUES_PER_STEP", 5_000)

    def used(work: int, *tokens: int) -> int:
        of_all = Budgets(1_000_000, 10, clock=Clock())
        charge = Charge(of_all, Viewer_(*LANE))
        for each in tokens:
            charge.take_tokens(each)
        charge.take(Cost(100, work))
        charge.settle(7, 0.0101, 0.0)
        return 1_000_000 - of_all.remaining(LANE)[0]

    assert (used(0), used(20_000)) == (10_000, 20_007)
    # Of the processor, what two documents have paid for is paid.
    assert used(0, 200, 100) == 6_000 + 4_000


@pytest.mark.parametrize(
    ("processor", "seconds", "used"),
    [(0.0, 0.09, 7), (0.0, 0.1, 10_000), (0.0, 0.39, 30_000), (0.0, 1.25, 120_000),
     (0.0049, 0.0, 7), (0.0101, 0.19, 10_000), (0.0251, 0.19, 25_000)],
)  # fmt: skip
def test_whole_tenths_of_a_second_and_whole_steps_of_the_processor_cost(
    processor: float, seconds: float, used: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "VALUES_PER_STEP", 5_000)
    monkeypatch.setattr(budgets, "VALUES_PER_TENTH", 10_000)
    of_all = Budgets(1_000_000, 10, clock=Clock())
    charge = Charge(of_all, Viewer_(*LANE))
    charge.take(Cost(100, 0))
    charge.settle(7, processor, seconds)
    assert 1_000_000 - of_all.remaining(LANE)[0] == pytest.approx(used, abs=1)
