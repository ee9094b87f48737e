"""Figures show the volumes that they were given, and nothing else."""

import json
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest

import dashboard
from dashboard.figures import CHOSEN_COLOUR, GRAPH_CONFIG, SERIES_COLOUR
from dashboard.figures.bars import bars
from dashboard.figures.classes import (
    MOST_CLASSES,
    SHADES,
    WORSE_SHADES,
    class_limits,
    class_of,
    shades_of,
)
from dashboard.figures.regions import MOST_NAMES, WORLD, places_to_name
from dashboard.figures.small import sparkline
from dashboard.figures.trend import trend
from dashboard.figures.world import FEW_COLOUR, WITHHELD_COLOUR, places_on_map, world_map
from dashboard.model.events import Event, events_between
from dashboard.model.measures import (
    DECISIONS,
    INTAKE,
    MAIN,
    REFUSAL_RATE,
    TARGET_RATE,
    TURNAROUND_P50,
    Measure,
)
from dashboard.model.page_state import Address
from dashboard.model.places import places
from dashboard.model.rows import Line, Reading
from dashboard.pages.volumes.map_legend import map_legend
from dashboard.texts import texts
from tests.dashboard.some_volumes import PERIOD, some_volumes

EN = texts("en")


def a_rate(
    code: str, iso3: str, value: float | None, whole: int = 500, measure: Measure = REFUSAL_RATE
) -> Line:
    reading = Reading(value, is_suppressed=value is None, whole=whole)
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
        a_rate("FR", "FRA", None),
        Line({}, "DE", "DEU", "DE"),
    )
    shown = places_on_map(lines, REFUSAL_RATE)
    areas, circles, _ = world_map(shown, (REFUSAL_RATE,), (), "", EN)["data"]
    assert areas["locations"] == ["MYS", "AUS", "NAM", "FRA"]
    assert circles["ids"] == ["SG"]
    assert circles["marker"]["color"] == [SHADES[-1]]
    drawn = [areas["colorscale"][int(z) * 2][1] for z in areas["z"]]
    assert drawn[2:] == [FEW_COLOUR, WITHHELD_COLOUR]
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


def test_names_on_a_map_keep_clear_of_each_other() -> None:
    lines = [a_rate(code, code, 0.1) for code in places()]
    shown = places_to_name(lines, (), WORLD)
    assert 4 < len(shown) <= MOST_NAMES
    assert {line.code for line in places_to_name(lines, ("SG", "MY"), WORLD)} >= {"SG", "MY"}
    for one in shown:
        for other in shown:
            if one is not other:
                a, b = places()[one.code or ""], places()[other.code or ""]
                assert abs(a.latitude - b.latitude) > 3 or abs(a.longitude - b.longitude) > 3


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


def test_the_style_sheet_knows_every_shade_by_night() -> None:
    assets = Path(dashboard.__file__).parent / "assets"
    style = "".join(sheet.read_text("utf-8") for sheet in assets.glob("*.css"))
    for shade in (*SHADES, *WORSE_SHADES, FEW_COLOUR):
        red, green, blue = (int(shade[n : n + 2], 16) for n in (1, 3, 5))
        assert f"rgb({red}, {green}, {blue})" in style
        assert f".shade-{shade[1:]}" in style


def test_no_map_asks_a_foreign_server_for_its_borders() -> None:
    assert GRAPH_CONFIG["topojsonURL"].startswith("/assets/")


def test_trend_shows_each_month_with_the_year_before_and_shades_the_period() -> None:
    figure = trend(some_volumes(), INTAKE, PERIOD, (), texts("id"))
    before, now = figure["data"]
    assert (before["name"], now["name"]) == ("Setahun sebelumnya", "Permohonan masuk")
    assert now["x"][-3:] == ["Desember 2025", "Januari 2026", "Februari 2026"]
    assert now["y"][-3:] == [40, 60, 50]
    assert before["y"][-3:] == [30, 30, 30]
    (shade,) = figure["layout"]["shapes"]
    assert (shade["x0"], shade["x1"]) == (10.5, 12.5)


def test_the_target_in_force_stands_in_the_trend_of_one_visa_type() -> None:
    volumes = some_volumes(address=Address("en", visa=("B1",)))
    target = trend(volumes, TURNAROUND_P50, PERIOD, (), EN)["data"][0]
    assert target["name"] == "Service target"
    assert target["y"] == [48.0] * 4 + [24.0] * 9
    assert "Service target" not in str(trend(volumes, DECISIONS, PERIOD, (), EN))
    assert "Service target" not in str(trend(some_volumes(), TURNAROUND_P50, PERIOD, (), EN))


def test_what_happened_is_marked_on_its_day() -> None:
    event = Event(date(2026, 1, 16), {"en": "Outage"})
    layout = trend(some_volumes(), INTAKE, PERIOD, (event,), EN)["layout"]
    assert layout["shapes"][-1]["x0"] == pytest.approx(11, abs=0.05)
    assert layout["annotations"][0]["text"] == "<b>1</b>"
    outage = events_between(date(2024, 6, 1), date(2024, 6, 30))
    assert [each.on for each in outage] == [date(2024, 6, 20)]
    assert "100" in outage[0].text["id"]


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
