"""Figures show the volumes that they were given, and nothing else."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import dashboard
from dashboard.figures import CHOSEN_COLOUR, GRAPH_CONFIG, SERIES_COLOUR
from dashboard.figures.bars import bars
from dashboard.figures.regions import (
    MOST_CLASSES,
    SHADES,
    WORSE_SHADES,
    class_limits,
    class_of,
    shades_of,
)
from dashboard.figures.small import sparkline
from dashboard.figures.trend import trend
from dashboard.figures.world import FEW_COLOUR, places_on_map, world_map
from dashboard.model.measures import (
    INTAKE,
    MAIN,
    REFUSAL_RATE,
    TARGET_RATE,
    TURNAROUND_P50,
    Measure,
)
from dashboard.model.places import places
from dashboard.model.rows import Line, Reading
from dashboard.pages.volumes.map_legend import map_legend
from dashboard.texts import texts
from tests.dashboard.some_volumes import PERIOD, some_volumes

EN = texts("en")


def a_rate(
    code: str, iso3: str, value: float | None, whole: int = 500, measure: Measure = REFUSAL_RATE
) -> Line:
    reading = Reading(value, whole=whole)
    return Line({measure.id: reading}, code, iso3, code)


def test_map_has_a_circle_for_each_place_whose_area_is_the_value() -> None:
    figure = world_map(places_on_map(some_volumes().groups, INTAKE), MAIN, (), "", EN)
    circles, names = figure["data"]
    assert set(names["text"]) == {"Australia", "Singapore"}
    assert circles["ids"] == ["AU", "SG"]
    large, small = circles["marker"]["size"]
    assert (large / small) ** 2 == pytest.approx(4)
    assert "<b>Australia</b><br>Applications received: 80<br>Decisions: 90" in str(
        circles["customdata"][0][1]
    )
    assert figure["layout"]["geo"]["projection"]["type"] == "equal earth"


def test_the_chosen_place_is_marked_by_colour_and_by_name() -> None:
    circles, named = world_map(places_on_map(some_volumes().groups, INTAKE), MAIN, ("SG",), "", EN)[
        "data"
    ]
    assert circles["ids"] == ["AU", "SG"]
    assert circles["marker"]["color"][1] == CHOSEN_COLOUR
    assert named["text"] == ["<b>Singapore</b>"]


def test_rates_are_areas_and_small_territories_circles_of_the_same_classes() -> None:
    lines = (
        a_rate("AU", "AUS", 0.01),
        a_rate("SG", "SGP", 0.09),
        a_rate("MY", "MYS", 0.05),
        a_rate("NA", "NAM", 0.375, whole=8),
        Line({}, "DE", "DEU", "DE"),
    )
    shown = places_on_map(lines, REFUSAL_RATE)
    areas, circles, _ = world_map(shown, (REFUSAL_RATE,), (), "", EN)["data"]
    assert areas["locations"] == ["MYS", "AUS", "NAM"]
    assert circles["ids"] == ["SG"]
    assert circles["marker"]["color"] == [SHADES[-1]]
    drawn = [areas["colorscale"][int(z) * 2][1] for z in areas["z"]]
    assert drawn[2:] == [FEW_COLOUR]
    assert drawn[:2] == [shown.colour(lines[2]), shown.colour(lines[0])]


def test_a_bar_has_thirty_cases_behind_it() -> None:
    lines = [
        a_rate("FEW", "", 0.9, whole=29),
        a_rate("LOW", "", 0.1, whole=30),
        a_rate("TOP", "", 0.5, whole=500),
        a_rate("NONE", "", None),
    ]
    [drawn] = bars(lines, REFUSAL_RATE, ["LOW"], lambda line: line.code or "", EN)["data"]
    assert (drawn["y"], drawn["x"]) == (["TOP", "LOW"], [0.5, 0.1])
    assert drawn["customdata"] == [["TOP", "TOP: 50.0%"], ["LOW", "LOW: 10.0%"]]
    assert drawn["marker"]["color"] == [SERIES_COLOUR, CHOSEN_COLOUR]


def test_three_refusals_of_eight_make_no_class_of_their_own() -> None:
    lines = [a_rate("AU", "AUS", 0.01), a_rate("MY", "MYS", 0.05), a_rate("NA", "NAM", 0.375, 8)]
    assert (
        places_on_map(lines, REFUSAL_RATE).limits == places_on_map(lines[:2], REFUSAL_RATE).limits
    )
    legend = str(map_legend(places_on_map(lines, REFUSAL_RATE), EN))
    assert "fewer than 30 cases" in legend


@pytest.mark.parametrize(
    ("measure", "worst", "best", "strongest", "words"),
    [
        (REFUSAL_RATE, 0.09, 0.01, SHADES[-1], "the stronger, the higher"),
        (TARGET_RATE, 0.80, 0.99, WORSE_SHADES[-1], "the stronger, the worse"),
        (TURNAROUND_P50, 90.0, 5.0, WORSE_SHADES[-1], "the stronger, the worse"),
    ],
)
def test_the_strongest_class_is_never_the_best_one(
    measure: Measure, worst: float, best: float, strongest: str, words: str
) -> None:
    between = [worst + (best - worst) * step / 8 for step in range(9)]
    codes = ("AU", "MY", "CN", "IN", "JP", "KR", "FR", "DE", "US")
    lines = [
        a_rate(code, code, value, measure=measure)
        for code, value in zip(codes, between, strict=True)
    ]
    shown = places_on_map(lines, measure)
    assert shown.colour(lines[0]) == strongest
    assert shown.colour(lines[-1]) in (SHADES[0], WORSE_SHADES[0])
    assert words in str(map_legend(shown, EN))


def test_a_selection_is_seen_close_up_and_everything_is_the_world() -> None:
    lines = [a_rate(code, code, 0.1) for code in ("AU", "MY", "CN", "IN", "JP", "KR", "FR", "DE")]
    shown = places_on_map(lines, REFUSAL_RATE)

    def width(chosen: tuple[str, ...], region: str = "auto") -> float:
        geo = world_map(shown, (), chosen, region, EN)["layout"]["geo"]
        west, east = geo["lonaxis"]["range"]
        assert geo["projection"]["rotation"]["lon"] == (west + east) / 2
        return east - west

    assert width(()) == width(("AU",), "world") == 360
    assert width(("AU",)) < 80
    assert width(("MY", "SG")) < width(("MY", "FR")) < 360
    assert width((), "asia") == 120
    one = places_on_map(lines[:1], REFUSAL_RATE)
    geo = world_map(one, (), (), "", EN)["layout"]["geo"]
    west, east = geo["lonaxis"]["range"]
    assert west < 113 < 154 < east < 190
    south, north = geo["lataxis"]["range"]
    assert south < -44 < -11 < north  # Tasmania is on it


def test_the_first_class_is_never_empty() -> None:
    assert class_limits([1, 1, 1, 2, 3, 4, 5]) == (3, 4)


def test_classes_are_few_and_their_limits_readable() -> None:
    limits = class_limits([n / 1000 for n in range(3, 131)])
    assert limits == (0.03, 0.05, 0.08, 0.1)
    assert [class_of(value, limits) for value in (0.001, 0.03, 0.5)] == [0, 1, 4]
    assert len(shades_of(limits)) == MOST_CLASSES
    assert class_limits([]) == class_limits([0.5, 0.5]) == ()
    assert class_limits([0, 0, 0, 0, 0, 1]) == (1,)
    assert class_limits([*[0] * 50, 0.02, 0.04, 0.06, 0.08, 0.1]) == (0.04, 0.06, 0.08, 0.1)
    assert shades_of(()) == SHADES[:1]
    assert shades_of((1, 2, 3)) == (SHADES[0], SHADES[1], SHADES[3], SHADES[4])


def test_the_style_sheet_knows_every_shade_by_night() -> None:
    assets = Path(dashboard.__file__).parent / "assets"
    style = "".join(sheet.read_text("utf-8") for sheet in assets.glob("*.css"))
    for shade in (*SHADES, *WORSE_SHADES, FEW_COLOUR):
        red, green, blue = (int(shade[n : n + 2], 16) for n in (1, 3, 5))
        assert f"rgb({red}, {green}, {blue})" in style
        assert f".shade-{shade[1:]}" in style


def test_no_map_asks_a_foreign_server_for_its_borders() -> None:
    assert GRAPH_CONFIG["topojsonURL"].startswith("/assets/")


@pytest.mark.parametrize("language", ["id", "en"])
def test_figures_without_anything_to_show_are_still_figures(language: str) -> None:
    say = texts(language)
    empty = some_volumes(date(2027, 1, 1))
    for measure in MAIN:
        for figure in (
            world_map(places_on_map((), measure), MAIN, (), "", say),
            trend(empty, measure, PERIOD, (), say),
        ):
            assert json.loads(json.dumps(figure))["data"]


def test_a_small_line_begins_at_zero_and_ends_with_a_dot() -> None:
    drawn = unquote(sparkline([0, 5, 10]))
    assert 'points="3.0,19.0 42.0,11.0 81.0,3.0"' in drawn
    assert 'cx="81.0" cy="3.0"' in drawn
    assert sparkline([]).startswith("data:image/svg+xml,")


def test_small_territories_have_a_place() -> None:
    for code in ("SG", "HK", "BH", "MV", "MT", "MO", "BN", "LU", "XK"):
        assert -60 < places()[code].latitude < 85
        assert places()[code].is_small
    assert not places()["AU"].is_small


def test_bars_are_twelve_at_most_as_thick_as_they_have_room_and_their_names_short() -> None:
    lines = [a_rate(f"P{n}", "", 0.01 * n) for n in range(1, 14)]

    def drawn(count: int, name: str = "<>") -> tuple[dict[str, Any], dict[str, Any]]:
        figure = bars(lines[:count], REFUSAL_RATE, (), lambda _: name, EN)
        return figure["data"][0], figure["layout"]

    assert [len(drawn(count)[0]["y"]) for count in (0, 12, 13)] == [0, 12, 12]
    assert [drawn(count)[0]["width"] for count in (2, 7, 8)] == [0.16, 0.56, 0.58]
    assert [drawn(1, "x" * n)[1]["yaxis"]["ticktext"] for n in (26, 27)] == [
        ["x" * 26],
        ["x" * 25 + "…"],
    ]
    assert drawn(1, "x" * 25 + " y")[1]["yaxis"]["ticktext"] == ["x" * 25 + "…"]
    assert drawn(2, "x" * 20)[1]["margin"]["l"] == 7 * 20 + 12
    withheld = Line({INTAKE.id: Reading(None)}, "AU", "AUS", "Australia")
    assert bars([withheld], INTAKE, (), lambda _: "", EN)["data"][0]["y"] == []
    assert drawn(2)[1]["xaxis"]["range"] == pytest.approx([0, 0.02 * 1.02])
    assert drawn(0)[1]["xaxis"]["range"] == [0, 1]
    assert drawn(3)[1]["yaxis"]["range"] == [2.5, -0.5]


def test_a_place_without_applications_has_no_circle_and_one_without_refusals_has_an_area() -> None:
    none = Line({INTAKE.id: Reading(0)}, "AU", "AUS", "Australia")
    nothing = places_on_map([none], INTAKE)
    assert nothing.everything == ()
    assert nothing.largest == 1
    free = places_on_map([a_rate("AU", "AUS", 0.0)], REFUSAL_RATE)
    assert [line.code for line in free.lines] == ["AU"]
    nowhere = a_rate("??", "", 0.1)
    assert places_on_map([nowhere], REFUSAL_RATE).everything == ()


def test_few_are_told_apart_on_the_map() -> None:
    def a_place(reading: Reading) -> Line:
        return Line({REFUSAL_RATE.id: reading}, "AU", "AUS", "Australia")

    readings = {
        "few": Reading(0.1, whole=29),
        "known": Reading(0.1, whole=30),
    }
    shown = {name: places_on_map([a_place(each)], REFUSAL_RATE) for name, each in readings.items()}
    colours = {name: found.colour(found.everything[0]) for name, found in shown.items()}
    assert colours == {
        "few": FEW_COLOUR,
        "known": SHADES[0],
    }
    kinds = [(len(found.lines), len(found.few)) for found in shown.values()]
    assert kinds == [(0, 1), (1, 0)]


@pytest.mark.parametrize(("count", "is_close"), [(6, True), (7, False)])
def test_a_handful_of_places_is_seen_close_up(count: int, is_close: bool) -> None:
    lines = [a_rate(code, code, 0.1) for code in ("AU", "MY", "SG", "TH", "VN", "KH", "LA")[:count]]
    geo = world_map(places_on_map(lines, REFUSAL_RATE), (), (), "", EN)["layout"]["geo"]
    west, east = geo["lonaxis"]["range"]
    assert (east - west < 360) == is_close


def test_a_chosen_area_or_small_territory_has_a_thick_edge() -> None:
    lines = [a_rate(code, code, 0.1) for code in ("AU", "MY", "SG", "BN")]
    shown = places_on_map(lines, REFUSAL_RATE)
    areas, circles, names = world_map(shown, (), ("MY", "BN"), "", EN)["data"]
    edge = areas["marker"]["line"]
    assert (edge["width"], edge["color"]) == ([0.6, 2.5], ["#ffffff", CHOSEN_COLOUR])
    edge = circles["marker"]["line"]
    assert (edge["width"], edge["color"]) == ([1, 2.5], ["#52616e", CHOSEN_COLOUR])
    assert "<b>MY</b>" in names["text"]


def test_small_circles_are_still_seen_and_lie_on_top_of_large_ones() -> None:
    amounts = {"SG": 1, "AU": 10_000, "MY": 2_500}
    lines = [Line({INTAKE.id: Reading(n)}, code, code, code) for code, n in amounts.items()]
    circles = world_map(places_on_map(lines, INTAKE), MAIN, (), "", EN)["data"][0]
    assert circles["ids"] == ["AU", "MY", "SG"]
    assert circles["marker"]["size"] == [40, 20, 4]


def test_malaysia_and_singapore_stand_apart_on_the_map() -> None:
    """On the map of the world their circles are among the largest, and neighbours."""
    malaysia, singapore = (places()[code] for code in ("MY", "SG"))
    assert malaysia.longitude - singapore.longitude > 12
