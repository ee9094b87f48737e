"""Numbers, periods and changes as people read them in both languages."""

from datetime import date

import pytest

from dashboard.model.measures import (
    BACKLOG,
    INTAKE,
    MORE,
    PROCESSING,
    REFUSAL_RATE,
    REVENUE,
    TARGET_RATE,
    TURNAROUND_P50,
    Measure,
)
from dashboard.model.page_state import NAME, Address, read_address
from dashboard.model.period import (
    Period,
    last_month,
    last_months,
    last_quarter,
    last_year,
    last_years,
    period_between,
    this_month,
    this_year,
)
from dashboard.model.rows import Reading
from dashboard.pages.volumes.titles import map_title, trend_title
from dashboard.texts import texts
from dashboard.texts.wording import (
    change_of,
    duration_text,
    instant_text,
    percent_text,
    period_text,
    value_text,
)
from tests.dashboard.some_volumes import some_view, some_volumes

NOW = date(2026, 3, 31)
ID, EN = texts("id"), texts("en")


@pytest.mark.parametrize(
    ("measure", "value", "indonesian", "english"),
    [
        (INTAKE, 12345, "12.345", "12,345"),
        (REFUSAL_RATE, 0.0234, "2,3%", "2.3%"),
        (TURNAROUND_P50, 6.25, "6,2 jam", "6.2 hours"),
        (TURNAROUND_P50, 71.9, "71,9 jam", "71.9 hours"),
        (TURNAROUND_P50, 72, "3,0 hari", "3.0 days"),
        (TURNAROUND_P50, 84, "3,5 hari", "3.5 days"),
        (REVENUE, 12_400_000_000, "Rp12,4 miliar", "Rp 12.4 billion"),
        (INTAKE, None, "–", "–"),
        (INTAKE, 0, "0", "0"),
    ],
)
def test_values_are_written_with_their_unit(
    measure: Measure, value: float | None, indonesian: str, english: str
) -> None:
    for say, expected in ((ID, indonesian), (EN, english)):
        assert value_text(measure, Reading(value), say).replace("\xa0", " ") == expected


@pytest.mark.parametrize(
    ("measure", "now", "before", "text", "verdict"),
    [
        (INTAKE, 110, 100, "+10.0%", ""),
        (BACKLOG, 110, 100, "+10.0%", "worse"),
        (TARGET_RATE, 0.96, 0.95, "+1.0 points", "better"),
        (REFUSAL_RATE, 0.01, 0.03, "−2.0 points", ""),
        (TURNAROUND_P50, 5, 6.5, "−1.5 hrs", "better"),
        (INTAKE, 100, 100, "unchanged", ""),
        (INTAKE, 22, 20, "+10.0%", ""),
        (INTAKE, 22, 19, "+3", ""),
        (BACKLOG, 6, 1, "+5", "worse"),
        (BACKLOG, 0, 3, "−3", "better"),
        (INTAKE, 5, 0, "+5", ""),
        (INTAKE, 0, 0, "unchanged", ""),
        # What is nothing once it is rounded has no sign.
        (INTAKE, 20_011, 20_000, "+0.1%", ""),
        (INTAKE, 20_010, 20_000, "unchanged", ""),
        (INTAKE, 19_990, 20_000, "unchanged", ""),
        (TURNAROUND_P50, 5.06, 5, "+0.1 hrs", "worse"),
        (TURNAROUND_P50, 5.05, 5, "unchanged", ""),
        (REFUSAL_RATE, 0.0306, 0.03, "+0.1 points", ""),
        (REFUSAL_RATE, 0.0304, 0.03, "unchanged", ""),
    ],
)
def test_changes_are_written_with_their_verdict(
    measure: Measure, now: float, before: float, text: str, verdict: str
) -> None:
    change = change_of(measure, Reading(now), Reading(before), EN)
    assert change
    assert (change.text, change.verdict) == (text, verdict)


def test_nothing_is_compared_with_nothing() -> None:
    assert change_of(INTAKE, Reading(5), Reading(None), EN) is None
    assert change_of(REVENUE, Reading(5), Reading(0), EN) is None
    assert change_of(INTAKE, Reading(None), Reading(5), EN) is None


def test_periods_are_compared_with_as_many_months_before() -> None:
    assert last_months(3, NOW) == Period(date(2025, 12, 1), date(2026, 2, 28))
    assert last_months(3, NOW).previous == Period(date(2025, 9, 1), date(2025, 11, 30))
    assert this_month(date(2026, 3, 10)).previous == Period(date(2026, 2, 1), date(2026, 2, 10))
    assert this_month(date(2026, 3, 30)).previous == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert last_quarter(date(2026, 3, 31)) == Period(date(2025, 10, 1), date(2025, 12, 31))
    assert this_year(NOW) == Period(date(2026, 1, 1), NOW)
    assert last_year(NOW) == Period(date(2025, 1, 1), date(2025, 12, 31))
    assert last_years(3, NOW) == Period(date(2023, 1, 1), date(2025, 12, 31))
    today = date(2026, 3, 10)
    assert period_between(date(2026, 1, 5), today, today) == Period(date(2026, 1, 1), today)
    assert this_year(NOW).before("year") == Period(date(2025, 1, 1), date(2025, 3, 31))
    assert last_month(NOW).before("previous") == Period(date(2026, 1, 1), date(2026, 1, 31))
    assert period_between(date(2026, 5, 1), date(2025, 1, 1), NOW) == Period(date(2025, 1, 1), NOW)
    middle = date(2026, 3, 10)
    assert period_between(middle, middle, middle) == Period(date(2026, 3, 1), middle)


def test_dates_are_written_in_each_language() -> None:
    assert period_text(last_months(12, NOW), ID).replace("\u2009", " ") == "Mar 2025 – Feb 2026"
    assert instant_text(some_volumes().as_of, ID) == "1 Mar 2026, 08.30 WIB"
    assert instant_text(some_volumes().as_of, EN) == "1 Mar 2026, 08:30 WIB"


def test_titles_say_what_is_seen() -> None:
    assert map_title(some_view()) == "Australia sent 73% of the applications"
    assert trend_title(some_view(Address("id"))) == (
        "Januari 2026 adalah bulan tersibuk dalam periode ini, dengan 60 permohonan"
    )


def test_an_address_holds_several_values_and_no_defaults() -> None:
    address = read_address("?language=en&country=AU,MY,AU,x&visa=B1", "id")
    assert address.country == ("AU", "MY")
    assert address.link() == "?language=en&country=AU,MY&visa=B1"
    assert Address("en").link() == "?language=en"
    assert read_address("?country=" + ",".join(f"A{n}" for n in "BCDEFGHIJKLM"), "id").country == (
        "AB", "AC", "AD", "AE", "AF", "AG", "AH", "AI",
    )  # fmt: skip
    assert address.toggle("country", "MY").country == ("AU",)
    assert address.toggle("country", "SG").country == ("AU", "MY", "SG")


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ({"measure": INTAKE.id, "sort": INTAKE.id}, "main"),
        ({"measure": MORE[0].id, "sort": INTAKE.id}, "all"),
        ({"measure": INTAKE.id, "sort": MORE[0].id}, "all"),
        ({"measure": INTAKE.id, "sort": NAME}, "main"),
    ],
)
def test_all_measures_are_shown_if_a_chosen_one_is_not_among_the_main_ones(
    chosen: dict[str, str], shown: str
) -> None:
    usual = Address("en").measures
    expected = usual if shown == "main" else "all"
    assert Address("en", **chosen).among(PROCESSING).measures == expected


def test_the_address_holds_the_state_and_nonsense_reads_as_absent() -> None:
    address = read_address("?language=en&period=custom&first=2025-01&last=2025-06", "id")
    assert read_address(address.link(), "id") == address
    assert read_address(address.link(sort="backlog"), "id").sort == "backlog"
    for nonsense in (
        "?period=x", "?period=custom&first=1&last=2", "?sort=';--", "?rows[]=1", None,
        "?country=australia", "?country=au", "?visa=B1%27--", "?channel=BOAT", "?by=PARTNER",
        "?compare=never", "?lines=9", "?scale=log", "?region=mars", "?country=,,", "?centre=%00",
        "?partner=" + "X" * 99, "?measure=secret", "?measures=every",
    ):  # fmt: skip
        assert read_address(nonsense, "id") == read_address("", "id")


def test_a_number_is_written_once_for_each_way_of_writing_it() -> None:
    for say in (texts("en"), texts("id")):
        long, short = (duration_text(5.0, say, is_short=each) for each in (False, True))
        whole, fine = (percent_text(0.123, say, digits=each) for each in (0, 1))
        assert (long == short, whole == fine) == (say.language == "id", False)
