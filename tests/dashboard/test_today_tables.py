"""The tables of Today: each cell is what the answer says, and nothing where it says nothing."""

import re
from datetime import date

import pytest

from dashboard.analysis.attention import Count, funnel
from dashboard.analysis.contributions import Share
from dashboard.analysis.target import targets
from dashboard.components.html_part import html_of
from dashboard.figures.waterfall import Bar
from dashboard.pages.today.answers import PublishedRate
from dashboard.pages.today.parts import change_table, outside_table, promise_table, published_list
from dashboard.texts import texts

EN = texts("en")
RATE = "refusal rate"


def cells_of(table: object) -> list[list[str]]:
    """The texts of each row of a body."""
    body = html_of(table).partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [re.sub("<[^>]+>", "", cell) for cell in re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in body.split("</tr>")[:-1]
    ]


def test_promises_say_what_was_kept_and_leave_empty_what_is_not_known() -> None:
    found = targets(
        now={"B1": Share(1_000, 962), "C1": Share(400, 300), "D2": Share(60, 60), "E": Share(9, 9)},
        before={"B1": Share(900, 873)},
        promised={"B1": 0.95, "C1": 0.95, "E": 0.95},
        months={"B1": [Share(80, 78), Share(90, 80), Share(3, 0)]},
    )
    kept, missed, unpromised, few = cells_of(promise_table(found, {"B1": "Visa on arrival"}, EN))
    assert kept[0] == "B1Visa on arrival"
    assert kept[1].startswith("✓ ")
    assert kept[2] == "96.2%94.8%–97.2%"
    assert kept[3:6] == ["95%", "1,000", "−0.8 points"]
    assert "1 of 2" in kept[6]
    assert missed[1].startswith("✗ ")
    assert (missed[5], missed[6]) == ("", "")
    assert unpromised[3] == ""
    assert not unpromised[1].startswith(("✓", "✗"))
    assert not few[1].startswith(("✓", "✗"))


def test_places_outside_and_steps_of_a_change_stand_with_their_numbers() -> None:
    counts = [Count(f"{n}", 1_000, 20) for n in range(9)]
    found = funnel([*counts, Count("IN", 3_000, 400)])
    assert cells_of(outside_table(found, {"IN": "India"}, EN)) == [
        ["India", "13.3%", "3,000", "12.2%–14.6%"]
    ]
    steps = change_table([Bar("AU", 5, "+5"), Bar("SG", -2, "−2")], Bar("All", 3, "+3"), EN)
    assert cells_of(steps) == [["AU", "+5"], ["SG", "−2"], ["All", "+3"]]


@pytest.mark.parametrize(
    ("month", "value", "below", "national", "words"),
    [
        (1, 0.05, None, 0.03, f"1 of 2026: {RATE} 5.0% of 250 decisions; national 3.0%."),
        (4, 0.05, 0.09, 0.0, f"2 of 2026: {RATE} 5.0% of 250 decisions; national 0.0%."),
        (7, None, 0.04, 0.03, f"3 of 2026: {RATE} below 4.0% (250 decisions); national 3.0%."),
        (
            10,
            0.05,
            None,
            None,
            f"4 of 2026: {RATE} 5.0% of 250 decisions; national not published yet.",
        ),
        (10, None, None, 0.03, None),
    ],
)
def test_published_rates_name_their_quarter_and_what_they_are_compared_with(
    month: int, value: float | None, below: float | None, national: float | None, words: str | None
) -> None:
    rate = PublishedRate("Australia", date(2026, month, 1), 250, value, below, national)
    listed = published_list([rate], EN)
    assert (html_of(listed[1]) if listed else None) == (
        words and f"<ul><li>Australia, quarter {words}</li></ul>"
    )
