"""The ranked table: which rows, in which order, what is said of each, and where its links lead."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from dashboard.components.html_part import html_of
from dashboard.model.filters import MOST_VALUES
from dashboard.model.page_state import Address
from dashboard.model.rows import Line, Reading, reading_of
from dashboard.pages.volumes.ranking import TOP_ROWS, order_text, ranking, ranking_note
from dashboard.pages.volumes.view import View
from dashboard.texts import texts
from tests.dashboard.some_volumes import a_rate, some_view


def a_line(number: int, intake: float, name: str = "", **readings: Reading) -> Line:
    name = name or f"Place {number:02}"
    return Line({"intake": Reading(intake), **readings}, code(number), name=name)


def code(number: int) -> str:
    """XA, XB, XC …: codes that no country has."""
    return f"X{chr(ord('A') + number - 1)}"


def a_view(lines: list[Line], before: Mapping[int, float] | None = None, **chosen: Any) -> View:
    """These places, with what came in from some of them before."""
    view = some_view(Address("en", **chosen))
    earlier = {code(number): a_line(number, n) for number, n in (before or {}).items()}
    volumes = replace(view.volumes, groups=tuple(lines), before_by_group=earlier)
    return replace(view, volumes=volumes)


def places(count: int) -> list[Line]:
    return [a_line(n, 1_000 - n) for n in range(1, count + 1)]


def rows_of(view: View, part: str = "tbody") -> list[str]:
    found = re.search(f"<{part}>(.*)</{part}>", html_of(ranking(view)[1]))
    assert found
    return found[1].split("</tr>")[:-1]


def names_in(view: View) -> list[str]:
    """The rank and name of each row, or the words of the line between them."""
    return [" ".join(re.sub("<[^>]+>", " ", row).split()[:3]) for row in rows_of(view)]


def links_in(part: str) -> dict[str, str]:
    """The texts of links, and where they lead."""
    links = re.findall('<a [^>]*href="([^"]*)"[^>]*>([^<]*)</a>', part)
    return {text: address.replace("&amp;", "&") for address, text in links}


@pytest.mark.parametrize(
    ("count", "rows", "shown", "link"),
    [
        (TOP_ROWS, "top", TOP_ROWS, None),
        (TOP_ROWS + 1, "top", TOP_ROWS, f"Show all {TOP_ROWS + 1}"),
        (TOP_ROWS + 1, "all", TOP_ROWS + 1, f"Show the first {TOP_ROWS}"),
    ],
)
def test_fifteen_rows_are_shown_and_the_others_on_request(
    count: int, rows: str, shown: int, link: str | None
) -> None:
    view = a_view(places(count), rows=rows)
    title, _, below = ranking(view)
    links = links_in(html_of(below))
    assert title == f"{count} partner countries by applications received"
    assert names_in(view) == [f"{n} Place {n:02}" for n in range(1, shown + 1)]
    assert [text for text in links if text.startswith("Show")] == ([link] if link else [])
    if link:
        assert ("rows=all" in links.pop(link)) == (rows == "top")
    assert all("rows=all" in address for address in links.values())
    assert {text: address.partition("?")[0] for text, address in links.items()} == {
        "Print": "",
        "CSV": "/export.csv",
        "CSV by month": "/export-months.csv",
        "XLSX": "/export.xlsx",
    }


def test_a_chosen_row_is_shown_with_its_own_rank_however_low_it_is() -> None:
    rows = names_in(a_view(places(20), country=(code(18),)))
    assert rows[TOP_ROWS - 1 :] == ["15 Place 15", "18 Place 18"]


def test_a_line_stands_once_where_rates_begin_that_rest_on_too_few() -> None:
    rates = {1: (0.05, 500), 2: (0.9, 29), 3: (0.04, 30), 4: (0.8, 28), 5: (None, None)}
    lines = [a_line(n, 9, refusal_rate=Reading(rate, whole=n_)) for n, (rate, n_) in rates.items()]
    by_rate = {"sort": "refusal_rate", "measure": "refusal_rate"}
    view = a_view(lines, **by_rate)
    assert names_in(view) == [
        "1 Place 01", "2 Place 03", "Not ranked: fewer", "3 Place 02", "4 Place 04", "5 Place 05",
    ]  # fmt: skip
    assert f'colspan="{len(rows_of(view, "thead")[0].split("<th ")) - 1}"' in rows_of(view)[2]
    assert names_in(a_view(lines[4:], **by_rate)) == ["1 Place 05"]
    assert names_in(a_view(lines, measure="refusal_rate")) == [f"{n} Place 0{n}" for n in rates]


def test_the_interval_of_a_share_stands_where_it_is_what_rows_are_ranked_by() -> None:
    shares = {"refusal_rate": 0.05, "target_rate": 0.9}
    rates = {name: reading_of(a_rate(share, 500)) for name, share in shares.items()}
    (row,) = rows_of(a_view([a_line(1, 9, **rates)], sort="refusal_rate"))
    assert row.count("interval") == 1
    assert "5.0%<span" in row
    assert "> 3.4–7.3%<" in row
    assert "between 3.4% and 7.3%" in row
    assert "interval" not in rows_of(a_view([a_line(1, 9, **rates)]))[0]
    assert "interval" not in rows_of(a_view([a_line(1, 9)], sort="refusal_rate"))[0]


def test_ranks_are_compared_where_rows_are_in_the_order_of_applications() -> None:
    before = {3: 500, 2: 70, 1: 70}  # of two alike, the one whose name comes first
    rows = rows_of(a_view(places(3), before))
    assert [re.findall("[▲▼][0-9]+", row.split("</td>")[0]) for row in rows] == [
        ["▲1"],
        ["▲1"],
        ["▼2"],
    ]
    assert all("rank-moved" not in row for row in rows_of(a_view(places(3), before, order="up")))
    assert all("rank-moved" not in row for row in rows_of(a_view(places(3), before, sort="name")))


def test_rows_go_by_name_or_by_size_upwards_or_downwards() -> None:
    lines = [a_line(1, 5, "Beta"), a_line(2, 9, "Alfa"), a_line(3, 7, "Gamma")]
    for sort, order, names, words in [
        ("intake", "down", "Alfa Gamma Beta", "Applications received, largest or last name on top"),
        ("intake", "up", "Beta Gamma Alfa", "Applications received, smallest or first name on top"),
        ("name", "down", "Alfa Beta Gamma", "Partner country, smallest or first name on top"),
        ("name", "up", "Gamma Beta Alfa", "Partner country, largest or last name on top"),
    ]:
        view = a_view(lines, sort=sort, order=order)
        assert [row.split()[1] for row in names_in(view)] == names.split()
        assert order_text(view.address, view.say) == words
        (heads,) = rows_of(view, "thead")
        directions = re.findall('aria-sort="(ascending|descending)"', heads)
        assert directions == ["ascending" if "smallest" in words else "descending"]
        texts = {"intake": "Received", "name": "Partner country"}
        again = links_in(heads)[texts[sort]]
        assert ("order=up" in again) == (order == "down")
        assert "order" not in links_in(heads)["Decisions"]
    assert "cautious end" in ranking_note(a_view(lines, sort="refusal_rate"))
    assert "cautious end" not in ranking_note(a_view(lines, sort="turnaround_p50"))


def test_the_name_of_a_row_chooses_it_alone_or_lets_it_go() -> None:
    hrefs = {
        chosen: [links_in(row) for row in rows_of(a_view(places(2), country=chosen))]
        for chosen in ((), ("XA",), ("XA", "XB"))
    }
    nobody = "?language=en"
    one, other, both = (f"{nobody}&country={codes}" for codes in ("XA", "XB", "XA,XB"))
    # Beside it stands the way to the page of each.
    first, second = {"›": f"/place{one}"}, {"›": f"/place{other}"}
    assert hrefs == {
        (): [{"Place 01": one, **first}, {"Place 02": other, **second}],
        ("XA",): [{"Place 01": nobody, **first}, {"Place 02": other, "+": both, **second}],
        ("XA", "XB"): [
            {"Place 01": one, "−": other, **first},
            {"Place 02": other, "−": one, **second},
        ],
    }
    marked = [row for row in rows_of(a_view(places(2), country=("XA",))) if "aria-current" in row]
    assert ["Place 01" in row and 'class="chosen"' in row for row in marked] == [True]


@pytest.mark.parametrize("chosen", [MOST_VALUES - 1, MOST_VALUES])
def test_no_more_rows_are_offered_to_compare_than_a_picture_can_hold(chosen: int) -> None:
    rows = rows_of(a_view(places(12), country=tuple(map(code, range(1, chosen + 1)))))
    offered = sum("Compare with Place" in row for row in rows)
    assert offered == (12 - chosen if chosen < MOST_VALUES else 0)
    assert sum("Compare without Place" in row for row in rows) == chosen


def test_bars_are_shares_of_the_largest_and_sums_have_none() -> None:
    view = a_view([a_line(1, 80), a_line(2, 20)])
    assert [re.findall("width: ([0-9.]+%)", row) for row in rows_of(view)] == [
        ["100.00%"],
        ["25.00%"],
    ]
    direct, total = rows_of(view, "tfoot")
    assert ">Direct (no partner)<" in direct
    assert ">All applications<" in total
    assert 'class="total"' in total
    assert all("bar-room" not in each and "<img" not in each for each in (direct, total))
    alone = replace(view, volumes=replace(view.volumes, direct=None))
    assert rows_of(alone, "tfoot") == [total]
    assert "width: 0.00%" in rows_of(a_view([a_line(1, 0)]))[0]


def test_one_row_alone_is_not_counted() -> None:
    assert ranking(a_view([a_line(1, 9)]))[0] == "Partner country by applications received"
    assert ranking(a_view(places(2)))[0] == "2 partner countries by applications received"
    assert ranking(a_view(places(2), sort="name"))[0] == "2 partner countries by name"
    indonesian = replace(a_view(places(2), sort="name"), say=texts("id"))
    assert ranking(indonesian)[0] == "2 negara/wilayah mitra menurut nama"
