"""The page Today in a real browser, with the figures of a running gateway."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser

from dashboard.model.page_state import Address
from dashboard.model.period import today
from dashboard.texts import texts
from tests.browser import AXE
from tests.dashboard.visiting import ANSWERED, QUESTIONS, SLOW, Visitor, number
from tests.running_demo import Demo

pytestmark = pytest.mark.browser

SHIFT = """() => new Promise((done) => {
  let total = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) total += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(total), 500);
})"""


QUESTION = """
query ($now: Date!, $until: Date!, $before: Date!, $last: Date!, $where: VolumeWhere!) {
  country: volumes(from: $now, to: $until, groupBy: [COUNTRY], where: $where) { rows { ...Row } }
  countryBefore: volumes(from: $before, to: $last, groupBy: [COUNTRY], where: $where) {
    rows { ...Row }
  }
  visa: volumes(from: $now, to: $until, groupBy: [VISA_TYPE], where: $where) { rows { ...Row } }
  visaBefore: volumes(from: $before, to: $last, groupBy: [VISA_TYPE], where: $where) {
    rows { ...Row }
  }
}
fragment Row on VolumeRow {
  visaType { code }
  intake { value }
  decisions { value }
  targetRate { value }
}
"""


def answer_of_gateway(demo: Demo, user: str, country: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the gateway itself answers to the questions behind the page's findings."""
    period = Address("en").chosen_period(today())
    before = period.year_before
    days = {
        "now": period.from_on,
        "until": period.to_on,
        "before": before.from_on,
        "last": before.to_on,
    }
    where = {"country": {"in": list(country)}} if country else {}
    return demo.ask(
        user, QUESTION, where=where, **{name: day.isoformat() for name, day in days.items()}
    )


def test_leadership_reads_four_answers_that_are_the_gateways(visitor: Visitor, demo: Demo) -> None:
    page = visitor.opens_today("leadership")
    data = answer_of_gateway(demo, "leadership")
    intake = sum(row["intake"]["value"] for row in data["country"]["rows"])
    before = sum(row["intake"]["value"] for row in data["countryBefore"]["rows"])
    title = page.inner_text("#today-change h2")
    assert number(title.split(" applications")[0]) == intake
    assert ("fewer" in title) == (intake < before)
    assert f"{before:,}" in page.inner_text("#today-change .notes")
    rows = page.locator("#today-promises tbody tr")
    of_type = {row["visaType"]["code"]: row for row in data["visa"]["rows"]}
    assert rows.count() == sum(bool(row["decisions"]["value"]) for row in of_type.values())
    for text in rows.all_inner_texts():
        code = re.match(r"[A-Z]\d+[A-Z]?", text)
        assert code
        found = of_type[code[0]]
        assert f"{found['decisions']['value']:,}" in text
        assert f"{round(found['targetRate']['value'] * 100, 1):.1f}%" in text


#: Frames that are seen without a line or a bar in them.
EMPTY_FRAMES = """() => [...document.querySelectorAll('figure, .graph')]
  .filter((each) => each.checkVisibility() && !each.querySelector('.trace, .scattergeo, .bars'))
  .map((each) => each.id || each.className)"""


def small_country(demo: Demo) -> str:
    """Of those with the fewest applications, one whose first came after the year before began."""
    period = Address("en").chosen_period(today())
    begins_on = period.year_before.from_on.isoformat()
    data = demo.ask(
        "leadership",
        "query ($from: Date!, $to: Date!) { volumes(from: $from, to: $to, "
        ' groupBy: [COUNTRY, MONTH], where: {partner: {eq: "NUSA"}}) { completeFrom'
        " rows { country { code } period { startsOn } intake { value } } } }",
        **{"from": begins_on, "to": period.to_on.isoformat()},
    )["volumes"]
    assert data["completeFrom"] <= begins_on
    months: dict[str, list[str]] = {}
    for row in data["rows"]:
        if row["intake"]["value"]:
            months.setdefault(row["country"]["code"], []).append(row["period"]["startsOn"])
    later = [code for code, found in months.items() if min(found) > begins_on]
    return min(later, key=lambda code: (len(months[code]), code))


@pytest.mark.parametrize("language", ["id", pytest.param("en", marks=pytest.mark.proof)])
def test_a_very_small_country_has_no_empty_frame_and_is_told_what_can_be_said(
    visitor: Visitor, demo: Demo, language: str
) -> None:
    """Its first application came in long after the data begin."""
    say, manager = texts(language), f"manager-{small_country(demo).lower()}"
    page = visitor.opens_today(manager, f"language={language}")
    page.wait_for_timeout(500)
    assert page.evaluate(EMPTY_FRAMES) == []
    assert page.locator(".today table:visible:not(:has(tbody tr))").count() == 0
    assert page.inner_text("#today-heading") == say("today.heading_files")
    words = page.inner_text("#today-questions")
    assert "not completely known" not in words
    assert "belum lengkap" not in words
    assert say("today.no_alarm_months") not in words
    assert ("Too little for a forecast" if language == "en" else "Perkiraan belum dapat") in words
    assert say("today.fan") not in words
    page = visitor.opens(manager, f"language={language}")
    page.wait_for_selector("#cards .card:not(.waiting)", state="attached")
    compared = page.inner_text(".compared") if page.locator(".compared").count() else ""
    unknown = say("heading.unknown", period="|", previous="|").split("|")[1]
    assert compared
    assert unknown not in compared


def test_a_filter_changes_every_answer_and_stands_in_the_address(
    visitor: Visitor, demo: Demo
) -> None:
    page = visitor.opens_today("leadership", "language=en&country=AU&why=visa")
    data = answer_of_gateway(demo, "leadership", country=("AU",))
    intake = sum(row["intake"]["value"] for row in data["country"]["rows"])
    assert number(page.inner_text("#today-change h2").split(" applications")[0]) == intake
    page.locator("#today-steps").locator("xpath=..").locator("summary").click()
    bars = page.locator("#today-steps tbody th").all_inner_texts()
    rows = data["visa"]["rows"] + data["visaBefore"]["rows"]
    codes = {row["visaType"]["code"] for row in rows}
    assert {bar for bar in bars if re.fullmatch(r"[A-Z]\d+[A-Z]?", bar)} <= codes
    assert len(bars) > 1
    page.locator("#today-change .more a").click()
    page.wait_for_url(re.compile(r"/volumes\?.*country=AU"))
    assert "why=" not in page.url


def test_the_page_is_accessible_and_stands_still(visitor: Visitor) -> None:
    page = visitor.opens_today("leadership", "language=id")
    assert page.evaluate(SHIFT) < 0.03
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert page.locator("h1").count() == 1
    for part in QUESTIONS:
        page.locator(f".question-{part} .define").click()
        page.wait_for_selector("[role=dialog] .facts-of-measure")
        page.keyboard.press("Escape")
        page.wait_for_selector("[role=dialog]", state="hidden")


@pytest.mark.parametrize(
    "width", [390, *(pytest.param(it, marks=pytest.mark.proof) for it in (768, 1280))]
)
def test_nothing_jumps_and_nothing_is_wider_than_the_window(newcomer: Visitor, width: int) -> None:
    newcomer.page.set_viewport_size({"width": width, "height": 900})
    newcomer.page.add_init_script(SLOW)
    page = newcomer.opens_today("leadership", "language=id")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(SHIFT) < 0.03


def test_an_agent_reads_the_own_scope_with_outcomes_and_the_own_work(visitor: Visitor) -> None:
    page = visitor.opens_today("agent-au")
    page.wait_for_selector(f"#today-work {ANSWERED}")
    assert page.locator("#today-measure label", has_text="Refusal rate").count()
    assert not page.locator("#today-why label", has_text="Country").count()


def test_the_month_picker_speaks_the_language_of_the_page(visitor: Visitor) -> None:
    page = visitor.opens_today("leadership", "language=id")
    page.locator("#today-months").click()
    page.get_by_role("button", name="Mei", exact=True).wait_for()
    for name in ("Agu", "Okt", "Des"):
        assert page.get_by_role("button", name=name, exact=True).count()


def test_the_handout_has_two_pages_and_says_whose_it_is(visitor: Visitor) -> None:
    page = visitor.opens_today("leadership")
    page.wait_for_timeout(500)
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type ?/Page\b", paper)) == 2
    page.emulate_media(media="print")
    assert page.inner_text(".on-paper").startswith("Printed for leadership, Directorate leadership")
    for control in (".choices", ".twin", "[role=search]", ".more"):
        assert not any(each.is_visible() for each in page.locator(control).all())


def test_with_the_readers_own_colours_what_is_chosen_is_still_seen(
    browser: Browser, demo: Demo
) -> None:
    context = browser.new_context(forced_colors="active", locale="id-ID")
    page = Visitor(demo, context.new_page()).opens_today("leadership")
    colour = "each => getComputedStyle(each).backgroundColor"
    marked = page.locator("#today-period .mantine-SegmentedControl-indicator").evaluate(colour)
    assert marked != page.locator("#today-period").evaluate(colour)
    borders = page.locator("#navigation a").evaluate_all(
        "links => links.map((link) => getComputedStyle(link).borderBottomColor)"
    )
    assert borders[0] not in borders[1:]
    context.close()
