"""How cases ended, as a partner's manager reads it: a rate, a bound, or the way to the nearest."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dashboard.components.html_part import html_of
from dashboard.model.measures import DECISIONS, PARTNER, REFUSAL_RATE
from dashboard.model.page_state import Address, read_address
from dashboard.model.period import Period
from dashboard.model.published import PublishedPeriod, published_window
from dashboard.model.rows import Line, Reading, Wider
from dashboard.model.user import User
from dashboard.model.volumes import read_volumes
from dashboard.pages.volumes.outcomes import outcomes
from dashboard.pages.volumes.view import View
from dashboard.texts import texts
from tests.dashboard.some_volumes import some_data, some_volumes

NOW = date(2026, 11, 25)
YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
QUARTER = Period(date(2026, 7, 1), date(2026, 9, 30))
MANAGER = User("PARTNER_MANAGER", ("PARTNER_MANAGER",), "Sari", "NUSA", ("AU",))


def panel(
    refusals: Reading, address: Address | None = None, years: dict[str, Wider] | None = None
) -> str:
    """The panel of Australia with a refusal rate, as HTML."""
    line = Line({DECISIONS.id: Reading(80.0), REFUSAL_RATE.id: refusals}, "AU", name="Australia")
    published = PublishedPeriod(1, datetime(2026, 10, 2, tzinfo=UTC), 5, 10, 100, QUARTER, (line,),
                          Reading(0.025), years or {})  # fmt: skip
    volumes = replace(some_volumes(), published=published)
    address = address or Address("en", country=("AU",))
    return html_of(outcomes(View(address, MANAGER, PARTNER, QUARTER, volumes, texts("en"))))


def test_a_withheld_rate_leads_to_the_nearest_period_that_has_one() -> None:
    wider = Wider(YEAR.from_on, YEAR.to_on, "AU")
    found = panel(Reading(is_suppressed=True, wider=wider))
    address = "?language=en&amp;period=custom&amp;first=2025-01&amp;last=2025-12&amp;country=AU"
    assert f'<a href="{address}">see Jan' in found
    there = read_address(address.replace("&amp;", "&"), "en").chosen_period(NOW)
    assert there == YEAR
    window = published_window(there, NOW)
    assert (window.period, window.grain) == (YEAR, "YEAR")


def test_a_withheld_rate_of_no_wider_period_leads_to_the_last_year_that_has_one() -> None:
    years = {"AU": Wider(YEAR.from_on, YEAR.to_on), "NZ": Wider(date(2024, 1, 1), YEAR.to_on)}
    found = panel(Reading(is_suppressed=True), years=years)
    assert "first=2025-01&amp;last=2025-12" in found
    assert "<a " not in panel(Reading(is_suppressed=True), years={"NZ": years["NZ"]})


def test_the_last_year_that_was_published_is_found_for_each_country() -> None:
    def row(country: str | None, year: int, **rate: float | None) -> dict[str, Any]:
        found = {"code": country} if country else None
        period = {"startsOn": f"{year}-01-01", "endsOn": f"{year}-12-31"}
        values = {"value": None, "upperBound": None} | rate
        return {"country": found, "period": period, "refusalRate": values}

    rows = [
        row("NZ", 2025, upperBound=0.055), row("NZ", 2024, value=0.02), row("PG", 2024, value=0.0),
        row("PG", 2025), row("FJ", 2025), row(None, 2025, value=0.02),
    ]  # fmt: skip
    data = some_data(date(2024, 12, 1)) | {
        "published": {
            "published": {
                "edition": 1, "publishedAt": "2026-10-02T00:00:00Z", "rounding": 5,
                "threshold": 10, "fewestDecisions": 100,
            },
            "rows": [
                {
                    "edition": 1, "country": {"code": "NZ", "name": "Selandia Baru"},
                    "period": {"startsOn": start},
                    "nationalRefusalRate": {"value": value},
                }
                for start, value in (("2026-04-01", 0.1), ("2026-07-01", 0.025), ("2026-01-01", 0))
            ],
        },
        "publishedYears": {"rows": rows},
    }  # fmt: skip
    published = read_volumes(data, QUARTER, Address("en")).published
    assert published
    last, before = Wider(YEAR.from_on, YEAR.to_on), Wider(date(2024, 1, 1), date(2024, 12, 31))
    assert published.years == {"NZ": last, "PG": before}
    assert (published.period, published.national.value) == (QUARTER, 0.025)


def test_a_rate_or_a_bound_needs_no_link_to_another_period() -> None:
    assert "5.0%" in panel(Reading(0.05))
    bound = panel(Reading(below=0.014))
    assert "below 1.4%" in bound
    assert "<a " not in bound


@pytest.mark.parametrize(
    ("period", "grain"),
    [
        (Period(date(2026, 5, 1), date(2026, 5, 31)), "MONTH"),
        (QUARTER, "QUARTER"),
        (YEAR, "YEAR"),
    ],
)
def test_a_period_of_the_grid_is_looked_at_itself(period: Period, grain: str) -> None:
    window = published_window(period, NOW)
    assert (window.period, window.grain) == (period, grain)


@pytest.mark.parametrize(
    "period",
    [
        Period(date(2025, 11, 1), date(2026, 10, 31)),
        Period(date(2026, 8, 1), date(2026, 10, 31)),
        Period(date(2026, 11, 1), NOW),
    ],
)
def test_any_other_period_shows_the_last_quarters(period: Period) -> None:
    window = published_window(period, NOW)
    assert window.period == Period(date(2026, 4, 1), date(2026, 9, 30))
    assert window.grain == "QUARTER"
