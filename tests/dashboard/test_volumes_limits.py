"""The page Volumes on both sides of each limit: how many are named, listed, compared and shaded."""

import re
from dataclasses import replace
from typing import Any

from dashboard.components.html_part import html_of
from dashboard.figures.world import places_on_map, world_map
from dashboard.model.measures import INTAKE, REFUSAL_RATE, TURNAROUND_P90
from dashboard.model.page_state import Address, read_address
from dashboard.model.period import month_start
from dashboard.model.rows import Line, Reading, reading_of
from dashboard.pages.volumes.cards import cards
from dashboard.pages.volumes.filter_bar import filter_options, no_applications
from dashboard.pages.volumes.map_legend import map_legend
from dashboard.pages.volumes.ranking import ranking
from dashboard.pages.volumes.table_rows import place_row
from dashboard.pages.volumes.titles import map_title, trend_title
from dashboard.pages.volumes.view import View
from tests.dashboard.snapshots import assert_as_drawn
from tests.dashboard.some_volumes import a_rate, some_view

#: Of places on the map, from west to east.
CODES = [
    *("US", "BR", "GB", "FR", "ZA", "EG", "SA", "IN", "TH"),
    *("VN", "CN", "PH", "AU", "JP", "KR", "NZ", "PG"),
]


def a_line(code: str | None, value: float | None, whole: float | None = None) -> Line:
    readings = {each.id: Reading(value, whole) for each in (INTAKE, TURNAROUND_P90)}
    readings[REFUSAL_RATE.id] = reading_of(a_rate(value, whole))
    return Line(readings, code, f"{code}X", f"{code} land")


def a_view(query: str, *lines: Line, total: float | None = None, whole: int = 1_000) -> View:
    """A view of these lines, and of so many in all."""
    view = some_view(read_address(query, "en"))
    amount = sum(line[INTAKE].value or 0 for line in lines) if total is None else total
    volumes = replace(view.volumes, groups=lines, everything=a_line(None, amount, whole))
    return replace(view, volumes=volumes)


def plain(drawn: Any) -> str:
    """What a reader reads."""
    return " ".join(re.sub("<[^>]*>", " ", html_of(drawn)).split())


def test_titles_say_as_much_as_they_may() -> None:
    shown: dict[str, Any] = {}
    for number in (0, 1, 2, 12, 13):
        lines = [a_line(code, 500 - n) for n, code in enumerate(CODES[:number])]
        shown[f"{number} places"] = map_title(a_view("", *lines))
    for total in (99, 100, 101):
        shown[f"of {total}"] = map_title(a_view("", a_line("AU", 60), a_line("JP", 5), total=total))
    for part in (4, 5, 994, 995, 999, 1_000):
        lines = [a_line("AU", part), a_line("JP", 1)]
        shown[f"{part} of 1,000"] = map_title(a_view("", *lines, total=1_000))
    shown["of one alone"] = map_title(a_view("", a_line("AU", 120), total=120))
    shown["of one and others"] = map_title(a_view("", a_line("AU", 120), total=121))
    for query in ("measure=refusal_rate", "measure=turnaround_p90"):
        for whole in (29, 30):
            found = a_view(query, a_line("AU", 0.4, whole), a_line("JP", 0.1, 90), total=0.1)
            shown[f"{query} of {whole}"] = map_title(found)
        high = a_view(query, a_line("AU", 0.4, 900), a_line("JP", 0.01, 90), total=0.1)
        shown[f"{query} stands out"] = map_title(high)
    assert_as_drawn("limits-titles", **shown)


def test_months_are_named_as_long_as_few_are_alike() -> None:
    shown: dict[str, Any] = {}
    view = some_view()
    for name, counts in {
        "one": (5, 9, 8), "two": (9, 9, 8), "three": (9, 9, 9), "none": (0, 0, 0),
        "unknown": (5, None, 8),
    }.items():  # fmt: skip
        months = [
            replace(a_line(None, count), starts_on=month_start(view.period.to_on, n - 2))
            for n, count in enumerate(counts)
        ]
        period = replace(view.period, from_on=month_start(view.period.to_on, -2))
        volumes = replace(view.volumes, months=tuple(months))
        shown[name] = trend_title(replace(view, period=period, volumes=volumes))
    assert_as_drawn("limits-months", **shown)


def test_a_table_lists_fifteen_and_marks_where_too_few_begin() -> None:
    shown: dict[str, Any] = {}
    for number in (1, 15, 16, 17):
        lines = [a_line(code, 100 - n) for n, code in enumerate(CODES[:number])]
        for query in ("", "rows=all", f"country={CODES[-1]}", "sort=name"):
            title, table, below = ranking(a_view(query, *lines))
            rows = html_of(table).count('class="rank">')
            shown[f"{number} {query}"] = [title, rows, plain(below)]
    lines = [a_line("AU", 0.2, 30), a_line("JP", 0.3, 29), a_line("FR", None), a_line("GB", 0.1, 9)]
    for order in ("down", "up"):
        query = f"sort=refusal_rate&measures=main&order={order}"
        shown[f"few {order}"] = plain(ranking(a_view(query, *lines))[1])
    assert_as_drawn("limits-rows", **shown)


def test_as_many_are_compared_as_can_be_told_apart() -> None:
    shown: dict[str, Any] = {}
    for number in (0, 1, 7, 8):
        view = a_view(f"country={','.join(CODES[:number])}", a_line("AU", 5))
        row = html_of(place_row(1, None, a_line("NZ", 5), view))
        shown[f"{number} chosen"] = re.findall('href="([^"]*)"', row)
        chosen = html_of(place_row(1, None, a_line("US", 5), view))
        shown[f"{number} chosen, one of them"] = re.findall('href="([^"]*)"', chosen)
    for number in (0, 1, 2, 13, 14):
        last = month_start(some_view().period.to_on)
        received = {month_start(last, -n): 5.0 + n for n in range(number)}
        view = a_view("", a_line("AU", 5))
        first = month_start(last, 1 - number)
        volumes = replace(view.volumes, recent={"AU": received}, complete_from=first)
        row = html_of(place_row(2, 2, a_line("AU", 5), replace(view, volumes=volumes)))
        shown[f"{number} months"] = re.findall('title="([^"]*)" width', row)
    assert_as_drawn("limits-compared", **shown)


def test_a_legend_has_what_the_map_has() -> None:
    shown: dict[str, Any] = {}
    for largest in (0.4, 1, 3, 9, 10, 95, 4_321):
        on_map = places_on_map([a_line("AU", largest)], INTAKE)
        shown[f"circles up to {largest}"] = plain(map_legend(on_map, some_view().say))
    for name, lines in {
        "one": [a_line("AU", 0.1, 30)],
        "few": [a_line("AU", 0.1, 30), a_line("JP", 0.4, 29)],
        "two": [a_line("AU", 0.1, 30), a_line("JP", 0.4, 30)],
        "none": [a_line("AU", 0.1, 3)],
    }.items():
        on_map = places_on_map(lines, REFUSAL_RATE)
        shown[f"shades of {name}"] = plain(map_legend(on_map, some_view().say))
    for number in (6, 7):
        lines = [a_line(code, 9) for code in CODES[:number]]
        for region in ("auto", "selection"):
            drawn = world_map(places_on_map(lines, INTAKE), [INTAKE], [], region, some_view().say)
            shown[f"{number} places, {region}"] = drawn["layout"]["geo"]["lonaxis"]["range"]
    everywhere = places_on_map([a_line(code, 9) for code in CODES], INTAKE)
    for chosen in ([], ["FR", "GB"]):
        drawn = world_map(everywhere, [INTAKE], chosen, "world", some_view().say)
        shown[f"named on the world, chosen {chosen}"] = drawn["data"][-1]["text"]
    assert_as_drawn("limits-map", **shown)


def test_links_back_lead_to_what_there_is() -> None:
    shown: dict[str, Any] = {}
    for query in ("measures=all&sort=name&measure=wip", "measures=all&sort=handover_p90",
                  "measure=handover_p90", ""):  # fmt: skip
        view = some_view(read_address(query, "en"))
        shown[f"more of {query}"] = re.findall(
            'more-measures" href="([^"]*)"', html_of(cards(view))
        )
    for query in ("", "country=AU"):
        shown[f"nothing of {query}"] = no_applications(some_view(read_address(query, "en")))
    view = some_view(Address("en", visa=("B1", "X9")))
    shown["offered"] = filter_options("visa", view)
    assert_as_drawn("limits-links", **shown)
