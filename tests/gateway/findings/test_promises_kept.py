"""Yes or no against the promise, and no verdict where there is nothing to hold against it."""

from gateway.findings.contributions import Share
from gateway.findings.promises import ENOUGH, Verdict, targets


def test_each_visa_type_is_held_against_its_own_promise() -> None:
    found = targets(
        now={"B1": Share(1000, 962), "C1": Share(400, 379), "D2": Share(60, 60)},
        before={"B1": Share(900, 873), "C1": Share(20, 20)},
        promised={"B1": 0.95, "C1": 0.95},
        months={"B1": [Share(80, 78), Share(90, 80), Share(3, 0)]},
    )
    assert [(target.key, target.verdict) for target in found] == [
        ("B1", Verdict.MET),
        ("C1", Verdict.MISSED),
        ("D2", Verdict.NO_PROMISE),
    ]
    assert round(found[0].change or 0, 3) == -0.008
    assert found[0].months_met == (True, False, None)
    assert found[1].change is None, "twenty decisions are too few to compare with"


def test_the_promise_itself_keeps_it() -> None:
    [target] = targets({"B1": Share(100, 95)}, {}, {"B1": 0.95}, {})
    assert target.verdict is Verdict.MET


def test_thirty_decisions_are_enough_for_a_verdict_a_change_and_a_month() -> None:
    [target] = targets(
        {"B1": Share(30, 28)}, {"B1": Share(30, 29)}, {"B1": 0.95},
        {"B1": [Share(30, 29), Share(30, 28), Share(29, 29)]},
    )  # fmt: skip
    assert target.verdict is Verdict.MISSED
    assert target.change is not None
    assert abs(target.change + 1 / 30) < 1e-12
    assert target.months_met == (True, False, None)
    [exact] = targets({"B1": Share(40, 38)}, {}, {"B1": 0.95}, {"B1": [Share(40, 38)]})
    assert exact.months_met == (True,), "a month that is just what was promised keeps it"
    [few] = targets({"B1": Share(29, 28)}, {"B1": Share(30, 29)}, {}, {"B1": [Share(30, 30)]})
    assert few.change is None
    assert few.months_met == (None,), "nothing is promised"


def test_too_few_decisions_are_said_to_be_so() -> None:
    few, none = Share(ENOUGH - 1, 0), Share(0, 0)
    found = targets({"B1": few, "C1": none}, {}, {"B1": 0.95, "C1": 0.95}, {})
    assert [(target.key, target.verdict) for target in found] == [("B1", Verdict.TOO_FEW)]
    assert found[0].interval.low == 0
    assert 0 < found[0].interval.high < 0.2
