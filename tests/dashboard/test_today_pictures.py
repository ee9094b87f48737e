"""The pictures of Today are drawn with the numbers of the answer, and with nothing else."""

from dataclasses import replace
from datetime import date
from itertools import accumulate

import pytest

from dashboard.analysis.attention import Count, control_chart, funnel
from dashboard.analysis.expected import outlook
from dashboard.figures import CHOSEN_COLOUR, SERIES_COLOUR
from dashboard.figures.control import control_figure
from dashboard.figures.fan import COMING_BAND, PAST, fan_figure
from dashboard.figures.funnel import BAND, funnel_figure
from dashboard.figures.waterfall import Bar, waterfall
from dashboard.model.page_state import REASONS, Address
from dashboard.model.period import month_start
from dashboard.pages.today.answers import CaseCounts
from dashboard.pages.today.attention import ENOUGH, attention_from, place_names
from dashboard.pages.today.change import ChangeBreakdown, change_finding, change_from, steps_of
from dashboard.pages.today.coming import coming_from
from dashboard.texts import texts
from tests.dashboard.today_worlds import LAST, PERIOD, random_world, sums, today_of

ID = texts("id")
WORLDS = range(25)


@pytest.mark.parametrize("why", REASONS)
@pytest.mark.parametrize("seed", WORLDS)
def test_bars_of_the_waterfall_are_the_contributions_end_to_end(seed: int, why: str) -> None:
    world = random_world(seed)
    change = change_from(today_of(world, why=why), Address("id", why=why))
    found = steps_of(change, ID)
    if found is None:
        return
    figure = waterfall(*found, ",.0f", ID)
    now = sums(world.of(PERIOD), "intake", lambda row: getattr(row, why))
    before = sums(world.of(PERIOD.year_before), "intake", lambda row: getattr(row, why))
    moved = [now.get(key, 0) - before.get(key, 0) for key in {*now, *before}]
    (bars,) = figure["data"]
    *sizes, total = bars["x"]
    assert bars["type"] == "waterfall"  # which begins each bar where the last one ended
    assert sorted(sizes) == sorted(size for size in moved if size)
    assert total == sum(moved)
    assert bars["measure"] == [*["relative"] * len(sizes), "absolute"]
    assert bars["y"] == list(range(len(sizes) + 1))
    names = figure["layout"]["yaxis"]["ticktext"]
    assert names[-1] == ID("today.whole_change")
    low, high = figure["layout"]["xaxis"]["range"]
    ends = [0, *accumulate(sizes)]
    assert low <= min(ends) <= max(ends) <= high
    shown = zip(bars["x"], bars["text"], bars["customdata"], names, strict=True)
    for size, text, hover, name in shown:
        assert abs(size) == int(text.lstrip("+−").replace(".", ""))
        assert (size < 0) == text.startswith("−")
        assert hover.endswith(text)
        assert hover.startswith(name.rstrip("…"))


@pytest.mark.parametrize("seed", WORLDS)
def test_points_and_lines_of_the_funnel_are_rates_and_limits(seed: int) -> None:
    world = random_world(seed)
    found = attention_from(today_of(world), Address("id")).funnel
    figure = funnel_figure(found, place_names(today_of(world), ID), (), ID)
    low, high, low_alarm, high_alarm, inside, outside = figure["data"]
    refused = sums(world.of(PERIOD), "refused", lambda row: row.country)
    decided = sums(world.of(PERIOD), "decisions", lambda row: row.country)
    points = {*zip(inside["x"] + outside["x"], inside["y"] + outside["y"], strict=True)}
    assert points == {(n, refused[code] / n) for code, n in decided.items() if n >= ENOUGH}
    limits = found.limits()
    assert low["x"] == high_alarm["x"] == [line.n for line in limits]
    assert low["y"] == [line.low_warning for line in limits]
    assert high["y"] == [line.high_warning for line in limits]
    assert low_alarm["y"] == [line.low_alarm for line in limits]
    assert high_alarm["y"] == [line.high_alarm for line in limits]
    assert (high["fill"], high["line"]["width"]) == ("tonexty", 0)
    if decided:
        [line] = figure["layout"]["shapes"]
        overall = sum(refused.values()) / max(sum(decided.values()), 1)
        assert line["y0"] == line["y1"] == pytest.approx(overall)
    edges = dict(zip(high["x"], high["y"], strict=True))
    for n, rate in zip(outside["x"], outside["y"], strict=True):
        assert rate >= edges[n] or rate <= dict(zip(low["x"], low["y"], strict=True))[n]


def test_who_is_outside_is_named_in_the_funnel_and_who_was_chosen() -> None:
    counts = [Count(f"{i}", 1_000, 20 + i) for i in range(9)]
    figure = funnel_figure(
        funnel([*counts, Count("IN", 3_000, 400)]), {"IN": "India", "3": "Tiga"}, ("3",), ID
    )
    *_, inside, outside = figure["data"]
    assert outside["text"] == ["India"]
    assert (inside["mode"], outside["mode"]) == ("markers+text", "markers+text")
    assert (inside["marker"]["symbol"], outside["marker"]["symbol"]) == ("circle", "diamond")
    assert inside["marker"]["size"] < outside["marker"]["size"]
    unnamed = funnel_figure(funnel(counts), {}, (), ID)["data"][4]
    assert (len(unnamed["x"]), unnamed["mode"]) == (9, "markers")
    assert [text for text in inside["text"] if text] == ["Tiga"]
    far = [Count(f"{i}", 1_000, 100 + i) for i in range(7)]
    outside = funnel_figure(funnel([*far, Count("many", 90_000, 900)]), {}, (), ID)["data"][5]
    assert outside["text"] == ["6", "5", "4", "3", "2", "", ""]


@pytest.mark.parametrize(
    ("crowds", "anchor"),
    [
        ([], "left"),
        ([(100, 0.031)], "center"),
        ([(100, 0.031), (1_500, 0.031)], "right"),
        ([(1_500, 0.031), (9_000, 0.031)], "left"),
        # Below the line, and well above it, points are in nobody's way.
        ([(100, 0.028)], "left"),
        ([(100, 0.05)], "left"),
    ],
)
def test_the_name_of_the_rate_covers_no_point(crowds: list[tuple[int, float]], anchor: str) -> None:
    points = [Count(f"{n} {i}", n, n * rate) for n, rate in crowds for i in range(4)]
    ends = [Count("few", 90, 0), Count("many", 10_000, 250)]
    figure = funnel_figure(funnel([*points, *ends], 0.03), {}, (), ID)
    [name] = figure["layout"]["annotations"]
    assert (name["xanchor"], name["y"]) == (anchor, 0.03)


def test_a_month_beyond_its_limits_is_marked_and_the_band_is_the_limits() -> None:
    months = [Count(month_start(LAST, shift).isoformat(), 800, 16) for shift in range(-13, 0)]
    chart = control_chart([*months, Count(LAST.isoformat(), 800, 70)])
    low, high, usual, line = control_figure(chart, ID)["data"]
    assert line["y"] == [point.count.rate for point in chart]
    assert line["y"][-1] == 70 / 800
    assert high["y"] == [point.alarm.upper / point.count.n for point in chart]
    assert low["y"] == [point.alarm.lower / point.count.n for point in chart]
    assert usual["y"][-1] == pytest.approx(0.02, abs=0.001)
    assert line["marker"]["symbol"] == ["circle"] * (len(chart) - 1) + ["diamond"]
    assert line["y"][-1] > high["y"][-1]


@pytest.mark.parametrize("seed", WORLDS)
def test_the_fan_is_the_past_and_the_range_of_each_coming_month(seed: int) -> None:
    world = random_world(seed)
    coming = coming_from(today_of(world))
    if coming.outlook is None:
        return
    figure = fan_figure(coming.counts, coming.first, coming.outlook, ID)
    past_low, past_high, low, high, known, middle = figure["data"]
    months = sums(world.rows, "intake", lambda row: row.month.isoformat())
    expected = [months[day] for day in sorted(months)][-PAST:]
    assert known["y"] == expected[-len(known["y"]) :]
    assert low["y"] == [range_.low for range_ in coming.outlook.coming]
    assert high["y"] == [range_.high for range_ in coming.outlook.coming]
    assert middle["x"] == ["Nov 2026", "Des 2026", "Jan 2027"]
    ranges = [range_ for range_ in coming.outlook.past[-PAST:] if range_]
    assert past_low["y"] == [range_.low for range_ in ranges]
    assert past_high["y"] == [range_.high for range_ in ranges]
    assert (past_high["fill"], past_high["fillcolor"]) == ("tonexty", BAND)
    assert (high["fill"], high["fillcolor"]) == ("tonexty", COMING_BAND)
    assert figure["layout"]["yaxis"]["range"][1] > max(known["y"] + past_high["y"] + high["y"])


def test_a_fan_has_room_for_its_highest_range() -> None:
    found = outlook([100 + 5 * n for n in range(30)], [1.0] * 12, 1)
    assert found
    figure = fan_figure([100 + 5 * n for n in range(30)], date(2024, 1, 1), found, ID)
    assert figure["layout"]["yaxis"]["range"][1] > max(range_.high for range_ in found.coming)
    assert figure["layout"]["yaxis"]["range"][0] == 0


def moved_by(**changes: int) -> ChangeBreakdown:
    """The change of applications in which each country had as many more than a hundred before."""
    before = {code: CaseCounts(intake=100) for code in changes}
    now = {code: CaseCounts(intake=100 + more) for code, more in changes.items()}
    total = {"": CaseCounts(intake=sum(cell.intake for cell in now.values()))}
    today = replace(
        today_of(random_world(3)),
        now={"country": now, "visa": total},
        before={"country": before, "visa": {}},
    )
    return change_from(today, Address("en"))


@pytest.mark.parametrize(("groups", "bars", "others"), [(7, 7, ""), (8, 8, ""), (9, 8, "2 others")])
def test_others_are_several(groups: int, bars: int, others: str) -> None:
    found = steps_of(moved_by(**{f"A{n}": 10 * (n + 1) for n in range(groups)}), texts("en"))
    assert found
    steps, total = found
    assert len(steps) == bars
    assert (steps[-1].name == others) if others else all("other" not in each.name for each in steps)
    assert (
        sum(step.size for step in steps) == total.size == sum(10 * (n + 1) for n in range(groups))
    )


def test_who_did_not_move_has_no_bar_and_is_no_reason() -> None:
    change = moved_by(AU=7, MY=0, SG=0)
    found = steps_of(change, texts("en"))
    assert found
    assert [step.name for step in found[0]] == ["Australia"]
    notes = change_finding(change, texts("en")).notes
    assert notes[0] == "Most of the increase: Australia (+7)."
    assert notes[1].startswith("All contributions add up to exactly +7, from 300")
    assert steps_of(moved_by(AU=0, MY=0), texts("en")) is None


@pytest.mark.parametrize(
    ("places", "top"),
    [
        # Twice the rate of all.
        ([("a", 1_000, 30)], 0.06),
        # The limit of 95 % at a hundred decisions.
        ([("a", 100, 3), ("b", 1_000, 30)], 0.065),
        # The rate of a place outside, and not of one inside with fewer decisions.
        ([("a", 99, 7), ("b", 1_000, 30)], 0.0707),
        ([("a", 90, 6), ("b", 1_000, 30)], 0.0631),
        # The line of 99.8 % where it is lowest.
        ([("a", 5, 0)], 0.7704),
    ],
)
def test_a_funnel_is_as_high_as_what_is_to_be_seen(
    places: list[tuple[str, int, int]], top: float
) -> None:
    found = funnel([Count(*place) for place in places], 0.03)
    height = funnel_figure(found, {}, (), ID)["layout"]["yaxis"]["range"][1] / 1.15
    assert height == pytest.approx(top, abs=0.0001)


@pytest.mark.parametrize(
    ("numbers", "ticks"),
    [([], [1, 10]), ([1], [1, 10]), ([100], [100]), ([99, 101], [10, 100, 1_000])],
)
def test_a_funnel_counts_decisions_in_powers_of_ten(numbers: list[int], ticks: list[int]) -> None:
    found = funnel([Count(f"{n}", n, 0) for n in numbers], 0.03)
    axis = funnel_figure(found, {}, (), ID)["layout"]["xaxis"]
    assert axis["tickvals"] == ticks
    low, high = 10 ** axis["range"][0], 10 ** axis["range"][1]
    assert low < min(numbers, default=1) <= max(numbers, default=10) < high


@pytest.mark.parametrize(
    ("sizes", "reach"),
    [
        ([5], (-0.022, 6.122)),
        ([-5], (-6.122, 0.022)),
        ([5, -2], (-1.122, 6.122)),
        ([3, -8], (-6.795, 4.795)),
        ([0], (-0.004, 0.224)),
    ],
)
def test_a_waterfall_has_room_for_its_bars_and_the_texts_at_their_ends(
    sizes: list[float], reach: tuple[float, float]
) -> None:
    steps = [Bar("x" * 21, size, "") for size in sizes]
    figure = waterfall(steps, Bar("y" * 22, sum(sizes), ""), ",.0f", ID)
    layout = figure["layout"]
    assert layout["xaxis"]["range"] == pytest.approx(reach, abs=0.001)
    assert layout["yaxis"]["ticktext"] == ["x" * 21] * len(sizes) + ["y" * 20 + "…"]
    assert layout["margin"]["l"] == 21 * 7 + 14


def test_quarters_are_named_below_the_control_chart_and_alarms_are_large() -> None:
    months = [Count(month_start(LAST, shift).isoformat(), 800, 16) for shift in range(-13, 0)]
    chart = control_chart([*months, Count(LAST.isoformat(), 800, 70)])
    figure = control_figure(chart, ID)
    axis, line = figure["layout"]["xaxis"], figure["data"][3]
    assert axis["ticktext"] == ["Apr<br>2026", "Jul<br>2026", "Okt<br>2026"]
    assert axis["tickvals"] == [text.replace("<br>", " ") for text in axis["ticktext"]]
    assert line["marker"]["size"] == [6] * (len(chart) - 1) + [11]
    low, high = figure["data"][:2]
    assert ("fill" in low, high["fill"]) == (False, "tonexty")
    assert line["marker"]["color"][-2:] == [SERIES_COLOUR, CHOSEN_COLOUR]
    assert figure["layout"]["yaxis"]["range"] == pytest.approx([0, 70 / 800 * 1.12])


def test_limits_and_axes_of_rates_end_with_all() -> None:
    months = [
        Count(month_start(LAST, shift).isoformat(), 6, 6 - shift % 2) for shift in range(-8, 1)
    ]
    figure = control_figure(control_chart(months), ID)
    assert max(figure["data"][1]["y"]) == 1
    assert figure["layout"]["yaxis"]["range"] == [0, 1]


def test_a_fan_names_quarters_and_ends_with_the_last_coming_month() -> None:
    found = outlook([100 + 5 * n for n in range(30)], [1.0] * 12, 1)
    assert found
    axis = fan_figure([100] * 30, date(2024, 1, 1), found, ID)["layout"]["xaxis"]
    months = "Jan 2025, Apr 2025, Jul 2025, Okt 2025, Jan 2026, Apr 2026, Jul 2026"
    assert axis["tickvals"] == months.split(", ")
    assert axis["range"] == [-0.5, PAST + len(found.coming) - 0.5]
