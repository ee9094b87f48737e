"""Figures show the volumes that they were given, and nothing else."""

import json

import pytest

from dashboard.figures import GRAPH_CONFIG, trend, world_map
from dashboard.measures import DECISIONS, INTAKE, MEASURES
from dashboard.places import places
from dashboard.texts import texts
from tests.dashboard.some_volumes import PERIOD, some_volumes


def test_map_has_a_circle_for_each_partner_country_by_intake() -> None:
    figure = world_map(some_volumes().countries, MEASURES, texts("en"))
    circles = figure.data[0]
    assert list(circles.ids) == ["AU", "SG"]
    assert list(circles.marker.size) == [80, 20]
    assert circles.marker.sizemode == "area"
    assert "<b>Australia</b><br>Applications received: 80<br>Decisions: 90" in str(
        circles.customdata[0][1]
    )
    assert figure.layout.geo.projection.type == "equal earth"


def test_no_map_asks_a_foreign_server_for_its_borders() -> None:
    assert GRAPH_CONFIG["topojsonURL"].startswith("/assets/")


def test_trend_shows_each_month_and_shades_the_period() -> None:
    figure = trend(some_volumes().months, (INTAKE, DECISIONS), PERIOD, texts("id"))
    assert [line.name for line in figure.data] == ["Permohonan masuk", "Keputusan"]
    assert list(figure.data[0].x)[-3:] == ["Desember 2025", "Januari 2026", "Februari 2026"]
    assert list(figure.data[0].y)[-3:] == [40, 60, 50]
    shade = figure.layout.shapes[0]
    assert (shade.x0, shade.x1) == (12.5, 14.5)


@pytest.mark.parametrize("language", ["id", "en"])
def test_figures_without_anything_to_show_are_still_figures(language: str) -> None:
    say = texts(language)
    for figure in (world_map((), MEASURES, say), trend((), (INTAKE, DECISIONS), PERIOD, say)):
        assert json.loads(figure.to_json())["data"]


def test_small_territories_have_a_place() -> None:
    for code in ("SG", "HK", "BH", "MV", "MT", "MO", "BN", "LU", "XK"):
        assert -60 < places()[code].latitude < 85
