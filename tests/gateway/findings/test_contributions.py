"""Contributions add up to the change, exactly, whatever the groups."""

from datetime import date
from fractions import Fraction
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings.claim import FindingDirection
from gateway.findings.claims.change import _direction, change_claims
from gateway.findings.contributions import Share, rate_change, total_change
from gateway.findings.figures import Figures
from gateway.findings.wording import Writer
from gateway.texts.language import Language
from models.volumes import Dimension, Measure
from tests.premises import holds, premise

D = FindingDirection


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (19, 20, "1 more"),
        (20, 21, "5.0% more"),
        (20, 20, "as many as"),
        (10_000, 10_004, "nearly as many as"),
        (10_000, 9_990, "0.1% fewer"),
        (0, 3, "3 more"),
    ],
)
def test_a_change_of_less_than_twenty_is_a_number(before: int, now: int, change: str) -> None:
    days = date(2026, 1, 1), date(2026, 1, 31)
    asked = SimpleNamespace(
        reason=Dimension.COUNTRY, from_on=days[0], until=days[1], has_before=True, before=days
    )
    answers = {
        f"{when}.COUNTRY": SimpleNamespace(
            question=None, cells={"AU": SimpleNamespace(intake=count)}.copy
        )
        for when, count in (("now", now), ("before", before))
    }
    claim = next(change_claims(Figures(asked, answers)))  # type: ignore[arg-type]
    assert (claim.measure, claim.days) == (Measure.INTAKE, days)
    assert f"came in, {change}" in claim.sentence(Writer(Language.EN, lambda *_: "Australia"))


@pytest.mark.parametrize(
    ("cases", "target", "refusals"),
    [(20, D.BETTER, D.UP), (5, D.WORSE, D.DOWN), (10, D.STEADY, D.STEADY)],
)
def test_more_in_time_is_better_and_more_refused_is_more(
    cases: int, target: FindingDirection, refusals: FindingDirection
) -> None:
    found = rate_change({"AU": Share(100, cases)}, {"AU": Share(100, 10)})
    assert found
    assert _direction(found, Measure.TARGET_RATE) is target
    assert _direction(found, Measure.REFUSAL_RATE) is refusals


KEYS = st.sampled_from(["AU", "MY", "SG", "IN", "CN", "US", "GB", "NL"])
COUNTS = st.dictionaries(KEYS, st.integers(0, 2_000_000))


@st.composite
def shares(draw: st.DrawFn) -> dict[str, Share]:
    sizes = draw(COUNTS)
    return {key: Share(n, draw(st.integers(0, n))) for key, n in sizes.items()}


@given(COUNTS, COUNTS)
@premise(leading=0.3, opposing=0.05, a_remainder=0.02)
def test_contributions_to_a_total_add_up_to_its_change(
    now: dict[str, int], before: dict[str, int]
) -> None:
    change = total_change(now, before)
    assert sum(part.change for part in change.contributions) == change.change
    assert change.change == sum(now.values()) - sum(before.values())
    shown = change.find_leading(3) + change.find_opposing(1)
    holds("leading", change.find_leading(3))
    holds("opposing", change.find_opposing(1))
    holds("a_remainder", change.remainder(shown))
    assert sum(part.change for part in shown) + change.remainder(shown) == change.change


@given(shares(), shares())
@premise(has_both=0.2)
def test_rate_and_mix_add_up_to_the_change_of_a_rate(
    now: dict[str, Share], before: dict[str, Share]
) -> None:
    change = rate_change(now, before)
    sizes = [sum(share.n for share in period.values()) for period in (now, before)]
    assert holds("has_both", all(sizes)) is (change is not None)
    if change is None:
        return
    direct = [
        Fraction(sum(share.cases for share in period.values()), n)
        for period, n in zip((now, before), sizes, strict=True)
    ]
    assert change.change == direct[0] - direct[1]
    assert sum((part.change for part in change.contributions), Fraction(0)) == change.change
    assert change.rate + change.mix == change.change


@given(shares(), shares(), st.integers(0, 99))
@premise(has_both=0.2, another_order=0.1)
def test_the_order_of_groups_and_of_periods_does_not_matter(
    now: dict[str, Share], before: dict[str, Share], seed: int
) -> None:
    def shuffle(period: dict[str, Share]) -> dict[str, Share]:
        keys = sorted(period)
        Random(seed).shuffle(keys)
        return {key: period[key] for key in keys}

    holds("another_order", [*shuffle(now)] != [*now])
    assert rate_change(shuffle(now), shuffle(before)) == rate_change(now, before)
    forward, back = rate_change(now, before), rate_change(before, now)
    if holds("has_both", forward and back):
        assert forward
        assert back
        assert {part.key: (part.rate, part.mix) for part in forward.contributions} == {
            part.key: (-part.rate, -part.mix) for part in back.contributions
        }


@given(shares(), shares())
@premise(has_both=0.2)
def test_a_group_without_decisions_brings_nothing(
    now: dict[str, Share], before: dict[str, Share]
) -> None:
    more = rate_change(now | {"XX": Share(0, 0)}, before)
    holds("has_both", more)
    assert more == rate_change(now, before)
    totals = [{key: share.n for key, share in period.items()} for period in (now, before)]
    with_zero = total_change(totals[0] | {"XX": 0}, totals[1])
    assert [part for part in with_zero.contributions if part.key != "XX"] == list(
        total_change(*totals).contributions
    )


def test_a_mix_that_moves_is_distinguished_from_rates_that_move() -> None:
    """Simpson's paradox: each group got better, and the whole got worse, by its mix alone."""
    before = {"B1": Share(900, 855), "C1": Share(100, 60)}
    now = {"B1": Share(500, 480), "C1": Share(500, 310)}
    change = rate_change(now, before)
    assert change is not None
    assert change.change < 0 < change.rate
    assert change.mix < 0
    assert all(part.rate > 0 for part in change.contributions)


def test_contributions_to_a_rate_are_those_of_the_pen_on_paper() -> None:
    """A: 1/2 of all at 10 %, then 3/4 at 20 %; B: 1/2 at 50 %, then 1/4 at 40 %."""
    before = {"A": Share(100, 10), "B": Share(100, 50)}
    now = {"A": Share(300, 60), "B": Share(100, 40)}
    change = rate_change(now, before)
    assert change
    assert (change.before, change.now) == (Fraction(3, 10), Fraction(1, 4))
    found = {part.key: (part.rate, part.mix) for part in change.contributions}
    middle = Fraction(11, 40)
    assert found["A"] == (
        Fraction(5, 8) * Fraction(1, 10), Fraction(1, 4) * (Fraction(15, 100) - middle),
    )  # fmt: skip
    assert found["B"] == (
        Fraction(3, 8) * Fraction(-1, 10), Fraction(-1, 4) * (Fraction(45, 100) - middle),
    )  # fmt: skip


def test_a_group_that_one_period_lacks_brings_mix_alone() -> None:
    change = rate_change({"A": Share(50, 5), "B": Share(50, 20)}, {"A": Share(100, 10)})
    assert change
    new = next(part for part in change.contributions if part.key == "B")
    # Half of all, at 40 % where the mean of both periods is 17.5 %.
    assert (new.rate, new.mix) == (0, Fraction(1, 2) * (Fraction(2, 5) - Fraction(7, 40)))


def test_a_group_that_did_not_move_is_named_for_nothing() -> None:
    for now, before in (({"A": 9, "B": 5}, {"A": 4, "B": 5}), ({"A": 4, "B": 5}, {"A": 9, "B": 5})):
        change = total_change(now, before)
        assert [part.key for part in change.find_leading(3)] == ["A"]
        assert change.find_opposing(3) == ()
    nothing = total_change({"A": 4, "B": 6}, {"A": 5, "B": 5})
    assert nothing.find_leading(3) == nothing.find_opposing(3) == ()


def test_leading_contributions_go_the_way_of_the_total() -> None:
    now = {"MY": 100, "CN": 300, "SG": 260, "AU": 80}
    before = {"MY": 400, "CN": 450, "SG": 200, "AU": 90}
    change = total_change(now, before)
    assert change.change == -400
    assert [(part.key, part.change) for part in change.find_leading(2)] == [
        ("MY", -300),
        ("CN", -150),
    ]
    assert [(part.key, part.change) for part in change.find_opposing(2)] == [("SG", 60)]
    assert change.remainder(change.find_leading(2)) == 50


def test_the_groups_that_moved_furthest_come_first_and_of_two_alike_the_first_by_name() -> None:
    change = total_change({"AU": 5, "MY": 9, "SG": 9, "US": 1}, {"AU": 9, "US": 9})
    assert [part.key for part in change.contributions] == ["MY", "SG", "US", "AU"]
    assert [part.key for part in change.find_leading(1)] == ["MY"]
    assert [part.key for part in change.find_leading(2)] == ["MY", "SG"]
    assert [part.key for part in change.find_opposing(1)] == ["US"]
    assert [part.key for part in change.find_opposing(2)] == ["US", "AU"]
    rates = rate_change(
        {"AU": Share(10, 5), "MY": Share(10, 2), "SG": Share(10, 2), "US": Share(10, 0)},
        {"AU": Share(10, 2), "MY": Share(10, 0), "SG": Share(10, 0), "US": Share(10, 4)},
    )
    assert rates
    assert [part.key for part in rates.contributions] == ["US", "AU", "MY", "SG"]
