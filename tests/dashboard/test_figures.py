"""Figures show the volumes that they were given, and nothing else."""

import json
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest

import dashboard
from dashboard.figures import CHOSEN_COLOUR, GRAPH_CONFIG
from dashboard.figures.classes import MOST_CLASSES, SHADES, class_limits, class_of, shades_of
from dashboard.figures.sparkline import sparkline
from dashboard.figures.trend import trend
from dashboard.figures.world import WITHHELD_COLOUR, mapped, world_map
from dashboard.model.events import Event, events_between
from dashboard.model.measures import DECISIONS, INTAKE, MAIN, REFUSAL_RATE, TURNAROUND_P50
from dashboard.model.page_state import Address
from dashboard.model.places import places
from dashboard.model.rows import Line, Reading
from dashboard.texts import texts
from tests.dashboard.some_volumes import PERIOD, some_volumes

EN = texts("en")


def a_rate(code: str, iso3: str, value: float | None, is_suppressed: bool = False) -> Line:
    return Line({"refusal_rate": Reading(value, is_suppressed)}, code, iso3, code)


def test_map_has_a_circle_for_each_place_whose_area_is_the_value() -> None:
    figure = world_map(mapped(some_volumes().places, INTAKE), MAIN, "", EN)
    (circles,) = figure["data"]
    assert circles["ids"] == ["AU", "SG"]
    large, small = circles["marker"]["size"]
    assert (large / small) ** 2 == pytest.approx(4)
    assert "<b>Australia</b><br>Applications received: 80<br>Decisions: 90" in str(
        circles["customdata"][0][1]
    )
    assert figure["layout"]["geo"]["projection"]["type"] == "equal earth"


def test_the_chosen_place_is_marked_by_colour_and_by_name() -> None:
    circles, named = world_map(mapped(some_volumes().places, INTAKE), MAIN, "SG", EN)["data"]
    assert circles["ids"] == ["AU", "SG"]
    assert circles["marker"]["color"][1] == CHOSEN_COLOUR
    assert named["text"] == ["<b>Singapore</b>"]


def test_rates_are_areas_and_small_territories_circles_of_the_same_classes() -> None:
    lines = (
        a_rate("AU", "AUS", 0.01),
        a_rate("SG", "SGP", 0.09),
        a_rate("MY", "MYS", 0.05),
        a_rate("FR", "FRA", None, is_suppressed=True),
        a_rate("DE", "DEU", None),
    )
    shown = mapped(lines, REFUSAL_RATE)
    areas, circles = world_map(shown, (REFUSAL_RATE,), "", EN)["data"]
    assert areas["locations"] == ["MYS", "AUS", "FRA"]
    assert circles["ids"] == ["SG"]
    assert circles["marker"]["color"] == [SHADES[-1]]
    withheld = areas["z"][2]
    assert areas["colorscale"][int(withheld) * 2][1] == WITHHELD_COLOUR


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
    style = (Path(dashboard.__file__).parent / "assets" / "style.volumes.css").read_text("utf-8")
    for shade in SHADES:
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
    volumes = some_volumes(address=Address("en", visa="B1"))
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
            world_map(mapped((), measure), MAIN, "", say),
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
