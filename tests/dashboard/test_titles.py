"""Titles claim only what is so: each is recomputed from the answer, over many random worlds."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from math import sqrt
from typing import Any

import pytest
from babel.numbers import format_decimal, format_percent

from dashboard.components.html_part import html_of
from dashboard.model.measures import MEASURES, RELATIVE, STOCKS, Better, MeasureKind
from dashboard.model.page_state import Address
from dashboard.model.period import COMPARISONS, Period, month_end
from dashboard.model.rows import Line, Reading
from dashboard.model.volumes import read_volumes
from dashboard.pages.volumes.cards import cards, stock_day
from dashboard.pages.volumes.ranking import in_order
from dashboard.pages.volumes.titles import document_title, finding, map_title, trend_title
from dashboard.texts import texts
from dashboard.texts.wording import month_text
from tests.dashboard.random_worlds import AS_OF, World, a_world
from tests.dashboard.some_volumes import a_rate, row, some_data, some_view

WORLDS = 120
FIELDS = [measure.field for measure in MEASURES]
UP, DOWN = ("more than", "naik"), ("fewer than", "turun")
WORSE_IS_LESS = {measure.id for measure in MEASURES if measure.better is Better.HIGHER}
RATED = [measure.id for measure in MEASURES if measure.kind in RELATIVE]


def worlds(**chosen: Any) -> Iterator[World]:
    return (a_world(seed, **chosen) for seed in range(WORLDS))


def has(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)


def number_in(text: str, language: str) -> float:
    plain = text.replace(".", "").replace(",", ".") if language == "id" else text.replace(",", "")
    return float(plain)


@pytest.mark.parametrize("compare", COMPARISONS)
def test_the_headline_says_how_many_came_in_and_which_way_it_went(compare: str) -> None:
    for world in worlds(compare=compare):
        view, title = world.view, finding(world.view)
        now, before = world.value("total", "intake"), world.value("before", "intake")
        assert title.startswith(format_decimal(now, locale=view.say.locale))
        begun = [
            row["period"]["startsOn"]
            for row in world.data["months"]["rows"]
            if any(row[field].get("value") or row[field].get("hours") for field in FIELDS)
        ]
        if not begun or date.fromisoformat(min(begun)) > view.period.before(compare).from_on:
            assert not has((*UP, *DOWN), title), world
            continue
        if has(UP, title):
            assert now > before, title
        elif has(DOWN, title):
            assert now < before, title
        elif not has(("about", "hampir"), title):
            assert now == before, title
        if has(("a year before", "tahun sebelumnya"), title):
            assert compare == "year"
        if share := re.search(r"([\d.,]+)%", title):
            found = number_in(share[1], view.say.language)
            assert found == pytest.approx(abs(now - before) / before * 100, abs=0.051)


@pytest.mark.parametrize("measure", ["intake", "revenue", "decisions", "clearance_ratio"])
def test_the_busiest_month_is_one_of_the_period_and_no_other_had_more(measure: str) -> None:
    for world in worlds(measure=measure):
        view, title, field = world.view, trend_title(world.view), world.view.measure.field
        rows = {
            date.fromisoformat(row["period"]["startsOn"]): row[field]["value"]
            for row in world.data["months"]["rows"]
        }
        named = {day for day in rows if month_text(day, view.say) in title}
        first, last = view.period.from_on, view.period.to_on
        assert all(first <= day <= last for day in named), title
        if has(("busiest", "tersibuk", "most in", "tertinggi pada"), title):
            inside = {day: n for day, n in rows.items() if first <= day <= last}
            assert {day for day, n in inside.items() if n == max(inside.values())} == named, title
        elif any(month_end(day) > AS_OF for day in named):
            assert has(("so far", "sejauh ini"), title)
            assert not has(("a year before", "setahun sebelumnya"), title)


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ((30, 60, 50), "February 2026 was the busiest month of the period, with 60 applications"),
        ((60, 60, 50), "Applications received: most in January 2026 and February 2026, with 60"),
        ((60, 60, 60), "Month by month"),
    ],
)
def test_of_equally_busy_months_two_are_named(counts: tuple[int, ...], title: str) -> None:
    view = some_view()
    months = [
        replace(view.volumes.months[-1], readings={"intake": Reading(n)}, starts_on=start)
        for n, start in zip(counts, [date(2026, month, 1) for month in (1, 2, 3)], strict=True)
    ]
    period = Period(date(2026, 1, 1), date(2026, 3, 31))
    found = replace(view, period=period, volumes=replace(view.volumes, months=tuple(months)))
    assert trend_title(found).startswith(title)


@pytest.mark.parametrize("measure", [each.id for each in STOCKS])
def test_a_stock_is_shown_with_its_day(measure: str) -> None:
    for world in worlds(measure=measure):
        view = world.view
        title = trend_title(view)
        texts_with_day = [stock_day(view)]
        if title != view.say("trend.none"):
            assert has((" on ", " per "), title)
            texts_with_day.append(title)
        is_now = view.period.to_on >= AS_OF
        assert (stock_day(view) == view.say("measures.now")) == is_now
        if not is_now:
            for text in texts_with_day:
                assert str(view.period.to_on.year) in text
                assert str(view.period.to_on.day) in text


def test_of_a_single_month_none_is_the_busiest() -> None:
    view = replace(some_view(), period=Period(date(2026, 2, 1), date(2026, 2, 28)))
    assert "busiest" not in trend_title(view)
    assert "February 2026" in trend_title(view)


def test_the_cards_of_stocks_alone_have_a_day() -> None:
    view = some_view(Address("en", measures="all"))
    stocks = {"wip", "backlog", "wip_age_p90"}
    line = Line({each: Reading(7.0, 9) for each in (*stocks, "intake", "decisions", "revenue")})
    found = replace(view, volumes=replace(view.volumes, total=line))
    with_day = {
        measure.id
        for measure, card in zip(found.measures, cards(found)[1:-1], strict=True)
        if stock_day(found) in html_of(card)
    }
    assert with_day == stocks


def lower_and_upper(share: float, whole: int) -> tuple[float, float]:
    """Wilson's interval of 99.8%, written a second time."""
    z2 = 3.09**2
    middle = share + z2 / (2 * whole)
    spread = 3.09 * sqrt(share * (1 - share) / whole + z2 / (4 * whole**2))
    return (middle - spread) / (1 + z2 / whole), (middle + spread) / (1 + z2 / whole)


@pytest.mark.parametrize("measure", RATED)
def test_a_place_is_named_for_its_rate_only_with_enough_behind_it(measure: str) -> None:
    for world in worlds(measure=measure):
        title, chosen = map_title(world.view), world.view.measure
        rows = {row["country"]["code"]: row[chosen.field] for row in world.data["groups"]["rows"]}
        whole = world.data["all"]["rows"][0][chosen.field].get("value")
        falls = measure not in WORSE_IS_LESS
        is_rate = chosen.kind is MeasureKind.RATE
        weight, value = ("denominator", "value") if is_rate else ("measured", "hours")
        enough = {code: found for code, found in rows.items() if found[weight] >= 30}
        named = re.findall("<(..)>", title)
        assert set(named) <= set(enough), title
        if has(("stands out", "menonjol"), title):
            low, high = lower_and_upper(rows[named[0]][value], rows[named[0]][weight])
            assert low > whole if falls else high < whole, title
        elif has(("none with", "tidak satu pun"), title):
            for found in enough.values():
                low, high = lower_and_upper(found[value], found[weight])
                assert low <= whole + 1e-9 if falls else high >= whole - 1e-9, title
        elif named:
            values = [found[value] for found in enough.values()]
            assert rows[named[0]][value] == (max(values) if falls else min(values)), title


@pytest.mark.parametrize("measure", ["intake", "backlog", "revenue"])
def test_shares_of_the_largest_are_theirs_and_of_few_are_numbers(measure: str) -> None:
    for world in worlds(measure=measure):
        view, title = world.view, map_title(world.view)
        field = view.measure.field
        groups = world.data["groups"]["rows"]
        rows = {row["country"]["code"]: row[field]["value"] for row in groups}
        total = world.data["total"]["rows"][0][field]["value"]
        named = re.findall("<(..)>", title)
        if not named or has(("All applications", "Semua permohonan"), title):
            continue
        largest = sorted(rows.values(), reverse=True)[: len(named)]
        assert sorted((rows[code] for code in named), reverse=True) == largest
        amount = sum(largest)
        if view.measure.kind is MeasureKind.COUNT and total < 100:
            assert "%" not in title
            assert re.search(rf"\b{amount}\b.*\b{total}\b", title), title
        else:
            shares = [
                format_percent(amount / total, pattern, view.say.locale)
                for pattern in ("#,##0%", "#,##0.0%")
            ]
            assert any(share in title for share in shares), title


def test_three_of_eight_neither_lead_a_list_nor_make_a_title() -> None:
    """Namibia, 3 of 8, and Estonia, 3 of 34, stand behind India, 5.8% of 3,040."""
    world = a_world(1, measure="refusal_rate")
    rates = {"NA": (3 / 8, 8), "EE": (3 / 34, 34), "IN": (0.058, 3_040), "AU": (0.02, 4_000)}
    row = world.data["groups"]["rows"][0]
    rows = [
        row
        | {"country": {"code": code, "iso3": code, "name": f"<{code}>"}}
        | {"refusalRate": a_rate(rate, decisions)}
        for code, (rate, decisions) in rates.items()
    ]
    total = row | {"refusalRate": a_rate(0.021, 9_000)}
    data = world.data | {"groups": {"rows": rows}, "all": {"rows": [total]}}

    def codes_in_order(order: str) -> list[str | None]:
        address = Address("en", measure="refusal_rate", sort="refusal_rate", order=order)
        volumes = read_volumes(data, world.view.period, address)
        view = replace(world.view, address=address, volumes=volumes, say=texts("en"))
        assert "<IN> stands out with 5.8% of 3,040" in map_title(view)
        return [line.code for line in in_order(volumes.groups, view)]

    assert codes_in_order("down") == ["IN", "EE", "AU", "NA"]
    assert codes_in_order("up") == ["AU", "IN", "EE", "NA"]


def test_titles_of_the_tab_tell_selections_apart() -> None:
    titles = {
        document_title(some_view(address))
        for address in (
            Address("en"),
            Address("en", country=("AU",)),
            Address("en", country=("AU", "SG")),
            Address("en", visa=("B1",)),
            Address("en", measure="backlog"),
        )
    }
    assert len(titles) == 5
    assert all(title.endswith("Gerbang") for title in titles)
    assert document_title(some_view(Address("en", country=("AU",)))).startswith("Australia")
    assert document_title(some_view()).startswith("Visa processing volumes · Jan")
    revenue = document_title(some_view(Address("en", measure="revenue")))
    assert revenue.startswith("Visa processing volumes · State revenue · Jan")


NOTHING = {f"X{number}": 0 for number in range(9)}
MANY = {"AU": 60, "SG": 20, "NZ": 10, **NOTHING}


@pytest.mark.parametrize(
    ("intakes", "total", "title"),
    [
        ({}, 110, "Applications received by partner country"),
        ({"AU": 0}, 110, "Applications received by partner country"),
        ({"AU": 110}, 110, "All applications came in through <AU>"),
        ({"AU": 100}, 110, "<AU> sent 91% of the applications"),
        ({"AU": 60, **NOTHING}, 99, "Applications received: 60 of 99 in <AU>"),
        ({"AU": 60, **NOTHING}, 100, "<AU> sent 60% of the applications"),
        (MANY, 100, "<AU> sent 60% of the applications"),
        ({**MANY, "MY": 5}, 100, "<AU>, <SG> and <NZ> sent 90% of the applications"),
        (
            {"AU": 60, "X": 0, "XX": 0, "XXX": 0, **NOTHING},
            100,
            "<AU> sent 60% of the applications",
        ),
    ],
)
def test_the_map_names_the_largest_of_few_and_three_of_many(
    intakes: dict[str, int], total: int, title: str
) -> None:
    countries = [{"code": code, "iso3": code, "name": f"<{code}>"} for code in intakes]
    rows = [
        row(count) | {"country": country}
        for count, country in zip(intakes.values(), countries, strict=True)
    ]
    data = some_data(date(2024, 12, 1)) | {
        "groups": {"rows": rows}, "all": {"rows": [row(total)]}
    }  # fmt: skip
    view = some_view()
    volumes = read_volumes(data, view.period, view.address)
    assert map_title(replace(view, volumes=volumes)) == title


@pytest.mark.parametrize(("others", "stands"), [(0, False), (1, True)])
def test_nobody_stands_out_alone(others: int, stands: bool) -> None:
    address = Address("en", measure="refusal_rate")
    rate = {"refusalRate": a_rate(0.5, 100)}
    rows = [row(100, "AU") | rate, *[row(100, "SG") for _ in range(others)]]
    data = some_data(date(2024, 12, 1)) | {"groups": {"rows": rows}}
    view = some_view(address)
    title = map_title(replace(view, volumes=read_volumes(data, view.period, view.address)))
    assert ("Australia stands out" in title) is stands


@pytest.mark.parametrize(
    ("measure", "to_on", "figures", "title"),
    [
        ("intake", 28, {"2025-02-01": 40}, "50 in February 2026, 40 a year before"),
        ("intake", 27, {"2025-02-01": 40}, "50 in February 2026 so far"),
        ("backlog", 28, {"2025-02-01": 40}, "50 on 28 Feb 2026, 40 a year before"),
        ("backlog", 28, {"2025-02-01": None}, "50 on 28 Feb 2026"),
        ("backlog", 10, {"2025-02-01": 40}, "50 on 10 Feb 2026"),
    ],
)
def test_a_month_is_compared_once_it_is_over(
    measure: str, to_on: int, figures: dict[str, int | None], title: str
) -> None:
    address, period = Address("en", measure=measure), Period(date(2026, 2, 1), date(2026, 2, to_on))
    months = [
        {"period": {"startsOn": month}, measure: {"value": value}}
        for month, value in ({"2026-02-01": 50} | figures).items()
    ]
    data = some_data(date(2024, 12, 1)) | {"months": {"rows": months}}
    view = some_view(address)
    volumes = read_volumes(data, period, view.address)
    said = trend_title(replace(view, period=period, volumes=volumes))
    assert said.partition(": ")[2].replace("\xa0", " ") == title


def test_a_stock_is_of_the_last_month_that_is_over() -> None:
    period = Period(date(2026, 1, 1), date(2026, 2, 27))
    months = [
        {"period": {"startsOn": month}, "backlog": {"value": value}}
        for month, value in (("2026-01-01", 45), ("2026-02-01", 50), ("2025-01-01", 40))
    ]
    data = some_data(date(2024, 12, 1)) | {"months": {"rows": months}}
    view = some_view(Address("en", measure="backlog"))
    volumes = read_volumes(data, period, view.address)
    said = trend_title(replace(view, period=period, volumes=volumes))
    assert said == "Backlog: 45 on 31 Jan 2026, 40 a year before"


@pytest.mark.parametrize(
    ("chosen", "leads_to"),
    [
        ({"measure": "backlog", "sort": "wip"}, "measure=backlog&amp;sort=wip"),
        ({"measure": "handover_p90", "sort": "handover_p90"}, ""),
        ({"sort": "name"}, "sort=name"),
    ],
)
def test_fewer_measures_keep_what_was_chosen_of_them(chosen: dict[str, str], leads_to: str) -> None:
    shown = html_of(cards(some_view(Address("en", measures="all", **chosen))))
    fewer = re.findall(r'href="([^"]*)"', shown)[-1]
    assert fewer == "?language=en" + (leads_to and f"&amp;{leads_to}")
