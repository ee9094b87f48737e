"""A share comes with the ends of the interval in which the rate behind it lies."""

import pytest

from tests.gateway.test_volumes import rows

pytestmark = pytest.mark.anyio

ENDS = "low high lowOfMany highOfMany"


async def test_a_share_has_the_ends_of_its_intervals_and_a_ratio_has_none(who) -> None:
    fields = f"targetRateIntake {{ {ENDS} }} clearanceRatio {{ value {ENDS} }}"
    (row,) = await rows(who["auditor"], "2025-02-01 2025-02-28", "", fields)
    found, expected = row["targetRateIntake"], []
    for z in (1.959963984540054, 3.090232306167813):  # of 95 % and of 99.8 %
        # Wilson's, as the roots of its quadratic equation: two of five.
        a, b, c = 1 + z * z / 5, -(2 * 0.4 + z * z / 5), 0.4 * 0.4
        root = (b * b - 4 * a * c) ** 0.5
        expected += [(-b - root) / (2 * a), (-b + root) / (2 * a)]
    assert [found[name] for name in ENDS.split()] == pytest.approx(expected)
    assert row["clearanceRatio"] | dict.fromkeys(ENDS.split()) == row["clearanceRatio"]
    assert row["clearanceRatio"]["value"] is not None
    (row,) = await rows(who["auditor"], "2020-01-01 2020-01-31", "", f"targetRate {{ {ENDS} }}")
    assert row["targetRate"] == dict.fromkeys(ENDS.split())
