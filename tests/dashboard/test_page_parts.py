"""What surrounds the figures: notices, filters, queries, and the trend as a table."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dashboard.components.controls import choices, period_choice
from dashboard.components.html_part import html_of
from dashboard.components.notice import failure_notice, outage_notice, partly_absent, reason
from dashboard.components.saved_views import saved_views
from dashboard.components.shell import account, raiser_role_text, role_text, scope_text
from dashboard.gateway.client import GatewayError
from dashboard.gateway.session import Outage
from dashboard.model.events import Event, Note
from dashboard.model.filters import FILTERS
from dashboard.model.measures import DECISIONS, INTAKE, REFUSAL_RATE, TURNAROUND_P50
from dashboard.model.page_state import Address
from dashboard.model.period import Period
from dashboard.model.query_text import query_of_groups, query_of_months
from dashboard.model.reach import Absence, Absent, absences, is_elsewhere
from dashboard.model.user import User
from dashboard.pages.administration.tables import list_closing
from dashboard.pages.volumes.filter_bar import filter_chips, filter_options
from dashboard.pages.volumes.layout import below, small_graphs, trend_controls
from dashboard.pages.volumes.trend_table import trend_notes, trend_table
from dashboard.texts import texts
from tests.dashboard.some_volumes import LEADER, PERIOD, some_view, some_volumes

EN = texts("en")
#: Of these nothing is in a log.
SIGN_IN = ("UNAUTHENTICATED", "INSUFFICIENT_USER_AUTHENTICATION", "SUSPENDED")
SIGN_IN_AND_BACK = "/sign-in?page=/volumes&amp;by=partner"
OUTAGE = Outage(datetime(2026, 3, 1, 2, 30, tzinfo=UTC), "UNREACHABLE", "a" * 32)


@pytest.mark.parametrize(
    ("code", "words", "asks_again", "link"),
    [
        ("UNREACHABLE", "does not answer", True, "/volumes?by=partner"),
        ("INTERNAL", "on our side", True, "/volumes?by=partner"),
        ("OVERLOADED", "on our side", True, "/volumes?by=partner"),
        ("TIMEOUT", "on our side", True, "/volumes?by=partner"),
        ("UNAVAILABLE", "on our side", True, "/volumes?by=partner"),
        ("INVALID_ARGUMENT", "refused the request", False, "/volumes?by=partner"),
        ("UNAUTHENTICATED", "sign-in has ended", False, SIGN_IN_AND_BACK),
        ("INSUFFICIENT_USER_AUTHENTICATION", "stronger sign-in", False, SIGN_IN_AND_BACK),
        ("SUSPENDED", "is suspended", False, None),
    ],
)
def test_a_failure_says_why_and_asks_again_only_where_that_helps(
    code: str, words: str, asks_again: bool, link: str | None
) -> None:
    said = html_of(failure_notice(GatewayError(code, "", "b" * 32), "/volumes?by=partner", EN))
    assert words in said
    assert ("data-again" in said) == asks_again
    assert re.findall('href="([^"]*)"', said) == ([link] if link else [])
    assert ("b" * 32 in said) == (code not in SIGN_IN)
    assert 'role="alert"' in said
    assert reason(code) in ("unreachable", "inside", "refused")


@pytest.mark.parametrize(
    ("outage", "as_of", "back", "has", "has_not"),
    [
        (OUTAGE, OUTAGE.since, None, ["09:30", "The figures are as of", "a" * 32], ["href"]),
        (OUTAGE, None, None, ["What is missing comes by itself"], ["as of", "href"]),
        (None, None, "?x", ["shown is still", 'href="?x"'], ["Trace", "since"]),
        (OUTAGE, None, "", ["Back to that", "Trace"], []),
    ],
)
def test_last_good_figures_say_since_when_and_lead_to_what_is_shown(
    outage: Outage | None, as_of: Any, back: str | None, has: list[str], has_not: list[str]
) -> None:
    said = html_of(outage_notice(outage, as_of, EN, back))
    assert all(words in said for words in [*has, "data-again", "last good figures"])
    assert not any(words in said for words in has_not)


def test_what_is_left_out_is_named_by_why_and_a_measure_by_its_place() -> None:
    absent = (
        Absent("country", "SG", Absence.OUTSIDE),
        Absent("country", "MY", Absence.OUTSIDE),
        Absent("partner", "X", Absence.UNKNOWN),
    )
    found = partly_absent(absent, lambda key, code: f"{key} {code}", LEADER, EN, "wip", "intake")
    said = html_of(found)
    assert "country SG and country MY: outside your scope" in said
    assert "partner X: nothing is known by that name" in said
    assert "“In process” is given by whole months" in said
    assert said.count("<p>") == 3
    assert partly_absent((), lambda key, code: code, LEADER, EN, "wip", "wip") is None


def test_each_filter_is_a_chip_that_takes_itself_off_and_two_can_go_together() -> None:
    one = html_of(filter_chips(some_view(Address("en", country=("AU",)))))
    assert "Partner country: Australia" in one
    assert re.findall('href="([^"]*)"', one) == ["?language=en"]
    both = html_of(filter_chips(some_view(Address("en", country=("AU", "SG")))))
    links = [link.replace("&amp;", "&") for link in re.findall('href="([^"]*)"', both)]
    assert links == ["?language=en&country=SG", "?language=en&country=AU", "?language=en"]
    assert filter_chips(some_view()) is None


def test_a_filter_offers_what_is_known_and_what_is_set() -> None:
    view = some_view(Address("en", partner=("NUSA", "GONE")))
    assert filter_options("partner", view) == [
        {"value": "NUSA", "label": "Nusa Visa"},
        {"value": "GONE", "label": "GONE"},
    ]
    # Nothing is known of it, but every country has a name.
    view = some_view(Address("en", nationality=("NZ",)))
    assert {"value": "NZ", "label": "New Zealand"} in filter_options("nationality", view)


def test_controls_show_what_is_chosen_and_none_chosen_is_all() -> None:
    assert choices("x", "Country", [], ["AU"], EN).placeholder == ""
    assert choices("x", "Country", [], [], EN).placeholder == EN("filters.every")
    custom = Address("en", period="custom", first="2025-03", last="2025-11")
    for address, chosen, months in (
        (Address("en"), "12-months", [None, None]),
        (custom, "", ["2025-03-01", "2025-11-01"]),
    ):
        named, picker = period_choice("x", address, date(2026, 3, 10), EN).children
        assert (named.value, picker.children.value) == (chosen, months)
        assert picker.children.maxDate == "2026-03-10"


@pytest.mark.parametrize(
    ("members", "is_hidden"), [((), True), (("AU",), True), (("AU", "SG"), False)]
)
def test_how_lines_are_drawn_is_chosen_where_there_are_several(
    members: tuple[str, ...], is_hidden: bool
) -> None:
    address = Address("en", country=members, lines="apart", scale="index")
    controls = trend_controls(address, EN)
    assert controls.hidden == is_hidden
    assert [each.value for each in controls.children] == ["apart", "index"]


def test_a_query_is_what_the_table_shows_and_another_what_the_trend_shows() -> None:
    measures = (INTAKE, REFUSAL_RATE, TURNAROUND_P50)
    address = Address("id", country=("AU", "SG"), visa=("B1",), channel=("DIRECT",))
    groups = query_of_groups(PERIOD, measures, address)
    assert groups.splitlines()[2:] == [
        '    from: "2026-01-01"',
        '    to: "2026-02-28"',
        "    groupBy: [COUNTRY]",
        '    where: { visaType: { in: ["B1"] }, channel: { in: [DIRECT] } }',
        "  ) {",
        "    asOf",
        "    rows {",
        "      country { code name(language: ID) }",
        "      intake { value }",
        "      refusalRate { value denominator }",
        "      turnaroundP50 { hours measured }",
        "    }",
        "  }",
        "}",
    ]
    months = query_of_months(date(2025, 2, 1), PERIOD, (INTAKE,), address)
    assert 'from: "2025-02-01"\n    to: "2026-02-28"\n    groupBy: [COUNTRY, MONTH]' in months
    assert 'where: { country: { in: ["AU", "SG"] }' in months
    assert "country { code name(language: ID) }\n      period { startsOn }" in months
    alone = query_of_months(date(2025, 2, 1), PERIOD, (INTAKE,), replace(address, country=("AU",)))
    assert "groupBy: [MONTH]" in alone
    assert "      country" not in alone
    assert "where" not in query_of_groups(PERIOD, measures, Address("id"))
    rows = {
        key: query_of_groups(PERIOD, (), Address("en", by=key)).splitlines()[8].strip()
        for key in (each.key for each in FILTERS)
    }
    assert rows == {
        "country": "country { code name(language: EN) }",
        "nationality": "nationality { code name(language: EN) }",
        "partner": "partner { code name }",
        "centre": "centre { code city }",
        "visa": "visaType { code name(language: EN) }",
        "purpose": "tripPurpose",
        "channel": "channel",
    }


def test_the_trend_as_a_table_begins_with_the_last_month() -> None:
    view = some_view(Address("en", measure="decisions"))
    table = html_of(trend_table(view))
    heads = re.findall('<th scope="col">([^<]*)</th>', table)
    assert heads[:4] == ["Month", "Decisions", "Year before", "Applications received"]
    assert heads.count("Decisions") == 1
    rows = re.findall('<tr>(<th scope="row">.*?)</tr>', table)
    first = re.findall(">([^<]*)</t[hd]>", rows[0])
    assert first[:4] == ["Feb 2026", "50", "30", "50"]
    assert re.findall(">([^<]*)</t[hd]>", rows[-1])[:3] == ["Feb 2025", "30", "–"]
    assert len(rows) == 13
    assert view.measure is DECISIONS


@pytest.mark.parametrize(
    ("chosen", "period", "words", "others"),
    [
        ({}, PERIOD, "trend.note", ["trend.several_note", "trend.index_note", "trend.so_far"]),
        ({"country": ("AU", "SG")}, PERIOD, "trend.several_note", ["trend.index_note"]),
        (
            {"country": ("AU", "SG"), "scale": "index"},
            Period(date(2026, 2, 1), date(2026, 2, 9)),
            "trend.several_note trend.index_note trend.so_far",
            [],
        ),
    ],
)
def test_the_note_below_the_trend_says_how_to_read_it(
    chosen: dict[str, Any], period: Period, words: str, others: list[str]
) -> None:
    view = replace(some_view(Address("en", **chosen)), period=period)
    (note,) = trend_notes(view, ())
    assert note.children == " ".join(EN(key) for key in words.split())
    assert not any(EN(key) in note.children for key in others)
    _, listed = trend_notes(
        view, [Event("OUTAGE-2026-01-06", "OUTAGE", date(2026, 1, 6), date(2026, 1, 8))]
    )
    assert html_of(listed) == '<ol class="events"><li>6–8 Jan 2026: outage</li></ol>'


def test_pictures_have_a_query_and_only_one_that_is_a_picture_a_download() -> None:
    assert html_of(below("map", "query { x }", EN)).count("data-picture") == 2
    assert "data-picture" not in html_of(below("", "query { x }", EN))
    (small,) = small_graphs([("Australia", {"data": []})])
    assert small.children[0].children == "Australia"


@pytest.mark.parametrize(
    ("partner", "countries", "words"),
    [
        (None, (), EN("masthead.scope_all")),
        ("NUSA", ("AU",), "Australia · NUSA"),
        ("NUSA", ("AU", "SG", "MY", "TH"), "Australia, Singapore, Malaysia and Thailand · NUSA"),
        ("NUSA", ("AU", "SG", "MY", "TH", "VN"), "5 partner countries · NUSA"),
    ],
)
def test_a_scope_is_everything_a_few_countries_or_a_number_of_them(
    partner: str | None, countries: tuple[str, ...], words: str
) -> None:
    viewer = replace(LEADER, partner=partner, countries=countries)
    assert scope_text(viewer, EN) == words


def test_who_looks_is_named_with_the_role_and_the_way_to_the_other_language() -> None:
    said = html_of(account(LEADER, "/volumes", "?by=partner", EN))
    assert "Sari Wijaya" in said
    assert "/volumes?by=partner&amp;language=id" in said
    assert 'action="/sign-out"' in said
    assert 'aria-pressed="' not in said  # there is no other role
    both = html_of(account(replace(LEADER, held_roles=("LEADERSHIP", "AUDITOR")), "/", "", EN))
    assert re.findall('aria-pressed="([a-z]+)"', both) == ["true", "false"]
    assert "Sari Wijaya" not in html_of(account(None, "/volumes", "", EN))
    assert role_text("LEADERSHIP", EN) == EN("roles.LEADERSHIP")
    raisers = [raiser_role_text(role, EN) for role in ("ANONYMOUS", "SCREENING")]
    assert raisers == ["System", "Screening authority"]
    assert role_text("SOMETHING", EN) == "SOMETHING"


MANAGER = replace(LEADER, role="PARTNER_MANAGER", partner="NUSA", countries=("AU",))


@pytest.mark.parametrize(
    ("viewer", "chosen", "why"),
    [
        (LEADER, {"country": ("AU",)}, None),
        (LEADER, {"country": ("ZZ",)}, Absence.UNKNOWN),
        (MANAGER, {"country": ("AU",)}, None),
        (MANAGER, {"country": ("SG",)}, Absence.OUTSIDE),
        (MANAGER, {"nationality": ("SG",)}, None),
        (LEADER, {"nationality": ("ZZ",)}, Absence.UNKNOWN),
        (LEADER, {"partner": ("NUSA",)}, None),
        (LEADER, {"partner": ("GONE",)}, Absence.UNKNOWN),
        (MANAGER, {"partner": ("GONE",)}, Absence.OUTSIDE),
        (LEADER, {"visa": ("Z9",)}, Absence.UNKNOWN),
        (MANAGER, {"visa": ("Z9",)}, Absence.UNKNOWN),
        (LEADER, {"centre": ("AU-SYD",)}, None),
        (LEADER, {"centre": ("AU-XXX",)}, Absence.UNKNOWN),
        (MANAGER, {"centre": ("AU-XXX",)}, Absence.OUTSIDE),
        (LEADER, {"channel": ("DIRECT",)}, None),
        (MANAGER, {"channel": ("DIRECT",)}, Absence.OUTSIDE),
        (MANAGER, {"channel": ("PARTNER_PORTAL",)}, None),
    ],
)
def test_what_has_no_figures_is_unknown_or_outside_the_scope(
    viewer: User, chosen: dict[str, Any], why: Absence | None
) -> None:
    address = Address("en", **chosen)
    known = replace(some_volumes(), named_centres={"AU-SYD": "Sydney"})
    absent = absences(viewer, address, known)
    assert [each.why for each in absent] == ([why] if why else [])
    assert is_elsewhere(address, absent) == bool(why)


def test_an_address_is_elsewhere_where_one_filter_has_nothing_left() -> None:
    gone = Absent("country", "SG", Absence.OUTSIDE)
    both = Address("en", country=("AU", "SG"), visa=("B1",))
    assert not is_elsewhere(both, (gone,))
    assert is_elsewhere(both, (gone, replace(gone, code="AU")))
    assert is_elsewhere(both, (Absent("visa", "B1", Absence.UNKNOWN),))
    unasked = replace(some_volumes(), named=None, named_centres=None, choices={})
    everything = Address("en", country=("ZZ",), centre=("X",), partner=("GONE",), visa=("Z9",))
    assert absences(LEADER, everything, unasked) == ()


def test_what_closes_is_named_by_its_centre_where_it_is_one() -> None:
    place = {
        "partner": "NUSA", "country": "AU", "centre": None, "successor": None, "openFiles": 7,
        "toHandIn": 3, "closedOn": "2026-03-10", "handInBy": "2026-04-10",
    }  # fmt: skip
    places = [place | {"centre": "AU-SYD", "successor": "ANDALAN"}, place]
    shown = html_of(list_closing({"closingPlaces": places}, EN))
    assert re.findall("<b>(.*?)</b>", shown) == ["NUSA · AU-SYD", "NUSA · AU"]
    assert shown.index("ANDALAN") < shown.index("NUSA · AU<")


def test_below_the_trend_stand_the_notes_of_its_months_alone() -> None:
    written = ("leadership", "2026-03-01T00:00:00Z", "")
    notes = [Note("", month, str(month), *written) for month in (PERIOD.from_on, date(2019, 1, 1))]
    view = some_view()
    view = replace(view, volumes=replace(view.volumes, notes=notes))
    shown = html_of(trend_notes(view, ()))
    assert [str(note.month) in shown for note in notes] == [True, False]


def test_views_lead_to_what_was_saved_and_to_saving_what_is_shown() -> None:
    nodes = [
        {"page": "VOLUMES", "name": "Mine", "query": "by=partner"},
        {"page": "TODAY", "name": "All", "query": ""},
    ]
    said = html_of(saved_views(nodes, Address("en", partner=("NUSA",)), EN))
    assert re.findall('href="([^"]*)"', said) == [
        "/volumes?language=en&amp;by=partner",
        "/?language=en",
        "/views?language=en&amp;partner=NUSA",
    ]
