"""Who stands out: all places are counted rightly, and named with their direction."""

from dataclasses import replace

import pytest

from dashboard.model.measures import TARGET_RATE
from dashboard.model.page_state import Address
from dashboard.model.period import month_start
from dashboard.pages.today.answers import CaseCounts
from dashboard.pages.today.attention import Attention, attention_finding, attention_from
from dashboard.texts import texts
from tests.dashboard.today_worlds import LAST, random_world, today_of

EN = texts("en")


def attention_of(late: dict[str, tuple[int, int]], place: str = "centre") -> Attention:
    """How many of how many decisions were late, by centre; what has none has no code."""
    places = {code: CaseCounts(decisions=n, in_target=n - many) for code, (n, many) in late.items()}
    today = replace(today_of(random_world(3)), place=place, places=places, place_months={})
    return attention_from(today, Address("en", measure=TARGET_RATE.id))


def test_what_has_no_centre_is_no_centre() -> None:
    alike = dict.fromkeys(("AU-SYD", "AU-MEL", "AU-PER", "AU-BNE", ""), (100, 5))
    found = attention_finding(attention_of(alike), EN)
    assert found.title == (
        "Late decisions of all 4 centres and the portal and groups are within the usual limits"
    )
    assert found.notes[-1] == (
        "By chance alone, less than one of 5 (4 centres and the portal and groups) would be outside"
        " the 95% limits."
    )
    assert not found.is_concern


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Late decisions of both centres are within the usual limits"),
        ("id", "Keterlambatan di kedua pusat layanan berada dalam batas wajar"),
    ],
)
def test_two_are_both(language: str, title: str) -> None:
    attention = attention_of({"AU-SYD": (100, 5), "AU-MEL": (100, 5)})
    assert attention_finding(attention, texts(language)).title == title


def test_a_place_that_stands_out_is_named_with_its_direction() -> None:
    """Better than the others is no concern."""
    usual = {f"AU-{n:03}": (1_000, 100) for n in range(8)}
    both = attention_finding(
        attention_of(usual | {"AU-UPP": (1_000, 160), "AU-LOW": (1_000, 50)}), EN
    )
    assert both.title == (
        "Late decisions outside the usual limits: AU-UPP (more) and AU-LOW (fewer)"
    )
    assert both.is_concern
    low = attention_finding(attention_of(usual | {"AU-LOW": (1_000, 50)}), EN)
    assert low.title == "Late decisions outside the usual limits: AU-LOW (fewer)"
    assert not low.is_concern


def test_thirty_decisions_are_enough_to_be_judged() -> None:
    attention = attention_of({"AU-SYD": (30, 1), "AU-MEL": (29, 1), "AU-PER": (0, 0)})
    assert [point.count.key for point in attention.funnel.points] == ["AU-SYD"]
    assert [count.key for count in attention.small] == ["AU-MEL"]


def test_one_centre_beside_the_portal_is_one() -> None:
    found = attention_finding(attention_of({"AU-SYD": (100, 5), "": (100, 5)}), EN)
    assert found.title.startswith("Late decisions of 1 centre and the portal and groups are within")


def test_fewer_refusals_than_elsewhere_are_a_concern_too() -> None:
    places = {f"A{n}": CaseCounts(decisions=1_000, refused=100) for n in range(8)}
    places["LOW"] = CaseCounts(decisions=1_000, refused=50)
    found = replace(today_of(random_world(3)), places=places, place_months={})
    finding = attention_finding(attention_from(found, Address("en")), EN)
    assert finding.title == "Refusal rates outside the usual limits: LOW (lower)"
    assert finding.is_concern


@pytest.mark.parametrize(("above", "named"), [(3, 3), (4, 3)])
def test_three_are_listed_and_of_more_the_first_three(above: int, named: int) -> None:
    usual = {f"AU-{n:03}": (1_000, 100) for n in range(40)}
    high = {f"AU-UP{n}": (1_000, 200 - n) for n in range(above)}
    title = attention_finding(attention_of(usual | high), EN).title
    assert title.count("(more)") == named
    many = f"Late decisions of {above} of {40 + above} centres are outside"
    assert title.startswith(many) == (above > 3)


def test_a_place_is_sudden_by_the_last_month_alone() -> None:
    """One that closed after a bad month is in no sentence about the last one."""
    months = [month_start(LAST, shift) for shift in range(-12, 1)]
    usual = {
        month: CaseCounts(decisions=1_000, in_target=980 - month.month % 3) for month in months
    }
    bad = CaseCounts(decisions=1_000, in_target=700)
    closed = {month: cell for month, cell in usual.items() if month < LAST}
    closed[month_start(LAST, -1)] = bad
    found = replace(
        today_of(random_world(3)),
        place="centre",
        places={"OPEN": bad, "CLOSED": bad},
        place_months={"OPEN": usual | {LAST: bad}, "CLOSED": closed},
    )
    attention = attention_from(found, Address("en", measure=TARGET_RATE.id))
    assert [code for code, _ in attention.sudden] == ["OPEN"]


@pytest.mark.parametrize(
    ("late", "note"),
    [
        ({"AU-SYD": (29, 1)}, "Late in this period: 1 of 29 decisions."),
        ({"AU-SYD": (1, 0)}, "Late in this period: 0 of 1 decision."),
        ({}, "Nothing was decided in this period."),
    ],
)
def test_a_place_alone_is_told_how_many_there_were(
    late: dict[str, tuple[int, int]], note: str
) -> None:
    found = attention_finding(attention_of(late), EN)
    assert found.title == "Too few centres with at least 30 decisions to compare late ones"
    assert found.notes == (note,)


def test_places_with_too_few_decisions_are_counted_as_one_or_several() -> None:
    usual = {"AU-SYD": (100, 5), "AU-MEL": (100, 5)}
    for few, words in (
        ({"AU-PER": (29, 1)}, "1 centre with fewer than 30 decisions is not judged."),
        ({"AU-PER": (29, 1), "AU-BNE": (1, 0)}, "2 centres with fewer than 30 decisions are not"),
        ({"AU-PER": (0, 0)}, "By chance alone"),
    ):
        assert attention_finding(attention_of(usual | few), EN).notes[-1].startswith(words)
