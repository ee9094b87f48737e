"""What an address says, and what a filter reads of it: word by word and to the day."""

from datetime import date

import pytest

from dashboard.model.filters import FILTERS, condition
from dashboard.model.measures import INTAKE, MANAGING, PARTNER, PROCESSING, REFUSAL_RATE
from dashboard.model.page_state import LANGUAGES, LONGEST_QUERY, PERIODS, Address, read_address
from dashboard.model.period import Period

NOW = date(2026, 5, 20)
#: What each named period is on that day.
NAMED = {
    "this-month": "2026-05-01 2026-05-20",
    "last-month": "2026-04-01 2026-04-30",
    "3-months": "2026-02-01 2026-04-30",
    "last-quarter": "2026-01-01 2026-03-31",
    "12-months": "2025-05-01 2026-04-30",
    "24-months": "2024-05-01 2026-04-30",
    "this-year": "2026-01-01 2026-05-20",
    "last-year": "2025-01-01 2025-12-31",
}
#: What is not as usual, by its field; each value is one that the page offers.
CHOSEN = {
    "period": "last-year",
    "compare": "previous",
    "by": "partner",
    "why": "visa",
    "country": "AU,SG",
    "nationality": "DE",
    "partner": "ANDALAN",
    "centre": "SYD-1",
    "visa": "B1",
    "purpose": "TOURISM",
    "channel": "DIRECT,PARTNER_GROUP",
    "measure": "refusal_rate",
    "lines": "apart",
    "scale": "index",
    "region": "asia",
    "measures": "all",
    "sort": "name",
    "order": "up",
    "rows": "all",
}


def days(text: str) -> Period:
    return Period(*map(date.fromisoformat, text.split()))


def test_named_periods_are_those_days() -> None:
    found = {name: Address("en", period=name).chosen_period(NOW) for name in PERIODS}
    assert found == {name: days(text) for name, text in NAMED.items()}


@pytest.mark.parametrize(
    ("first", "last", "between"),
    [
        ("2026-02", "2026-03", "2026-02-01 2026-03-31"),
        ("2026-03", "2026-02", "2026-02-01 2026-03-31"),
        ("2026-05", "2026-05", "2026-05-01 2026-05-20"),  # no further than today
        ("2009-12", "2010-02", "2010-01-01 2010-02-28"),  # no earlier than anybody counted
        ("2010-01", "2010-01", "2010-01-01 2010-01-31"),
    ],
)
def test_months_that_were_chosen_are_whole_and_in_order(
    first: str, last: str, between: str
) -> None:
    address = read_address(f"?period=custom&first={first}&last={last}", "en")
    assert address.chosen_period(NOW) == days(between)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "1999-12", "26-01", "2026-1", "", "x"])
def test_what_is_no_month_chooses_no_months(text: str) -> None:
    for query in (f"first={text}&last=2026-01", f"first=2026-01&last={text}", "first=2026-01"):
        address = read_address(f"?period=custom&{query}", "en")
        assert (address.period, address.first, address.last) == ("12-months", "", "")


def test_each_field_is_read_by_itself_and_written_as_it_was() -> None:
    for key, text in CHOSEN.items():
        address = read_address(f"?{key}={text}", "en")
        assert address.fields() == {"language": "en", key: text}
        assert read_address(address.link(), "id") == address
        assert read_address(f"?{key}=nonsense!", "en") == Address("en"), key
    whole = read_address("?" + "&".join(f"{key}={text}" for key, text in CHOSEN.items()), "en")
    assert whole.fields() == {"language": "en", **CHOSEN}


def test_the_language_is_the_one_that_is_named_if_it_is_spoken() -> None:
    assert LANGUAGES == ("id", "en")
    assert [read_address(one, "id").language for one in ("?language=en", "?language=fr", None)] == [
        "en", "id", "id",
    ]  # fmt: skip


def test_a_rate_needs_no_other_scale() -> None:
    for measure, scale, is_indexed in (
        ("intake", "index", True),
        ("intake", "absolute", False),
        ("refusal_rate", "index", False),
        ("turnaround_p50", "absolute", False),
    ):
        assert Address("en", measure=measure, scale=scale).is_indexed is is_indexed


def test_an_address_is_read_up_to_its_longest() -> None:
    assert LONGEST_QUERY == 4_000
    last = "country=AU"
    for more, country in ((0, ("AU",)), (1, ())):
        filled = "x=" + "y" * (LONGEST_QUERY - len(last) - 3 + more) + "&" + last
        assert read_address("?" + filled, "en").country == country


@pytest.mark.parametrize(
    ("query", "answers"),
    [
        ("period=last-month", True),
        ("period=this-month", False),  # which is not over
        ("period=last-month&by=partner", True),  # a place, as a country is
        ("period=last-month&visa=B1", True),
        ("period=last-month&by=visa&visa=B1&country=AU&partner=ANDALAN", True),
        ("period=last-month&by=purpose&visa=B1", False),
        ("period=last-month&nationality=DE&visa=B1", False),
        ("period=custom&first=2026-05&last=2026-05", False),
    ],
)
def test_outcomes_answer_whole_months_by_one_dimension_beside_the_place(
    query: str, answers: bool
) -> None:
    address = read_address(f"?{query}", "en")
    assert address.answers_outcomes(NOW) is answers
    if "this-month" not in query:
        # The month that ends today is not over before tomorrow.
        assert address.answers_outcomes(date(2026, 6, 1)) is (answers or "2026-05" in query)
    # Nor is one that begins today.
    assert not Address("en", period="this-month").answers_outcomes(date(2026, 6, 1))
    assert address.audience("LEADERSHIP", NOW) == PROCESSING
    assert address.audience("SCREENING", NOW) is None
    for role, audience in (("PARTNER_AGENT", PARTNER), ("PARTNER_MANAGER", MANAGING)):
        found = address.audience(role, NOW)
        assert found
        assert (found.has_outcomes, found.has_network) == (
            answers,
            answers and role == "PARTNER_MANAGER",
        )
        assert {*audience.measures} - {*found.measures} == ({*()} if answers else {REFUSAL_RATE})


def test_a_measure_that_is_not_read_becomes_the_usual_one() -> None:
    chosen = Address("en", measure="refusal_rate", sort="refusal_rate")
    assert chosen.among(PROCESSING) == chosen
    other = chosen.among(PARTNER.without_outcomes)
    assert (other.measure, other.sort, other.measures) == (INTAKE.id, INTAKE.id, "main")
    for more in PROCESSING.more:
        for one in (Address("en", measure=more.id), Address("en", sort=more.id)):
            assert one.among(PROCESSING).measures == "all"
    assert Address("en", sort="name").among(PROCESSING).measures == "main"


def test_a_value_is_added_once_and_taken_off_again() -> None:
    address = Address("en", country=("AU",))
    assert address.toggle("country", "SG").country == ("AU", "SG")
    assert address.toggle("country", "AU").country == ()
    full = Address("en", country=tuple(f"A{letter}" for letter in "ABCDEFGH"))
    assert full.toggle("country", "ZZ") == full
    assert full.toggle("country", "AH").country == full.country[:-1]


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("country", ["AU"], ["A", "AUS", "au"]),
        ("nationality", ["DE"], ["D", "DEU"]),
        ("partner", ["A", "A-1", "A" * 20], ["", "a", "A" * 21]),
        ("centre", ["SYD", "S" * 20], ["S" * 21, "S_1"]),
        ("visa", ["B1", "E" * 8], ["E" * 9, "b1"]),
        ("purpose", ["TOURISM", "TRANSIT"], ["TOUR", "HOLIDAY"]),
        ("channel", ["DIRECT", "PARTNER_CENTRE"], ["PARTNER", "direct"]),
    ],
)
def test_a_code_has_the_shape_of_its_dimension(key: str, good: list[str], bad: list[str]) -> None:
    [one] = [each for each in FILTERS if each.key == key]
    assert one.reads(",".join([*good, *bad, *good])) == tuple(good)
    assert one.reads(None) == one.reads("") == ()


def test_filters_that_have_a_value_are_what_is_asked_for() -> None:
    values = {each.key: () for each in FILTERS} | {"visa": ("B1", "C1"), "purpose": ("TOURISM",)}
    both = {"visaType": {"in": ["B1", "C1"]}, "tripPurpose": {"in": ["TOURISM"]}}
    assert condition(values) == both
    assert condition(values, without="purpose") == {"visaType": both["visaType"]}
