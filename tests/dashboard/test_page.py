"""The page Volumes in a real browser on the running demo, with the outside world cut off."""

import pytest

from dashboard.model.page_state import DEFAULT_PERIOD, PERIODS
from dashboard.model.period import today
from dashboard.web.sessions import COOKIE
from tests.dashboard.visiting import Visitor, assert_accessible, number
from tests.running_demo import Demo

pytestmark = pytest.mark.browser
proof = pytest.mark.proof

PER_COUNTRY = """
query PerCountry($from: Date!, $to: Date!) {
  volumes(from: $from, to: $to, groupBy: [COUNTRY]) {
    rows { country { code name(language: EN) } intake { value } }
  }
}
"""
SHIFTS = """
  window.shifted = 0;
  const add = (each) => { if (!each.hadRecentInput) window.shifted += each.value; };
  new PerformanceObserver((list) => list.getEntries().forEach(add))
    .observe({ type: "layout-shift", buffered: true });
"""


def test_leadership_sees_what_the_gateway_answers(visitor: Visitor, demo: Demo) -> None:
    page = visitor.opens("leadership", "language=en&rows=all")
    period = PERIODS[DEFAULT_PERIOD](today())
    window = {"from": str(period.from_on), "to": str(period.to_on)}
    rows = demo.ask("leadership", PER_COUNTRY, **window)["volumes"]["rows"]
    expected = {
        row["country"]["name"]: row["intake"]["value"]
        for row in rows
        if row["country"] and row["intake"]["value"]
    }
    shown = {
        row.locator("th > a").first.inner_text(): number(row.locator(".with-bar").inner_text())
        for row in page.locator("#ranking tbody tr").all()
    }
    # Nothing came in from some, where something was decided or came in a year before.
    assert {name: count for name, count in shown.items() if count} == expected
    total = sum(row["intake"]["value"] for row in rows)
    assert number(page.inner_text(".card-intake .number")) == total
    page.wait_for_selector(".scattergeo path.point", state="attached")
    # Some are drawn once more, unseen, so that a name keeps clear of its circle.
    drawn = page.locator(".scattergeo path.point").evaluate_all(
        "circles => circles.filter((each) => getComputedStyle(each).opacity !== '0').length"
    )
    assert drawn == len(expected)
    assert page.locator(".layer.land path").get_attribute("d")


def test_a_manager_sees_own_countries_with_their_outcomes(visitor: Visitor) -> None:
    page = visitor.opens("manager-au")
    assert [
        row.inner_text() for row in page.locator("#ranking tbody th > a:first-child").all()
    ] == ["Australia"]
    assert "Scope: Australia · NUSA" in page.inner_text(".facts")
    assert page.locator(".card").count() == 9
    page.locator("#volumes-measure").click()
    offered = page.get_by_role("listbox").inner_text()
    for shown in (page.inner_text("#cards"), offered):
        assert "Refusal rate" in shown


@pytest.mark.parametrize(
    ("user", "home"),
    [
        ("officer", "/desk"),
        ("applicant", "/my-data"),
        pytest.param("supervisor", "/supervision", marks=proof),
        pytest.param("auditor", "/access", marks=proof),
        pytest.param("screening", "/screening", marks=proof),
        pytest.param("treasury", "/treasury", marks=proof),
        pytest.param("administrator", "/administration", marks=proof),
    ],
)
def test_everybody_has_a_home(visitor: Visitor, user: str, home: str) -> None:
    page = visitor.opens(user, path="/")
    page.wait_for_url(f"**{home}?**")
    page.wait_for_selector("#navigation a.is-here")
    assert not page.locator(".notice").count()


def test_a_partners_system_learns_where_its_place_is(visitor: Visitor) -> None:
    page = visitor.opens("service", path="/")
    assert "system of a partner" in page.inner_text(".notice")


@pytest.mark.parametrize(
    ("user", "words", "path"),
    [
        ("applicant", "is under My data", "/volumes"),
        pytest.param("administrator", "read no figures", "/volumes", marks=proof),
    ],
)
def test_a_role_without_figures_learns_what_this_is_and_where_its_own_is(
    visitor: Visitor, user: str, words: str, path: str
) -> None:
    page = visitor.opens(user, path=path)
    assert "directorate and its partners follow" in page.inner_text(".notice")
    assert words in page.inner_text(".notice")
    assert not page.locator("#figures").count()
    page.locator(".notice").get_by_role("link", name="Definitions").click()
    page.wait_for_selector(".definitions h1")


@pytest.mark.parametrize(
    ("user", "pages"),
    [
        (
            "leadership",
            [
                "Today",
                "Volumes",
                "Backlog",
                "Decisions",
                "In the country",
                "Complaints",
                "Definitions",
            ],
        ),
        pytest.param("officer", ["Desk", "Volumes", "Case", "Definitions"], marks=proof),
        pytest.param("applicant", ["My data", "Definitions"], marks=proof),
    ],
)
def test_the_navigation_offers_what_a_role_may_open(
    visitor: Visitor, user: str, pages: list[str]
) -> None:
    page = visitor.opens(user, path="/definitions")
    page.wait_for_selector("#navigation a.is-here")
    names = [link.inner_text() for link in page.locator("#navigation a").all()]
    assert names == pages


def test_a_page_is_left_and_found_again_with_its_title_and_focus(visitor: Visitor) -> None:
    page = visitor.opens("leadership", "language=en&visa=B1")
    volumes = page.title()
    assert volumes.startswith("B1 Visa on arrival · Visa processing volumes · ")
    page.locator("#navigation").get_by_role("link", name="Definitions").click()
    page.wait_for_selector(".definitions h1")
    page.wait_for_function("() => document.title === 'What the figures mean · Gerbang'")
    assert page.evaluate("document.activeElement.id") == "main"
    page.go_back()
    page.wait_for_selector("#ranking tbody tr")
    page.wait_for_function("title => document.title === title", arg=volumes)
    assert page.url.endswith("/volumes?language=en&visa=B1")
    page.go_forward()
    page.wait_for_selector(".definitions h1")


def test_the_first_picture_brings_what_draws_it(newcomer: Visitor) -> None:
    page = newcomer.opens("supervisor", path="/backlog")
    page.wait_for_selector("#backlog-countries :is(p, table)")
    assert page.evaluate("typeof window.Plotly") == "undefined"
    page.locator("#navigation").get_by_role("link", name="Volumes").click()
    page.wait_for_selector(".scattergeo path.point", state="attached")


def test_nothing_jumps_while_a_page_fills(newcomer: Visitor) -> None:
    newcomer.page.add_init_script(SHIFTS)
    page = newcomer.opens("leadership")
    page.wait_for_selector(".scattergeo path.point", state="attached")
    page.wait_for_timeout(500)
    assert page.evaluate("window.shifted") < 0.05


def test_who_holds_two_roles_chooses_one_at_a_time(newcomer: Visitor) -> None:
    page = newcomer.opens("both")
    # The browser reports no fault: a question that lacks a role is answered with a choice.
    page.get_by_role("button", name="Partner manager").click()
    page.wait_for_selector("#ranking tbody tr")
    assert page.locator(".who [aria-pressed=true]").inner_text() == "Partner manager"
    page.get_by_role("button", name="Partner agent").click()
    page.wait_for_selector(".who [aria-pressed=true]:has-text('Partner agent')")


def test_the_address_is_the_state(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    year = page.inner_text("h1")
    page.get_by_text("Last quarter", exact=True).click()
    page.wait_for_function("text => document.querySelector('h1').innerText !== text", arg=year)
    assert page.url.endswith("period=last-quarter")
    assert page.evaluate("document.activeElement.value") == "last-quarter"
    page.locator("#ranking").get_by_role("link", name="Backlog").click()
    page.wait_for_selector("th[aria-sort=descending]:has-text('Backlog')")
    page.wait_for_function("() => document.activeElement.innerText === 'Backlog'")
    page.go_back()
    page.wait_for_selector("th[aria-sort=descending]:has-text('Received')")
    page.go_back()
    page.wait_for_function("text => document.querySelector('h1').innerText === text", arg=year)


def test_months_are_chosen_in_a_calendar(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    year = page.inner_text(".card-intake .number")
    page.locator("#volumes-months").click()
    page.get_by_role("button", name="Mar", exact=True).click()
    page.get_by_role("button", name="May", exact=True).click()
    this = today().year
    page.wait_for_function(
        "year => RegExp(`^Mar.+May ${year}, `).test(document.querySelector('.compared').innerText)",
        arg=this,
    )
    assert f"period=custom&first={this}-03&last={this}-05" in page.url
    assert not page.locator("#volumes-period input:checked").count()
    page.go_back()
    page.wait_for_function(
        "year => document.querySelector('.card-intake .number').innerText === year", arg=year
    )
    assert "Choose months" in page.inner_text("#volumes-months")


def test_both_languages_are_complete(visitor: Visitor) -> None:
    page = visitor.opens("leadership", "language=id")
    assert page.evaluate("document.documentElement.lang") == "id"
    assert "permohonan masuk" in page.inner_text("h1")
    page.get_by_text("English").click()
    page.wait_for_selector("h1:has-text('applications came in')")
    assert page.evaluate("document.documentElement.lang") == "en"


def test_signing_out_leaves_nothing_behind_and_leads_to_a_page_for_everybody(
    newcomer: Visitor,
) -> None:
    page = newcomer.opens("leadership")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_selector("input[name=user]")
    assert COOKIE not in {cookie.get("name") for cookie in page.context.cookies()}
    assert_accessible(page, widths=(390, 1440))
    # What the page was just asking for is refused.
    newcomer.faults[:] = [fault for fault in newcomer.faults if "401" not in fault]


@pytest.mark.parametrize(
    "user",
    [
        "leadership",
        "applicant",
        *(pytest.param(it, marks=proof) for it in ("manager-au", "agent-au")),
    ],
)
def test_the_page_is_accessible(visitor: Visitor, user: str) -> None:
    assert_accessible(visitor.opens(user), widths=(390, 1440))


@pytest.mark.parametrize(
    "measure",
    ["revenue", *(pytest.param(it, marks=proof) for it in ("turnaround_p90", "refusal_rate"))],
)
def test_the_heights_of_the_trend_have_room_beside_it(visitor: Visitor, measure: str) -> None:
    page = visitor.opens("leadership", f"language=id&measure={measure}")
    page.wait_for_selector("#trend .ytick text")
    picture = page.locator("#trend").bounding_box()
    assert picture
    for height in page.locator("#trend .ytick text").all():
        box = height.bounding_box()
        assert box
        assert box["x"] >= picture["x"], height.text_content()
