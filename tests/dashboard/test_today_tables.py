"""The tables of Today: each cell is what the answer says, and nothing where it says nothing."""

import re

from dashboard.analysis.attention import Count, funnel
from dashboard.analysis.contributions import Share
from dashboard.analysis.target import targets
from dashboard.components.html_part import html_of
from dashboard.figures.waterfall import Bar
from dashboard.pages.today.parts import change_table, outside_table, promise_table
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
