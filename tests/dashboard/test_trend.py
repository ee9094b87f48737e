"""The trend: its lines, its axes, the chosen period as a shade, and what happened."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard.figures.trend import PALE_COLOUR, small_multiples, trend, trend_of_several
from dashboard.model.events import Event, events_between, read_events
from dashboard.model.measures import (
    DECISIONS,
    INTAKE,
    REFUSAL_RATE,
    TURNAROUND_P50,
    WIP_AGE_OLDEST,
    Measure,
)
from dashboard.model.page_state import Address
from dashboard.model.period import Period, month_start
from dashboard.model.rows import Line, Reading
from dashboard.model.volumes import Choice, Volumes
from dashboard.texts import texts
from dashboard.texts.wording import event_text
from tests.dashboard.some_volumes import PERIOD, some_volumes

EN = texts("en")


def test_trend_shows_each_month_with_the_year_before_and_shades_the_period() -> None:
    figure = trend(some_volumes(), INTAKE, PERIOD, (), texts("id"))
    before, now = figure["data"]
    assert (before["name"], now["name"]) == ("Setahun sebelumnya", "Permohonan masuk")
    assert now["x"][-3:] == ["Desember 2025", "Januari 2026", "Februari 2026"]
    assert now["y"][-3:] == [40, 60, 50]
    assert before["y"][-3:] == [30, 30, 30]
    assert (before["mode"], now["mode"]) == ("lines", "lines+markers")
    assert before["line"]["width"] < now["line"]["width"]
    (shade,) = figure["layout"]["shapes"]
    assert (shade["x0"], shade["x1"]) == (10.5, 12.5)


def test_the_target_in_force_stands_in_the_trend_of_one_visa_type() -> None:
    volumes = some_volumes(address=Address("en", visa=("B1",)))
    target = trend(volumes, TURNAROUND_P50, PERIOD, (), EN)["data"][0]
    assert target["name"] == "Service target"
    assert target["y"] == [48.0] * 4 + [24.0] * 9
    for measure in (DECISIONS, WIP_AGE_OLDEST):
        assert "Service target" not in str(trend(volumes, measure, PERIOD, (), EN))
    assert "Service target" not in str(trend(some_volumes(), TURNAROUND_P50, PERIOD, (), EN))


def test_what_happened_is_marked_on_its_day() -> None:
    event = Event("OUTAGE-2026-01-16", "OUTAGE", date(2026, 1, 16), date(2026, 1, 20))
    layout = trend(some_volumes(), INTAKE, PERIOD, (event,), EN)["layout"]
    assert layout["shapes"][-1]["x0"] == layout["annotations"][0]["x"] == 11 - 0.5 + 15 / 31
    assert layout["annotations"][0]["text"] == "<b>1</b>"
    assert layout["shapes"][-1]["x1"] == 11 - 0.5 + 19 / 31
    assert events_between([event], date(2026, 1, 20), date(2026, 1, 31)) == (event,)
    assert events_between([event], date(2026, 1, 21), date(2026, 1, 31)) == ()
    for last, found in ((event.began_on, (event,)), (event.began_on - timedelta(1), ())):
        assert events_between([event], date(2025, 12, 1), last) == found
    assert event_text(event, EN) == "16–20 Jan 2026: outage"


def test_a_trend_without_months_has_an_axis_and_one_that_began_before_it_its_number() -> None:
    nothing = replace(some_volumes(), months=())
    assert trend(nothing, INTAKE, PERIOD, (), EN)["layout"]["xaxis"]["range"] == [-0.5, 0.5]
    event = Event("OUTAGE-2020-01-16", "OUTAGE", date(2020, 1, 16), date(2026, 1, 20))
    layout = trend(some_volumes(), INTAKE, PERIOD, (event,), EN)["layout"]
    assert layout["shapes"][-1]["x0"] == layout["annotations"][0]["x"] == -0.5


def test_events_of_countries_that_were_not_chosen_are_left_out() -> None:
    days = {"beganOn": "2026-01-16", "endedOn": "2026-01-20", "kind": "OUTAGE"}
    nodes = [
        {**days, "code": "everybody", "country": None},
        {**days, "code": "of-au", "country": {"code": "AU", "name": "Australia"}},
    ]
    for chosen, codes in (((), ["everybody", "of-au"]), (("SG",), ["everybody"])):
        found = read_events(nodes, date(2026, 1, 31), chosen)
        assert [each.code for each in found] == codes
    assert list(read_events(nodes, date(2026, 1, 15), ())) == []
    assert len(list(read_events(nodes, date(2026, 1, 16), ()))) == 2


def months_of(values: Sequence[float | None], measure: Measure, last: date) -> Volumes:
    """Volumes whose months, up to the last, have these values of one measure."""
    months = tuple(
        Line({measure.id: Reading(value)}, starts_on=month_start(last, shift))
        for shift, value in zip(range(1 - len(values), 1), values, strict=True)
    )
    return replace(some_volumes(), months=months)


@pytest.mark.parametrize(
    ("measure", "highest", "heights", "texts_", "top"),
    [
        (INTAKE, 0, [0, 1], "0 1", 1),
        (INTAKE, 3, [0, 1, 2, 3, 4], "0 1 2 3 4", 4),
        (INTAKE, 9, [0, 3, 6, 9, 12], "0 3 6 9 12", 12),
        (INTAKE, 98, [0, 25, 50, 75, 100], "0 25 50 75 100", 103.88),
        (INTAKE, 190, [0, 50, 100, 150, 200], "0 50 100 150 200", 201.4),
        (REFUSAL_RATE, 0.012, [0, 0.005, 0.01, 0.015], "0% 0.5% 1% 1.5%", 0.015),
        (WIP_AGE_OLDEST, 2.2, [0, 1, 2, 3], "0 1 2 3", 3),
        (TURNAROUND_P50, 71, [0, 20, 40, 60, 80], "0 20 40 60 80", 80),
        (TURNAROUND_P50, 72, [0, 24, 48, 72, 96], "0 1 2 3 4", 96),
    ],
)
def test_heights_are_round_and_reach_beyond_the_highest_value(
    measure: Measure, highest: float, heights: list[float], texts_: str, top: float
) -> None:
    volumes = months_of([0, highest, None], measure, PERIOD.to_on)
    axis = trend(volumes, measure, PERIOD, (), EN)["layout"]["yaxis"]
    assert axis["tickvals"] == heights
    assert " ".join(text.split()[0] for text in axis["ticktext"]) == texts_
    assert axis["range"] == pytest.approx([0, top])


@pytest.mark.parametrize(
    ("count", "first", "second", "last"),
    [
        (8, "Jul<br>2025", "Aug", "Feb"),
        (9, "Jul<br>2025", "Oct", "Jan<br>2026"),
        (36, "Apr<br>2023", "Jul", "Jan<br>2026"),
        (37, "Jan<br>2024", "Jan<br>2025", "Jan<br>2026"),
    ],
)
def test_months_are_named_as_far_as_there_is_room(
    count: int, first: str, second: str, last: str
) -> None:
    volumes = months_of([1.0] * count, INTAKE, date(2026, 2, 1))
    period = Period(month_start(date(2026, 2, 1), 1 - count), date(2026, 2, 28))
    axis = trend(volumes, INTAKE, period, (), EN)["layout"]["xaxis"]
    assert (*axis["ticktext"][:2], axis["ticktext"][-1]) == (first, second, last)
    assert axis["range"] == [-0.5, count - 0.5]


@pytest.mark.parametrize(
    ("period", "shades"),
    [
        (Period(date(2026, 1, 1), date(2026, 1, 31)), [(11.5, 12.5)]),
        (Period(date(2026, 2, 1), date(2026, 2, 1)), [(11.5, 12.5)]),
        (Period(date(2025, 2, 1), date(2026, 2, 28)), []),
    ],
)
def test_the_shade_holds_the_chosen_months_unless_they_are_all(
    period: Period, shades: list[tuple[float, float]]
) -> None:
    shapes = trend(some_volumes(), INTAKE, period, (), EN)["layout"]["shapes"]
    assert [(shape["x0"], shape["x1"]) for shape in shapes] == shades


def test_several_lines_differ_by_colour_dash_and_mark_and_may_be_indexed() -> None:
    members = [Choice(code, f"<{code}>") for code in ("AU", "SG", "MY")]
    volumes = replace(
        some_volumes(),
        months_by_member={
            "AU": months_of([10, 30, None], INTAKE, PERIOD.to_on).months,
            "SG": months_of([0, 0, 0], INTAKE, PERIOD.to_on).months,
        },
    )
    period = Period(date(2025, 12, 1), PERIOD.to_on)
    months = [line.starts_on for line in volumes.months if line.starts_on][-13:]
    figure = trend_of_several(volumes, INTAKE, period, members, EN)
    lines = figure["data"]
    assert [line["name"] for line in lines] == ["<AU>", "<SG>", "<MY>"]
    assert lines[0]["y"] == [None] * (len(months) - 3) + [10, 30, None]
    assert lines[2]["y"] == [None] * len(months)
    assert [line["line"]["dash"] for line in lines] == ["solid", "solid", "6px,3px"]
    assert len({line["line"]["color"] for line in lines}) == 3
    assert len({line["marker"]["symbol"] for line in lines}) == 3
    assert figure["layout"]["yaxis"]["range"][1] >= 30
    indexed = trend_of_several(volumes, INTAKE, period, members, EN, is_indexed=True)
    assert indexed["data"][0]["y"][-3:] == [50, 150, None]
    assert indexed["data"][1]["y"][-3:] == [None, None, None]
    assert indexed["layout"]["yaxis"]["tickvals"] == [0, 50, 100, 150, 200]
    first, second, _ = small_multiples(volumes, INTAKE, period, members, EN)
    assert [line["name"] for line in first["data"]] == ["<SG>", "<MY>", "<AU>"]
    assert [line["line"]["color"] == PALE_COLOUR for line in second["data"]] == [True, True, False]
    assert second["data"][-1]["name"] == "<SG>"
    assert first["layout"]["yaxis"]["range"] == second["layout"]["yaxis"]["range"]
    assert first["layout"]["showlegend"] is False
