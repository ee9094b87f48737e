"""A period is compared with earlier ones only where the data reach back to them."""

from datetime import date

import pytest

from dashboard.gateway.volumes_query import variables_of
from dashboard.model.measures import INTAKE, REFUSAL_RATE
from dashboard.model.page_state import Address
from dashboard.model.period import Period, last_months, this_month
from dashboard.model.rows import Line
from dashboard.pages.volumes.cards import cards
from tests.dashboard.some_volumes import some_view, some_volumes

NOW = date(2026, 3, 10)


def told(begins_on: date) -> str:
    card = cards(some_view(begins_on=begins_on))[1]
    return str(card.to_plotly_json())


def test_the_year_before_is_the_same_months() -> None:
    assert last_months(3, NOW).year_before == Period(date(2024, 12, 1), date(2025, 2, 28))
    assert last_months(12, NOW).year_before == last_months(12, NOW).previous
    assert last_months(24, NOW).year_before == Period(date(2023, 3, 1), date(2025, 2, 28))
    assert this_month(NOW).year_before == Period(date(2025, 3, 1), date(2025, 3, 10))
    assert this_month(date(2024, 2, 29)).year_before.to_on == date(2023, 2, 28)


def test_cards_compare_with_both_earlier_periods() -> None:
    card = told(date(2024, 12, 1))
    assert "previously 100" in card
    assert "+25.0%" in card
    assert "a year before 88" in card


def test_nothing_is_compared_with_what_lies_before_the_data() -> None:
    card = told(date(2025, 3, 1))
    assert "previously 100" in card
    assert "a year before" not in card
    volumes = some_volumes(date(2025, 12, 1))
    assert volumes.previous == volumes.year_before == Line({})
    assert volumes.before(volumes.places[0]) == Line({})
    assert "nothing to compare with" in told(date(2025, 12, 1))


def test_a_year_before_has_every_measure() -> None:
    volumes = some_volumes()
    assert volumes.year_before[REFUSAL_RATE].value == 0.05
    assert volumes.year_before[INTAKE].value == 88


@pytest.mark.parametrize("begins_on", [date(2024, 12, 1), date(2025, 6, 1)])
def test_the_trend_begins_with_the_data(begins_on: date) -> None:
    assert some_volumes(begins_on).months[0].starts_on == begins_on


def test_months_are_asked_for_as_far_back_as_is_compared_and_no_farther() -> None:
    assert last_months(3, NOW).known_from_on == date(2024, 2, 1)
    assert last_months(24, NOW).known_from_on == date(2022, 3, 1)
    assert last_months(119, NOW).known_from_on == date(2016, 3, 1)


@pytest.mark.parametrize(("months", "is_asked"), [(3, True), (12, False)])
def test_the_year_before_is_asked_for_only_where_it_is_another(months: int, is_asked: bool) -> None:
    assert variables_of(last_months(months, NOW), Address("en"))["hasYearBefore"] is is_asked
