"""A period is compared with earlier ones only where the data reach back to them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dashboard.components.html_part import html_of
from dashboard.export.sheet import sheet_of
from dashboard.gateway.client import GatewayClient
from dashboard.gateway.session import Session
from dashboard.gateway.volumes_query import (
    CHOICES,
    NAMES,
    NETWORK,
    SUMMARY,
    ask_volumes,
    variables_of,
)
from dashboard.model.measures import INTAKE, PROCESSING, REFUSAL_RATE
from dashboard.model.page_state import Address
from dashboard.model.period import COMPARISONS, Period, last_months, this_month
from dashboard.model.rows import Line
from dashboard.model.volumes import read_volumes
from dashboard.pages.volumes.cards import cards
from dashboard.pages.volumes.ranking import ranking_note
from dashboard.pages.volumes.table_rows import place_row
from dashboard.pages.volumes.titles import comparison_line, finding, trend_title
from tests.dashboard.some_volumes import PERIOD, some_data, some_view, some_volumes

NOW = date(2026, 3, 10)


def second_card(begins_on: date) -> str:
    card = cards(some_view(begins_on=begins_on))[1]
    return str(card.to_plotly_json())


def test_the_year_before_is_the_same_months() -> None:
    assert last_months(3, NOW).year_before == Period(date(2024, 12, 1), date(2025, 2, 28))
    assert last_months(12, NOW).year_before == last_months(12, NOW).previous
    assert last_months(24, NOW).year_before == Period(date(2023, 3, 1), date(2025, 2, 28))
    assert this_month(NOW).year_before == Period(date(2025, 3, 1), date(2025, 3, 10))
    assert this_month(date(2024, 2, 29)).year_before.to_on == date(2023, 2, 28)


@pytest.mark.parametrize("compare", COMPARISONS)
def test_one_choice_of_comparison_changes_headline_cards_table_and_files(compare: str) -> None:
    view = some_view(Address("en", compare=compare))
    window = {"year": "Jan – Feb 2025", "previous": "Nov – Dec 2025"}[compare]
    words = {"year": "a year before", "previous": "in the period before"}[compare]
    assert finding(view).startswith("110 applications came in, 25.0% more than")
    assert words in finding(view)
    assert window in comparison_line(view).replace("\u2009", " ")
    card = str(cards(view)[1].to_plotly_json())
    assert f"from 88 {words}" in card
    assert "25.0%" in card
    asked = variables_of(view.period, view.address, PROCESSING)
    assert asked["beforeFrom"] == {"year": "2025-01-01", "previous": "2025-11-01"}[compare]
    sheet = sheet_of(view)
    assert window in str(sheet.notes).replace("\\u2009", " ")
    assert sheet.table.rows[0][6:9] == (80, 100, -0.2)
    assert ("a year before" in ranking_note(view)) == (compare == "year")


def test_the_same_period_a_year_before_is_compared_with_unless_something_else_was_chosen() -> None:
    assert Address("en").compare == "year"
    assert (
        variables_of(last_months(3, NOW), Address("en"), PROCESSING)["beforeFrom"] == "2024-12-01"
    )


class Noting(GatewayClient):
    """Notes the variables of what it is asked, and answers the same to all."""

    def __init__(self) -> None:
        self.asked: dict[str, Mapping[str, Any]] = {}

    async def ask(self, name: str, variables: Mapping[str, Any], *_: Any, **__: Any) -> Any:
        self.asked[name.removeprefix("volumes/")] = variables
        return some_data(date(2024, 12, 1))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("by", "has_network", "is_asked"),
    [("visa", True, True), ("nationality", True, True), ("country", True, False),
     ("visa", False, False)],
)  # fmt: skip
async def test_each_question_has_its_own_variables_and_the_network_its_groups(
    by: str, has_network: bool, is_asked: bool
) -> None:
    gateway, session = Noting(), Session("access", None, "id", 0)
    audience = replace(PROCESSING, has_network=has_network)
    address = Address("en", by=by, country=("AU",), nationality=("NZ",), visa=("B1",))
    questions = (SUMMARY, NETWORK, NAMES, CHOICES)
    await ask_volumes(gateway, session, audience, PERIOD, address, questions)
    assert gateway.asked.keys() == {SUMMARY, NAMES, CHOICES, *([NETWORK] if is_asked else [])}
    assert gateway.asked[NAMES] == {
        "isNamed": True, "named": ["AU", "NZ"], "isCentreNamed": False, "namedCentres": [],
        "language": "EN",
    }  # fmt: skip
    known = PERIOD.known_from_on.isoformat()
    assert gateway.asked[CHOICES] == {"knownFrom": known, "to": "2026-02-28", "language": "EN"}
    chosen = gateway.asked[SUMMARY]["whereChosen"]
    shown = gateway.asked[SUMMARY]["where"]
    dimension = {"visa": "visaType", "nationality": "nationality", "country": "country"}[by]
    assert chosen == shown | {dimension: chosen[dimension]}
    assert dimension not in shown
    assert not {"named", "isNamed"} & {*gateway.asked[SUMMARY]}


def test_periods_before_the_data_are_not_compared_with() -> None:
    volumes = some_volumes(date(2025, 12, 1))
    assert volumes.before == Line({})
    assert volumes.before_of(volumes.groups[0]) == Line({})
    view = some_view(begins_on=date(2025, 12, 1))
    assert finding(view) == "110 applications came in"
    assert "do not reach back to" in comparison_line(view)
    assert "nothing to compare with" in second_card(date(2025, 12, 1))


def test_the_first_application_of_a_small_country_is_not_the_beginning_of_the_data() -> None:
    """Nothing came in before December 2025, but the figures are complete from a year earlier on."""
    data = some_data(date(2025, 12, 1))
    complete = {"completeFrom": "2024-12-01"}
    data = {name: table | complete if "rows" in table else table for name, table in data.items()}
    volumes = read_volumes(data, PERIOD, Address("en"))
    assert volumes.before[INTAKE].value == 88
    months = {line.starts_on: line[INTAKE].value for line in volumes.months}
    assert months[date(2024, 12, 1)] == months[date(2025, 11, 1)] == 0
    assert months[date(2026, 1, 1)] == 60


@pytest.mark.parametrize(
    ("begins_on", "first"),
    [(date(2010, 1, 1), PERIOD.known_from_on), (date(2025, 6, 1), date(2025, 6, 1))],
)
def test_months_begin_with_the_data_or_with_what_is_asked_for(begins_on: date, first: date) -> None:
    months = some_volumes(begins_on=begins_on).months
    assert (months[0].starts_on, months[-1].starts_on) == (first, date(2026, 2, 1))


@pytest.mark.parametrize(
    ("begins_on", "before"), [(date(2025, 1, 1), 88), (date(2025, 1, 2), None)]
)
def test_a_period_from_the_first_complete_day_on_is_compared_with(
    begins_on: date, before: int | None
) -> None:
    assert some_volumes(begins_on).before[INTAKE].value == before


def test_an_earlier_period_has_every_measure() -> None:
    assert some_volumes().before[REFUSAL_RATE].value == 0.05
    assert some_volumes().before[INTAKE].value == 88


@pytest.mark.parametrize("begins_on", [date(2024, 12, 1), date(2025, 6, 1)])
def test_the_trend_begins_with_the_data(begins_on: date) -> None:
    assert some_volumes(begins_on).months[0].starts_on == begins_on


def test_the_month_that_begins_today_is_one_of_the_trend() -> None:
    period = Period(date(2026, 1, 1), date(2026, 2, 1))
    volumes = read_volumes(some_data(date(2024, 12, 1)), period, Address("en"))
    assert volumes.months[-1].starts_on == date(2026, 2, 1)
    assert volumes.months[-1][INTAKE].value == 50


@pytest.mark.parametrize(
    ("before", "shown", "spoken"),
    [(5, "▲3", "3 ranks up"), (1, "▼1", "1 rank down"), (2, "", ""), (None, "", "")],
)
def test_a_rank_says_where_it_was(before: int | None, shown: str, spoken: str) -> None:
    view = some_view()
    row = html_of(place_row(2, before, view.volumes.groups[1], view))
    assert (shown in row and spoken in row) if shown else "rank-moved" not in row


@pytest.mark.parametrize(
    ("begins_on", "words"),
    [
        (date(2024, 12, 1), "The last 13 months: between 30 and 60, most recently 50"),
        (date(2025, 12, 1), "The last 3 months: between 40 and 60, most recently 50"),
        (date(2026, 2, 1), ""),
    ],
)
def test_the_small_line_tells_its_ends_from_the_first_complete_month(
    begins_on: date, words: str
) -> None:
    view = some_view(begins_on=begins_on)
    australia = next(line for line in view.volumes.groups if line.code == "AU")
    row = html_of(place_row(1, 1, australia, view))
    assert words in row if words else "The last" not in row


def test_three_names_are_listed_and_four_are_counted() -> None:
    view = some_view()
    assert view.names("country", ["AU", "SG", "MY"]) == "Australia, Singapore and Malaysia"
    assert view.names("country", ["AU", "SG", "MY", "NZ"]) == "4 partner countries"


def test_two_busiest_months_are_both_named_and_three_are_not() -> None:
    view = some_view()
    *others, january, february = view.volumes.months
    tied = replace(february, readings=january.readings)
    both = replace(view, volumes=replace(view.volumes, months=(*others, january, tied)))
    assert trend_title(both) == (
        "Applications received: most in January 2026 and February 2026, with 60 each"
    )
    period = Period(date(2025, 12, 1), date(2026, 2, 28))
    december = replace(others[-1], readings=january.readings)
    months = (*others[:-1], december, january, tied)
    three = replace(both, period=period, volumes=replace(view.volumes, months=months))
    assert trend_title(three) == "Month by month"


def test_months_are_asked_for_as_far_back_as_is_compared_and_no_farther() -> None:
    assert last_months(3, NOW).known_from_on == date(2024, 2, 1)
    assert last_months(24, NOW).known_from_on == date(2022, 3, 1)
    assert last_months(119, NOW).known_from_on == date(2016, 3, 1)
