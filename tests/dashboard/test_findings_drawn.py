"""The page Today, drawn of findings of each kind: every word and number.

The findings have what lies on both sides of each limit: more places than are shown, few decisions,
months without a verdict, and nothing at all.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from dashboard.figures.control import control_figure
from dashboard.figures.fan import fan_figure, range_text
from dashboard.figures.funnel import funnel_figure
from dashboard.figures.small import month_marks, sparkline
from dashboard.figures.waterfall import Bar, waterfall
from dashboard.model.findings import Claim, Number
from dashboard.model.measures import (
    BACKLOG,
    HANDOVER_P90,
    INFO_REQUEST_RATE,
    INTAKE,
    REFUSAL_RATE,
    TARGET_RATE,
    TURNAROUND_P90,
)
from dashboard.model.page_state import Address
from dashboard.model.period import Period, month_start
from dashboard.model.user import User
from dashboard.pages.today.answers import Today, variables_of
from dashboard.pages.today.attention import places_table, waiting_now, watched_measure
from dashboard.pages.today.own_work import own_work_table
from dashboard.pages.today.parts import (
    answer,
    change_table,
    labelled_segments,
    named_place,
    report_links,
    steps_of,
    volumes_link,
)
from dashboard.pages.today.promise import promise_table
from dashboard.pages.today.reading import place_of, reasons_of
from dashboard.pages.today.strip import strip
from dashboard.texts import texts
from tests.dashboard.snapshots import assert_as_drawn
from tests.dashboard.some_volumes import LEADER

PERIOD = Period(date(2025, 11, 1), date(2026, 10, 31))
#: Late in the evening in Jakarta: in Greenwich it is the day before.
NOW = datetime(2026, 10, 14, 18, 30, tzinfo=UTC)
MONTHS = [month_start(date(2026, 10, 1), shift) for shift in range(-19, 1)]
MANAGER = User("PARTNER_MANAGER", ("PARTNER_MANAGER",), "Rina", "NUSA", ("AU",))
AGENT = User("PARTNER_AGENT", ("PARTNER_AGENT",), None, "NUSA", ("AU", "SG"))
NOTES = ("It rests on this.", "And on that.")


def places() -> list[Claim]:
    """Twelve places by two measures: three stand out, and one last month does."""
    found: list[Claim] = []
    for n in range(12):
        size = [99, 100, 101, 9, 5_000][n] if n < 5 else 40 * n
        rate = 0.02 * n
        numbers = {
            "NOW": Number(rate, size, max(rate - 0.02, 0), rate + 0.03),
            "OVERALL": Number(0.06),
            "WARNING_LIMITS": Number(None, size, 0.03, 0.09),
            "CONTROL_LIMITS": Number(None, size, 0.01, 0.12),
        }
        name, code = f"Place {n}", f"P{n}"
        side = {1: "BETTER", 9: "DOWN", 10: "UP", 11: "WORSE"}.get(n, "USUAL")
        claim = (side, n in (0, 10, 11), REFUSAL_RATE, code, name, None, numbers)
        found.append(Claim("PLACE", *claim))
        if n % 3 == 0:
            hours = {"NOW": Number(70.0 + n, size, 60.0, 90.0)}
            found.append(Claim("PLACE", "USUAL", False, HANDOVER_P90, code, name, None, hours))
    last = {"NOW": Number(0.4, 30, 0.2, 0.6), "OVERALL": Number(0.06)}
    found.append(
        Claim("PLACE_MONTH", "WORSE", True, TARGET_RATE, "P2", "Place 2", MONTHS[-2], last)
    )
    found.append(
        Claim("PLACE_MONTH", "BETTER", False, REFUSAL_RATE, "P10", "Place 10", MONTHS[-2], last)
    )
    return found


def limits() -> list[Claim]:
    sizes = (8, 99, 100, 1_000, 20_000)
    return [
        Claim("LIMITS", "USUAL", measure=REFUSAL_RATE, numbers={
            "WARNING_LIMITS": Number(None, size, 0.05 - 0.04 / (n + 1), 0.07 + 0.1 / (n + 1)),
            "CONTROL_LIMITS": Number(None, size, 0.05 - 0.05 / (n + 1), 0.07 + 0.5 / (n + 1)),
        })
        for n, size in enumerate(sizes)
    ]  # fmt: skip


def months() -> list[Claim]:
    """A control chart whose limits are wider than its rates, with a month on each side."""
    return [
        Claim("MONTH", {4: "WORSE", 9: "BETTER"}.get(n, "USUAL"), n == 4, REFUSAL_RATE, None, "",
              month, {
                  "NOW": Number(0.05 + n % 5 / 100, 300 + n, 0.03, 0.09),
                  "OVERALL": Number(0.06),
                  "CONTROL_LIMITS": Number(None, 300, 0.01, 0.3),
              })
        for n, month in enumerate(MONTHS)
    ]  # fmt: skip


def promises() -> list[Claim]:
    """Visa types with and without a promise, months, a year before, and named events."""
    kinds = (
        ("B1", "Visa on arrival", "KEPT", 0.95, Number(11, 12), Number(0.97, 40)),
        ("C1", "C1", "MISSED", 0.9, Number(0, 12), Number(0.8, 0)),
        ("D2", "Business", "UNKNOWN", 0.9, Number(0, 0), Number()),
        ("E3", "Work", "UNKNOWN", None, Number(), Number()),
    )
    found = [
        Claim("VISA_TYPE", side, side == "MISSED", TARGET_RATE, code, name, None, {
            "NOW": Number(0.9 + n / 50, 30 + n, 0.85, 0.99),
            "KEPT": kept,
            "WITHOUT_EVENTS": without,
            **({"PROMISED": Number(promised)} if promised else {}),
            **({"CHANGE": Number(0.012 - n / 50)} if n < 2 else {}),
        })
        for n, (code, name, side, promised, kept, without) in enumerate(kinds)
    ]  # fmt: skip
    marks = (("B1", 0, "KEPT"), ("B1", 1, "MISSED"), ("B1", 3, "KEPT"), ("C1", 2, "UNKNOWN"))
    return found + [
        Claim("VISA_TYPE_MONTH", side, code=code, starts_on=MONTHS[at])
        for code, at, side in reversed(marks)
    ]


def work() -> list[Claim]:
    """Of a centre and a visa type, with nine, ten and eleven behind a figure."""
    usual = Number(None, None, 4.0, 12.0)
    return [
        Claim("WORK_FIGURE", "WORSE", True, HANDOVER_P90, "AU-SYD", "Sydney", None,
              {"NOW": Number(80.0, 11, 71.0, 90.0), "CONTROL_LIMITS": usual}),
        Claim("WORK_FIGURE", "USUAL", False, INFO_REQUEST_RATE, "AU-SYD", "Sydney", None,
              {"NOW": Number(0.1, 10, 0.0, 0.3)}),
        Claim("WORK_FIGURE", "UNKNOWN", False, TURNAROUND_P90, "AU-SYD", "Sydney", None,
              {"NOW": Number(30.0, 9)}),
        Claim("WORK_FIGURE", "BETTER", False, BACKLOG, "B1", "Visa on arrival", None,
              {"NOW": Number(0.05, 40)}),
        Claim("WORK_FIGURE", "UNKNOWN", False, BACKLOG, "AU-MEL", "Melbourne", None,
              {"NOW": Number(0.05, 9)}),
    ]  # fmt: skip


def coming() -> list[Claim]:
    received = [
        Claim("RECEIVED", "STEADY", starts_on=month, numbers={
            "RECEIVED": Number(100.0 + n * 3),
            **({"EXPECTED": Number(110.0, None, 90.0, 260.0 + n)} if n > 15 else {}),
        })
        for n, month in enumerate(MONTHS)
    ]  # fmt: skip
    expected = [
        Claim("EXPECTED", "UNKNOWN", starts_on=month_start(MONTHS[-1], n),
              numbers={"EXPECTED": Number(150.0 + n, None, 120.0 - n, 180.0 + n)})
        for n in range(1, 4)
    ]  # fmt: skip
    return [*received, *expected]


def change() -> list[Claim]:
    whole = Claim("CHANGE", "UP", False, INTAKE, numbers={"CHANGE": Number(101.0, 900)},
                  sentence="More came in.", notes=NOTES)  # fmt: skip
    rates = Claim("CHANGE", "WORSE", True, TARGET_RATE, numbers={"CHANGE": Number(-0.0123, 900)})
    sizes = (40.0, 30.4, -20.5, 19.0, 12.6, -9.0, 8.0, 7.5, 6.0, 0.0)
    return [
        rates,
        whole,
        *(
            Claim("CONTRIBUTION", "UP", False, INTAKE, f"V{n}", f"A visa type with a name {n}",
                  numbers={"CHANGE": Number(size)})
            for n, size in enumerate(sizes)
        ),
        *(
            Claim("CONTRIBUTION", "DOWN", False, TARGET_RATE, f"V{n}", f"Type {n}",
                  numbers={"CHANGE": Number(-0.0061 * (n + 1))})
            for n in range(2)
        ),
    ]  # fmt: skip


def sums() -> list[Claim]:
    return [
        Claim("ATTENTION", "WORSE", True, sentence="Two places.", notes=NOTES),
        Claim("WAITING", "USUAL", sentence="13 of 49 are late.", notes=NOTES),
        Claim("PROMISE", "PARTLY_KEPT", True, sentence="1 of 2.", notes=NOTES[:1]),
        Claim("COMING", "STEADY", sentence="150 to 153."),
        Claim("WORK", "BETTER", sentence="Your work."),
        Claim("EVENT", "STEADY", sentence="To be read with the strike."),
    ]


def some_today(*kinds: list[Claim]) -> Today:
    found: dict[str, list[Claim]] = {}
    for each in [claim for kind in kinds for claim in kind]:
        found.setdefault(each.kind, []).append(each)
    names = {"country": {"AU": "Australia"}, "partner": {}, "visa": {"B1": "Visa on arrival"}}
    return Today(PERIOD, NOW, found, names, {}, {"AU": "Australia"})


TODAY = some_today(sums(), change(), places(), limits(), months(), promises(), work(), coming())


def test_every_answer_of_the_page_today_is_as_it_was() -> None:
    address = Address("en", country=("AU",), why="visa", period="last-year")
    shown: dict[str, Any] = {}
    for language in ("en", "id"):
        say = texts(language)
        shown |= {
            f"strip_{language}": strip(TODAY, None, say),
            f"places_{language}": places_table(TODAY, "country", address, say),
            f"promise_{language}": promise_table(TODAY, say),
            f"work_{language}": own_work_table(TODAY, address, say),
            f"waiting_{language}": waiting_now(TODAY, say),
            f"few_{language}": strip(TODAY, "Two of three.", say),
        }
        for measure in (INTAKE, TARGET_RATE):
            steps = steps_of(TODAY, measure, "visa", address, say)
            assert steps
            shown[f"change_{measure.id}_{language}"] = change_table(*steps, say)
    say = texts("en")
    concern = [Claim("PLACE", "WORSE", True, each) for each in (HANDOVER_P90, TARGET_RATE)]
    usual = [Claim("PLACE", "UP", False, each) for each in (TARGET_RATE, REFUSAL_RATE)]
    shown |= {
        "watched": [
            watched_measure(some_today(each)).id
            for each in ([], usual[:1], usual, concern[:1], [*usual, *concern])
        ],
        "named": [
            named_place(key, "X", "A name", address)
            for key in ("country", "partner", "centre", "visa")
        ],
        "unread": TODAY.change(REFUSAL_RATE).measure is TARGET_RATE,
        "chosen": f"{labelled_segments('x', 'One of', 'c', [('a', 'A'), ('b', 'B')])}",
        "answer": answer(TODAY.one("CHANGE"), volumes_link(address, measure="wip"), say),
        "report": report_links(address, say),
        "asked": variables_of(address, PERIOD),
        "reasons": [[*reasons_of(each)] for each in (LEADER, MANAGER, AGENT)],
        "compared": [place_of(each) for each in (LEADER, MANAGER, AGENT)],
    }
    assert_as_drawn("today", **shown)


def test_every_number_of_its_pictures_is_as_it_was() -> None:
    say = texts("en")
    of_rate = TODAY.all("PLACE", REFUSAL_RATE)
    by_name = steps_of(TODAY, INTAKE, "country", Address("en"), say)
    assert by_name
    falling = steps_of(TODAY, TARGET_RATE, "country", Address("en"), say)
    assert falling
    ahead = TODAY.all("EXPECTED")
    beyond = [replace(each, direction="UP") for each in of_rate]
    few = Claim("PLACE", "UP", numbers={"NOW": Number(0.5, 9), "OVERALL": Number(0.06)})
    assert_as_drawn(
        "today-pictures",
        funnel=funnel_figure(of_rate, TODAY.all("LIMITS"), ["P4"], say),
        funnel_of_many=funnel_figure(beyond, TODAY.all("LIMITS"), [], say)["data"][-1],
        funnel_of_few=funnel_figure([few], [], [], say)["layout"]["yaxis"],
        unchanged=waterfall([Bar("a", -2.0, "-2")], Bar("b", 0.0, "0"), ",.0f", say)["layout"],
        small_funnel=funnel_figure(of_rate[:1], TODAY.all("LIMITS")[2:3], [], say)["layout"],
        high_funnel=funnel_figure(
            [Claim("PLACE", "UP", numbers={"NOW": Number(0.97, 9), "OVERALL": Number(0.5)})],
            [], [], say,
        )["layout"],
        control=control_figure(TODAY.all("MONTH"), texts("id")),
        high_control=control_figure(
            [Claim("MONTH", "USUAL", starts_on=MONTHS[0], numbers={"NOW": Number(0.95, 5)})], say
        )["layout"],
        fan=fan_figure(TODAY.all("RECEIVED"), ahead, say),
        nothing=fan_figure([], [], say)["layout"],
        ranges=[range_text(each.starts_on, each["EXPECTED"], say) for each in ahead
                if each.starts_on],
        waterfall=waterfall(*by_name, ",.0f", say),
        falling=waterfall(*falling, ".1%", say),
        marks=month_marks([True, False, None]),
        lines=[sparkline([3, 1, 2, 9]), sparkline([9, 1]), sparkline([0]), sparkline([])],
    )  # fmt: skip
