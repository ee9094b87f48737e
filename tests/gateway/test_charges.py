"""What one operation costs its viewer: its values, its documents, the processor, and its time."""

import pytest

from gateway.errors import RateLimitedError, RequestError
from gateway.execution import budgets
from gateway.execution.budgets import Budgets, Charge
from gateway.execution.cost import Cost
from gateway.execution.cost.bounds import LINES_PER_VALUE, MOST_LINES
from gateway.viewer import Viewer as Viewer_
from tests.gateway.test_budgets import LANE, Clock
from tests.gateway.test_cost import cost


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


FINDINGS = """query($about: String, $year: Date!) {
    claims: findings(from: $year, to: "2025-12-31", kinds: [PROMISE]) { rows { kind } }
    places: findings(from: $year, to: "2025-12-31", kinds: [PLACE, WAITING_PLACE], about: $about) {
        rows { kind } }
    %s
}"""


BEFORE = """before: findings(from: "2024-01-01", to: "2024-12-31", kinds: [PROMISE]) {
        rows { kind } }"""


def test_findings_of_the_same_figures_cost_their_reading_once() -> None:
    alike = cost(FINDINGS % "", year="2025-01-01")
    assert alike.work == MOST_LINES // LINES_PER_VALUE
    assert cost(FINDINGS % BEFORE, year="2025-01-01").work == 2 * alike.work


def test_findings_about_one_place_cost_those_of_one() -> None:
    text, year = FINDINGS % "", "2025-01-01"
    assert cost(text, year=year).values - cost(text, year=year, about="AU").values == 249 * (4 + 1)
