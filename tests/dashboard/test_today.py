"""What the page Today makes of findings: its strip, pictures and tables, with their numbers."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dashboard.components.html_part import html_of
from dashboard.figures import CHOSEN_COLOUR
from dashboard.figures.control import control_figure
from dashboard.figures.fan import COMING_BAND, fan_figure
from dashboard.figures.funnel import funnel_figure
from dashboard.figures.waterfall import waterfall
from dashboard.model.findings import Claim, Number, read_findings
from dashboard.model.measures import HANDOVER_P90, INTAKE, REFUSAL_RATE, TARGET_RATE
from dashboard.model.page_state import Address
from dashboard.model.period import Period, month_start
from dashboard.pages.today.answers import Today, read_today, variables_of
from dashboard.pages.today.attention import places_table, waiting_now, watched_measure
from dashboard.pages.today.files import read_files
from dashboard.pages.today.own_work import own_work_table
from dashboard.pages.today.parts import DRAWN, steps_of
from dashboard.pages.today.promise import promise_table
from dashboard.pages.today.strip import MARKS, strip
from dashboard.texts import texts
from gateway.findings.claim import FindingDirection

EN = texts("en")
PERIOD = Period(date(2025, 11, 1), date(2026, 10, 31))
MONTHS = [month_start(date(2026, 10, 1), shift) for shift in range(-11, 1)]


def today_with(*found: Claim) -> Today:
    by_kind: dict[str, list[Claim]] = {}
    for each in found:
        by_kind.setdefault(each.kind, []).append(each)
    names = {"country": {}, "partner": {}, "visa": {"B1": "Visa on arrival"}}
    return Today(PERIOD, MONTHS[0], by_kind, names, {}, None)  # type: ignore[arg-type]


def place(name: str, n: int, value: float, direction: str = "USUAL", **more: Any) -> Claim:
    measure = more.pop("measure", REFUSAL_RATE)
    numbers = {
        "NOW": Number(value, n, value - 0.01, value + 0.01),
        "OVERALL": Number(0.03),
        "CONTROL_LIMITS": Number(None, n, 0.0, 0.1),
        "WARNING_LIMITS": Number(None, n, 0.01, 0.06),
    }
    return Claim("PLACE", direction, measure=measure, code=name[:2].upper(), name=name,
                   numbers=numbers, **more)  # fmt: skip


def change(value: float, *parts: tuple[str, float]) -> Today:
    whole = Claim("CHANGE", "UP", measure=INTAKE, numbers={"CHANGE": Number(value)})
    return today_with(
        whole,
        *(
            Claim("CONTRIBUTION", "UP", measure=INTAKE, name=name, numbers={"CHANGE": Number(size)})
            for name, size in parts
        ),
    )


def test_the_strip_has_an_answer_for_each_question_with_direction_and_way() -> None:
    found = [
        Claim("CHANGE", "UP", measure=INTAKE, sentence="More <came>."),
        Claim("ATTENTION", "USUAL", sentence="Nobody."),
        Claim("WAITING", "WORSE", is_concern=True, sentence="13 of 49."),
        Claim("PROMISE", "PARTLY_KEPT", is_concern=True, sentence="1 of 8."),
        Claim("COMING", "DOWN", sentence="1,880 to 1,930."),
    ]
    text = html_of(strip(today_with(*found), None, EN))
    assert text.count("<li") == 4
    for panel in ("change", "attention", "promise", "coming"):
        assert f'href="#answer-{panel}"' in text
    assert "More &lt;came&gt;." in text
    assert text.index("Nobody.") < text.index("13 of 49.") < text.index("1 of 8.")
    assert EN("today.direction_PARTLY_KEPT") in text
    # What waits now is a concern of the sentence that it stands beside.
    lines = re.findall('<li class="([^"]*)"', text)
    assert lines == ["up", "usual concern", "partly_kept concern", "down"]
    assert html_of(strip(today_with(*found, Claim("WORK", "USUAL")), None, EN)).count("<li") == 5


def test_every_direction_has_a_mark_and_a_word() -> None:
    assert {*MARKS} == {*FindingDirection}
    for language in ("en", "id"):
        assert all(texts(language)(f"today.direction_{each}") for each in FindingDirection)


def test_bars_of_the_waterfall_add_up_and_the_rest_is_one_of_them() -> None:
    parts = [(f"Country {n}", 40.0 - n) for n in range(12)]
    whole = sum(size for _, size in parts)
    found = steps_of(change(whole, *parts), INTAKE, "country", Address("en"), EN)
    assert found
    steps, total = found
    assert len(steps) == DRAWN + 1
    assert sum(step.size for step in steps) == total.size == whole
    (bars,) = waterfall(steps, total, ",.0f", EN)["data"]
    assert bars["x"] == [step.size for step in (*steps, total)]
    assert bars["text"][0] == "+40"
    # Of two or more, never of one alone: that has a name.
    for number in (DRAWN, DRAWN + 1, DRAWN + 2):
        found = steps_of(change(whole, *parts[:number]), INTAKE, "country", Address("en"), EN)
        assert found
        others = [step.name for step in found[0]][DRAWN:]
        assert others == [[], ["Country 7"], ["2 others"]][number - DRAWN]
    assert steps_of(change(0.0, ("Samoa", 0.0)), INTAKE, "country", Address("en"), EN) is None
    unknown = today_with(Claim("CHANGE", "UNKNOWN", measure=INTAKE))
    assert steps_of(unknown, INTAKE, "country", Address("en"), EN) is None


def test_a_long_name_is_cut_beside_its_bar() -> None:
    names = ["Papua New Guinea 1975", "Papua New Guinea, 1975"]
    found = steps_of(change(3.0, (names[0], 2.0), (names[1], 1.0)), INTAKE, "x", Address("en"), EN)
    assert found
    axis = waterfall(*found, ",.0f", EN)["layout"]["yaxis"]
    assert axis["ticktext"][:2] == ["Papua New Guinea 1975", "Papua New Guinea, 19…"]


def test_places_that_stand_out_come_first_and_worse_is_told_from_better() -> None:
    usual = [place(f"{n} usual", 10_000 - n, 0.03) for n in range(12)]
    worse = place("Indonesia", 50, 0.2, "UP", is_concern=True)
    better = place("Timor-Leste", 60, 0.001, "BETTER", measure=TARGET_RATE)
    text = html_of(places_table(today_with(*usual, worse, better), "visa", Address("en"), EN))
    assert text.index("Indonesia") < text.index("Timor-Leste") < text.index("0 usual")
    assert text.count('<th scope="row">') == 8
    assert text.count('class="missed"') == text.count('class="met"') == 1
    assert EN("today.told_up") in text
    assert EN("today.told_better") in text
    assert places_table(today_with(), "visa", Address("en"), EN) is None


def test_the_name_of_a_place_leads_to_its_page() -> None:
    found = today_with(replace(place("Indonesia", 50, 0.2), code="ID"))
    address = Address("en", period="last-year", visa=("B1",))
    text = html_of(places_table(found, "country", address, EN))
    assert 'href="/place?language=en&amp;period=last-year&amp;country=ID"' in text


def test_a_last_month_stands_in_the_place_of_the_window_and_says_so() -> None:
    usual = place("Samoa", 500, 5.0, measure=HANDOVER_P90)
    month = replace(usual, kind="PLACE_MONTH", direction="WORSE", is_concern=True,
                    numbers={"NOW": Number(90.0, 20)})  # fmt: skip
    text = html_of(places_table(today_with(usual, month), "visa", Address("en"), EN))
    assert "3.8 days" in text
    assert EN("today.last_month") in text


def test_the_funnel_shows_what_stands_out_most() -> None:
    assert watched_measure(today_with(place("a", 9, 0.1))) is REFUSAL_RATE
    late = place("b", 9, 0.1, "WORSE", measure=TARGET_RATE, is_concern=True)
    assert watched_measure(today_with(place("a", 9, 0.1), late)) is TARGET_RATE
    assert watched_measure(today_with()) is TARGET_RATE


def test_points_and_lines_of_the_funnel_are_the_numbers_of_the_findings() -> None:
    places = [place("Australia", 1_000, 0.05), place("India", 200, 0.2, "UP", is_concern=True)]
    limits = [
        replace(each, kind="LIMITS") for each in sorted(places, key=lambda it: it["NOW"].n or 0)
    ]
    figure = funnel_figure(places, limits, ["AU"], EN)
    *lines, inside, outside = figure["data"]
    assert [line["y"] for line in lines] == [[0.01, 0.01], [0.06, 0.06], [0.0, 0.0], [0.1, 0.1]]
    assert (inside["x"], inside["y"], inside["text"]) == ([1_000], [0.05], ["Australia"])
    assert (outside["x"], outside["text"]) == ([200], ["India"])
    assert outside["marker"]["color"] == CHOSEN_COLOUR
    assert figure["layout"]["yaxis"]["range"][1] >= 0.2
    assert funnel_figure([], [], [], EN)["data"]


def test_the_five_with_the_most_cases_beyond_the_rate_are_named() -> None:
    places = [place(f"P{n}", 100 * n, 0.2, "UP") for n in range(1, 7)]
    few = place("Few refused", 5_000, 0.0, "DOWN")
    *_, outside = funnel_figure([*places, few], [], [], EN)["data"]
    assert outside["x"] == [5_000, 600, 500, 400, 300, 200, 100]
    assert outside["text"] == ["Few refused", "P6", "P5", "P4", "P3", "", ""]


@pytest.mark.parametrize(
    ("numbers", "rate", "stands"),
    [
        ([], 0.04, "left"),
        ([10], 0.04, "center"),
        ([10], 0.029, "left"),  # below the line nothing is covered
        ([10], 0.09, "left"),  # nor so far above it
        ([10, 100], 0.04, "right"),
        ([10, 100, 1_000], 0.04, "left"),
    ],
)
def test_the_name_of_the_rate_stands_where_it_covers_the_fewest_points(
    numbers: list[int], rate: float, stands: str
) -> None:
    limits = [place("limit", n, 0.03) for n in (10, 1_000)]
    places = [place("above all", 10_000, 0.29), *(place("x", n, rate) for n in numbers)]
    [name] = funnel_figure(places, limits, [], EN)["layout"]["annotations"]
    assert name["xanchor"] == stands


def test_months_beyond_their_limits_are_marked_in_the_control_chart() -> None:
    months = [
        Claim("MONTH", "USUAL", starts_on=month, numbers=place("x", 900, 0.04).numbers)
        for month in MONTHS
    ]
    months[7] = replace(months[7], direction="WORSE", numbers=place("x", 900, 0.23).numbers)
    figure = control_figure(months, EN)
    *_, rates = figure["data"]
    assert rates["y"][7] == 0.23
    assert figure["layout"]["yaxis"]["range"] == [0, pytest.approx(0.23 * 1.12)]
    assert [at for at, mark in enumerate(rates["marker"]["symbol"]) if mark == "diamond"] == [7]


def test_the_fan_ends_with_the_month_under_way_and_the_next_three() -> None:
    received = [
        Claim("RECEIVED", "STEADY", starts_on=month, numbers={"RECEIVED": Number(100.0 + n)})
        for n, month in enumerate(MONTHS)
    ]
    coming = [
        Claim("EXPECTED", "UNKNOWN", starts_on=month_start(MONTHS[-1], step),
                numbers={"EXPECTED": Number(120.0, None, 100.0, 140.0)})
        for step in range(1, 5)
    ]  # fmt: skip
    figure = fan_figure(received, coming, EN)
    past = next(each for each in figure["data"] if each["name"] == EN("measures.intake.label"))
    assert past["y"] == [100.0 + n for n in range(len(MONTHS))]
    earlier = [replace(received[0], starts_on=month_start(MONTHS[0], n)) for n in range(-9, 0)]
    [shown] = (
        each["x"]
        for each in fan_figure(earlier + received, coming, EN)["data"]
        if each["name"] == EN("measures.intake.label")
    )
    assert (len(shown), shown[0], shown[-1]) == (18, "May 2025", "Oct 2026")
    line = next(each for each in figure["data"] if each["name"] == EN("today.middle"))
    assert line["y"] == [120.0] * 4
    assert line["x"][0] == "Nov 2026"
    band = next(each for each in figure["data"] if each.get("fillcolor") == COMING_BAND)
    assert band["y"] == [140.0] * 4
    assert figure["layout"]["yaxis"]["range"] == [0, pytest.approx(140.0 * 1.08)]


@pytest.mark.parametrize(
    ("direction", "promised", "word"),
    [("KEPT", 0.95, "met"), ("MISSED", 0.95, "missed"), ("UNKNOWN", 0.95, "too_few"),
     ("UNKNOWN", None, "no_promise")],
)  # fmt: skip
def test_a_visa_type_has_its_verdict_promise_and_months(
    direction: str, promised: float | None, word: str
) -> None:
    numbers = {"NOW": Number(0.941, 500, 0.92, 0.96), "KEPT": Number(1, 2)}
    if promised:
        numbers["PROMISED"] = Number(promised)
    found = Claim("VISA_TYPE", direction, code="B1", name="Visa on arrival", numbers=numbers)
    marks = [
        Claim("VISA_TYPE_MONTH", kept, code="B1", starts_on=month)
        for kept, month in zip(("KEPT", "MISSED"), MONTHS, strict=False)
    ]
    text = html_of(promise_table(today_with(found, *marks), EN))
    assert EN(f"today.verdict_{word}") in text
    assert "94.1%" in text
    assert ("95%" in text) == bool(promised)
    assert EN("today.kept", met="1", count="2") in text
    assert promise_table(today_with(), EN) is None


def test_own_work_marks_what_is_worse_and_leaves_out_what_is_too_small() -> None:
    numbers = {"NOW": Number(30.0, 40), "CONTROL_LIMITS": Number(None, None, 4.0, 12.0)}
    worse = Claim("WORK_FIGURE", "WORSE", True, HANDOVER_P90, "AU-SYD", "Sydney", numbers=numbers)
    small = Claim("WORK_FIGURE", "UNKNOWN", False, HANDOVER_P90, "AU-MEL", "Melbourne",
                    numbers={"NOW": Number(30.0, 3)})  # fmt: skip
    text = html_of(own_work_table(today_with(worse, small), Address("en"), EN))
    assert "Sydney" in text
    assert "Melbourne" not in text
    assert text.count('class="missed"') == 1
    assert own_work_table(today_with(small), Address("en"), EN) is None


def test_what_waits_stands_with_what_it_rests_on() -> None:
    found = Claim("WAITING", "WORSE", True, sentence="13 of 49.", notes=("The oldest: 3 days.",))
    text = html_of(waiting_now(today_with(found), EN))
    assert 'class="concern"' in text
    assert "The oldest: 3 days." in text
    assert waiting_now(today_with(), EN) == []


def test_a_finding_is_read_as_it_was_answered() -> None:
    row = {
        "kind": "PLACE", "direction": "WORSE", "isConcern": True, "measure": "targetRate",
        "subject": {"code": "IN", "name": {"indonesian": "India"}},
        "period": {"startsOn": "2026-10-01"},
        "numbers": [{"name": "NOW", "value": 0.1, "n": 50, "low": 0.04, "high": 0.2}],
        "sentence": {"indonesian": "Kalimat."}, "notes": [{"indonesian": "Catatan."}],
    }  # fmt: skip
    ((found,),) = read_findings([row], "id").values()
    assert (found.measure, found.code, found.name) == (TARGET_RATE, "IN", "India")
    assert found["NOW"] == (0.1, 50, 0.04, 0.2)
    assert found["BEFORE"].value is None
    assert found.is_concern
    ((other,),) = read_findings([{"kind": "PLACE", "direction": "UP"}], "en").values()
    assert (other.is_concern, other.name, other.sentence, other.starts_on) == (False, "", "", None)
    assert (found.sentence, found.notes, found.starts_on) == (
        "Kalimat.", ("Catatan.",), date(2026, 10, 1),
    )  # fmt: skip


def test_the_question_names_the_language_and_what_is_chosen() -> None:
    asked = variables_of(Address("id", country=("AU",), why="visa"), PERIOD)
    assert asked["isEnglish"] is False
    assert asked["reason"] == "VISA_TYPE"
    assert asked["where"] == {"country": {"in": ["AU"]}}
    assert (asked["from"], asked["to"]) == ("2025-11-01", "2026-10-31")
    assert variables_of(Address("en"), PERIOD)["isEnglish"] is True


def test_an_answer_is_read_with_all_its_findings_and_what_can_be_chosen() -> None:
    nodes = {"nodes": [{"code": "B1", "name": "Visa on arrival"}]}
    rows = {kind: {"rows": [{"kind": kind, "direction": "UP"}], "asOf": "2026-03-01T00:00:00Z"}
            for kind in ("claims", "figures", "marks")}  # fmt: skip
    offered = {"rows": [{"country": {"code": "AU", "name": "Australia"}}, {"country": None}]}
    none = {"nodes": []}
    data = {**rows, "offered": offered, "partners": nodes, "visaTypes": nodes}
    found = read_today(data | {"notes": none, "views": none}, PERIOD, Address("en"))
    assert [*found.found] == ["claims", "figures", "marks"]
    assert found.names["country"] == {"AU": "Australia"}
    assert found.names["visa"] == found.names["partner"] == {"B1": "Visa on arrival"}
    assert [each.code for each in found.choices["visa"]] == ["B1"]
    assert found.named is None


def test_of_few_files_the_newest_is_first_and_a_region_stands_beside_its_own_alone() -> None:
    def file(number: int) -> dict[str, Any]:
        dates = dict.fromkeys(("receivedAt", "paidAt", "targetDueAt", "closedAt"))
        submitted = f"2026-0{number}-01T00:00:00+07:00"
        return {"reference": str(number), "visaType": None, "stage": "", "submittedAt": submitted,
                **dates}  # fmt: skip

    published = {"region": "OCEANIA"}
    for regions, chosen in ((["OCEANIA"] * 2, published), (["OCEANIA", "AFRICA"], None)):
        data = {
            "countries": {"nodes": [{"region": one} for one in regions]},
            "regions": {"rows": [{"region": "AFRICA"}, published]},
            "applications": {"nodes": [file(number) for number in (2, 3, 1)]},
        }
        found = read_files(data, 2025)
        assert [one.reference for one in found.files] == ["3", "2", "1"]
        assert found.published is chosen
